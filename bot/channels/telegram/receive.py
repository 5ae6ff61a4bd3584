"""Telegram as a Platform: who we are there, and both ways in.

    prepare   the account, its commands, and that updates come the way the settings say
    poll      one long poll after the other; an update is confirmed once it is stored
    hook      one call of the webhook; answered 200 once it is stored

A press is answered at once, whatever becomes of it: until then the button blinks. An update that
the typed models can't read is named in the log and left behind, for it would come for ever.
Nothing is ever said in the answer to a webhook: what is sent goes through the outbox.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import structlog
from aiogram.exceptions import (
    AiogramError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    Update,
)
from aiogram.utils.token import TokenValidationError
from pydantic import ValidationError

from bot.assistant import TurnFailedError
from bot.channels.capability import Rates
from bot.channels.incoming import Incoming
from bot.channels.platform import (
    AccountFacts,
    ConflictError,
    Heard,
    RefusedTokenError,
    Take,
    WebhookElsewhereError,
    hook_address,
    proven,
)
from bot.channels.telegram import wire
from bot.channels.telegram.addressed import Me
from bot.channels.telegram.commands import LANGUAGES, Commands
from bot.channels.telegram.poll import Poller
from bot.channels.telegram.send import TelegramSender
from bot.channels.telegram.update import ALLOWED, CHANNEL, parse
from bot.config import Settings
from flows.turn import Admitted

MOST_BYTES = 1024 * 1024
"""Of one update; the longest text with all that may stand around it needs a tenth of it."""
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
SOON_S = 5
"""For calls beside the way of a message; it does not wait for them longer."""

_log = structlog.get_logger()


class Telegram:
    """One bot on Telegram."""

    channel = CHANNEL

    def __init__(self, settings: Settings, rates: Rates, clock: Callable[[], datetime]) -> None:
        """Raises RefusedTokenError for what does not even look like a token."""
        wire.silence()
        token, api = settings.telegram_token.get_secret_value(), settings.telegram_api.rstrip("/")
        proxy = settings.telegram_proxy or None
        try:
            self._bot = wire.replying(token, api, proxy=proxy)
        except TokenValidationError:
            raise RefusedTokenError from None
        at_once = settings.sends_at_once
        self._pushes = wire.pushing(token, api, proxy=proxy, at_once=at_once, rates=rates)
        self.account = str(self._bot.id)
        self.sender = TelegramSender(self._bot, self._pushes, settings.base_url, clock)
        self._polls = settings.telegram_updates == "polling"
        self._url = hook_address(settings.base_url, CHANNEL)
        self._secret = settings.webhook_secret.get_secret_value()
        self._commands = Commands.load(settings.data_dir)
        self._clock = clock
        self._me = Me(self._bot.id, "")
        self._beside: set[asyncio.Task[None]] = set()

    async def prepare(self) -> AccountFacts:
        """See `Platform`."""
        try:
            me = await self._bot.get_me()
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise RefusedTokenError from None
        self._me = Me(me.id, me.username or "")
        if me.can_read_all_group_messages:
            # Nothing of it is read (`addressed.py`), but it need not even come.
            _log.warning("telegram.privacy_mode_off", account=self.account)
        await self._set_way_in()
        await self._offer_commands()
        called, link = f"@{me.username}", f"https://t.me/{me.username}"
        return AccountFacts(name=called, link=link, groups=bool(me.can_join_groups))

    async def poll(self, take: Take, heard: Heard) -> None:
        """See `Platform`."""
        try:
            await Poller(self._bot, ALLOWED).run(self._read, take, heard)
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise RefusedTokenError from None
        except TelegramConflictError:
            await self._set_way_in()  # a webhook that was set meanwhile is named
            raise ConflictError from None

    async def hook(self, headers: Mapping[str, str], body: bytes, take: Take) -> int:
        """See `Platform`."""
        if not proven(headers.get(SECRET_HEADER, ""), self._secret):
            return 401
        if len(body) > MOST_BYTES:
            return 413
        if not self._me.username:
            return 503  # until `prepare` a mention in a group can't be told: it comes again
        try:
            update = cast("dict[str, Any]", json.loads(body))
        except (ValueError, RecursionError):
            return 400
        incoming = await self._read(update)
        if incoming is None:
            return 200
        try:
            await take(incoming)
        except TurnFailedError:
            return 503
        return 200

    async def close(self) -> None:
        """See `Platform`."""
        await asyncio.gather(*self._beside)
        await wire.close(self._bot, self._pushes)

    async def _set_way_in(self) -> None:
        """Polling: see that no webhook is set. Webhook: set ours, where no other one is."""
        info = await self._bot.get_webhook_info()
        if info.url and (self._polls or info.url != self._url):
            raise WebhookElsewhereError(info.url)
        if self._polls:
            return
        if info.pending_update_count:
            told = {"waiting": info.pending_update_count, "says": info.last_error_message}
            _log.warning("telegram.webhook_backlog", account=self.account, **told)
        await self._bot.set_webhook(
            self._url, secret_token=self._secret, allowed_updates=list(ALLOWED)
        )

    async def _offer_commands(self) -> None:
        """Set the menu of commands; without one the bot answers all the same."""
        for scope in (BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()):
            groups = isinstance(scope, BotCommandScopeAllGroupChats)
            for language in LANGUAGES:
                menu = self._commands.menu(language, groups=groups)
                offered = [BotCommand(command=name, description=menu[name]) for name in menu]
                code = None if language == LANGUAGES[0] else language
                with suppress(AiogramError):
                    await self._bot.set_my_commands(offered, scope, code, request_timeout=SOON_S)

    async def _read(self, raw: dict[str, Any]) -> Incoming | None:
        """Read one update and answer its press; None for what is none of ours, or unreadable."""
        try:
            update = Update.model_validate(raw)
        except ValidationError as error:
            faults = error.errors(include_input=False, include_context=False, include_url=False)
            at, kind = ".".join(map(str, faults[0]["loc"])), faults[0]["type"]
            _log.error("telegram.unreadable", account=self.account, at=at, kind=kind)
            return None
        if update.callback_query is not None:
            self._start(self._answer(update.callback_query.id))
        incoming = parse(update, self._me, self._commands, now=self._clock())
        if incoming is None or not isinstance(incoming.input, Admitted):
            return incoming
        return await self._with_size(incoming)

    async def _answer(self, query: str) -> None:
        """Let a button stop blinking. Too old after a restart, or pressed twice: no matter."""
        with suppress(AiogramError):
            await self._bot.answer_callback_query(query, request_timeout=SOON_S)

    async def _with_size(self, incoming: Incoming) -> Incoming:
        """Add how many people are in the group besides the bot; Telegram tells it when asked."""
        if incoming.group is None:
            return incoming
        try:
            size = await self._bot.get_chat_member_count(incoming.chat, request_timeout=SOON_S)
        except AiogramError:
            return incoming
        return replace(incoming, group=replace(incoming.group, size=max(size - 1, 0)))

    def _start(self, beside: Coroutine[Any, Any, None]) -> None:
        """Do it beside the way of the message, and let `close` wait for it."""
        task = asyncio.create_task(beside)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
