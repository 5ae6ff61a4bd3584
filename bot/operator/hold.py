"""The operator's hold on all sending: read where a sender takes its rows, so in every process."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.clock import in_city
from bot.storage.database import insert
from bot.storage.tables import hold

SENDS = "sends"
"""Everything but emergency cards."""


def put(connection: Connection, *, now: datetime) -> None:
    """Hold; the first moment counts."""
    connection.execute(
        insert(connection, hold).on_conflict_do_nothing(), {"what": SENDS, "at": now}
    )


def lift(connection: Connection) -> bool:
    """Send again; False when nothing was held."""
    return connection.execute(delete(hold).where(hold.c.what == SENDS)).rowcount == 1


def since(connection: Connection) -> datetime | None:
    """Since when all is held; None when it is not."""
    at = connection.execute(select(hold.c.at).where(hold.c.what == SENDS)).scalar_one_or_none()
    return None if at is None else in_city(at)
