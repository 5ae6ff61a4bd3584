"""What time takes away, to the minute."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.assistant import Assistant
from bot.channels.incoming import Address, Identity
from bot.config import Settings
from bot.delivery.retain import retain
from bot.storage import person
from bot.storage.apply import apply_all
from bot.storage.database import Database
from bot.storage.tables import help_request
from flows.dialog import Learner
from flows.events import ConsentGiven
from tests.talk import MORNING, Clock, Talk, everything


async def agree(talk: Talk) -> str:
    """The person agreed to reminders; her id."""

    def work(connection: Any) -> str:
        who = Identity("console", "console", f"sender-{talk.name}")
        learner = person.enter(connection, who, lasting=True, now=talk.clock()).learner
        person.save(connection, Learner(id=learner.id, consents={"reminder": True}))
        given = ConsentGiven(purpose="reminder", text_version="1")
        where = Address("console", "console", f"chat-{talk.name}")
        apply_all(connection, f"c-{talk.name}", learner.id, where, [given], at=talk.clock())
        return learner.id

    return await talk.database.write(work)


async def left(database: Database) -> dict[str, int]:
    return {name: len(rows) for name, rows in (await everything(database)).items() if rows}


@pytest.mark.parametrize(("hours", "stays"), [(47, True), (49, False)])
async def test_who_agreed_to_nothing_is_gone_after_48_hours(
    talk: Talk, database: Database, clock: Clock, hours: int, stays: bool
) -> None:
    await talk.says("quét mã qr")

    await retain(database, now=clock.pass_(hours=hours))

    rows = await left(database)
    assert ("learner" in rows) == stays
    assert ("utterance" in rows) == ("delivery" in rows) == ("dialog" in rows) == stays
    assert rows["update_key"] == 1
    assert (f"sender-{talk.name}" in repr(await everything(database))) == stays


@pytest.mark.parametrize(("days", "stays"), [(6.9, True), (7.1, False)])
async def test_texts_and_replies_of_who_agreed_are_gone_after_7_days(
    talk: Talk, database: Database, clock: Clock, days: float, stays: bool
) -> None:
    await talk.says("quét mã qr")
    await agree(talk)

    await retain(database, now=clock.pass_(days=days))

    rows = await left(database)
    assert ("utterance" in rows) == ("delivery" in rows) == stays
    assert rows["learner"] == rows["identity"] == rows["consent"] == 1


@pytest.mark.parametrize(("days", "stays"), [(29, True), (31, False)])
async def test_update_keys_are_gone_after_30_days(
    talk: Talk, database: Database, clock: Clock, days: int, stays: bool
) -> None:
    await talk.says("quét mã qr")

    await retain(database, now=clock.pass_(days=days))

    assert ("update_key" in await left(database)) == stays


@pytest.mark.parametrize(("minutes", "stays"), [(14, True), (16, False)])
async def test_a_borrowed_phone_is_forgotten_after_15_minutes(
    assistant: Assistant, database: Database, clock: Clock, minutes: int, stays: bool
) -> None:
    visit = Talk(assistant, database, clock, name="muon-may", lasting=False)
    await visit.says("quét mã qr")

    await retain(database, now=clock.pass_(minutes=minutes))

    assert ("muon-may" in repr(await everything(database))) == stays


async def test_a_closed_help_request_is_gone_after_30_days(
    talk: Talk, database: Database, clock: Clock
) -> None:
    learner_id = await agree(talk)
    rows = [
        {"ticket": "open", "learner": learner_id, "at": MORNING, "closed_at": None},
        {"ticket": "closed", "learner": learner_id, "at": MORNING, "closed_at": MORNING},
    ]
    await database.write(lambda connection: connection.execute(insert(help_request), rows))

    await retain(database, now=clock.pass_(days=31))

    assert [row["ticket"] for row in (await everything(database))["help_request"]] == ["open"]


async def test_many_people_are_forgotten_in_short_transactions(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        who = Identity("console", "console", f"s{number}")
        await database.write(partial(person.enter, who=who, lasting=True, now=clock()))
    monkeypatch.setattr("bot.storage.retention.PEOPLE_AT_ONCE", 2)

    assert await retain(database, now=clock.pass_(hours=49)) == 5
    assert "learner" not in await left(database)


async def test_the_raw_files_forget_too(
    content: Any, engine: Any, sqlite_url: str, tmp_path: Path, clock: Clock
) -> None:
    database = Database(sqlite_url)
    assistant = Assistant(Settings(parse_threads=1), content, engine, database, clock)
    talk = Talk(assistant, database, clock, name="nguoi-la")
    await talk.says("tôi hỏi hàng xóm Bưởi cách quét mã qr")
    assert {"nguoi-la", "Bưởi"} == traces(tmp_path)

    await retain(database, now=clock.pass_(hours=49))

    assert traces(tmp_path) == set()
    assistant.close()
    await database.close()


def traces(folder: Path) -> set[str]:
    raw = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    return {word for word in ("nguoi-la", "Bưởi") if word.encode() in raw}
