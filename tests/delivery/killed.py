"""A process that answers one message, sends what it owes, and is killed on its way.

Lives in tests only: it wraps functions of the real service in this process, and nothing in the
service knows of it.
"""

import asyncio
import json
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot import turn
from bot.assistant import Assistant
from bot.channels.incoming import Incoming
from bot.config import Settings
from bot.content import load
from bot.delivery import deliver
from bot.delivery.deliver import Outlet, deliver_due
from bot.delivery.send import Arrived
from bot.delivery.tidy import tidy
from bot.storage import key, outbox, person
from bot.storage.database import Database
from bot.storage.outbox import Delivery
from flows.turn import Said
from nlu.engine import Engine
from tests.talk import COURSE, MORNING, small_engine


class FilePlatform:
    """A platform that outlives its callers: what it has got stands in a file."""

    together = False

    def __init__(self, path: Path) -> None:
        self.path = path

    async def send(self, chat: str, batch: Sequence[Delivery]) -> Arrived:
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(one.reply.text) + "\n" for one in batch)
        return Arrived()

    def got(self) -> list[str]:
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]


_CONTENT, _ENGINE = load(COURSE), small_engine()
"""Read once in the process from which those that are killed are forked."""

POINTS: dict[str, tuple[Any, str]] = {
    "received": (Engine, "parse"),
    "key taken": (key, "take"),
    "learner locked": (person, "enter"),
    "answered": (turn, "respond"),
    "events applied": (turn, "apply_all"),
    "queued": (outbox, "enqueue"),
    "committed": (Assistant, "_take_in"),
    "claiming": (deliver, "claim"),
    "claimed": (deliver, "_sent"),
    "sent": (FilePlatform, "send"),
    "settling": (outbox, "settle"),
    "settled": (deliver, "_told"),
}
"""Where it can be killed, in the order of one message's way: right after this function, except
`claimed`, which is right before a message is sent."""

UNSETTLED = ("claimed", "sent", "settling", "settled")
"""Killed here, nobody knows whether the message in flight arrived: what settles one claims the
next."""


def live_until(point: str, url: str, platform: Path, incoming: Incoming) -> None:
    """Answer one message and send, and be killed at this point."""
    owner, name = POINTS[point]
    setattr(owner, name, _deadly(getattr(owner, name), before=point == "claimed"))
    asyncio.run(_live(url, platform, incoming))


def incoming(text: str, update: str) -> Incoming:
    """A message of the one person of these tests."""
    return Incoming("zalo", "q3", "chat-hai", "hai", update, Said(text=text), MORNING)


async def send(database: Database, platform: Path, clock: Callable[[], Any]) -> int:
    """Send what is owed."""
    outlet = Outlet.of("zalo", "q3", FilePlatform(platform))
    await tidy(database, outlet, now=clock())
    return await deliver_due(database, outlet, owner=str(os.getpid()), clock=clock)


def make_assistant(database: Database, clock: Callable[[], Any]) -> Assistant:
    """The service as it is, over the frozen course."""
    return Assistant(Settings(parse_threads=1), _CONTENT, _ENGINE, database, clock)


async def _live(url: str, platform: Path, given: Incoming) -> None:
    database = Database(url)
    await make_assistant(database, lambda: MORNING).handle(given)
    await send(database, platform, lambda: MORNING)


def _deadly(function: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if asyncio.iscoroutinefunction(function):

        async def wrapped(*args: Any, **kwargs: Any) -> None:
            if not before:
                await function(*args, **kwargs)
            die()
    else:

        def wrapped(*args: Any, **kwargs: Any) -> None:
            function(*args, **kwargs)
            die()

    return wrapped
