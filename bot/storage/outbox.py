"""Rows of what is to be sent, in the order in which a chat shall see them.

    queued -> sending -> sent | uncertain | failed | expired

A row is claimed (owner and lease, committed) before anything is written to a platform. A row whose
lease ran out is uncertain: nobody knows whether it arrived. It is never sent again by itself,
except an emergency card; it is shown once more when the person next writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from bot.channels.incoming import Address
from bot.storage import document
from bot.storage.database import insert as upsert
from bot.storage.tables import Moment, delivery, pause, state
from flows.replies import Reply

Settled = Literal["queued", "sent", "uncertain", "failed"]
"""How an attempt may end; queued: it is tried again."""
LEASE = timedelta(seconds=60)
"""Longer than any platform's slowest answer, so that a lease only runs out when a sender died."""
EXPIRES = timedelta(hours=24)
"""What could not be sent within a day answers a question that is no longer asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way."""

    id: int
    """Grows within a chat: the order in which messages are seen."""
    turn: str
    address: Address
    reply: Reply
    emergency: bool
    attempts: int = 0
    """Tries before this one."""
    kind: str = "reply"
    """One of `tables.KINDS`."""
    to_group: bool = False
    parts: int = 0
    """So many parts of the message have arrived."""
    reason: str | None = None
    """Why it is queued again, or failed."""


def enqueue(
    connection: Connection,
    turn: str,
    address: Address,
    learner_id: str | None,
    said: Sequence[Reply],
    *,
    now: datetime,
    kind: str = "reply",
    fleeting: bool = False,
    first: int = 0,
    to_group: bool = False,
    campaign: str | None = None,
    due_at: datetime | None = None,
) -> tuple[int, ...]:
    """Queue what a turn says in one chat, in this order; an emergency card is one whatever `kind`.

    `first` is the place of the first among all that the turn says, `learner_id` whose words the
    replies may repeat. A fleeting row is gone once it was sent. What has a `due_at` does not wait
    before that moment: it does not expire, and nothing waits behind it.
    """
    rows = [
        {
            "turn": turn,
            "number": number,
            "learner": learner_id,
            **address._asdict(),
            "reply": document.replies.dump_json(reply).decode(),
            "emergency": reply.emergency,
            "kind": "emergency" if reply.emergency else kind,
            "to_group": to_group,
            "campaign": campaign,
            "fleeting": fleeting,
            "state": "queued",
            "attempts": 0,
            "parts": 0,
            "queued_at": due_at or now,
            "again_at": due_at,
        }
        for number, reply in enumerate(said, first)
    ]
    # One by one: a turn says one or two things, and so their ids come in their order.
    return tuple(connection.execute(_ENQUEUE, row).scalar_one() for row in rows)


def of_turn(connection: Connection, turn: str) -> list[Delivery]:
    """What was queued for one turn, sent or not."""
    rows = connection.execute(
        select(*COLUMNS).where(delivery.c.turn == turn).order_by(delivery.c.number)
    )
    return [of_row(row) for row in rows]


def waiting(connection: Connection, address: Address) -> list[Delivery]:
    """What a chat has not yet been shown, for a channel whose page comes to read it."""
    rows = connection.execute(
        select(*COLUMNS)
        .where(*_in(address), delivery.c.state.in_(("queued", "sending")))
        .order_by(delivery.c.emergency.desc(), delivery.c.id)
    )
    return [of_row(row) for row in rows]


def acknowledge(
    connection: Connection, address: Address, ids: Sequence[int], *, now: datetime
) -> None:
    """A page has shown these; ids of another chat are left alone."""
    mine = (*_in(address), delivery.c.id.in_(ids))
    connection.execute(delete(delivery).where(*mine, delivery.c.fleeting))
    connection.execute(
        update(delivery)
        .where(*mine, delivery.c.state.in_(("queued", "sending", "uncertain")))
        .values(state="sent", sent_at=now, owner=None, lease_until=None)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an attempt ended."""

    state: Settled
    again_at: datetime | None = None
    """Not before."""
    reason: str | None = None
    parts: int = 0
    """So many parts are not sent again, of all attempts together."""
    messages: int = 0
    """Messages of this attempt that have arrived, or may have: they count against rates, quotas."""


def settle(
    connection: Connection,
    batches: Sequence[Sequence[int]],
    *,
    owner: str,
    ending: Ending,
    now: datetime,
) -> set[int]:
    """Note how it went, with each of these that were sent as one in the same way.

    Gives the ids that were still this owner's.
    """
    mine = (
        delivery.c.id.in_([one for ids in batches for one in ids]),
        delivery.c.owner == owner,
        delivery.c.state == state("sending"),
    )
    first = delivery.c.id.in_([min(ids) for ids in batches])
    counts = ending.state == "sent" or ending.messages > 0
    settled = connection.execute(
        update(delivery)
        .where(*mine)
        .values(
            state=ending.state,
            owner=None,
            lease_until=None,
            again_at=_later(delivery.c.again_at, ending.again_at),
            reason=ending.reason,
            sent_at=now if counts else delivery.c.sent_at,
            parts=case((first, ending.parts), else_=0),
        )
        .returning(delivery.c.id, delivery.c.fleeting)
    ).all()
    gone = [row.id for row in settled if row.fleeting and ending.state == "sent"]
    if gone:
        connection.execute(delete(delivery).where(delivery.c.id.in_(gone)))
    return {row.id for row in settled}


def lapse(connection: Connection, channel: str, account: str, *, now: datetime) -> list[str]:
    """Rows whose sender died become uncertain, emergency cards are queued again; their chats.

    What waited longer than a day expires.
    """
    mine = (delivery.c.channel == channel, delivery.c.account == account)
    lapsed = connection.execute(
        update(delivery)
        .where(*mine, delivery.c.state == state("sending"), delivery.c.lease_until < now)
        .values(
            state=case((delivery.c.emergency, "queued"), else_="uncertain"),
            owner=None,
            lease_until=None,
        )
        .returning(delivery.c.chat)
    ).scalars()
    chats = list(lapsed)
    connection.execute(
        update(delivery)
        .where(*mine, delivery.c.state == state("queued"), delivery.c.queued_at < now - EXPIRES)
        .values(state="expired")
    )
    return chats


def refuse_chat(connection: Connection, address: Address, reason: str) -> None:
    """Nothing will ever arrive in this chat: what is queued for it fails."""
    connection.execute(
        update(delivery)
        .where(*_in(address), delivery.c.state == state("queued"))
        .values(state="failed", reason=reason)
    )


def oldest_due(connection: Connection, channel: str, account: str, *, now: datetime) -> datetime:
    """Since when the longest waiting row that could be sent waits; now where none does."""
    waits = select(func.min(delivery.c.queued_at)).where(
        delivery.c.channel == channel,
        delivery.c.account == account,
        delivery.c.state == state("queued"),
        delivery.c.queued_at <= now,
    )
    return connection.execute(waits).scalar_one() or now


def uncertain(
    connection: Connection, address: Address, *, now: datetime
) -> list[tuple[Reply, str | None]]:
    """What may not have arrived in this chat, to be shown once more, and whose words it repeats.

    It is noted that it was shown.
    """
    mine = (*_in(address), delivery.c.state == state("uncertain"), delivery.c.offered_at.is_(None))
    rows = connection.execute(
        select(*COLUMNS, delivery.c.learner).where(*mine).order_by(delivery.c.id)
    )
    said = [(of_row(row).reply, row.learner) for row in rows]
    connection.execute(update(delivery).where(*mine).values(offered_at=now))
    return said


def hold_account(connection: Connection, channel: str, account: str, until: datetime) -> None:
    """The platform asked this account to wait: every sender of it looks here first.

    Of several deadlines the latest holds: an earlier one, told to another request, ends nothing.
    """
    new = upsert(connection, pause)
    latest = case((pause.c.until > new.excluded.until, pause.c.until), else_=new.excluded.until)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=list(pause.primary_key.columns), set_={"until": latest}
        ),
        {"channel": channel, "account": account, "until": until},
    )


def _later(stored: ColumnElement[Any], new: datetime | None) -> ColumnElement[Any]:
    """The later of two moments, for SQL."""
    if new is None:
        return stored
    return case((stored > new, stored), else_=literal(new, Moment()))


def _in(address: Address) -> tuple[ColumnElement[bool], ...]:
    return tuple(delivery.c[name] == value for name, value in address._asdict().items())


def of_row(row: Row[*tuple[Any, ...]]) -> Delivery:
    """A row of COLUMNS."""
    return Delivery(
        id=row.id,
        turn=row.turn,
        address=Address(row.channel, row.account, row.chat),
        reply=document.replies.validate_json(row.reply),
        emergency=row.emergency,
        attempts=row.attempts,
        kind=row.kind,
        to_group=row.to_group,
        parts=row.parts,
        reason=row.reason,
    )


COLUMNS = (
    delivery.c.id,
    delivery.c.turn,
    delivery.c.channel,
    delivery.c.account,
    delivery.c.chat,
    delivery.c.reply,
    delivery.c.emergency,
    delivery.c.attempts,
    delivery.c.kind,
    delivery.c.to_group,
    delivery.c.parts,
    delivery.c.reason,
)
_ENQUEUE = insert(delivery).returning(delivery.c.id)
