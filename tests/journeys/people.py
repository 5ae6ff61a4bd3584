"""Several people with the bot at once, each in her own chat.

async with together(stage, content, "zalo_bot", "telegram") as house:
    ba_hai = Person(house, "zalo_bot", "Bà Hai")
    await ba_hai.says("quét mã qr")     what she is answered, as one text
    await ba_hai.taps("Bị kẹt")         the option of this name in the newest list that has it
    await ba_hai.hears()                what came meanwhile
"""

from functools import partial

from bot import rights
from bot.code import fresh_code, shown
from flows.snapshots import RoleKind
from tests.channels.chats import TelegramChat, WebChat, ZaloChat
from tests.channels.house import House
from tests.channels.shown import Heard

WARD = "26740"
"""Phường Sài Gòn, of Bến Nghé and others."""
TYPING = 5
"""Seconds before each message."""


class Person:
    """Somebody who writes, and all she has been shown."""

    def __init__(self, house: House, channel: str, name: str) -> None:
        self.house = house
        self.name = name
        self.chat = _chat(house, channel, name)
        self.shown: list[Heard] = []

    async def says(self, text: str) -> str:
        self.house.stage.clock.pass_(seconds=TYPING)
        return self._read(await self.chat.say(text))

    async def taps(self, label: str) -> str:
        asked = next((one for one in reversed(self.shown) if label in one.labels), None)
        self.house.stage.clock.pass_(seconds=TYPING)
        assert asked is not None, f"no list has «{label}»; the last: {self.shown[-1:]}"
        return self._read(await self.chat.press(asked, asked.labels.index(label)))

    async def hears(self) -> str:
        return self._read(await self.chat.new())

    async def becomes(self, kind: RoleKind, ward: str = WARD) -> str:
        """Get a right as the operator gives it, and send its code."""
        code = fresh_code()
        now = self.house.stage.clock()
        give = partial(rights.grant, kind=kind, ward=ward, name=self.name, code=code, now=now)
        await self.house.stage.database.write(give)
        return await self.says(shown(kind, code))

    def _read(self, heard: list[Heard]) -> str:
        self.shown += heard
        return "\n".join("\n".join([one.text, *one.labels, one.link or ""]) for one in heard)


def _chat(house: House, channel: str, name: str) -> ZaloChat | TelegramChat | WebChat:
    if channel == "web":
        return WebChat(house)
    return ZaloChat(house, name) if channel == "zalo_bot" else TelegramChat(house, name)
