"""The clock of the default installation ticks: what is due is made and sent."""

from bot.assistant import Assistant
from bot.delivery.schedule import Schedule
from bot.delivery.send import Arrived, SendResult
from bot.storage.database import Database
from bot.storage.outbox import Delivery
from tests.talk import Clock, Talk


class Screen:
    def __init__(self) -> None:
        self.shown: list[str] = []

    async def send(self, chat: str, delivery: Delivery) -> SendResult:
        self.shown.append(delivery.reply.text)
        return Arrived()


async def test_a_tick_answers_what_waited_and_sends_it(
    talk: Talk, assistant: Assistant, database: Database, clock: Clock
) -> None:
    screen = Screen()
    schedule = Schedule(assistant, database, clock, {("console", "console"): screen})
    await talk.says("xin chào")

    await schedule.tick()
    assert screen.shown == []
    clock.pass_(seconds=5)
    await schedule.tick()
    await schedule.tick()

    assert len(screen.shown) == 1


async def test_it_starts_and_stops(assistant: Assistant, database: Database, clock: Clock) -> None:
    schedule = Schedule(assistant, database, clock)

    schedule.start()
    schedule.stop()
