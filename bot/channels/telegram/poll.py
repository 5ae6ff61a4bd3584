"""Long polling: ask, store, confirm; through every fault of the network, for as long as it is let.

An update is confirmed by the next question's offset, so only after it was stored. What one chat
sent is stored in its order; chats do not wait for each other, but the next question for all.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUpdates

from bot import log
from bot.channels.handing import hand_in
from bot.channels.incoming import Incoming
from bot.channels.platform import Heard, Take

WAIT_S = 25
"""How long Telegram may hold a question when there is nothing new."""
ANSWER_S = WAIT_S + 10
LONGEST_REST_S = 60.0

Raw = dict[str, Any]
Read = Callable[[Raw], Awaitable[Incoming | None]]
"""Reads one update, and never raises."""

_log = structlog.get_logger()


class _GetUpdates(GetUpdates):
    """Updates as they came: one that can't be read must not take the others with it."""

    __returning__ = list[Raw]  # pyright: ignore[reportAssignmentType]


class Poller:
    """Asks for the updates of one bot."""

    def __init__(
        self,
        bot: Bot,
        allowed: Iterable[str],
        *,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._bot = bot
        self._allowed = list(allowed)
        self._rest_for = rest
        self._chance = chance

    async def run(self, read: Read, take: Take, heard: Heard) -> None:
        """Go on until cancelled, or refused: that is raised."""
        offset: int | None = None
        faults = 0
        while True:
            try:
                updates = await self._ask(offset)
                await heard()
                await self._store(updates, read, take)
                if updates:
                    offset = updates[-1]["update_id"] + 1
            except (TelegramConflictError, TelegramNotFound, TelegramUnauthorizedError):
                raise
            except Exception as error:  # noqa: BLE001 - a loop that ends leaves the bot deaf
                faults += 1
                _log.warning("poll.failed", channel="telegram", **log.fault(error))
                await self._rest(faults, error)
                continue
            faults = 0

    async def _ask(self, offset: int | None) -> list[Raw]:
        question = _GetUpdates(offset=offset, timeout=WAIT_S, allowed_updates=self._allowed)
        updates: list[Raw] = await self._bot(question, request_timeout=ANSWER_S)  # pyright: ignore[reportAssignmentType]
        return updates

    async def _store(self, updates: list[Raw], read: Read, take: Take) -> None:
        chats: dict[str, list[Incoming]] = defaultdict(list)
        for update in updates:
            if (incoming := await read(update)) is not None:
                chats[incoming.chat].append(incoming)
        await asyncio.gather(*(self._store_in_order(one, take) for one in chats.values()))

    async def _store_in_order(self, said: list[Incoming], take: Take) -> None:
        for incoming in said:
            await hand_in(incoming, take, self._rest)

    async def _rest(self, faults: int, error: Exception | None = None) -> None:
        """Rest longer after each fault, never equally long: many bots come back after an outage."""
        told = error.retry_after if isinstance(error, TelegramRetryAfter) else 0.0
        grown = min(2.0 ** min(faults, 10), LONGEST_REST_S)
        await self._rest_for(max(told, grown * (0.5 + self._chance() / 2)))
