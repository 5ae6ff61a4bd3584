"""Killed anywhere between receipt and send: nothing is lost, nothing is sent twice unasked."""

import multiprocessing
import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.storage import key, outbox
from bot.storage.database import Database
from bot.storage.outbox import LEASE
from tests.delivery import killed
from tests.delivery.killed import POINTS, UNSETTLED, FilePlatform, incoming
from tests.talk import Clock

SCAM = "tôi bị lừa chuyển tiền rồi"


class Stage:
    """One database and one platform, over which processes come and go."""

    def __init__(self, url: str, platform: Path, clock: Clock) -> None:
        self.url = url
        self.path = platform
        self.platform = FilePlatform(platform)
        self.clock = clock
        self.database = Database(url)
        self.assistant: Assistant = killed.make_assistant(self.database, clock)

    async def says(self, text: str, update: str) -> list[str]:
        """The person writes; the replies that were queued."""
        await self.assistant.handle(incoming(text, update))
        return await self.queued(update)

    async def queued(self, update: str) -> list[str]:
        turn = key.turn_of("zalo", "q3", update)
        rows = await self.database.read(partial(outbox.of_turn, turn=turn))
        return [row.reply.text for row in rows]

    async def deliver(self) -> None:
        await killed.send(self.database, self.path, self.clock)

    def killed_at(self, point: str, text: str, update: str) -> None:
        """Another process takes the message, and is killed."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([killed.__name__])
        process = context.Process(
            target=killed.live_until, args=(point, self.url, self.path, incoming(text, update))
        )
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL, f"it passed «{point}» alive"

    async def restart(self, text: str, update: str) -> None:
        """The platform hands the message in again, the leases run out, and what is owed is sent."""
        await self.assistant.handle(incoming(text, update))
        self.clock.pass_(seconds=LEASE.total_seconds() + 1)
        await self.deliver()


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    stage = Stage(database_url, tmp_path / "platform", clock)
    yield stage
    stage.assistant.close()
    await stage.database.close()


ON_BOTH = [
    *(("sqlite", point) for point in POINTS),
    *(("postgresql", point) for point in ("queued", "claimed", "sent")),
]


@pytest.mark.parametrize(("database_url", "point"), ON_BOTH, indirect=["database_url"])
async def test_killed_anywhere(stage: Stage, point: str) -> None:
    [question] = await stage.says("làm bài", "u1")
    stage.killed_at(point, "A", "u2")
    await stage.restart("A", "u2")

    [answer] = await stage.queued("u2")
    got = stage.platform.got()
    if point not in UNSETTLED:
        assert got == [question, answer]
        return
    arrived = {"claimed": [answer], "settled": [question]}
    assert got == arrived.get(point, [question, answer])
    uncertain = answer if point == "settled" else question
    follow = await stage.says("B", "u3")
    await stage.deliver()
    assert follow[1] == uncertain, "what may not have arrived is shown once more"
    assert stage.platform.got() == got + follow
    again = await stage.says("A", "u4")
    await stage.deliver()
    assert stage.platform.got() == got + follow + again
    assert uncertain not in again


@pytest.mark.parametrize(
    ("database_url", "point", "times"),
    [("sqlite", "queued", 1), ("sqlite", "claimed", 1), ("sqlite", "sent", 2)],
    indirect=["database_url"],
)
async def test_an_emergency_card_is_never_lost(stage: Stage, point: str, times: int) -> None:
    stage.killed_at(point, SCAM, "u1")
    await stage.restart(SCAM, "u1")

    [card] = await stage.queued("u1")
    assert stage.platform.got() == [card] * times
