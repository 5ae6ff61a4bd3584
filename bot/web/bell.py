"""Wakes the pages that wait when something was queued for them: one query a second for all.

A page waits at most WAIT_S and then looks by itself, so a missed ring only delays. That happens
on PostgreSQL when a turn with a smaller id commits after one with a greater.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

import structlog
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

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._looking: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()
        self._seen = 0

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
                self._seen = await self._database.read(thread.newest)
                self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while self._waiting:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                spoken_to = await self._database.read(
                    partial(thread.spoken_to, channel=CHANNEL, account=ACCOUNT, after=self._seen)
                )
            except SQLAlchemyError as error:
                _log.warning("web.bell_failed", **log.fault(error))
                continue
            for chat, newest in spoken_to.items():
                self._seen = max(self._seen, newest)
                for rung in self._waiting.get(chat, ()):
                    rung.set()
