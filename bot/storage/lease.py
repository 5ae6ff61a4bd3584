"""Something only one process at a time may do: ask for updates, send to groups.

A lease runs out by itself, so that a process that died holds nobody up.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_

from bot.storage.database import insert
from bot.storage.tables import lease


def take(
    connection: Connection, name: str, *, owner: str, now: datetime, length: timedelta
) -> bool:
    """Take it, or keep it for longer; False while it is somebody else's."""
    new = insert(connection, lease)
    mine_or_nobodys = or_(lease.c.owner == new.excluded.owner, lease.c.until <= now)
    taken = connection.execute(
        new.on_conflict_do_update(
            index_elements=[lease.c.name],
            set_={"owner": new.excluded.owner, "until": new.excluded.until},
            where=mine_or_nobodys,
        ).returning(lease.c.name),
        {"name": name, "owner": owner, "until": now + length},
    )
    return taken.one_or_none() is not None


def release(connection: Connection, name: str, *, owner: str) -> None:
    """Let go of it, if it is this owner's."""
    connection.execute(delete(lease).where(lease.c.name == name, lease.c.owner == owner))
