"""The way out to Zalo, and what each of its errors means for what was to be sent."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from bot.channels.preview import shown
from bot.channels.zalo_bot.client import Client
from bot.channels.zalo_bot.errors import (
    AmbiguousError,
    BadRequestError,
    ForbiddenError,
    NetworkError,
    NotFoundError,
    QuotaError,
    ServerError,
    UnauthorizedError,
    ZaloError,
)
from bot.channels.zalo_bot.render import render
from bot.delivery.send import Arrived, Later, Refused, SendResult, Trouble, Unknown
from bot.storage.outbox import Delivery

FLOOD = timedelta(seconds=60)
"""After "too many". Zalo names no time; a burst is over by then."""
FULL = timedelta(minutes=10)
"""For a chat that alone is refused: the plan's 50 people are reached, which seldom changes."""
SOON, LATEST = timedelta(seconds=15), timedelta(minutes=10)
"""How soon a fault of Zalo's or of the network is tried again: first, and at most."""
_LONGEST = timedelta(seconds=25)
"""After so long no further part is begun, so that all is settled before the lease runs out."""


class ZaloSender:
    """Sends the replies of a turn as one message, or as several where one does not hold them."""

    together = True

    def __init__(self, client: Client, clock: Callable[[], datetime], base_url: str) -> None:
        self._client = client
        self._clock = clock
        self._base_url = base_url
        self._arrived_at: datetime | None = None
        self._refused_at: dict[str, datetime] = {}
        """When a chat that has got nothing since was first told "too many"."""

    async def send(self, chat: str, batch: Sequence[Delivery]) -> SendResult:
        """Send what is left of it, part after part. What arrived once is not sent again."""
        texts = self._texts(batch)
        began, parts = self._clock(), batch[0].parts
        for text in texts[parts:]:
            if self._clock() - began > _LONGEST:
                return Later(self._clock(), parts=parts)
            try:
                await self._client.send_message(chat, text)
            except UnauthorizedError:
                new = parts > batch[0].parts
                return Later(self._clock(), parts=parts) if new else Trouble("token")
            except ZaloError as error:
                return self._failed(error, chat, parts, batch[0].attempts)
            parts += 1
            self._arrived_at = self._clock()
            self._refused_at.pop(chat, None)
        return Arrived(parts=parts)

    def _texts(self, batch: Sequence[Delivery]) -> list[str]:
        """The messages: all together, but what is shown as elsewhere alone, for it is copied."""
        alone = groupby(batch, key=lambda one: one.id if one.reply.as_on is not None else None)
        return [
            text
            for _, replies in alone
            for text in render(
                [shown(one.reply, self._base_url) for one in replies], self._base_url
            )
        ]

    def _failed(self, error: ZaloError, chat: str, parts: int, attempts: int) -> SendResult:
        match error:
            case AmbiguousError():
                return Unknown(parts=parts + 1)
            case QuotaError():
                return self._too_many(chat, parts)
            case NotFoundError() | BadRequestError(about="chat"):
                return Refused("gone", chat_gone=True)
            case BadRequestError(about="length"):
                return Refused("too_long")
            case ForbiddenError() if attempts > 0:
                # Labelled an internal error, so it is tried once more; then it is an answer.
                return Refused("not_allowed")
            case NetworkError() | ServerError() | ForbiddenError():
                pause = min(SOON * 2 ** min(attempts, 6), LATEST)
                return Later(self._clock() + pause, parts=parts)
            case _:
                return Refused("other")

    def _too_many(self, chat: str, parts: int) -> SendResult:
        """Let the whole account rest, unless only this chat is refused.

        429 stands for a burst, for the month's quota and for the 51st person, and no field tells
        which. The 51st is known by what arrived elsewhere since she was last refused; without
        that, each message to her would silence the account for everybody.
        """
        now, before = self._clock(), self._refused_at.get(chat)
        alone = before is not None and self._arrived_at is not None and self._arrived_at > before
        if not alone:
            self._refused_at[chat] = now
        return Later(now + (FULL if alone else FLOOD), whole_account=not alone, parts=parts)
