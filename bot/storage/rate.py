"""How fast an account may send: true sliding windows over what has been sent, by every process.

A platform counts when a message reaches it, which is somewhere between our claim and its answer. So
what is on its way counts in full, and what was answered counts from the answer on: in no span of
the platform's own time more arrive than it allows. A leaky bucket would let pass almost twice as
many around the turn of a minute.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from bot.channels.capability import Rates
from bot.storage.tables import delivery, state

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """Messages that use up a limit."""

    chat: str
    to_group: bool
    at: datetime | None
    """When the platform had answered; None: on its way."""
    messages: int = 1


class Windows:
    """What may still be sent at one moment; what is taken counts at once."""

    def __init__(self, rates: Rates, counted: Iterable[Counted], now: datetime) -> None:
        self._rates = rates
        self._counts: Counter[tuple[str, str]] = Counter()
        self.busy: set[str] = set()
        """Chats to which something is on its way."""
        for one in counted:
            if one.at is None:
                self.busy.add(one.chat)
            for rule, span, _ in self._rules(one.chat, to_group=one.to_group):
                if one.at is None or one.at > now - span:
                    self._counts[rule] += one.messages

    def take(self, chat: str, *, to_group: bool) -> bool:
        """Whether one more message may go there now; if so it is counted."""
        rules = list(self._rules(chat, to_group=to_group))
        if any(self._counts[rule] >= most for rule, _, most in rules):
            return False
        self._counts.update(rule for rule, _, _ in rules)
        return True

    def _rules(
        self, chat: str, *, to_group: bool
    ) -> Iterator[tuple[tuple[str, str], timedelta, int]]:
        """The limits that hold for a chat: what is counted, in which span, and the most."""
        room = chat.partition("/")[0]  # the topics of a forum are one group
        rates = self._rates
        yield from (
            (rule, span, most)
            for rule, span, most in (
                (("account_per_s", ""), SECOND, rates.account_per_s),
                (("account_per_min", ""), MINUTE, rates.account_per_min),
                (("chat_per_s", room), chat_span(rates), rates.chat_burst or rates.chat_per_s),
                (("group_per_min", room), MINUTE, rates.group_per_min if to_group else None),
            )
            if most is not None
        )


def chat_span(rates: Rates) -> timedelta:
    """The span in which a chat may get a burst: as long as the burst takes at the chat's rate."""
    if rates.chat_per_s is None or rates.chat_burst is None:
        return SECOND
    return SECOND * rates.chat_burst / rates.chat_per_s


def windows(
    connection: Connection,
    channel: str,
    account: str,
    rates: Rates,
    *,
    now: datetime,
) -> Windows:
    """What this account may still send, read in one statement: a row that is answered meanwhile is
    seen on its way or answered, never neither.
    """
    recent = delivery.c.sent_at > now - max(SECOND, chat_span(rates))
    if rates.account_per_min is not None:
        recent = delivery.c.sent_at > now - MINUTE
    elif rates.group_per_min is not None:
        recent = or_(recent, delivery.c.to_group & (delivery.c.sent_at > now - MINUTE))
    rows = connection.execute(
        select(
            delivery.c.chat,
            delivery.c.to_group,
            delivery.c.state,
            delivery.c.sent_at,
            delivery.c.parts,
        ).where(
            delivery.c.channel == channel,
            delivery.c.account == account,
            or_(delivery.c.state == state("sending"), recent),
        )
    ).all()
    # In a chat never more than one message is on its way, of however many rows.
    flying = {row.chat: row for row in rows if row.state == "sending"}.values()
    counted = [Counted(row.chat, row.to_group, None) for row in flying]
    counted += [
        # Of what was sent as one the first row counts all; what is queued again counts its try.
        Counted(row.chat, row.to_group, row.sent_at, max(row.parts, row.state == "queued"))
        for row in rows
        if row.sent_at
    ]
    return Windows(rates, counted, now)
