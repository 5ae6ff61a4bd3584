"""The two packages that talk to Telegram, made ready: where to call, how long to wait.

    replying   aiogram: updates come in and answers go out by it
    pushing    python-telegram-bot with its rate limiter: what nobody asked for just now

The limiter is a second belt: it sees only its own calls in its own process, lets more than 20 into
a group in some 60 seconds, and with `max_retries=0` never repeats anything. How fast is decided in
`bot/delivery/` from what was stored, and a message that must be repeated is a row there.
"""

import logging
from http import HTTPStatus

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import ClientTimeout
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.channels.capability import Rates

CONNECT_S = 5.0
ANSWER_S = 12.0
"""Many times what Telegram takes, and short enough for the lease of a row (`outbox.LEASE`)."""

Pusher = ExtBot[int]


def replying(token: str, api: str, *, proxy: str | None) -> Bot:
    """Make aiogram's client. Raises aiogram's TokenValidationError for what is no token."""
    return Bot(token, session=_Session(api, proxy))


def pushing(token: str, api: str, *, proxy: str | None, at_once: int, rates: Rates) -> Pusher:
    """Make python-telegram-bot's client; `at_once` messages at most are on their way.

    The pool is larger than that: a message that waits for a connection is no message refused.
    """
    request = HTTPXRequest(
        connection_pool_size=2 * at_once,
        connect_timeout=CONNECT_S,
        read_timeout=ANSWER_S,
        write_timeout=ANSWER_S,
        pool_timeout=CONNECT_S,
        proxy=proxy,
    )
    limiter = AIORateLimiter(
        overall_max_rate=rates.account_per_s or 0,
        group_max_rate=rates.group_per_min or 0,
        max_retries=0,
    )
    return ExtBot(
        token,
        base_url=f"{api}/bot",
        request=request,
        get_updates_request=request,
        rate_limiter=limiter,
    )


async def close(replies: Bot, pushes: Pusher) -> None:
    """Let go of the connections of both."""
    await replies.session.close()
    await pushes.request.shutdown()


def silence() -> None:
    """Keep tokens and words out of the log: these packages write addresses and answers into it."""
    for name in ("aiogram", "telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class _Session(AiohttpSession):
    """Knows an answer by its status where a machine in front of the platform gave it, as HTML."""

    def __init__(self, api: str, proxy: str | None) -> None:
        super().__init__(proxy=proxy, api=TelegramAPIServer.from_base(api))
        # Its type is a float, but aiohttp is handed it as it is. A connection that can't be made
        # must be told from an answer that does not come: only the first was surely not sent.
        self.timeout = ClientTimeout(total=ANSWER_S, sock_connect=CONNECT_S)  # pyright: ignore[reportAttributeAccessIssue]

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        """Read an answer. Raises aiogram's errors; TelegramServerError also for another's no."""
        if status_code == HTTPStatus.UNAUTHORIZED:
            raise TelegramUnauthorizedError(method=method, message=str(status_code))
        if status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TelegramServerError(method=method, message=str(status_code))
        try:
            return super().check_response(bot, method, status_code, content)
        except ClientDecodeError:
            if status_code < HTTPStatus.MULTIPLE_CHOICES:
                raise
            raise TelegramServerError(method=method, message=str(status_code)) from None
