"""Starting the service, and acting on the database it works with, from the command line."""

import asyncio
import secrets
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeVar

import uvicorn

from bot import log
from bot.assistant import Assistant
from bot.channels import capability
from bot.channels.capability import Capability
from bot.channels.incoming import Incoming
from bot.channels.platform import Platform
from bot.clock import now
from bot.config import Settings
from bot.content import load
from bot.delivery.deliver import Outlet
from bot.delivery.schedule import Schedule
from bot.listening import Listener, Tell
from bot.operator.watch import Watch
from bot.platforms import platforms, polls
from bot.renewal import Renewal
from bot.storage import withdrawn
from bot.storage.database import Database
from bot.web.app import create_app
from bot.web.hooks import Hook
from flows.content import Content
from flows.replies import Reply
from nlu.engine import Engine

T = TypeVar("T")

_STOP_S = 3
"""A turn takes less; a page that waits for something new asks again where it finds a server."""


async def serve(settings: Settings, tell: Tell) -> None:
    """Serve until stopped. Raises ContentFaults; everything else is made when it is missing.

    A platform that can't be used is told of, and stops neither the pages nor another platform.
    """
    log.configure(settings.log_level)
    content = load(settings.data_dir)
    tell("serve.preparing")
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    engine = await asyncio.to_thread(understanding, settings)
    async with AsyncExitStack() as until_stopped:
        database = Database(settings.database, connections=settings.database_connections)
        until_stopped.push_async_callback(database.close)
        await database.migrate()
        assistant = Assistant(settings, content, engine, database, now)
        until_stopped.callback(assistant.close)
        hooks = _open(settings, content, assistant, database, tell, until_stopped)
        server = _Server(settings, content, assistant, database, hooks, lambda: tell("serve.ready"))
        # The server raises its signal again once its pages are closed. Either would end too soon:
        # SIGTERM the process, SIGINT (asyncio cancels this task) the first thing that has to end.
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, signal.default_int_handler)
        await server.serve()


def _open(
    settings: Settings,
    content: Content,
    assistant: Assistant,
    database: Database,
    tell: Tell,
    until_stopped: AsyncExitStack,
) -> dict[str, Hook]:
    """Begin to listen and to send; the webhooks that are to be served, by channel."""
    capabilities = capability.load(settings.data_dir)
    ours = platforms(settings, capabilities, now, tell)
    for platform in ours:
        until_stopped.push_async_callback(platform.close)
    schedule = Schedule(
        assistant,
        database,
        now,
        [_outlet(platform, capabilities, content) for platform in ours],
        at_once=settings.sends_at_once,
        each_minute=[
            Watch(database, content, capabilities, settings.var_dir, now).look,
            Renewal(settings.data_dir, assistant.use).look,
        ],
    )
    schedule.start()
    until_stopped.push_async_callback(schedule.stop)
    listeners = _listeners(ours, settings, assistant, database, schedule, tell)
    listening = [asyncio.create_task(one.run()) for one in listeners.values()]
    until_stopped.push_async_callback(_ended, listening)
    return {
        one.channel: partial(one.hook, take=listeners[one.channel].take)
        for one in ours
        if not polls(settings, one.channel)
    }


def _outlet(platform: Platform, capabilities: Mapping[str, Capability], content: Content) -> Outlet:
    over = {
        language: Reply(text=content.sentence(language, "platform.quota_over"), link="/")
        for language in content.locales
    }
    can = capabilities[platform.channel]
    return Outlet.of(platform.channel, platform.account, platform.sender, can, over)


def _listeners(
    ours: Sequence[Platform],
    settings: Settings,
    assistant: Assistant,
    database: Database,
    schedule: Schedule,
    tell: Tell,
) -> dict[str, Listener]:
    """By channel; what came in is answered, then its account is woken to send the answer."""

    async def take(incoming: Incoming) -> None:
        await assistant.handle(incoming)
        schedule.nudge(incoming.channel, incoming.account)

    owner = secrets.token_hex(8)
    return {
        one.channel: Listener(
            one, database, now, take, tell, owner=owner, polls=polls(settings, one.channel)
        )
        for one in ours
    }


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def understanding(settings: Settings) -> Engine:
    """The engine: its model is taken from `var_dir`, or trained there first."""
    rasa_url = settings.rasa_url if settings.nlu_engine == "rasa" else ""
    return Engine.load(settings.data_dir, settings.var_dir / "model", rasa_url=rasa_url)


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
        hooks: Mapping[str, Hook],
        ready: Callable[[], None],
    ) -> None:
        app = create_app(assistant, database, settings, content, hooks=hooks)
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
