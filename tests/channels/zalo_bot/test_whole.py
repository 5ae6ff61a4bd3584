"""From a word on Zalo to the answer on Zalo, through everything that stands between."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.assistant import Assistant
from bot.channels import capability
from bot.channels.incoming import Incoming
from bot.channels.zalo_bot.receive import ZaloBot
from bot.config import Settings
from bot.delivery.deliver import Outlet, deliver_due
from bot.storage.database import Database
from tests.channels.zalo_bot.conftest import TOKEN
from tests.emulators.zalo_bot import ZaloBot as Emulated
from tests.talk import Clock


@pytest.fixture
async def bot(zalo: Emulated, clock: Clock) -> AsyncIterator[ZaloBot]:
    bot = ZaloBot(Settings(zalo_bot_token=SecretStr(TOKEN), zalo_bot_api=zalo.url), clock)
    yield bot
    await bot.close()


async def test_a_turn_is_one_message(
    zalo: Emulated, bot: ZaloBot, assistant: Assistant, database: Database, clock: Clock
) -> None:
    limits = capability.load(Path("data"))["zalo_bot"]
    outlet = Outlet.of(bot.channel, bot.account, bot.sender, limits)
    stored = asyncio.Event()

    async def take(incoming: Incoming) -> None:
        await assistant.handle(incoming)
        stored.set()

    async def heard() -> None:
        pass

    ba_hai = zalo.person("Bà Hai")
    zalo.says(ba_hai, "quét mã QR")
    polling = asyncio.create_task(bot.poll(take, heard))
    await stored.wait()
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    await deliver_due(database, outlet, owner="one", clock=clock)
    await deliver_due(database, outlet, owner="two", clock=clock)
    (answer,) = zalo.from_bot(ba_hai)
    first, *_, last = answer.split("\n\n")
    assert first.startswith("Dạ, đây là máy trả lời tự động (AI)")
    assert last == "1. Xong, bước tiếp\n2. Bị kẹt\n3. Quay lại"
