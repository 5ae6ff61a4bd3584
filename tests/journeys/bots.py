"""The real bot on two channels: the console player, and the web chat through its JSON.

    async with opened("web", …) as bot:
        await bot.say("quét mã qr")             what is shown at once
        await pass_(bot, timedelta(hours=26))   what falls due meanwhile, with its moment

Both write to a SQLite file and are told the time by a clock that is moved. `bot.start(content)`
starts the assistant again on the same file, as after a new version of the content.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx

from bot.assistant import Assistant
from bot.config import Settings
from bot.conversation import Conversation
from bot.delivery.retain import retain
from bot.script import next_stop
from bot.storage.database import Database
from bot.web.app import create_app
from flows.content import Content
from flows.turn import Pressed, Said, Sent, SentKind
from nlu.engine import Engine

CHANNELS = ("console", "web")
BROWSER = "0123456789abcdef" * 2


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.time = at

    def __call__(self) -> datetime:
        return self.time


@dataclass(frozen=True, slots=True)
class Heard:
    """A reply as a person has it before her."""

    text: str
    labels: tuple[str, ...]
    asking: int | None
    link: str | None
    emergency: bool


@dataclass
class Stage:
    """What one conversation is played with."""

    database: Database
    settings: Settings
    engine: Engine
    clock: Clock


class Bot(Protocol):
    """One person's chat."""

    stage: Stage

    def start(self, content: Content) -> None: ...
    async def say(self, text: str) -> list[Heard]: ...
    async def press(self, asking: int, option: int) -> list[Heard]: ...
    async def send(self, kind: SentKind, caption: str) -> list[Heard]: ...
    async def due(self) -> list[Heard]: ...
    async def close(self) -> None: ...


class ConsoleBot:
    """The player that `bot chat` speaks through."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._talk = Conversation(stage.database, stage.clock)
        self._updates = 0
        self._started = False

    def start(self, content: Content) -> None:
        if self._started:
            self._talk.assistant.close()
        self._talk.assistant = _assistant(self.stage, content)
        self._started = True

    async def say(self, text: str) -> list[Heard]:
        return await self._hand_in(Said(text=text))

    async def press(self, asking: int, option: int) -> list[Heard]:
        return await self._hand_in(Pressed(asking=asking, option=option))

    async def send(self, kind: SentKind, caption: str) -> list[Heard]:
        return await self._hand_in(Sent(kind=kind, caption=caption))

    async def due(self) -> list[Heard]:
        await self._talk.tick()
        return self._taken()

    async def close(self) -> None:
        self._talk.assistant.close()

    async def _hand_in(self, given: Said | Pressed | Sent) -> list[Heard]:
        self._updates += 1
        await self._talk.hand_in("ba-hai", given, str(self._updates), self.stage.clock())
        return self._taken()

    def _taken(self) -> list[Heard]:
        heard: list[Heard] = []
        for delivery in self._talk.taken():
            reply, choices = delivery.reply, delivery.reply.choices
            labels = tuple(option.label for option in choices.options) if choices else ()
            asking = choices.asking if choices else None
            heard.append(Heard(reply.text, labels, asking, reply.link, reply.emergency))
        return heard


class WebBot:
    """The page in a browser: it posts what is written, shows the replies and says so."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._updates = 0
        self._newest = 0
        self._assistant: Assistant | None = None
        self._client: httpx.AsyncClient | None = None

    def start(self, content: Content) -> None:
        if self._assistant is not None:
            self._assistant.close()
        self._assistant = _assistant(self.stage, content)
        settings, clock = self.stage.settings, self.stage.clock
        app = create_app(self._assistant, self.stage.database, settings, content, clock=clock)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://bot.test",
            headers={"X-Browser": BROWSER},
        )

    async def say(self, text: str) -> list[Heard]:
        return await self._post({"text": text})

    async def press(self, asking: int, option: int) -> list[Heard]:
        return await self._post({"press": {"asking": asking, "option": option}})

    async def send(self, kind: SentKind, caption: str) -> list[Heard]:
        raise NotImplementedError(f"the page sends no {kind}")

    async def due(self) -> list[Heard]:
        assert self._assistant is not None
        await self._assistant.fall_due(self.stage.clock())
        assert self._client is not None
        answer = await self._client.get("/chat/replies", params={"after": self._newest})
        return await self._shown(answer)

    async def close(self) -> None:
        if self._assistant is not None:
            self._assistant.close()
        if self._client is not None:
            await self._client.aclose()

    async def _post(self, given: dict[str, Any]) -> list[Heard]:
        self._updates += 1
        assert self._client is not None
        update = {"update": f"update-{self._updates:04}", **given}
        return await self._shown(await self._client.post("/chat/messages", json=update))

    async def _shown(self, answer: httpx.Response) -> list[Heard]:
        assert answer.status_code == 200, answer.text
        replies = answer.json()["replies"]
        if replies:
            self._newest = max(reply["id"] for reply in replies)
            assert self._client is not None
            seen = {"seen": [reply["id"] for reply in replies]}
            assert (await self._client.post("/chat/seen", json=seen)).status_code == 204
        return [_heard(reply) for reply in replies]


def _heard(reply: dict[str, Any]) -> Heard:
    choices = reply["choices"]
    labels = tuple(option["label"] for option in choices["options"]) if choices else ()
    asking = choices["asking"] if choices else None
    return Heard(reply["text"], labels, asking, reply["link"], reply["emergency"])


def _assistant(stage: Stage, content: Content) -> Assistant:
    return Assistant(stage.settings, content, stage.engine, stage.database, stage.clock)


@asynccontextmanager
async def opened(
    channel: str, folder: Path, empty: Path, engine: Engine, at: datetime, content: Content
) -> AsyncIterator[Bot]:
    """A bot on a database of its own: a copy of the empty one."""
    file = folder / "bot.db"
    shutil.copy(empty, file)
    database = Database(f"sqlite:///{file}")
    settings = Settings(parse_threads=1, operator_name="", var_dir=folder)
    stage = Stage(database, settings, engine, Clock(at))
    bot: Bot = ConsoleBot(stage) if channel == "console" else WebBot(stage)
    bot.start(content)
    try:
        yield bot
    finally:
        await bot.close()
        await database.close()


async def pass_(bot: Bot, length: timedelta) -> list[tuple[datetime, Heard]]:
    """Let time pass, stopping wherever something falls due, as the running service would."""
    clock, database = bot.stage.clock, bot.stage.database
    until = clock.time + length
    heard: list[tuple[datetime, Heard]] = []
    while clock.time < until:
        clock.time = min(await next_stop(database, clock.time), until)
        heard += [(clock.time, one) for one in await bot.due()]
    if length >= timedelta(minutes=1):
        await retain(database, now=clock.time)
    return heard
