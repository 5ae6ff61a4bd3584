"""What happens to what a month's quota stops (`bot/storage/quota.py` says when).

a tip         fails, so that its host is told
a reply       waits until it expires; the person is told once a month, in one line, where else
              the bot can be reached; in the midst of a how-to she is told while its steps still go
the rest      waits until it expires
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.channels.incoming import Address
from bot.storage import key, outbox, person, quota
from bot.storage.claim import Terms
from bot.storage.tables import delivery, state
from flows.replies import Reply

_ANSWERS = ("reply", "staff", "guide")


def meet(
    connection: Connection, terms: Terms, lines: Mapping[str, Reply], *, now: datetime
) -> None:
    """Fail the tips and tell the people; `lines` are by language, «vi» among them."""
    used = quota.used(connection, terms.channel, terms.account, now=now)
    stopped = quota.stopped(used, terms.messages_a_month)
    due = (
        delivery.c.channel == terms.channel,
        delivery.c.account == terms.account,
        delivery.c.state == state("queued"),
        delivery.c.queued_at <= now,
    )
    if "tip" in stopped:
        connection.execute(
            update(delivery)
            .where(*due, delivery.c.kind == "tip")
            .values(state="failed", reason="quota")
        )
    if "reply" in stopped and lines:
        waiting = select(delivery.c.chat, delivery.c.learner).where(
            *due, delivery.c.kind.in_(_ANSWERS), ~delivery.c.to_group
        )
        for row in connection.execute(waiting.distinct()).all():
            to = Address(terms.channel, terms.account, row.chat)
            _tell_once(connection, to, row.learner, lines, now)


def _tell_once(
    connection: Connection,
    to: Address,
    learner_id: str | None,
    lines: Mapping[str, Reply],
    now: datetime,
) -> None:
    turn = key.turn_of("quota", *to, quota.month_of(now))
    if not key.take(connection, turn, now):
        return
    line = lines.get(person.language(connection, learner_id), lines["vi"])
    # It takes the place of the answer, so it comes from what is kept for what must arrive.
    outbox.enqueue(connection, turn, to, learner_id, [line], now=now, kind="guide")
