"""An emulated Telegram with one bot, and the channel that talks to it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiogram.client.session.aiohttp import AiohttpSession

from bot.channels.capability import Rates
from bot.channels.telegram.receive import Telegram as Channel
from bot.config import Settings
from tests.emulators.telegram import Telegram
from tests.talk import Clock

TOKEN = "2001:telegram-token"
SECRET = "a-secret-of-ours-16"
BASE = "https://binhdan.example"
RATES = Rates(account_per_s=1000, group_per_min=1000)


@pytest.fixture
def telegram(clock: Clock) -> Iterator[Telegram]:
    with Telegram(clock) as telegram:
        telegram.idle_at_once = True
        telegram.bot(TOKEN)
        yield telegram


@pytest.fixture
async def channel(telegram: Telegram, clock: Clock) -> AsyncIterator[Channel]:
    channel = Channel(settings(telegram), RATES, clock)
    yield channel
    await close(channel)


def settings(telegram: Telegram, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "telegram_token": TOKEN,
        "telegram_api": telegram.url,
        "webhook_secret": SECRET,
        "base_url": BASE,
    }
    return Settings(**(given | changes))


async def close(channel: Channel) -> None:
    """Close it; aiogram's own `close` sleeps where there is still a session."""
    session = channel._bot.session
    assert isinstance(session, AiohttpSession)
    await (await session.create_session()).close()
    await channel.close()
