"""Backing a database up into an archive, and putting an archive in a database's place.

Restoring is one transaction: all or nothing. Who asked to be forgotten stays forgotten: the
deletions known to the archive, to the database that is replaced and to a list kept beside the
backups are applied again. What was waiting to be sent when the archive was made may have been sent
since: it becomes uncertain, so that nothing arrives twice; emergency cards are sent again.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, select, text, update

from bot.operator import archive
from bot.operator.archive import ArchiveFaultError, Manifest
from bot.operator.oblivion import deletions
from bot.storage.database import MIGRATIONS, Database, insert, upgrade
from bot.storage.forget import forget_again
from bot.storage.tables import deletion, delivery, lease


async def back_up(database: Database, file: Path, *, now: datetime) -> Manifest:
    """Write the archive, also while the service runs, and read it back."""
    revision = await database.read(revision_of)
    if revision is None:
        raise ArchiveFaultError("backup.no_tables")
    manifest = await database.read(partial(archive.write, file=file, revision=revision, now=now))
    archive.check(file)
    return manifest


async def restore(
    database: Database, file: Path, *, gone: Collection[str], now: datetime
) -> tuple[Manifest, int]:
    """Replace all that is in the database; `gone` are deletions kept elsewhere, as hashes.

    Gives what the archive says of itself, and how many people were forgotten again. Raises
    ArchiveFaultError, before anything is changed.
    """
    manifest = archive.check(file)
    if manifest.revision not in known():
        raise ArchiveFaultError("restore.newer")
    if await database.read(partial(_in_use, now=now)):
        raise ArchiveFaultError("restore.elsewhere")
    work = partial(_replace, file=file, manifest=manifest, gone=frozenset(gone), now=now)
    again = await database.write(work)
    await database.scrub()
    return manifest, again


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def known() -> list[str]:
    """The revisions this version can read, newest first."""
    return [script.revision for script in _scripts().walk_revisions()]


def _replace(
    connection: Connection, *, file: Path, manifest: Manifest, gone: frozenset[str], now: datetime
) -> int:
    gone |= _known_deletions(connection)
    everything = MetaData()
    everything.reflect(connection)
    everything.drop_all(connection)
    _tables_of(connection, manifest.revision)
    archive.load(connection, file)
    upgrade(connection)
    _doubt(connection, now=now)
    gone |= set(deletions(connection))
    again = forget_again(connection, gone, at=now)
    note = insert(connection, deletion).on_conflict_do_nothing()
    for learner_hash in gone:
        connection.execute(note, {"learner_hash": learner_hash, "at": now})
    return again


def _in_use(connection: Connection, *, now: datetime) -> bool:
    """Whether another process listens to a platform or sends, by the leases it holds."""
    if not inspect(connection).has_table("lease"):
        return False
    return connection.execute(select(lease.c.name).where(lease.c.until > now)).first() is not None


def _known_deletions(connection: Connection) -> frozenset[str]:
    """Of the database that is replaced, if it has tables."""
    if not inspect(connection).has_table("deletion"):
        return frozenset()
    return frozenset(connection.execute(select(deletion.c.learner_hash)).scalars())


def _doubt(connection: Connection, *, now: datetime) -> None:
    """What could have been sent since the archive was made. The page reads its rows itself."""
    connection.execute(
        update(delivery)
        .where(
            delivery.c.state.in_(("queued", "sending")),
            delivery.c.channel.not_in(("web", "console")),
            delivery.c.emergency.is_(False),
            delivery.c.queued_at <= now,
        )
        .values(state="uncertain", owner=None, lease_until=None)
    )


def _tables_of(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)
