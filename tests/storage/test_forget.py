"""Deletion: nothing of a person stays, in no table and in no raw file of SQLite."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.storage.apply import apply_all
from bot.storage.database import Database
from bot.storage.forget import forget, forget_again
from tests.storage.samples import EVENTS, NAME, QUESTION, SUBJECT
from tests.storage.test_apply import WHERE, WHO, happen, live
from tests.talk import MORNING, everything

SECRETS = (SUBJECT, NAME, QUESTION, WHO.sender, WHERE.chat)


OF_OTHERS = ("alembic_version", "learner", "identity", "dialog", "help_request", "ticket_offer")
"""The neighbour who waits for help stays."""


def crowd(connection: Connection) -> None:
    """Others who stay, so that pages are split, moved and partly freed."""
    from bot.channels.incoming import Address, Identity
    from bot.storage import person, place, said
    from flows.dialog import Dialog

    for number in range(300):
        who = Identity("console", "console", f"other-{number}")
        where = Address("console", "console", f"other-{number}")
        learner = person.enter(connection, who, lasting=True, now=MORNING).learner
        place.save(connection, learner.id, where, Dialog(), at=MORNING)
        said.keep(
            connection, f"o{number}", learner.id, where, "xin chào", at=MORNING, hold_until=None
        )


async def test_forgetting_leaves_the_code_counts_and_one_line(database: Database) -> None:
    learner_id = await database.write(live)
    await happen(database, learner_id, EVENTS)

    rows = await everything(database)

    left = {name: found for name, found in rows.items() if found and name not in OF_OTHERS}
    assert set(left) == {
        "event",
        "credential",
        "deletion",
        "wrong_report",
        "step_stuck",
        "campaign",
        "chat_group",
    }
    assert all(row["learner"] is None for row in left["event"])
    assert left["credential"][0]["name"] is None
    assert left["credential"][0]["deleted_at"] == MORNING
    assert [set(row) for row in left["deletion"]] == [{"learner_hash", "at"}]
    text = repr(rows)
    assert not [word for word in (*SECRETS, learner_id) if word in text]


async def test_raw_files_hold_nothing_of_a_forgotten_person(
    tmp_path: Path, sqlite_url: str
) -> None:
    database = Database(sqlite_url)
    await database.write(crowd)
    learner_id = await database.write(live)
    await happen(database, learner_id, EVENTS[:-1])
    assert traces(tmp_path) == set(SECRETS), "the test looks in the right place"

    await database.write(partial(forget, learner_id=learner_id, at=MORNING))
    await database.scrub()

    assert traces(tmp_path) == set()
    await database.close()
    assert traces(tmp_path) == set()


def traces(folder: Path) -> set[str]:
    raw = b"".join(path.read_bytes() for path in folder.iterdir())
    return {word for word in SECRETS if word.encode() in raw}


async def test_a_restored_backup_is_cleaned_by_the_lines_of_deletions(
    database: Database,
) -> None:
    await database.write(crowd)
    learner_id = await database.write(live)
    backup = await everything(database)
    await database.write(partial(forget, learner_id=learner_id, at=MORNING))
    lines = {row["learner_hash"] for row in (await everything(database))["deletion"]}
    await database.write(partial(restore, backup=backup))

    again = partial(forget_again, hashes=lines, at=MORNING + timedelta(days=1))
    assert await database.write(again) == 1

    assert not [word for word in SECRETS if word in repr(await everything(database))]
    assert len((await everything(database))["learner"]) == 301


def restore(connection: Connection, backup: dict[str, list[dict[str, object]]]) -> None:
    from bot.storage.tables import metadata

    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())
    for table in metadata.sorted_tables:
        if backup[table.name]:
            connection.execute(table.insert(), backup[table.name])


@pytest.mark.parametrize("times", [1, 2])
async def test_forgetting_again_finds_nothing(database: Database, times: int) -> None:
    learner_id = await database.write(live)

    for number in range(times):
        await database.write(
            partial(
                apply_all,
                turn=f"t{number}",
                learner_id=learner_id,
                address=WHERE,
                events=EVENTS[-1:],
                at=MORNING,
            )
        )

    assert learner_id not in repr((await everything(database))["learner"])
