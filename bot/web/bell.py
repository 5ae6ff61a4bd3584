"""Wakes the pages that wait when something was queued for them, or came due: one look a second.

A page waits at most WAIT_S and then looks by itself, so a missed ring only delays. That happens
on PostgreSQL when a turn with a smaller id commits after one with a greater.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import log
from bot.channels.web import ACCOUNT, CHANNEL
from bot.storage.database import Database
from bot.web import thread

WAIT_S = 25
"""Shorter than the half minute after which proxies and mobile networks cut a silent request."""
_LOOK_EVERY_S = 1.0

_log = structlog.get_logger()


class Bell:
    """Rings for the chats in which something new stands."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._looking: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()
        self._seen = 0
        self._looked_at = clock()

    @asynccontextmanager
    async def listening(self, chat: str) -> AsyncGenerator[asyncio.Event]:
        """An event that is set when something is queued for this chat from now on."""
        rung = asyncio.Event()
        self._waiting[chat].add(rung)
        try:
            await self._begin()
            yield rung
        finally:
            self._waiting[chat].discard(rung)
            if not self._waiting[chat]:
                del self._waiting[chat]

    @property
    def pages(self) -> int:
        """How many pages wait."""
        return sum(map(len, self._waiting.values()))

    async def _begin(self) -> None:
        # After a restart all pages come at the same moment; one of them begins.
        async with self._beginning:
            if self._looking is None or self._looking.done():
                self._looked_at = self._clock()
                self._seen = await self._database.read(thread.newest)
                self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while self._waiting:
            await asyncio.sleep(_LOOK_EVERY_S)
            now = self._clock()
            try:
                spoken_to, due = await self._database.read(partial(self._news, now=now))
            except SQLAlchemyError as error:
                _log.warning("web.bell_failed", **log.fault(error))
                continue
            self._seen = max((self._seen, *spoken_to.values()))
            self._looked_at = now
            for chat in {*spoken_to, *due}:
                for rung in self._waiting.get(chat, ()):
                    rung.set()

    def _news(self, connection: Connection, *, now: datetime) -> tuple[dict[str, int], set[str]]:
        """The chats in which something was queued since the last look, or came due."""
        spoken_to = thread.spoken_to(connection, CHANNEL, ACCOUNT, after=self._seen)
        due = thread.came_due(connection, CHANNEL, ACCOUNT, since=self._looked_at, now=now)
        return spoken_to, due
