"""Looks at everything the service needs, and says how it stands: `bot doctor`.

    local    settings, content, model, disk, whether it runs     (this machine)
    reach    tokens, where updates go, their clock, Rasa         (the network)
    stored   tables, what waits, who is told                     (the database)

It changes nothing and sends nothing. What can't be looked at is itself a finding.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from bot.channels import capability
from bot.config import Settings
from bot.content import load
from bot.fault import ContentFaults
from bot.operator import accounts, local, reach, stored
from bot.operator.finding import Finding, bad
from bot.storage.database import Database
from flows.content import Content


async def examine(settings: Settings, clock: Callable[[], datetime]) -> list[Finding]:
    """Every finding, in the order in which they are read."""
    found = [
        *local.configuration(settings),
        *local.content(settings),
        *local.model(settings),
        *reach.engine(settings),
        *local.disk(settings),
        *local.service(settings),
    ]
    for ours in accounts.configured(settings):
        found += [finding async for finding in reach.platform(ours, clock)]
    return found + await _database(settings, clock())


async def _database(settings: Settings, now: datetime) -> list[Finding]:
    try:
        content = load(settings.data_dir)
    except ContentFaults:
        content = None  # a finding already

    def work(connection: Connection) -> list[Finding]:
        return _rows(connection, settings, content, now)

    database = Database(settings.database)
    try:
        return await database.read(work)
    except DatabaseError:  # out of reach, or no database
        return [bad("database", "database_away")]
    finally:
        await database.close()


def _rows(
    connection: Connection, settings: Settings, content: Content | None, now: datetime
) -> list[Finding]:
    version = stored.version(connection)
    if version.key != "database":
        return [version]  # other tables than this version knows
    return [
        version,
        *stored.clock(connection, now),
        *stored.platforms(connection, capability.load(settings.data_dir), now),
        *stored.sending(connection, now),
        *(stored.troubles(connection, content) if content is not None else ()),
        *stored.alerted(connection),
    ]
