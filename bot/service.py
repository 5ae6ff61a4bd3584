"""Starting the service, and acting on the database it works with, from the command line."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import uvicorn

from bot import log
from bot.assistant import Assistant
from bot.clock import now
from bot.config import Settings
from bot.content import load
from bot.delivery.schedule import Schedule
from bot.storage import withdrawn
from bot.storage.database import Database
from bot.web.app import create_app
from flows.content import Content
from nlu.engine import Engine

T = TypeVar("T")
Tell = Callable[[str], None]
"""Is given a key of `author.yaml` when something is worth saying."""

_STOP_S = 3
"""A turn takes less; a page that waits for something new asks again where it finds a server."""


async def serve(settings: Settings, tell: Tell) -> None:
    """Serve until stopped. Raises ContentFaults; everything else is made when it is missing."""
    log.configure(settings.log_level)
    content = load(settings.data_dir)
    tell("serve.preparing")
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    engine = await asyncio.to_thread(understanding, settings)
    database = Database(settings.database, connections=settings.database_connections)
    await database.migrate()
    assistant = Assistant(settings, content, engine, database, now)
    schedule = Schedule(assistant, database, now, at_once=settings.sends_at_once)
    server = _Server(settings, content, assistant, database, lambda: tell("serve.ready"))
    schedule.start()
    try:
        await server.serve()
    finally:
        await schedule.stop()
        assistant.close()
        await database.close()


def understanding(settings: Settings) -> Engine:
    """The engine: its model is taken from `var_dir`, or trained there first."""
    return Engine.load(settings.data_dir, settings.var_dir / "model")


def address(settings: Settings) -> str:
    """Where the pages are reached from this machine, or from outside when it listens there."""
    if settings.host in ("127.0.0.1", "localhost", "::1"):
        return f"http://{settings.host}:{settings.port}"
    return settings.base_url


async def withdraw(settings: Settings, slug: str, why: str) -> None:
    """Take a topic out of use in every process that works with this database."""
    await _written(settings, partial(withdrawn.withdraw, slug=slug, why=why, at=now()))


async def restore(settings: Settings, slug: str) -> bool:
    """Use a topic again; False when it was not withdrawn."""
    return await _written(settings, partial(withdrawn.restore, slug=slug))


class _Server(uvicorn.Server):
    """Says when it can be reached."""

    def __init__(
        self,
        settings: Settings,
        content: Content,
        assistant: Assistant,
        database: Database,
        ready: Callable[[], None],
    ) -> None:
        app = create_app(assistant, database, settings, content)
        # Paths hold the codes of records, so no line is written for a request.
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=_STOP_S,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the port, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


async def _written(settings: Settings, work: Callable[..., T]) -> T:
    database = Database(settings.database)
    try:
        await database.migrate()
        return await database.write(work)
    finally:
        await database.close()
