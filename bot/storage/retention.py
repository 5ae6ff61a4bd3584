"""What time takes away. Each piece keeps a transaction short, so that nobody waits for it.

48 h      people who agreed to nothing, and all of theirs; replies that belong to nobody
15 min    visits on a borrowed phone
7 days    masked texts and replies of people who agreed to something
30 days   update keys; help requests after they were closed
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from bot.storage import key
from bot.storage.forget import forget_strangers
from bot.storage.tables import delivery, help_request, utterance

PEOPLE_AT_ONCE = 200
_TEXTS = timedelta(days=7)
_NOBODYS = timedelta(hours=48)
_KEYS = timedelta(days=30)
_HELP = timedelta(days=30)


def drop_people(connection: Connection, *, now: datetime) -> int:
    """Forget at most PEOPLE_AT_ONCE whose time is over; how many there were."""
    return forget_strangers(connection, now=now, most=PEOPLE_AT_ONCE)


def drop_texts(connection: Connection, *, now: datetime) -> None:
    """Delete old texts, replies, keys and help requests."""
    connection.execute(delete(utterance).where(utterance.c.at < now - _TEXTS))
    connection.execute(delete(delivery).where(delivery.c.queued_at < now - _TEXTS))
    connection.execute(
        delete(delivery).where(delivery.c.learner.is_(None), delivery.c.queued_at < now - _NOBODYS)
    )
    connection.execute(delete(help_request).where(help_request.c.closed_at < now - _HELP))
    key.drop_before(connection, now - _KEYS)
