"""A person who talks with the bot, its small engine, the clock, and a look into all tables."""

import tempfile
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.assistant import Assistant, Handled
from bot.channels.incoming import Incoming
from bot.clock import CITY
from bot.storage import key, outbox
from bot.storage.database import Database
from bot.storage.outbox import Delivery
from bot.storage.tables import metadata
from flows.replies import Reply
from flows.turn import Pressed, Said, Sent
from nlu.engine import Engine

COURSE = Path(__file__).parent / "content"
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=CITY)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = MORNING

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **length: float) -> datetime:
        self.time += timedelta(**length)
        return self.time


@cache
def small_engine() -> Engine:
    """The real engine, trained in a moment on the few phrases of the frozen course."""
    with tempfile.TemporaryDirectory() as folder:
        return Engine.load(COURSE, Path(folder))


class Talk:
    """One person's chat with an assistant."""

    def __init__(
        self,
        assistant: Assistant,
        database: Database,
        clock: Clock,
        *,
        name: str = "ba-hai",
        lasting: bool = True,
    ) -> None:
        self.assistant = assistant
        self.database = database
        self.clock = clock
        self.name = name
        self.lasting = lasting
        self._updates = 0

    def incoming(self, given: Said | Pressed | Sent, *, update: str | None = None) -> Incoming:
        if update is None:
            self._updates += 1
            update = f"{self.name}-{self._updates}"
        return Incoming(
            "console",
            "console",
            f"chat-{self.name}",
            f"sender-{self.name}",
            update,
            given,
            self.clock(),
            lasting=self.lasting,
        )

    async def hand_in(
        self, given: Said | Pressed | Sent, *, update: str | None = None
    ) -> tuple[Handled, list[Reply]]:
        incoming = self.incoming(given, update=update)
        handled = await self.assistant.handle(incoming)
        turn = key.turn_of(incoming.channel, incoming.account, incoming.update_id)
        queued = await self.database.read(partial(outbox.of_turn, turn=turn))
        assert tuple(one.id for one in queued) == handled.delivery_ids
        return handled, [one.reply for one in queued]

    async def says(self, text: str) -> list[Reply]:
        """Say it; what is answered at once."""
        return (await self.hand_in(Said(text=text)))[1]

    async def chooses(self, replies: list[Reply], label: str) -> list[Reply]:
        """Press the button with this label among the newest choices."""
        choices = [reply.choices for reply in replies if reply.choices][-1]
        labels = [option.label for option in choices.options]
        press = Pressed(asking=choices.asking, option=labels.index(label))
        return (await self.hand_in(press))[1]

    async def waiting(self) -> list[Delivery]:
        address = self.incoming(Said(text=""), update="-").address
        return await self.database.read(partial(outbox.waiting, address=address))

    async def seen(self) -> None:
        """The page shows all that waits, and says so."""
        ids = [one.id for one in await self.waiting()]
        address = self.incoming(Said(text=""), update="-").address
        seen = partial(outbox.acknowledge, address=address, ids=ids, now=self.clock())
        await self.database.write(seen)


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, for tests that compare the whole."""

    def work(connection: Any) -> dict[str, list[dict[str, Any]]]:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in metadata.sorted_tables
        }

    return await database.read(work)
