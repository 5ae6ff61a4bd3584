"""The clock of the default installation ticks: what is due is made and sent."""

from collections.abc import Sequence

from bot.assistant import Assistant
from bot.delivery.deliver import Outlet
from bot.delivery.schedule import Schedule
from bot.delivery.send import Arrived, SendResult
from bot.storage.database import Database
from bot.storage.outbox import Delivery
from tests.talk import Clock, Talk


class Screen:
    together = False

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def send(self, chat: str, batch: Sequence[Delivery]) -> SendResult:
        self.shown += [one.reply.text for one in batch]
        return Arrived()


async def test_a_tick_answers_what_waited_and_sends_it(
    talk: Talk, assistant: Assistant, database: Database, clock: Clock
) -> None:
    screen = Screen()
    outlet = Outlet.of("console", "console", screen)
    schedule = Schedule(assistant, database, clock, [outlet])
    await talk.says("xin chào")

    await schedule.tick()
    assert screen.shown == []
    clock.pass_(seconds=5)
    await schedule.tick()
    await schedule.tick()
    await schedule.rest()

    assert len(screen.shown) == 1


async def test_it_starts_and_stops(assistant: Assistant, database: Database, clock: Clock) -> None:
    schedule = Schedule(assistant, database, clock)

    schedule.start()
    await schedule.stop()
