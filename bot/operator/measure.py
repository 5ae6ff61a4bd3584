"""What `bot doctor` and the watch both look at: how full, how late, how many."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, text, true

from bot.assistant import MOST_FAULTS
from bot.operator import hold
from bot.storage.tables import account, delivery, failed_update, identity, pause, state

LATE = timedelta(minutes=5)
"""A message that may be sent and has waited longer is a fault."""
CLOCK = timedelta(seconds=60)
"""A clock that is wrong by more is a fault: reminders and quiet hours go by it."""
_FREE_BYTES = 10**9
_FREE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that holds `var_dir`."""

    free: int
    """Bytes."""
    share: float
    """Free, of the whole."""

    @property
    def full(self) -> bool:
        """Whether somebody must make room."""
        return self.free < _FREE_BYTES or self.share < _FREE_SHARE


def disk(folder: Path) -> Disk:
    """The disk of this folder, or of the next one above that exists."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    usage = shutil.disk_usage(there)
    return Disk(usage.free, usage.free / usage.total)


def oldest_waiting(connection: Connection, *, now: datetime) -> dict[str, datetime]:
    """By channel of ours: since when the oldest message waits that may be sent now.

    What the operator holds, and an account that the platform asked to wait, may not. What was
    tried in vain and is tried again later does wait: else nobody hears that a platform is down.
    """
    held = hold.since(connection) is not None
    rows = connection.execute(
        select(delivery.c.channel, func.min(delivery.c.queued_at).label("since"))
        .join(account, _same_account(account.c.channel, account.c.account))
        .where(
            delivery.c.state == state("queued"),
            or_(
                delivery.c.again_at.is_(None),
                delivery.c.again_at <= now,
                delivery.c.attempts > 0,
            ),
            ~exists().where(_same_account(pause.c.channel, pause.c.account), pause.c.until > now),
            delivery.c.emergency if held else true(),
        )
        .group_by(delivery.c.channel)
    )
    return {row.channel: row.since for row in rows}


def users(connection: Connection, channel: str, account_id: str) -> int:
    """How many people have written to this account and are not forgotten."""
    mine = (identity.c.channel == channel, identity.c.account == account_id)
    return connection.execute(select(func.count()).select_from(identity).where(*mine)).scalar_one()


def set_aside(connection: Connection, *, since: datetime) -> int:
    """Updates that failed three times since then and were given up."""
    given_up = (failed_update.c.failures >= MOST_FAULTS, failed_update.c.at >= since)
    rows = select(func.count()).select_from(failed_update).where(*given_up)
    return connection.execute(rows).scalar_one()


def clock_of(connection: Connection) -> datetime | None:
    """The database's clock, where it may be another machine's."""
    if connection.dialect.name != "postgresql":
        return None
    return connection.execute(text("SELECT clock_timestamp()")).scalar_one()


def _same_account(
    channel: ColumnElement[str], account_id: ColumnElement[str]
) -> ColumnElement[bool]:
    return and_(channel == delivery.c.channel, account_id == delivery.c.account)
