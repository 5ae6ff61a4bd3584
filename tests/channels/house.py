"""The service as it runs, with the platforms emulated and its delivery moved by hand.

    async with housed(stage, content, "zalo_bot", "telegram") as house:
        house.zalo.says(ba_hai, "quét mã qr")
        await house.happen()          it hears what was said, answers, and sends what it owes
        await house.due()             what falls due by now, made and sent
        await house.start(content)    stopped and started again on the same database

What the service is made of is real: the ASGI app with its webhooks, the platforms' clients, the
listeners, the outbox. Only the clock stands still, and moves by a second at a time where a platform
lets nothing more into a chat.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
from sqlalchemy import Connection, func, or_, select

from bot.assistant import Assistant
from bot.channels import capability
from bot.channels.incoming import Incoming
from bot.channels.platform import Platform
from bot.channels.telegram.receive import Telegram as TelegramChannel
from bot.config import Settings
from bot.delivery.deliver import Outlet, deliver_due
from bot.delivery.tidy import tidy
from bot.listening import Listener
from bot.platforms import platforms
from bot.storage.database import Database
from bot.storage.tables import delivery
from bot.web.app import create_app
from flows.content import Content
from nlu.engine import Engine
from tests.channels.telegram import conftest as telegram_channel
from tests.emulators.telegram import Telegram
from tests.emulators.zalo_bot import ZaloBot

BASE = "https://bot.test"
OPERATOR = "Phường Thử"
ZALO_TOKEN, TELEGRAM_TOKEN = "1001:zalo-token", "2001:telegram-token"
ANSWERABLE = {
    "operator_name": OPERATOR,
    "operator_contact": "028 3829 0000",
    "privacy_text": "Thử thôi.",
    "webhook_secret": "a-secret-of-ours-16",
    "base_url": BASE,
}
"""A public channel opens only where somebody answers for it."""
_SECONDS = 30
"""So long at most what a chat's rate holds back is waited for."""
_SOON = timedelta(seconds=5)
"""What a platform wants again so soon is waited for, too."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.time = at

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **length: float) -> None:
        self.time += timedelta(**length)


@dataclass
class Stage:
    """What conversations are played with."""

    database: Database
    settings: Settings
    engine: Engine
    clock: Clock

    def assistant(self, content: Content) -> Assistant:
        """A new one, as at a start."""
        return Assistant(self.settings, content, self.engine, self.database, self.clock)


class House:
    """One installation and the platforms it is on."""

    def __init__(
        self, stage: Stage, zalo: ZaloBot | None, telegram: Telegram | None, *, polling: bool
    ) -> None:
        self.stage = stage
        self._zalo = zalo
        self._telegram = telegram
        self._polling = polling
        self._running: AsyncExitStack | None = None
        self._starts = 0

    @property
    def zalo(self) -> ZaloBot:
        assert self._zalo is not None
        return self._zalo

    @property
    def telegram(self) -> Telegram:
        assert self._telegram is not None
        return self._telegram

    def settings(self) -> dict[str, Any]:
        """What the emulators add to the settings."""
        updates = "polling" if self._polling else "webhook"
        added: dict[str, Any] = {}
        if self._zalo is not None:
            added |= {"zalo_bot_token": ZALO_TOKEN, "zalo_bot_api": self._zalo.url}
            added |= {"zalo_bot_updates": updates, "zalo_bot_link": "https://zalo.me/binhdan"}
        if self._telegram is not None:
            added |= {"telegram_token": TELEGRAM_TOKEN, "telegram_api": self._telegram.url}
            added |= {"telegram_updates": updates}
        return added

    async def start(self, content: Content) -> None:
        """Start, or start again, with this content."""
        await self.stop()
        stage, self._starts = self.stage, self._starts + 1
        self._running = AsyncExitStack()
        self.assistant = stage.assistant(content)
        self._running.callback(self.assistant.close)
        capabilities = capability.load(stage.settings.data_dir)
        self._platforms = platforms(stage.settings, capabilities, stage.clock, _tell)
        self._outlets: list[Outlet] = []
        for one in self._platforms:
            self._running.push_async_callback(_closed, one)
            can = capabilities[one.channel]
            self._outlets.append(Outlet.of(one.channel, one.account, one.sender, can))
        self._listeners = {one.channel: await self._prepared(one) for one in self._platforms}
        hooks = {
            one.channel: partial(one.hook, take=self._listeners[one.channel].take)
            for one in self._platforms
        }
        app = create_app(
            self.assistant, stage.database, stage.settings, content, hooks=hooks, clock=stage.clock
        )
        self.web = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)
        self._running.push_async_callback(self.web.aclose)
        await self.hear()  # Zalo's probe of the webhook

    async def stop(self) -> None:
        """Stop; what is stored and what the platforms show stays."""
        if self._running is not None:
            await self._running.aclose()
            self._running = None

    async def happen(self) -> None:
        """Hear what people did, answer, and send what is owed."""
        await self.hear()
        await self.send()

    async def due(self) -> None:
        """Make turns of what is due by now, tidy up and send, as the clock of the service does."""
        now = self.stage.clock()
        await self.assistant.fall_due(now)
        for outlet in self._outlets:
            await tidy(self.stage.database, outlet, now=now)
        await self.send()

    async def hear(self) -> None:
        """Take in what waits on the platforms."""
        if self._polling:
            for one in self._platforms:
                await self._poll(one)
            return
        for emulator in (self._zalo, self._telegram):
            if emulator is not None:
                await emulator.delivered(self._post)

    async def send(self) -> None:
        """Send what may be sent, waiting a moment where a chat takes no more at once."""
        for _ in range(_SECONDS):
            await self.send_now()
            if not await self.stage.database.read(self._owes):
                return
            self.stage.clock.pass_(seconds=1)

    async def send_now(self) -> None:
        """Send what may be sent at this moment."""
        owner = f"house-{self._starts}"
        for outlet in self._outlets:
            await deliver_due(self.stage.database, outlet, owner=owner, clock=self.stage.clock)

    async def _prepared(self, platform: Platform) -> Listener:
        """The real listener; `run` ends when the platform knows us, for it is not let poll."""
        listener = Listener(
            platform,
            self.stage.database,
            self.stage.clock,
            self._take,
            _tell,
            owner="house",
            polls=False,
            rest=_no_rest,
        )
        await listener.run()
        return listener

    async def _take(self, incoming: Incoming) -> None:
        await self.assistant.handle(incoming)

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        return (await self.web.post(url, headers=headers, content=body)).status_code

    async def _poll(self, platform: Platform) -> None:
        """Poll until nothing waits there any more."""
        emulator = self.zalo if platform.channel == "zalo_bot" else self.telegram
        emptied = asyncio.Event()

        async def heard() -> None:
            if not emulator.account().pending:
                emptied.set()

        take = self._listeners[platform.channel].take
        polling = asyncio.create_task(platform.poll(take, heard))
        await asyncio.wait_for(emptied.wait(), 20)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)

    def _owes(self, connection: Connection) -> int:
        now = self.stage.clock()
        soon = now + _SOON
        waiting = select(func.count()).where(
            delivery.c.channel.in_([one.terms.channel for one in self._outlets]),
            delivery.c.state == "queued",
            delivery.c.queued_at <= now,
            or_(delivery.c.again_at.is_(None), delivery.c.again_at <= soon),
        )
        return connection.execute(waiting).scalar_one()


@asynccontextmanager
async def housed(
    stage: Stage, content: Content, *channels: str, polling: bool = False, groups: bool = True
) -> AsyncIterator[House]:
    """A house that has started, on these platforms; `groups`: whether Zalo lets it into them."""
    async with AsyncExitStack() as until_over:
        zalo = telegram = None
        if "zalo_bot" in channels:
            zalo = until_over.enter_context(ZaloBot(stage.clock))
            zalo.bot(ZALO_TOKEN, can_join_groups=groups)
            zalo.idle_at_once = True
        if "telegram" in channels:
            telegram = until_over.enter_context(Telegram(stage.clock))
            telegram.bot(TELEGRAM_TOKEN)
            telegram.idle_at_once = True
        house = House(stage, zalo, telegram, polling=polling)
        stage.settings = Settings(
            **stage.settings.model_dump(exclude_unset=True) | ANSWERABLE | house.settings()
        )
        await house.start(content)
        until_over.push_async_callback(house.stop)
        yield house


async def _closed(platform: Platform) -> None:
    if isinstance(platform, TelegramChannel):
        await telegram_channel.close(platform)
    else:
        await platform.close()


async def _no_rest(_seconds: float) -> None:
    raise AssertionError("a platform could not be prepared")


def _tell(_key: str, /, **_places: object) -> None:
    """Nobody stands by."""
