"""What an error of either package means for a message. Pure.

Both packages draw the same answers of the platform as trees of their own:

    aiogram                          python-telegram-bot    here
    TelegramRetryAfter               RetryAfter             Later, when Telegram says
    TelegramMigrateToChat            ChatMigrated           MovedTo
    TelegramUnauthorized, NotFound   InvalidToken           Trouble: it knows no such bot
    TelegramForbiddenError           Forbidden              Refused, the chat is gone
    TelegramBadRequest               BadRequest             Refused; MovedTo needs no words
    TelegramServerError, HTML        NetworkError, HTML     Later; after its own timeout Unknown
    TelegramNetworkError             NetworkError           Later if no connection was made,
                                     TimedOut               else Unknown: it may have arrived

Telegram answers in English sentences, of which only the cores looked for below are stable.
"""

import re
from datetime import datetime, timedelta

import aiohttp
import httpx
import telegram.error as ptb
from aiogram import exceptions as aio

from bot.delivery.send import Later, MovedTo, Refused, SendResult, Trouble, Unknown

FLOOD_WAIT = timedelta(seconds=30)
"""After a 429 that names no time. Ours."""
LONGEST_WAIT = timedelta(minutes=5)

_FLOODED = re.compile(r"too many requests", re.I)
_GATEWAY_TIMEOUT = re.compile(r"\b504\b|gateway time-?out", re.I)
_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
)
"""No connection was made, so nothing was written."""


def result_of(error: Exception, *, now: datetime, attempts: int) -> SendResult:
    """What became of a message whose sending raised this; `attempts`: so often it was tried."""
    again_at = now + min(timedelta(seconds=2 ** min(attempts, 20)), LONGEST_WAIT)
    match error:
        case aio.TelegramRetryAfter():
            return Later(now + timedelta(seconds=error.retry_after))
        case ptb.RetryAfter():
            return Later(now + _length(error.retry_after))
        case aio.TelegramMigrateToChat():
            return MovedTo(str(error.migrate_to_chat_id))
        case ptb.ChatMigrated():
            return MovedTo(str(error.new_chat_id))
        case aio.TelegramUnauthorizedError() | aio.TelegramNotFound() | ptb.InvalidToken():
            return Trouble("token")
        case ptb.TelegramError() if isinstance(error.__cause__, ptb.TelegramError):
            # Its body could not be read: a wall or a gateway answered, and that blames no chat.
            return _unanswered(error, now=now, again_at=again_at)
        case aio.TelegramForbiddenError() | ptb.Forbidden():
            return _forbidden(error.message.lower())
        case aio.TelegramBadRequest() | ptb.BadRequest():
            return _bad_request(error.message.lower())
        case aio.TelegramAPIError() | ptb.NetworkError():
            return _unanswered(error, now=now, again_at=again_at)
        case _:
            return Unknown()


def is_flood(error: Exception) -> bool:
    """Whether the platform said «too many»."""
    told = isinstance(error, aio.TelegramRetryAfter | ptb.RetryAfter)
    return told or _FLOODED.search(str(error)) is not None


def _forbidden(says: str) -> Refused:
    if "blocked" in says:
        return Refused("blocked", chat_gone=True)
    if "kicked" in says or "not a member" in says:
        return Refused("kicked", chat_gone=True)
    return Refused("gone", chat_gone=True)  # deactivated, deleted, never began a chat


def _bad_request(says: str) -> Refused:
    if "too long" in says:
        return Refused("too_long")
    if "chat not found" in says or "peer_id_invalid" in says or "group chat was upgraded" in says:
        return Refused("gone", chat_gone=True)
    if "rights" in says or "write_forbidden" in says or "topic_closed" in says:
        return Refused("not_allowed")
    return Refused("other")


def _unanswered(error: Exception, *, now: datetime, again_at: datetime) -> SendResult:
    """No answer of the Bot API itself: the network, or a machine in front of it."""
    cause = error.__cause__
    if isinstance(cause, _NEVER_SENT):
        return Later(again_at)
    if isinstance(cause, aiohttp.ClientError | httpx.HTTPError | TimeoutError):
        return Unknown()
    if is_flood(error):
        return Later(now + FLOOD_WAIT)
    # A gateway that waited in vain has handed the message on: it may be in the chat.
    return Unknown() if _GATEWAY_TIMEOUT.search(str(error)) else Later(again_at)


def _length(wait: int | timedelta) -> timedelta:
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
