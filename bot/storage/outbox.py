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
    bindparam,
    case,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from bot.channels.incoming import Address
from bot.storage import document
from bot.storage.database import insert as upsert
from bot.storage.tables import delivery, pause, state
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
    kind: str = "reply"
    """One of `tables.KINDS`."""
    to_group: bool = False
    parts: int = 0
    """So many parts of the message have arrived."""


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
        select(*_DELIVERY).where(delivery.c.turn == turn).order_by(delivery.c.number)
    )
    return [_delivery(row) for row in rows]


def waiting(connection: Connection, address: Address) -> list[Delivery]:
    """What a chat has not yet been shown, for a channel whose page comes to read it."""
    rows = connection.execute(
        select(*_DELIVERY)
        .where(*_in(address), delivery.c.state.in_(("queued", "sending")))
        .order_by(delivery.c.emergency.desc(), delivery.c.id)
    )
    return [_delivery(row) for row in rows]


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


def claim(
    connection: Connection, channel: str, account: str, *, owner: str, now: datetime, limit: int
) -> list[Delivery]:
    """Take what may be sent now: the next message of each chat in which none is on its way."""
    rows = connection.execute(
        _CLAIM, {"of_channel": channel, "of_account": account, "now": now, "most": limit}
    )
    claimed = [_delivery(row) for row in rows]
    if claimed:
        connection.execute(
            update(delivery)
            .where(delivery.c.id.in_([one.id for one in claimed]))
            .values(
                state="sending",
                owner=owner,
                lease_until=now + LEASE,
                attempts=delivery.c.attempts + 1,
            )
        )
    return claimed


def settle(
    connection: Connection,
    delivery_id: int,
    *,
    owner: str,
    outcome: Settled,
    now: datetime,
    again_at: datetime | None = None,
) -> None:
    """Note how it went, if the row is still this owner's."""
    mine = (
        delivery.c.id == delivery_id,
        delivery.c.owner == owner,
        delivery.c.state == "sending",
    )
    if outcome == "sent":
        connection.execute(delete(delivery).where(*mine, delivery.c.fleeting))
    connection.execute(
        update(delivery)
        .where(*mine)
        .values(
            state=outcome,
            owner=None,
            lease_until=None,
            again_at=again_at,
            sent_at=now if outcome == "sent" else None,
        )
    )


def lapse(connection: Connection, channel: str, account: str, *, now: datetime) -> int:
    """Rows whose sender died become uncertain, emergency cards are queued again; how many.

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
    )
    connection.execute(
        update(delivery)
        .where(*mine, delivery.c.state == state("queued"), delivery.c.queued_at < now - EXPIRES)
        .values(state="expired")
    )
    return lapsed.rowcount


def uncertain(connection: Connection, address: Address, *, now: datetime) -> list[Reply]:
    """What may not have arrived in this chat, to be shown once more, and that it was."""
    mine = (*_in(address), delivery.c.state == state("uncertain"), delivery.c.offered_at.is_(None))
    rows = connection.execute(select(*_DELIVERY).where(*mine).order_by(delivery.c.id))
    said = [_delivery(row).reply for row in rows]
    connection.execute(update(delivery).where(*mine).values(offered_at=now))
    return said


def hold_account(connection: Connection, channel: str, account: str, until: datetime) -> None:
    """The platform asked this account to wait: every sender of it looks here first."""
    new = upsert(connection, pause)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=list(pause.primary_key.columns), set_={"until": new.excluded.until}
        ),
        {"channel": channel, "account": account, "until": until},
    )


def _in(address: Address) -> tuple[ColumnElement[bool], ...]:
    return tuple(delivery.c[name] == value for name, value in address._asdict().items())


def _delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
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
    )


_DELIVERY = (
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
)
_ENQUEUE = insert(delivery).returning(delivery.c.id)
_other = delivery.alias("other")
_same_chat = (
    _other.c.channel == delivery.c.channel,
    _other.c.account == delivery.c.account,
    _other.c.chat == delivery.c.chat,
)
_CLAIM = (
    select(*_DELIVERY)
    .where(
        delivery.c.channel == bindparam("of_channel"),
        delivery.c.account == bindparam("of_account"),
        delivery.c.state == state("queued"),
        or_(delivery.c.again_at.is_(None), delivery.c.again_at <= bindparam("now")),
        ~exists().where(*_same_chat, _other.c.state == state("sending")),
        # The next of its chat: an emergency card goes before all else, the rest by age.
        ~exists().where(
            *_same_chat,
            _other.c.state == state("queued"),
            or_(
                _other.c.emergency & ~delivery.c.emergency,
                (_other.c.emergency == delivery.c.emergency) & (_other.c.id < delivery.c.id),
            ),
        ),
        ~exists().where(
            pause.c.channel == delivery.c.channel,
            pause.c.account == delivery.c.account,
            pause.c.until > bindparam("now"),
        ),
    )
    .order_by(delivery.c.emergency.desc(), delivery.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=delivery)
)
