"""Hearing what people write on the platforms: one `Listener` for each account.

A platform is prepared first: who we are there, whether its updates come to us. Then either its
webhook is called by the platform, or it is polled, by one process alone: whoever holds the lease
`poll:<channel>:<account>`. A process without it waits, and goes on where the other one stopped.

Faults end nothing: each is told once, and everything is tried again after a while.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import log
from bot.channels.incoming import Incoming
from bot.channels.platform import (
    ConflictError,
    Platform,
    RefusedTokenError,
    Take,
    WebhookElsewhereError,
)
from bot.clock import in_city
from bot.operator import trouble
from bot.storage import account, lease
from bot.storage.database import Database

POLLING = timedelta(seconds=60)
"""How long the right to poll outlives a process that died."""
RENEW_S = 20.0
HEARD_EVERY = timedelta(minutes=1)
DEAF = timedelta(minutes=3)
"""Shorter than a restart takes nobody needs to be told."""
_LONGEST_REST_S = 60.0
_REFUSALS = ("token", "poll")
"""Troubles (`bot/operator/trouble.py`) that are over once the platform was heard."""

_log = structlog.get_logger()


class Tell(Protocol):
    """Says something to whoever started the service: a key of `author.yaml` and its places."""

    def __call__(self, key: str, /, **places: object) -> None:
        """Say it."""
        ...


class Listener:
    """Hears one platform."""

    def __init__(
        self,
        platform: Platform,
        database: Database,
        clock: Callable[[], datetime],
        take: Take,
        tell: Tell,
        *,
        owner: str,
        polls: bool,
        rest: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._platform = platform
        self._database = database
        self._clock = clock
        self._take_in = take
        self._tell_them = tell
        self._owner = owner
        self._polls = polls
        self._rest = rest
        self._lease = f"poll:{platform.channel}:{platform.account}"
        self._heard_at: datetime | None = None
        self._told: str | None = None

    async def run(self) -> None:
        """Listen until cancelled; with a webhook it is done once the platform knows where to."""
        faults = 0
        prepared = False
        while not prepared or self._polls:
            try:
                if not prepared:
                    await self._prepare()
                    prepared = True
                if self._polls:
                    await self._poll()
                faults = 0
            except Exception as error:  # noqa: BLE001 - one platform must not stop the others
                faults += 1
                await self._fault(error)
                await self._rest(min(2.0**faults, _LONGEST_REST_S))

    async def take(self, incoming: Incoming) -> None:
        """Store an update that came; it also shows that the platform reaches us."""
        await self._take_in(incoming)
        with suppress(SQLAlchemyError, OSError):  # the update is stored, and that is what counts
            await self.heard()

    async def heard(self) -> None:
        """Note that the platform is there, at most once a minute."""
        now = self._clock()
        if self._heard_at is None or now - self._heard_at >= HEARD_EVERY:
            await self._database.write(partial(self._note_heard, now=now))
            self._heard_at = now

    async def _prepare(self) -> None:
        facts = await self._platform.prepare()
        channel = self._platform.channel

        def note(connection: Connection) -> None:
            account.prepared(
                connection,
                channel,
                self._platform.account,
                name=facts.name,
                link=facts.link,
                groups=facts.groups,
                updates="polling" if self._polls else "webhook",
                now=self._clock(),
            )
            trouble.over(connection, f"token:{channel}", self._clock())

        await self._database.write(note)
        self._tell("serve.listening", name=facts.name)

    async def _poll(self) -> None:
        """Poll for as long as the lease is ours; without it wait once."""
        if not await self._leased():
            self._tell("serve.polled_elsewhere")
            await self._rest(RENEW_S)
            return
        await self._say_how_deaf()
        polling = asyncio.create_task(self._platform.poll(self.take, self.heard))
        try:
            while not polling.done() and await self._leased():
                await asyncio.wait({polling}, timeout=RENEW_S)
            if polling.done():
                polling.result()
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
            with suppress(SQLAlchemyError, OSError):
                await self._database.write(
                    partial(lease.release, name=self._lease, owner=self._owner)
                )

    async def _leased(self) -> bool:
        take = partial(lease.take, name=self._lease, owner=self._owner, length=POLLING)
        return await self._database.write(partial(take, now=self._clock()))

    async def _say_how_deaf(self) -> None:
        """Since when nobody asked for updates: a platform may have kept them, or not."""
        read = partial(
            account.heard_at, channel=self._platform.channel, account_id=self._platform.account
        )
        since, now = await self._database.read(read), self._clock()
        if since is not None and now - since > DEAF:
            minutes = int((now - since).total_seconds() // 60)
            self._tell("serve.deaf", since=f"{in_city(since):%H:%M %d/%m/%Y}", minutes=minutes)

    def _note_heard(self, connection: Connection, *, now: datetime) -> None:
        channel = self._platform.channel
        account.heard(connection, channel, self._platform.account, now=now)
        for name in _REFUSALS:
            trouble.over(connection, f"{name}:{channel}", now)

    async def _fault(self, error: Exception) -> None:
        channel = self._platform.channel
        self._heard_at = None  # when it is heard again, the refusal is over at once
        match error:
            case RefusedTokenError():
                self._tell("serve.token_refused")
                await self._note("token")
            case ConflictError():
                self._tell("serve.conflict")
                await self._note("poll")
            case WebhookElsewhereError(url=url):
                self._tell("serve.webhook_elsewhere", url=url)
            case _:
                _log.error("listening.failed", channel=channel, **log.fault(error))
                self._tell("serve.unreachable")

    async def _note(self, name: str) -> None:
        """Tell the operator's chat."""
        note = partial(trouble.note, name=f"{name}:{self._platform.channel}", now=self._clock())
        with suppress(SQLAlchemyError, OSError):
            await self._database.write(note)

    def _tell(self, key: str, **places: object) -> None:
        """Say and log it, unless it was the last thing that was said."""
        if key == self._told:
            return
        self._told = key
        _log.info(key, channel=self._platform.channel, **places)
        self._tell_them(key, channel=self._platform.channel, **places)
