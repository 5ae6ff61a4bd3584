"""The numbers of an account's outbox for operators (`/metrics`)."""

from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot import metrics
from bot.storage import outbox, quota
from bot.storage.claim import Terms
from bot.storage.database import Database


async def measure(database: Database, terms: Terms, *, now: datetime) -> None:
    """Read how long the oldest message has waited, and how much of the month is used."""
    age_s, used = await database.read(partial(_read, terms=terms, now=now))
    metrics.OUTBOX_AGE_SECONDS.labels(terms.channel).set(age_s)
    metrics.SENT_THIS_MONTH.labels(terms.channel).set(used)
    if terms.messages_a_month is not None:
        metrics.QUOTA_USED.labels(terms.channel).set(used / terms.messages_a_month)


def _read(connection: Connection, *, terms: Terms, now: datetime) -> tuple[float, int]:
    since = outbox.oldest_due(connection, terms.channel, terms.account, now=now)
    used = quota.used(connection, terms.channel, terms.account, now=now)
    return (now - since).total_seconds(), used
