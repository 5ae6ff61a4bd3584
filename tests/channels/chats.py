"""One person's chat with the real bot, on each channel.

    async with opened("telegram", …) as chat:
        heard = await chat.say("quét mã qr")        what is shown at once, as she reads it
        await chat.press(heard[-1], 0)              a press; where there are none its mark is typed
        await chat.repeat()                         the last thing comes a second time
        await chat.due()                            what falls due by now
        await chat.start(content)                   the bot is started again

Each writes to a SQLite file and is told the time by a clock that is moved.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx

from bot.channels.mark import mark_of
from bot.config import Settings
from bot.conversation import Conversation
from bot.storage.database import Database
from flows.content import Content
from flows.turn import Pressed, Said, Sent, SentKind
from nlu.engine import Engine
from tests.channels import shown
from tests.channels.house import Clock, House, Stage, housed
from tests.channels.shown import Heard

CHANNELS = ("console", "web", "zalo_bot", "telegram")
PLATFORMS = ("zalo_bot", "telegram")
TOGETHER = ("zalo_bot",)
"""Where all replies of a turn are one message."""
BROWSER = "0123456789abcdef" * 2


class Chat(Protocol):
    """One person's chat."""

    stage: Stage
    channel: str

    async def start(self, content: Content) -> None: ...
    async def say(self, text: str) -> list[Heard]: ...
    async def press(self, asked: Heard, option: int) -> list[Heard]: ...
    async def send(self, kind: SentKind, caption: str) -> list[Heard]: ...
    async def repeat(self) -> list[Heard]: ...
    async def due(self) -> list[Heard]: ...


class ConsoleChat:
    """The player that `bot chat` speaks through."""

    channel = "console"

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._talk = Conversation(stage.database, stage.clock)
        self._updates = 0
        self._last: Said | Pressed | Sent | None = None
        self._started = False

    async def start(self, content: Content) -> None:
        self.close()
        self._talk.assistant = self.stage.assistant(content)
        self._started = True

    async def say(self, text: str) -> list[Heard]:
        return await self._hand_in(Said(text=text))

    async def press(self, asked: Heard, option: int) -> list[Heard]:
        assert asked.asking is not None
        return await self._hand_in(Pressed(asking=asked.asking, option=option))

    async def send(self, kind: SentKind, caption: str) -> list[Heard]:
        return await self._hand_in(Sent(kind=kind, caption=caption))

    async def due(self) -> list[Heard]:
        await self._talk.tick()
        return self._taken()

    def close(self) -> None:
        if self._started:
            self._talk.assistant.close()

    async def repeat(self) -> list[Heard]:
        assert self._last is not None
        return await self._again(self._last)

    async def _hand_in(self, given: Said | Pressed | Sent) -> list[Heard]:
        self._updates += 1
        self._last = given
        return await self._again(given)

    async def _again(self, given: Said | Pressed | Sent) -> list[Heard]:
        await self._talk.hand_in("ba-hai", given, str(self._updates), self.stage.clock())
        return self._taken()

    def _taken(self) -> list[Heard]:
        heard: list[Heard] = []
        for delivery in self._talk.taken():
            reply, choices = delivery.reply, delivery.reply.choices
            if choices is None:
                heard.append(Heard(reply.text, link=reply.link))
                continue
            labels = tuple(option.label for option in choices.options)
            marks = tuple(mark_of(choices.style, n) for n in range(len(labels)))
            heard.append(Heard(reply.text, labels, marks, choices.asking, reply.link))
        return heard


class WebChat:
    """The page in a browser: it posts what is written, shows the replies and says so."""

    channel = "web"

    def __init__(self, house: House, browser: str = BROWSER) -> None:
        self.house = house
        self.stage = house.stage
        self._browser = {"X-Browser": browser}
        self._updates = 0
        self._last: dict[str, Any] = {}
        self._newest = 0

    async def start(self, content: Content) -> None:
        await self.house.start(content)

    async def say(self, text: str) -> list[Heard]:
        return await self._post({"text": text})

    async def press(self, asked: Heard, option: int) -> list[Heard]:
        return await self._post({"press": {"asking": asked.asking, "option": option}})

    async def send(self, kind: SentKind, caption: str) -> list[Heard]:
        raise NotImplementedError(f"the page sends no {kind}")

    async def repeat(self) -> list[Heard]:
        return await self._shown(await self._posted("/chat/messages", self._last))

    async def due(self) -> list[Heard]:
        await self.house.due()
        return await self.new()

    async def new(self) -> list[Heard]:
        """What the page has not shown yet."""
        after = {"after": self._newest}
        return await self._shown(
            await self.house.web.get("/chat/replies", params=after, headers=self._browser)
        )

    async def _post(self, given: dict[str, Any]) -> list[Heard]:
        self._updates += 1
        self._last = {"update": f"update-{self._updates:04}", **given}
        heard = await self.repeat()
        await self.house.send()  # what went to others
        return heard

    async def _posted(self, path: str, given: dict[str, Any]) -> httpx.Response:
        return await self.house.web.post(path, json=given, headers=self._browser)

    async def _shown(self, answer: httpx.Response) -> list[Heard]:
        assert answer.status_code == 200, answer.text
        replies = answer.json()["replies"]
        if replies:
            self._newest = max(reply["id"] for reply in replies)
            seen = {"seen": [reply["id"] for reply in replies]}
            assert (await self._posted("/chat/seen", seen)).status_code == 204
        return [_of_page(reply) for reply in replies]


class ZaloChat:
    """Zalo: words, and the marks of options typed."""

    channel = "zalo_bot"

    def __init__(self, house: House, name: str = "Bà Hai") -> None:
        self.house = house
        self.stage = house.stage
        self.person = house.zalo.person(name)
        self._seen = 0

    async def start(self, content: Content) -> None:
        await self.house.start(content)

    async def say(self, text: str) -> list[Heard]:
        self.house.zalo.says(self.person, text)
        return await self._answered()

    async def press(self, asked: Heard, option: int) -> list[Heard]:
        return await self.say(asked.marks[option])

    async def send(self, kind: SentKind, caption: str) -> list[Heard]:
        assert kind == "photo"
        self.house.zalo.sends_photo(self.person, caption)
        return await self._answered()

    async def repeat(self) -> list[Heard]:
        self.house.zalo.redeliver()
        return await self._answered()

    async def due(self) -> list[Heard]:
        await self.house.due()
        return await self.new()

    async def new(self) -> list[Heard]:
        """What the chat shows since this was last asked."""
        messages = self.house.zalo.messages(self.person)
        new, self._seen = messages[self._seen :], len(messages)
        base = self.stage.settings.base_url
        return [shown.zalo(one, base) for one in new if one.by_bot]

    async def _answered(self) -> list[Heard]:
        await self.house.happen()
        return await self.new()


class TelegramChat:
    """Telegram: words and buttons."""

    channel = "telegram"

    def __init__(self, house: House, name: str = "Bà Hai") -> None:
        self.house = house
        self.stage = house.stage
        self.person = house.telegram.person(name)
        self._seen = 0

    async def start(self, content: Content) -> None:
        await self.house.start(content)

    async def say(self, text: str) -> list[Heard]:
        self.house.telegram.says(self.person, text)
        return await self._answered()

    async def press(self, asked: Heard, option: int) -> list[Heard]:
        message = next(
            one
            for one in self.house.telegram.messages(self.person)
            if one.buttons and shown.telegram(one, self.stage.settings.base_url) == asked
        )
        self.house.telegram.presses(self.person, message, message.labels[option])
        return await self._answered()

    async def send(self, kind: SentKind, caption: str) -> list[Heard]:
        assert kind == "photo"
        self.house.telegram.sends_photo(self.person, caption)
        return await self._answered()

    async def repeat(self) -> list[Heard]:
        self.house.telegram.redeliver()
        return await self._answered()

    async def due(self) -> list[Heard]:
        await self.house.due()
        return await self.new()

    async def new(self) -> list[Heard]:
        """What the chat shows since this was last asked."""
        messages = self.house.telegram.messages(self.person)
        new, self._seen = messages[self._seen :], len(messages)
        base = self.stage.settings.base_url
        return [shown.telegram(one, base) for one in new if one.by_bot]

    async def _answered(self) -> list[Heard]:
        await self.house.happen()
        return await self.new()


def _of_page(reply: dict[str, Any]) -> Heard:
    choices = reply["choices"]
    if not choices:
        return Heard(reply["text"], link=reply["link"])
    labels = tuple(option["label"] for option in choices["options"])
    marks = tuple(option["mark"] for option in choices["options"])
    return Heard(reply["text"], labels, marks, choices["asking"], reply["link"])


@asynccontextmanager
async def staged(folder: Path, empty: Path, engine: Engine, at: datetime) -> AsyncIterator[Stage]:
    """A database of its own: a copy of the empty one."""
    file = folder / "bot.db"
    shutil.copy(empty, file)
    database = Database(f"sqlite:///{file}")
    settings = Settings(parse_threads=1, operator_name="", var_dir=folder)
    try:
        yield Stage(database, settings, engine, Clock(at))
    finally:
        await database.close()


@asynccontextmanager
async def opened(
    channel: str, stage: Stage, content: Content, *, polling: bool = False
) -> AsyncIterator[Chat]:
    """A chat with a bot that has started."""
    if channel == "console":
        chat = ConsoleChat(stage)
        await chat.start(content)
        try:
            yield chat
        finally:
            chat.close()
        return
    kinds: dict[str, Any] = {"web": WebChat, "zalo_bot": ZaloChat, "telegram": TelegramChat}
    async with housed(stage, content, channel, polling=polling) as house:
        yield kinds[channel](house)
