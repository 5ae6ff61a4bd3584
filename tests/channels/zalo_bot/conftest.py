"""The emulated platform, our client on it, and somebody who has written."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr

from bot.channels.zalo_bot.client import Client
from tests.emulators.zalo_bot import ZaloBot
from tests.emulators.zalo_chats import Person
from tests.talk import Clock

TOKEN = "1001:zalo-bi-mat"


@pytest.fixture
def zalo(clock: Clock) -> Iterator[ZaloBot]:
    with ZaloBot(clock) as zalo:
        zalo.idle_at_once = True
        zalo.bot(TOKEN)
        yield zalo


@pytest.fixture
async def client(zalo: ZaloBot) -> AsyncIterator[Client]:
    client = Client(SecretStr(TOKEN), zalo.url, read_s=5)
    yield client
    await client.close()


@pytest.fixture
def ba_hai(zalo: ZaloBot) -> Person:
    """Somebody who has written, and whose first message has been taken."""
    person = zalo.person("Bà Hai")
    zalo.says(person, "chào")
    zalo.account().pending.clear()
    return person
