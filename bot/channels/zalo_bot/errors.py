"""Every way in which a call to the Zalo Bot Platform can go wrong, as a type.

    ZaloError
      ├─ NetworkError           it was never written: try again
      ├─ AmbiguousError         it was written and no answer came (timeout, cut, 504): never again
      ├─ ServerError            5xx, or an answer that nobody can read
      └─ RefusedError           Zalo has read it and says no
           ├─ UnauthorizedError     401: the token is wrong or was reset
           ├─ ForbiddenError        403: labelled an internal error; why is not documented
           ├─ NotFoundError         404: no such chat; no webhook is set
           ├─ QuotaError            429: too fast, or the month's messages are used up
           ├─ IdleTimeoutError      408: a poll in which nothing came
           ├─ WebhookActiveError    400: no polls while a webhook is set
           └─ BadRequestError       400 and other 4xx; `about` says of what

The codes are those of https://bot.zapps.me/docs/error-code/ (read 2026-11-24). The token is part of
every address, and descriptions may quote ids, so no error keeps or quotes either.
"""

from typing import Literal


class ZaloError(Exception):
    """A call that did not succeed."""


class NetworkError(ZaloError):
    """It was never written."""


class AmbiguousError(ZaloError):
    """It was written; nobody knows what became of it."""


class ServerError(ZaloError):
    """Zalo could not answer in its own form, or says that the fault is its own."""


class RefusedError(ZaloError):
    """Zalo says no."""


class UnauthorizedError(RefusedError):
    """The token is not known."""


class ForbiddenError(RefusedError):
    """What 403 means is not documented."""


class NotFoundError(RefusedError):
    """No such chat, or no webhook."""


class QuotaError(RefusedError):
    """Too fast, or too many this month: no field tells which."""


class IdleTimeoutError(RefusedError):
    """Nothing came while we asked for updates."""


class WebhookActiveError(RefusedError):
    """Updates go to a webhook."""


class BadRequestError(RefusedError):
    """The call itself is not as Zalo wants it."""

    def __init__(self, method: str, about: Literal["chat", "length", "other"]) -> None:
        super().__init__(method, 400)
        self.about = about


def error_of(method: str, code: int, said: str) -> ZaloError:
    """The error with this code. `said` is only looked at: it may quote ids."""
    match code:
        case 401:
            return UnauthorizedError(method, code)
        case 403:
            return ForbiddenError(method, code)
        case 404:
            return NotFoundError(method, code)
        case 408 if method == "getUpdates":
            return IdleTimeoutError(method, code)
        case 408 | 504:
            return AmbiguousError(method, code)
        case 429:
            return QuotaError(method, code)
        case 400 if "webhook is set" in said:
            return WebhookActiveError(method, code)
        case _ if 400 <= code < 500:
            return BadRequestError(method, _about(said))
        case _:
            return ServerError(method, code)


def _about(said: str) -> Literal["chat", "length", "other"]:
    if "not found" in said:
        return "chat"
    return "length" if "long" in said or "2000" in said else "other"
