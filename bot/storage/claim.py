"""Which of the queued rows may be sent now, and taking them: owner and lease, in one transaction.

A row is held back by whichever of these applies:

    not due yet              `queued_at`, or `again_at` after a refusal
    too old                  it expires (`outbox.lapse`)
    its chat                 an older one waits or is on its way; emergency cards go before all else
    the account's pause      the platform asked every sender of it to wait, or refuses us
    the operator's hold      «sends»: emergency cards alone go through
    the group lease          only one process at a time sends to groups
    the rates                sliding windows (`rate.py`)
    the month's quota        by kind (`quota.py`)

Several processes may claim at the same time. Those of one account come one after the other: SQLite
has one writer, on PostgreSQL a lock of the transaction's length is taken. Otherwise each would see
the room that the other is about to use.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Connection, Text, bindparam, exists, func, or_, select, update

from bot.channels.capability import Rates
from bot.storage import lease, quota, rate
from bot.storage.outbox import COLUMNS, EXPIRES, LEASE, Delivery, of_row
from bot.storage.tables import delivery, hold, pause, state

GROUPS = timedelta(seconds=90)
"""The lease on groups: longer than that on a row, so that what a sender that died had on its way
is settled before the next one sends to groups."""
_SPARE = 100
"""Chats that are looked at beyond those wanted, since rates may hold some of them back. More are
never at their limit at once: no account may send to so many in a second."""
_READ = 256
"""Rows of the queue that are looked at first, the oldest; four times as many when these belong to
too few chats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One of our accounts, and on what terms its platform takes messages."""

    channel: str
    account: str
    rates: Rates = field(default_factory=Rates)
    messages_a_month: int | None = None
    together: bool = False
    """The replies of a turn are one message."""


class _Waiting(NamedTuple):
    """A row that is due."""

    id: int
    turn: str
    chat: str
    kind: str
    to_group: bool
    again_at: datetime | None


Batch = tuple[Delivery, ...]
"""What goes out as one: a row, or with `Terms.together` those of one turn."""


def alone(connection: Connection, terms: Terms) -> None:
    """Let those who claim for one account come one after the other; taken before all else."""
    if connection.dialect.name == "postgresql":
        name = f"outbox:{terms.channel}:{terms.account}"
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def claim(
    connection: Connection, terms: Terms, *, owner: str, now: datetime, limit: int
) -> list[Batch]:
    """Take what may be sent now, at most `limit` batches, each for another chat.

    Called where `alone` was taken.
    """
    windows = rate.windows(connection, terms.channel, terms.account, terms.rates, now=now)
    spent = _spent(connection, terms, windows, now)
    wanted = {
        "of_channel": terms.channel,
        "of_account": terms.account,
        "now": now,
        "fresh": now - EXPIRES,
        "stopped": quota.stopped(spent, terms.messages_a_month),
    }
    waiting = _waiting(connection, {**wanted, "groups": True}, windows.busy, limit + _SPARE)
    if any(rows[0].to_group for rows in waiting) and not _leads_groups(
        connection, terms, owner, now
    ):
        waiting = _waiting(connection, {**wanted, "groups": False}, windows.busy, limit + _SPARE)
    chosen = _chosen(waiting, windows, spent, terms, limit)
    if not chosen:
        return []  # nothing is written in a moment in which nothing may be sent
    return _taken(connection, chosen, owner=owner, now=now)


def _spent(connection: Connection, terms: Terms, windows: rate.Windows, now: datetime) -> int:
    """Messages of this month, with those on their way: in a chat never more than one is.

    In this order, so that what is settled between the two is counted twice rather than never.
    """
    if terms.messages_a_month is None:
        return 0
    return len(windows.busy) + quota.used(connection, terms.channel, terms.account, now=now)


def _waiting(
    connection: Connection, wanted: dict[str, Any], busy: Set[str], most: int
) -> list[list[_Waiting]]:
    """What is due by chat, of the chats that are free, in their order.

    The queue is read from its beginning, so whatever goes before a row was read with it.
    """
    read = _READ
    while True:
        due = [_Waiting(*row) for row in connection.execute(_DUE, {**wanted, "most": read})]
        chats: defaultdict[str, list[_Waiting]] = defaultdict(list)
        for row in due:
            chats[row.chat].append(row)
        free = [
            rows
            for chat, rows in chats.items()
            if chat not in busy and (rows[0].again_at is None or rows[0].again_at <= wanted["now"])
        ]
        if len(free) >= most or len(due) < read:
            return free
        read *= 4


def leave_groups(connection: Connection, terms: Terms, *, owner: str) -> None:
    """Let another process send to groups at once; nothing of this owner may be on its way."""
    lease.release(connection, _groups(terms), owner=owner)


def _leads_groups(connection: Connection, terms: Terms, owner: str, now: datetime) -> bool:
    return lease.take(connection, _groups(terms), owner=owner, now=now, length=GROUPS)


def _groups(terms: Terms) -> str:
    return f"groups:{terms.channel}:{terms.account}"


def _chosen(
    waiting: Iterable[Sequence[_Waiting]],
    windows: rate.Windows,
    spent: int,
    terms: Terms,
    limit: int,
) -> list[int]:
    """The first of them that rates and quota let through; each uses up some of the room."""
    chosen: list[int] = []
    messages = 0
    for head, *others in waiting:
        if messages == limit:
            break
        within = quota.allows(head.kind, spent + messages, terms.messages_a_month)
        if within and windows.take(head.chat, to_group=head.to_group):
            messages += 1
            chosen.append(head.id)
            if terms.together:
                chosen += (one.id for one in others if one.turn == head.turn and one.id > head.id)
    return chosen


def _taken(connection: Connection, ids: Sequence[int], *, owner: str, now: datetime) -> list[Batch]:
    rows = connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(ids), delivery.c.state == state("queued"))
        .values(
            state="sending",
            owner=owner,
            lease_until=now + LEASE,
            attempts=delivery.c.attempts + 1,
        )
        .returning(*COLUMNS)
    )
    begun = [of_row(row) for row in rows]
    before = [replace(one, attempts=one.attempts - 1) for one in begun]
    taken = sorted(before, key=lambda one: (one.address.chat, one.id))
    batches = [tuple(batch) for _, batch in groupby(taken, key=lambda one: one.address.chat)]
    return sorted(batches, key=lambda batch: (not batch[0].emergency, batch[0].id))


_MINE = (
    delivery.c.channel == bindparam("of_channel"),
    delivery.c.account == bindparam("of_account"),
)
_PAUSED = exists().where(
    pause.c.channel == bindparam("of_channel"),
    pause.c.account == bindparam("of_account"),
    pause.c.until > bindparam("now"),
)
_HELD = exists().where(hold.c.what == "sends")
_DUE = (
    select(
        delivery.c.id,
        delivery.c.turn,
        delivery.c.chat,
        delivery.c.kind,
        delivery.c.to_group,
        delivery.c.again_at,
    )
    .where(
        *_MINE,
        delivery.c.state == state("queued"),
        # Nothing waits behind what is not due yet, or what the quota stops.
        delivery.c.queued_at <= bindparam("now"),
        delivery.c.queued_at >= bindparam("fresh"),
        delivery.c.kind.not_in(bindparam("stopped", expanding=True, type_=Text)),
        or_(bindparam("groups", type_=Boolean), ~delivery.c.to_group),
        or_(delivery.c.emergency, ~_HELD),
        ~_PAUSED,
    )
    .order_by(delivery.c.emergency.desc(), delivery.c.id)
    .limit(bindparam("most"))
)
