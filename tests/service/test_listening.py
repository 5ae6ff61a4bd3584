"""Each platform is heard by one process, through every fault; since when it was not is said."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.channels.capability import Rates
from bot.channels.telegram.receive import Telegram as TelegramChannel
from bot.channels.zalo_bot.receive import ZaloBot as Channel
from bot.config import Settings
from bot.listening import DEAF, HEARD_EVERY, POLLING, Listener
from bot.operator import trouble
from bot.storage import account as accounts
from bot.storage import lease
from bot.storage.database import Database
from bot.storage.tables import account
from tests.emulators.faults import Fault
from tests.emulators.telegram import Telegram
from tests.emulators.zalo_bot import ZaloBot
from tests.emulators.zalo_chats import Webhook
from tests.service.told import Told
from tests.talk import Clock

TOKEN = "1001:zalo-bi-mat"
HOOK = {
    "zalo_bot_updates": "webhook",
    "base_url": "https://binhdan.example",
    "webhook_secret": "a-secret-of-ours-16",
}


@pytest.fixture
def zalo(clock: Clock) -> Iterator[ZaloBot]:
    with ZaloBot(clock) as zalo:
        zalo.idle_at_once = True
        zalo.bot(TOKEN)
        yield zalo


class Process:
    """One process that serves the Zalo bot."""

    def __init__(self, name: str, zalo: ZaloBot, database: Database, clock: Clock) -> None:
        self.name = name
        self.zalo = zalo
        self.database = database
        self.clock = clock
        self.told = Told()
        self._tasks: list[asyncio.Task[None]] = []
        self._channels: list[Channel] = []

    def listens(self, token: str = TOKEN, **given: Any) -> asyncio.Task[None]:
        settings = Settings(zalo_bot_token=token, zalo_bot_api=self.zalo.url, **given)  # pyright: ignore[reportArgumentType]
        channel = Channel(settings, self.clock, wait=lambda _: asyncio.sleep(0))
        listener = Listener(
            channel,
            self.database,
            self.clock,
            self.told.take,
            self.told.tell,
            owner=self.name,
            polls=settings.zalo_bot_updates == "polling",
            rest=self.told.rest,
        )
        self._channels.append(channel)
        self._tasks.append(asyncio.create_task(listener.run()))
        return self._tasks[-1]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for channel in self._channels:
            await channel.close()
        self._tasks.clear()
        self._channels.clear()

    async def hears(self) -> None:
        """Be said something twice: before the second, that it heard the first was written."""
        for count, name in enumerate(("Bà Hai", "Ông Ba"), 1):
            self.zalo.says(self.zalo.person(name), "chào")
            await self.told.until_taken(count)


@pytest.fixture
async def processes(
    zalo: ZaloBot, database: Database, clock: Clock
) -> AsyncIterator[tuple[Process, Process]]:
    both = Process("first", zalo, database, clock), Process("second", zalo, database, clock)
    yield both
    for one in both:
        await one.stop()


async def row(database: Database) -> Any:
    return await database.read(lambda connection: connection.execute(select(account)).one())


async def test_what_is_said_is_taken_in_and_the_account_is_known(
    processes: tuple[Process, Process], zalo: ZaloBot, database: Database, clock: Clock
) -> None:
    process, _ = processes
    process.listens()
    assert await process.told.until_said("serve.listening") == {
        "channel": "zalo_bot",
        "name": "Bot Bình Dân",
    }
    await process.hears()
    await process.stop()

    known = await row(database)
    assert (known.channel, known.account, known.updates) == ("zalo_bot", "1001", "polling")
    assert known.heard_at == clock()
    assert process.told.keys() == ["serve.listening"], "it was never deaf"


async def test_it_says_since_when_nobody_listened(
    processes: tuple[Process, Process], clock: Clock
) -> None:
    first, second = processes
    first.listens()
    await first.hears()
    await first.stop()

    clock.pass_(hours=2)
    second.listens()
    deaf = await second.told.until_said("serve.deaf")

    assert deaf == {"channel": "zalo_bot", "since": "08:00 24/11/2026", "minutes": 120}


async def test_of_a_short_restart_nothing_is_said(
    processes: tuple[Process, Process], clock: Clock, zalo: ZaloBot
) -> None:
    first, second = processes
    first.listens()
    await first.hears()
    await first.stop()

    clock.pass_(seconds=DEAF.total_seconds())
    second.listens()
    zalo.says(zalo.person("Ông Ba"), "chào")
    await second.told.until_taken()

    assert second.told.keys() == ["serve.listening"]


async def test_that_it_hears_is_written_once_a_minute(database: Database, clock: Clock) -> None:
    prepared = partial(
        accounts.prepared,
        channel="zalo_bot",
        account_id="1001",
        name="Bot",
        link=None,
        groups=False,
        updates="polling",
    )
    await database.write(partial(prepared, now=clock()))
    told = Told()
    channel = Channel(Settings(zalo_bot_token=TOKEN), clock)  # pyright: ignore[reportArgumentType]
    listener = Listener(channel, database, clock, told.take, told.tell, owner="first", polls=True)
    began = clock()
    for _ in range(3):
        await listener.heard()
        clock.pass_(seconds=HEARD_EVERY.total_seconds() / 2 - 1)
    assert (await row(database)).heard_at == began
    clock.pass_(seconds=5)
    await listener.heard()
    assert (await row(database)).heard_at == clock()
    await channel.close()


# platforms.md 6, row 24
async def test_row_24_one_process_polls_and_the_next_goes_on_when_it_stops(
    processes: tuple[Process, Process], zalo: ZaloBot, clock: Clock
) -> None:
    first, second = processes
    first.listens()
    await first.hears()
    second.listens()
    await second.told.until_said("serve.polled_elsewhere")

    await first.stop()
    zalo.says(zalo.person("Ông Ba"), "chào")
    await second.told.until_taken()

    assert second.told.keys() == ["serve.listening", "serve.polled_elsewhere"]


async def test_a_process_that_died_is_followed_when_its_lease_runs_out(
    processes: tuple[Process, Process], zalo: ZaloBot, database: Database, clock: Clock
) -> None:
    take = partial(lease.take, name="poll:zalo_bot:1001", owner="dead", length=POLLING)
    await database.write(partial(take, now=clock()))
    _, second = processes
    second.listens()
    await second.told.until_said("serve.polled_elsewhere")
    zalo.says(zalo.person("Ông Ba"), "chào")

    clock.pass_(seconds=POLLING.total_seconds())
    await second.told.until_taken()


async def test_a_refused_token_is_told_to_everybody_who_can_mend_it(
    processes: tuple[Process, Process], database: Database
) -> None:
    process, _ = processes
    process.listens(token="1001:another-secret")

    assert await process.told.until_said("serve.token_refused") == {"channel": "zalo_bot"}
    await process.told.until_rested(3)
    assert process.told.keys() == ["serve.token_refused"], "once, however often it is tried"
    assert process.told.rests[:3] == [2, 4, 8]
    assert set(await database.read(trouble.open_names)) == {"token:zalo_bot"}


async def test_a_token_refused_while_polling_is_told_until_polling_works_again(
    processes: tuple[Process, Process], zalo: ZaloBot, database: Database
) -> None:
    process, _ = processes
    zalo.faults.add(Fault("unauthorized", method="getUpdates"))
    process.listens()
    await process.told.until_rested(1)
    await process.hears()

    assert process.told.keys() == ["serve.listening", "serve.token_refused"]
    assert await database.read(trouble.open_names) == {}


async def test_a_second_bot_with_the_token_is_told_until_polling_works_again(
    database: Database, clock: Clock
) -> None:
    told = Told()
    token = "2001:telegram-token"
    with Telegram(clock) as telegram:
        telegram.bot(token)
        given: dict[str, Any] = {"telegram_token": token, "telegram_api": telegram.url}
        channel = TelegramChannel(Settings(**given), Rates(), clock)
        listener = Listener(
            channel, database, clock, told.take, told.tell, owner="me", polls=True, rest=told.rest
        )
        listening = asyncio.create_task(listener.run())
        await told.until_said("serve.listening")
        async with httpx.AsyncClient() as second:
            while len(told.rests) < 3:
                await second.get(f"{telegram.url}/bot{token}/getUpdates")
        assert told.keys() == ["serve.listening", "serve.conflict"], "once"
        assert set(await database.read(trouble.open_names)) == {"poll:telegram"}

        telegram.says(telegram.person("Bà Hai"), "chào")
        await told.until_taken()
        assert await database.read(trouble.open_names) == {}
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await channel.close()


# platforms.md 6, row 30
@pytest.mark.parametrize("given", [{}, HOOK])
async def test_row_30_a_webhook_left_elsewhere_is_named_and_left(
    processes: tuple[Process, Process], zalo: ZaloBot, given: dict[str, Any]
) -> None:
    elsewhere = Webhook(
        url="https://old.example/zalo?key=1", secret="a-secret-of-theirs", updated_at=0
    )
    zalo.account().webhook = elsewhere
    process, _ = processes
    process.listens(**given)

    assert (await process.told.until_said("serve.webhook_elsewhere"))["url"] == "old.example/zalo"
    assert zalo.account().webhook == elsewhere


async def test_a_platform_out_of_reach_is_tried_again_until_it_is_there(
    processes: tuple[Process, Process], zalo: ZaloBot, clock: Clock
) -> None:
    process, _ = processes
    zalo.faults.add(Fault("bad_gateway", method="getMe", times=3))
    process.listens()
    await process.told.until_said("serve.listening")

    assert process.told.keys() == ["serve.unreachable", "serve.listening"]
    assert process.told.rests == [2, 4, 8]


async def test_with_a_webhook_it_is_done_once_the_platform_knows_where_to_call(
    processes: tuple[Process, Process], zalo: ZaloBot, database: Database
) -> None:
    process, _ = processes
    await asyncio.wait_for(process.listens(**HOOK), 30)

    webhook = zalo.account().webhook
    assert webhook is not None
    assert webhook.url == "https://binhdan.example/hook/zalo_bot"
    assert (await row(database)).updates == "webhook"
