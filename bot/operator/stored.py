"""What `bot doctor` sees in the database: its version, clock, what waits, who is told."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.channels.capability import Capability
from bot.clock import in_city
from bot.operator import hold, measure, trouble
from bot.operator.backup import known, revision_of
from bot.operator.finding import Finding, bad, good, note
from bot.operator.measure import CLOCK, LATE
from bot.storage import quota
from bot.storage.tables import account, delivery, state
from flows.content import Content

_DEAF = timedelta(minutes=15)
"""A poll is answered every half minute."""
_LOW = 0.9
"""Of a month's messages; `bot/storage/quota.py` says what stops when."""


def version(connection: Connection) -> Finding:
    """Whether this version of the program can read the tables."""
    revision, newest = revision_of(connection), known()[0]
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.dialect.name]
    if revision is None:
        return note("database", "database_empty")
    if revision == newest:
        return good("database", "database", kind=kind, revision=revision)
    if revision in known():
        return note("database", "database_older", revision=revision, newest=newest)
    return bad("database", "database_newer", revision=revision)


def clock(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Whether the database's machine has the same time."""
    there = measure.clock_of(connection)
    if there is not None:
        yield clock_against("PostgreSQL", there, now)


def clock_against(by: str, there: datetime, now: datetime) -> Finding:
    """Compare with another clock."""
    off = there - now
    if abs(off) > CLOCK:
        return bad("clock", "clock_off", seconds=round(abs(off).total_seconds()), by=by)
    return good("clock", "clock", by=by)


def platforms(
    connection: Connection, capabilities: Mapping[str, Capability], now: datetime
) -> Iterator[Finding]:
    """By account: when it was last heard, how many people use it, what is left of the month."""
    for row in connection.execute(select(account).order_by(account.c.channel)):
        limits = capabilities[row.channel].quota
        yield _heard(row.channel, row.updates, row.heard_at, now)
        if limits.users is not None:
            count = measure.users(connection, row.channel, row.account)
            told = {"channel": row.channel, "count": count, "most": limits.users}
            full = count >= limits.users
            yield note("users", "users_full", **told) if full else good("users", "users", **told)
        if limits.messages_a_month is not None:
            used = quota.used(connection, row.channel, row.account, now=now)
            yield _month(row.channel, used, limits.messages_a_month)


def sending(connection: Connection, now: datetime) -> Iterator[Finding]:
    """What waits, what is held, what did not arrive."""
    held = hold.since(connection)
    if held is not None:
        yield note("queue", "held", at=f"{held:%H:%M %d/%m}")
    late = {
        c: at for c, at in measure.oldest_waiting(connection, now=now).items() if now - at > LATE
    }
    for channel, at in late.items():
        yield bad("queue", "queue_old", channel=channel, minutes=_minutes(now - at))
    if not late:
        yield good("queue", "queue")
    yield from _lost(connection, now)


def troubles(connection: Connection, content: Content) -> Iterator[Finding]:
    """What the operator was told, or will be."""
    for name in trouble.open_names(connection):
        yield note("trouble", "trouble", text=trouble.words(content, "vi", name))


def alerted(connection: Connection) -> Iterator[Finding]:
    """Who is told when something is wrong."""
    chats = trouble.operators(connection)
    if chats:
        yield good("alerted", "alerted", count=len(chats))
    elif connection.execute(select(account.c.channel)).first() is not None:
        yield bad("alerted", "alerted_nobody")
    else:
        yield note("alerted", "alerted_nobody")


def _heard(channel: str, updates: str, at: datetime | None, now: datetime) -> Finding:
    if at is None:
        return note("heard", "never_heard", channel=channel)
    told = {"channel": channel, "minutes": _minutes(now - in_city(at))}
    # A webhook is quiet when nobody writes; a poll is answered anyhow.
    deaf = updates == "polling" and now - at > _DEAF
    return bad("heard", "deaf", **told) if deaf else good("heard", "heard", **told)


def _month(channel: str, used: int, most: int) -> Finding:
    told = {"channel": channel, "left": max(0, most - used), "most": most}
    low = used >= most * _LOW
    return note("month", "month_low", **told) if low else good("month", "month", **told)


def _lost(connection: Connection, now: datetime) -> Iterator[Finding]:
    counted = select(func.count()).select_from(delivery)
    unsure = (delivery.c.state == state("uncertain"), delivery.c.offered_at.is_(None))
    since = now - timedelta(days=1)
    refused = (delivery.c.state == state("failed"), delivery.c.queued_at > since)
    for key, rows in (("uncertain", unsure), ("failed", refused)):
        if count := connection.execute(counted.where(*rows)).scalar_one():
            yield note("queue", key, count=count)


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)
