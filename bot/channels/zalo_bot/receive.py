"""The Zalo bot as a platform: who it is, and both ways in.

Polling asks for the next update again and again; only what `take` has stored is passed over when
it comes a second time. A webhook's call is answered 200 only after `take` has stored it.
"""

import asyncio
import json
import random
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import cast

import structlog

from bot import log
from bot.assistant import TurnFailedError
from bot.channels.handing import hand_in
from bot.channels.incoming import Incoming
from bot.channels.platform import (
    AccountFacts,
    Heard,
    RefusedTokenError,
    Take,
    WebhookElsewhereError,
    hook_address,
    proven,
)
from bot.channels.zalo_bot.client import Client
from bot.channels.zalo_bot.errors import IdleTimeoutError, UnauthorizedError, WebhookActiveError
from bot.channels.zalo_bot.send import ZaloSender
from bot.channels.zalo_bot.update import CHANNEL, Bot, UnreadableError, parse, unwrap
from bot.config import Settings

HEADER = "x-bot-api-secret-token"
"""Says the secret that was given to `setWebhook`; there is no signature."""
MOST_BYTES = 65_536
"""Of a webhook's call: one message of at most a few thousand characters."""
REST_S = 1.0
"""Between two polls when the first brought nothing new: Zalo may repeat an update at once and for
ever (measured: 12 calls a second)."""
_FIRST_S, _LATEST_S = 1.0, 120.0
"""How long a fault is waited out: at first, and at most."""

_TOKEN = re.compile(r"(\d{1,32}):[A-Za-z0-9_.-]{4,256}")
_log = structlog.get_logger()


class ZaloBot:
    """One Zalo bot."""

    channel = CHANNEL

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        *,
        wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Raise RefusedTokenError for what can't be a token."""
        token = _TOKEN.fullmatch(settings.zalo_bot_token.get_secret_value())
        if token is None:
            raise RefusedTokenError
        self.account = token[1]
        self._settings = settings
        self._client = Client(settings.zalo_bot_token, settings.zalo_bot_api)
        self.sender = ZaloSender(self._client, clock, settings.base_url)
        self._bot = Bot(self.account)
        self._wait = wait
        self._chance = chance
        self._stored: deque[str] = deque(maxlen=100)
        """Ids of updates, so that one that comes again costs no transaction."""

    async def prepare(self) -> AccountFacts:
        """See `Platform.prepare`."""
        try:
            me = await self._client.get_me()
            await self._agree_on_the_way_in()
        except UnauthorizedError:
            raise RefusedTokenError from None
        names = tuple(name for name in (me.display_name, me.account_name) if name)
        self._bot = Bot(self.account, names)
        return AccountFacts(
            name=names[0] if names else CHANNEL,
            link=self._settings.zalo_bot_link or None,
            groups=me.can_join_groups,
        )

    async def _agree_on_the_way_in(self) -> None:
        """A webhook left over elsewhere would leave us deaf, whether we poll or not."""
        ours = hook_address(self._settings.base_url, CHANNEL)
        webhook = self._settings.zalo_bot_updates == "webhook"
        found = await self._client.get_webhook()
        if found and not (webhook and found == ours):
            raise WebhookElsewhereError(found)
        if webhook:
            # Also when it is there already: which secret it has is never told.
            tried = await self._client.set_webhook(ours, self._settings.webhook_secret)
            if tried is not None and not tried.ok:
                _log.warning("zalo_bot.webhook_not_verified", outcome=tried.outcome)

    async def poll(self, take: Take, heard: Heard) -> None:
        """See `Platform.poll`."""
        faults = 0
        while True:
            try:
                news = await self._polled(take, heard)
            except UnauthorizedError:
                raise RefusedTokenError from None
            except Exception as error:  # noqa: BLE001 - a poller that died silently hears nobody
                faults += 1
                _log.warning("zalo_bot.poll_failed", faults=faults, **log.fault(error))
                if isinstance(error, WebhookActiveError):
                    await self._agree_on_the_way_in()  # one that was set meanwhile is named
                await self._rest(faults)
            else:
                faults = 0
                if not news:
                    await self._wait(REST_S)

    async def _polled(self, take: Take, heard: Heard) -> bool:
        """Poll once; whether something new came."""
        try:
            updates = await self._client.get_updates()
        except IdleTimeoutError:
            updates = []
        news = False
        for update in updates:
            incoming = self._parsed(update)
            if incoming is not None and incoming.update_id not in self._stored:
                await hand_in(incoming, take, self._rest)
                self._stored.append(incoming.update_id)
                news = True
        await heard()
        return news

    def _parsed(self, update: object) -> Incoming | None:
        try:
            return parse(update, self._bot)
        except UnreadableError as error:
            _log.warning("zalo_bot.unreadable", **log.fault(error))
            return None

    async def _rest(self, faults: int) -> None:
        """Twice as long after each fault in a row, and never all processes at the same moment."""
        longest = min(_FIRST_S * 2 ** min(faults - 1, 10), _LATEST_S)
        await self._wait(longest * (0.5 + self._chance() / 2))

    async def hook(self, headers: Mapping[str, str], body: bytes, take: Take) -> int:
        """See `Platform.hook`."""
        if len(body) > MOST_BYTES:
            return 413
        if not body:  # Zalo tries the address like this, without the secret
            return 200
        secret = self._settings.webhook_secret.get_secret_value()
        if not proven(headers.get(HEADER, ""), secret):
            return 403
        try:
            updates = unwrap(cast("object", json.loads(body)))
        except (ValueError, RecursionError):
            return 400
        except UnreadableError as error:
            # It would come again in the same form, and hold up what stands behind it.
            _log.warning("zalo_bot.unreadable", **log.fault(error))
            return 200
        try:
            for incoming in filter(None, map(self._parsed, updates)):
                await take(incoming)
        except TurnFailedError:
            return 503
        return 200

    async def close(self) -> None:
        """See `Platform.close`."""
        await self._client.close()
