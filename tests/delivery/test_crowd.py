"""A thousand messages, faults of the platform, and a sender that is killed twice on its way."""

import asyncio
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.storage import document
from bot.storage.database import Database
from bot.storage.tables import delivery
from tests.delivery import crowd
from tests.emulators.faults import Kind
from tests.emulators.telegram import Telegram
from tests.emulators.zalo_bot import ZaloBot
from tests.talk import Clock

TOTAL = 1_000
KILLED_AFTER = (TOTAL // 3, 2 * TOTAL // 3)
FAULTS: tuple[Kind, ...] = (
    "flood",
    "internal",
    "bad_gateway",
    "gateway_timeout",
    "cut_before",
    "cut_after",
)


class City:
    """Many people and groups on one emulated platform."""

    def __init__(self, platform: ZaloBot | Telegram, channel: str) -> None:
        self.platform = platform
        self.channel = channel
        self.account = platform.bot(crowd.TOKENS[channel])
        people = [platform.person(f"Người {number}") for number in range(120)]
        for person in people:
            platform.says(person, "chào")
        groups = [platform.group(f"Tổ {number}", people[0]) for number in range(3)]
        if isinstance(platform, Telegram):
            platform.flood = None
            for group in groups:
                platform.adds_bot(people[0], group)
        else:
            platform.limited = False
        self.chats = {str(chat.id): chat for chat in (*people, *groups)}
        self.people = [str(person.id) for person in people]
        self.groups = [str(group.id) for group in groups]
        platform.faults.chance(0.05, seed=5, kinds=FAULTS, method="sendMessage")

    def shown(self) -> dict[str, list[str]]:
        """What each chat shows of the bot."""
        return {id_: self.platform.from_bot(chat) for id_, chat in self.chats.items()}

    def accepted(self) -> int:
        return sum(map(len, self.shown().values()))


@pytest.fixture(params=["zalo_bot", "telegram"])
def city(request: pytest.FixtureRequest, clock: Clock) -> Iterator[City]:
    emulator = ZaloBot if request.param == "zalo_bot" else Telegram
    with emulator(clock) as platform:
        yield City(platform, request.param)


@pytest.mark.parametrize(
    ("database_url", "city"),
    [("sqlite", "zalo_bot"), ("postgresql", "telegram")],
    indirect=True,
)
async def test_of_a_thousand_none_is_lost_and_none_comes_twice(
    database_url: str, city: City, tmp_path: Path
) -> None:
    database = Database(database_url)
    fill = partial(crowd.queue, channel=city.channel, people=city.people, groups=city.groups)
    await database.write(partial(fill, total=TOTAL))

    for accepted in KILLED_AFTER:
        sender = started(city, database_url, tmp_path / "clock")
        await asyncio.to_thread(city.platform.until, lambda n=accepted: city.accepted() >= n, 120)
        assert sender.pid is not None
        assert sender.is_alive()
        os.kill(sender.pid, signal.SIGKILL)
        sender.join(30)
    sender = started(city, database_url, tmp_path / "clock")
    await asyncio.to_thread(sender.join, 240)
    assert sender.exitcode == 0

    states = await stored(database)
    await database.close()
    shown = city.shown()
    times = Counter(text for texts in shown.values() for text in texts)
    assert len(states) == TOTAL
    assert set(states.values()) == {"sent", "uncertain"}
    for text, state in states.items():
        if text.startswith("gấp"):
            assert times[text] >= 1, "an emergency card may come twice, it must not come never"
        elif state == "sent":
            assert times[text] == 1
        else:
            assert times[text] <= 1, "listed, and never sent again by itself"
    assert 0 < sum(state == "uncertain" for state in states.values()) < TOTAL * 0.1
    for texts in shown.values():
        numbers = [int(text.split()[1]) for text in texts if text.startswith("tin")]
        assert numbers == sorted(numbers)


def started(city: City, url: str, clock: Path) -> BaseProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([crowd.__name__])
    args = (city.channel, city.platform.url, url, clock)
    process = context.Process(target=crowd.send_all, args=args)
    process.start()
    return process


async def stored(database: Database) -> dict[str, str]:
    rows = await database.read(
        lambda connection: connection.execute(select(delivery.c.reply, delivery.c.state)).all()
    )
    return {document.replies.validate_json(row.reply).text: row.state for row in rows}
