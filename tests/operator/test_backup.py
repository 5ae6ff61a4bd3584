"""What is backed up comes back: on both databases, across them, all or nothing."""

import json
import os
import shutil
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.channels.incoming import Address
from bot.operator import archive, backup
from bot.operator.archive import ArchiveFaultError
from bot.operator.oblivion import deletions
from bot.storage import lease, outbox
from bot.storage.database import Database
from bot.storage.forget import forget
from bot.storage.tables import delivery
from flows.replies import Reply
from tests.storage.samples import EVENTS
from tests.storage.test_apply import happen, live
from tests.storage.world import neighbour
from tests.talk import MORNING, everything

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Database]:
    """A database without tables."""
    database = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    yield database
    await database.close()


async def lived_in(database: Database) -> str:
    """A database in which every kind of event has happened to a person, who is still known."""
    learner_id = await database.write(live)
    await happen(database, learner_id, EVENTS[:-1])
    return learner_id


async def all_rows(database: Database) -> Rows:
    """In an order of their own: what was loaded lies elsewhere in the file."""
    return {name: sorted(rows, key=repr) for name, rows in (await everything(database)).items()}


async def backed_up(database: Database, file: Path) -> Rows:
    await backup.back_up(database, file, now=MORNING)
    return await all_rows(database)


async def restored(database: Database, file: Path, *gone: str) -> int:
    return (await backup.restore(database, file, gone=gone, now=MORNING))[1]


async def test_a_backup_restored_is_the_same(database: Database, tmp_path: Path) -> None:
    await lived_in(database)
    before = await backed_up(database, tmp_path / "bot.zip")
    await database.write(partial(neighbour, name="somebody-new"))
    assert await all_rows(database) != before

    await restored(database, tmp_path / "bot.zip")

    assert await all_rows(database) == before


async def test_a_backup_of_one_database_is_restored_into_the_other(
    sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    sqlite, postgres = Database(sqlite_url), Database(postgres_url)
    await lived_in(sqlite)
    before = await backed_up(sqlite, tmp_path / "sqlite.zip")

    await restored(postgres, tmp_path / "sqlite.zip")
    assert await all_rows(postgres) == before
    assert await backed_up(postgres, tmp_path / "postgres.zip") == before
    await database_emptied(sqlite)
    await restored(sqlite, tmp_path / "postgres.zip")

    assert await all_rows(sqlite) == before
    for database in (sqlite, postgres):
        await database.close()


async def database_emptied(database: Database) -> None:
    await database.write(lambda c: c.execute(delivery.delete()).rowcount)


async def test_a_database_without_tables_takes_a_backup(
    database: Database, fresh: Database, tmp_path: Path
) -> None:
    await lived_in(database)
    before = await backed_up(database, tmp_path / "bot.zip")

    await restored(fresh, tmp_path / "bot.zip")

    assert await all_rows(fresh) == before


async def test_new_rows_are_numbered_after_the_restored_ones(
    database: Database, tmp_path: Path
) -> None:
    await lived_in(database)
    before = await backed_up(database, tmp_path / "bot.zip")
    await restored(database, tmp_path / "bot.zip")

    say = partial(outbox.enqueue, turn="new", learner_id=None, said=[Reply(text="Dạ")])
    here = Address("console", "console", "chat")
    ids = await database.write(lambda c: say(c, address=here, now=MORNING))

    assert ids[0] > max(row["id"] for row in before["delivery"])


async def test_what_may_have_been_sent_since_is_not_sent_again(
    database: Database, tmp_path: Path
) -> None:
    def queue(connection: Connection) -> None:
        there = Address("telegram", "2001", "chat")
        for turn, reply, due_at in (
            ("said", Reply(text="Dạ"), None),
            ("urgent", Reply(text="Gọi 113", emergency=True), None),
            ("tomorrow", Reply(text="Mẹo"), MORNING + timedelta(days=1)),
        ):
            outbox.enqueue(connection, turn, there, None, [reply], now=MORNING, due_at=due_at)
        page = Address("web", "web", "visitor")
        outbox.enqueue(connection, "page", page, None, [Reply(text="Dạ")], now=MORNING)

    await database.write(queue)
    await backed_up(database, tmp_path / "bot.zip")

    await restored(database, tmp_path / "bot.zip")

    rows = await database.read(lambda c: c.execute(select(delivery.c.turn, delivery.c.state)).all())
    states = {row.turn: row.state for row in rows}
    assert states == {
        "said": "uncertain",
        "urgent": "queued",
        "tomorrow": "queued",
        "page": "queued",
    }


@pytest.mark.parametrize("known_by", ["the archive", "the replaced database", "a list"])
async def test_who_was_forgotten_stays_forgotten(
    database: Database, fresh: Database, tmp_path: Path, known_by: str
) -> None:
    learner_id = await lived_in(database)
    await backed_up(database, tmp_path / "old.zip")
    await database.write(partial(forget, learner_id=learner_id, at=MORNING))
    listed = await database.read(deletions)
    assert len(listed) == 1

    if known_by == "the replaced database":
        again = await restored(database, tmp_path / "old.zip")
        rows = await all_rows(database)
    elif known_by == "a list":
        again = await restored(fresh, tmp_path / "old.zip", *listed)
        rows = await all_rows(fresh)
    else:
        await backed_up(database, tmp_path / "new.zip")
        again = await restored(fresh, tmp_path / "new.zip")
        rows = await all_rows(fresh)

    assert again == (0 if known_by == "the archive" else 1)
    assert learner_id not in {row["id"] for row in rows["learner"]}
    assert [row["learner_hash"] for row in rows["deletion"]] == listed


async def test_a_backup_of_a_newer_version_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    await lived_in(database)
    before = await backed_up(database, tmp_path / "bot.zip")
    changed(tmp_path / "bot.zip", "manifest.json", b'"0002"', b'"9999"')

    with pytest.raises(ArchiveFaultError, match=r"restore\.newer"):
        await restored(database, tmp_path / "bot.zip")

    assert await all_rows(database) == before


async def test_a_damaged_backup_changes_nothing(database: Database, tmp_path: Path) -> None:
    await lived_in(database)
    before = await backed_up(database, tmp_path / "bot.zip")
    shutil.copy(tmp_path / "bot.zip", tmp_path / "edited.zip")
    changed(tmp_path / "edited.zip", "reminder.jsonl", "uống".encode(), b"uong")
    whole = (tmp_path / "bot.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.zip").write_text("xin chào", "utf-8")

    for name in ("edited.zip", "cut.zip", "text.zip"):
        with pytest.raises(ArchiveFaultError, match=r"restore\.damaged"):
            await restored(database, tmp_path / name)

    assert await all_rows(database) == before


async def test_a_backup_that_fails_in_the_middle_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    """Its checksums fit, but a row points to a person who is not in it."""
    await lived_in(database)
    before = await backed_up(database, tmp_path / "bot.zip")
    without_learners(tmp_path / "bot.zip")

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await restored(database, tmp_path / "bot.zip")

    assert await all_rows(database) == before


async def test_a_database_that_is_in_use_is_not_replaced(
    database: Database, tmp_path: Path
) -> None:
    await lived_in(database)
    await backed_up(database, tmp_path / "bot.zip")
    hold = partial(lease.take, name="poll:telegram:2001", owner="other", now=MORNING)
    await database.write(lambda c: hold(c, length=timedelta(minutes=1)))

    with pytest.raises(ArchiveFaultError, match=r"restore\.elsewhere"):
        await restored(database, tmp_path / "bot.zip")


async def test_a_backup_shows_one_moment(database: Database, tmp_path: Path) -> None:
    """What is written while it is made is in it whole, or not at all."""
    await lived_in(database)

    def work(connection: Connection) -> archive.Manifest:
        return archive.write(connection, tmp_path / "bot.zip", revision="0002", now=MORNING)

    manifest = await database.read(work)
    assert manifest.rows == archive.check(tmp_path / "bot.zip").rows
    assert (tmp_path / "bot.zip").stat().st_mode & 0o077 == 0
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


async def test_an_empty_database_has_nothing_to_back_up(fresh: Database, tmp_path: Path) -> None:
    with pytest.raises(ArchiveFaultError, match=r"backup\.no_tables"):
        await backup.back_up(fresh, tmp_path / "bot.zip", now=MORNING)
    assert not (tmp_path / "bot.zip").exists()


def changed(file: Path, member: str, old: bytes, new: bytes) -> None:
    """The same zip with other bytes in one member."""
    with zipfile.ZipFile(file) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    assert old in parts[member]
    parts[member] = parts[member].replace(old, new)
    with zipfile.ZipFile(file, "w") as written:
        for name, part in parts.items():
            written.writestr(name, part)


def without_learners(file: Path) -> None:
    with zipfile.ZipFile(file) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    parts.pop("learner.jsonl")
    del manifest["tables"]["learner"]
    with zipfile.ZipFile(file, "w") as written:
        for name, part in parts.items():
            written.writestr(name, part)
        written.writestr("manifest.json", json.dumps(manifest))
