"""Update keys: a hash of where an update came from and its id. An update is answered once.

The key also names the turn that answers it, and the turn names its events and deliveries. It is
kept 30 days, without any text.
"""

import hashlib
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Executable, delete

from bot.storage.database import insert, insert_for
from bot.storage.tables import failed_update, update_key

_LENGTH = 32
"""Hexadecimal digits: 128 bits, so that no two updates meet by chance."""


def turn_of(*parts: str) -> str:
    """The name of the turn that answers the update known by these parts."""
    return hashlib.sha256("\x1f".join(parts).encode(errors="surrogatepass")).hexdigest()[:_LENGTH]


def take(connection: Connection, turn: str, at: datetime) -> bool:
    """Take this update for the open transaction; False when it was answered before."""
    done = connection.execute(_take(connection.dialect.name), {"turn": turn, "at": at})
    return done.rowcount == 1


def failed(connection: Connection, turn: str, at: datetime) -> int:
    """Count one more fault in answering this update; how many there were by now."""
    new = insert(connection, failed_update)
    counted = new.on_conflict_do_update(
        index_elements=[failed_update.c.turn],
        set_={"failures": failed_update.c.failures + 1, "at": new.excluded.at},
    ).returning(failed_update.c.failures)
    return connection.execute(counted, {"turn": turn, "failures": 1, "at": at}).scalar_one()


def drop_before(connection: Connection, limit: datetime) -> None:
    """Forget the keys of updates older than this."""
    for table in (update_key, failed_update):
        connection.execute(delete(table).where(table.c.at < limit))


@cache
def _take(dialect: str) -> Executable:
    new = insert_for(dialect, update_key).on_conflict_do_nothing()
    return new.execution_options(preserve_rowcount=True)
