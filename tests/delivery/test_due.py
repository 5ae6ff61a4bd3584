"""Reminders fall due once, late ones by day, old ones not at all."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.assistant import Assistant
from bot.clock import CITY
from bot.storage import person, place
from bot.storage.apply import apply_all
from bot.storage.database import Database
from flows.dialog import Dialog
from flows.events import ReminderSet
from flows.turn import Said
from tests.talk import MORNING, Clock, Talk, everything


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=CITY)


class Remind:
    """Sets reminders, counted from the morning."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    async def __call__(
        self, *, hour_chosen: bool = True, every: str | None = None, **after: float
    ) -> None:
        incoming = self.talk.incoming(Said(text=""), update="-")
        event = ReminderSet(
            reminder=f"R-{self.talk.name}",
            subject="uống thuốc",
            due_at=MORNING + timedelta(**after),
            every=every,
            hour_chosen=hour_chosen,
        )

        def work(connection: Connection) -> None:
            learner = person.enter(connection, incoming.identity, lasting=True, now=MORNING).learner
            place.save(connection, learner.id, incoming.address, Dialog(), at=MORNING)
            turn = f"set-{self.talk.name}"
            apply_all(connection, turn, learner.id, incoming.address, [event], at=MORNING)

        await self.talk.database.write(work)


@pytest.fixture
def remind(talk: Talk) -> Remind:
    return Remind(talk)


async def sent(database: Database) -> list[bool]:
    """For each reminder that fell due whether it had expired."""
    rows = (await everything(database))["event"]
    return ['"expired":true' in row["body"] for row in rows if row["type"] == "reminder_sent"]


async def test_a_reminder_is_said_once_at_its_time(
    remind: Remind, talk: Talk, assistant: Assistant, clock: Clock, database: Database
) -> None:
    await remind(hours=1)

    assert await assistant.fall_due(clock()) == 0
    assert await assistant.fall_due(clock.pass_(hours=1)) == 1
    assert await assistant.fall_due(clock.pass_(minutes=1)) == 0

    [queued] = await talk.waiting()
    assert "uống thuốc" in queued.reply.text
    assert (await everything(database))["reminder"] == []
    assert await sent(database) == [False]


async def test_a_reminder_that_repeats_falls_due_again(
    remind: Remind, talk: Talk, assistant: Assistant, clock: Clock
) -> None:
    await remind(hours=1, every="day")

    await assistant.fall_due(clock.pass_(hours=1))
    await assistant.fall_due(clock.pass_(hours=2))
    await assistant.fall_due(clock.pass_(hours=22))

    assert len(await talk.waiting()) == 2


@pytest.mark.parametrize(
    ("hour_chosen", "comes_back", "said_at"),
    [
        (False, at(24, 23), at(25, 7)),
        (True, at(24, 23), at(24, 23)),
        (False, at(24, 20), at(24, 20)),
    ],
    ids=["at night", "at night, its hour chosen", "by day"],
)
async def test_after_an_outage_a_late_reminder_comes_by_day(
    remind: Remind,
    talk: Talk,
    assistant: Assistant,
    clock: Clock,
    hour_chosen: bool,
    comes_back: datetime,
    said_at: datetime,
) -> None:
    await remind(hours=10, hour_chosen=hour_chosen)
    clock.time = comes_back

    while not await assistant.fall_due(clock()):
        clock.pass_(minutes=30)

    assert clock() == said_at
    [queued] = await talk.waiting()
    assert "xin lỗi" in queued.reply.text.lower()


async def test_more_than_a_day_late_it_is_not_said(
    remind: Remind, talk: Talk, assistant: Assistant, clock: Clock, database: Database
) -> None:
    await remind(hours=1)

    assert await assistant.fall_due(clock.pass_(hours=26)) == 1

    assert await talk.waiting() == []
    assert await sent(database) == [True]


async def test_two_processes_say_a_reminder_once(
    remind: Remind, talk: Talk, assistant: Assistant, clock: Clock
) -> None:
    await remind(hours=1)
    now = clock.pass_(hours=1)

    made = await asyncio.gather(*(assistant.fall_due(now) for _ in range(3)))

    assert sum(made) == 1
    assert len(await talk.waiting()) == 1


async def test_many_reminders_are_all_said(
    assistant: Assistant, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        await Remind(Talk(assistant, database, clock, name=f"p{number}"))(hours=1)

    monkeypatch.setattr("bot.falling_due._AT_ONCE", 3)

    assert await assistant.fall_due(clock.pass_(hours=1)) == 7
