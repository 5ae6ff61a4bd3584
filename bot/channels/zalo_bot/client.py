"""The Zalo Bot Platform's methods, with every way in which a call can go wrong as a type.

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

Errors come by HTTP status, or under HTTP 200 as `{"ok": false, "error_code": …}`, or as a page of
HTML: all three are read. The token is part of every address, so no error keeps or quotes one.
"""

import json
import logging
from typing import Annotated, Any, Literal, TypeVar, cast

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)

POLL_S = 30
"""The platform's own default."""
_CONNECT_S, _WRITE_S, _READ_S = 5, 5, 15
_POLL_GRACE_S = 10
"""How much longer than the poll itself its answer may take."""
_MOST_BYTES = 1_048_576
"""Of an answer: an update is text and addresses, a few kilobytes."""


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


class Account(BaseModel):
    """What `getMe` says."""

    account_name: str
    """`bot.VDKyGxQvc`."""
    display_name: str = ""
    """Seen, but absent from the documentation's sample."""
    can_join_groups: bool = False


class Verification(BaseModel):
    """What came back when Zalo tried our webhook."""

    ok: bool
    outcome: Annotated[str, Field(max_length=100)]
    """`webhook.ok`, `webhook.http.403`, `webhook.err.tls` …"""


class _Webhook(BaseModel):
    url: str = ""
    verification: Verification | None = None


class Client:
    """Calls the platform's methods. Every one raises ZaloError."""

    def __init__(self, token: SecretStr, api: str) -> None:
        # httpx logs the address of each request at INFO, httpcore at DEBUG; the token is in it.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._http = httpx.AsyncClient(
            base_url=f"{api.rstrip('/')}/bot{token.get_secret_value()}/",
            # Delivery bounds how many are sent at once; a second bound here would only fail.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
        )

    async def get_me(self) -> Account:
        """Who we are."""
        return _read(Account, await self._call("getMe"))

    async def get_updates(self, timeout_s: int = POLL_S) -> list[object]:
        """Wait for what comes next: one update, or several where the platform gives a list."""
        given = {"timeout": timeout_s}
        result = await self._call("getUpdates", given, read_s=timeout_s + _POLL_GRACE_S)
        if isinstance(result, list):
            return cast("list[object]", result)
        return [] if result is None else [result]

    async def set_webhook(self, url: str, secret: SecretStr) -> Verification | None:
        """Let updates come to this address. It is kept even when trying it fails."""
        given = {"url": url, "secret_token": secret.get_secret_value()}
        return _read(_Webhook, await self._call("setWebhook", given)).verification

    async def delete_webhook(self) -> None:
        """Let updates wait for polls again."""
        await self._call("deleteWebhook")

    async def get_webhook(self) -> str:
        """The address updates go to, empty when none is set (404 says the same)."""
        try:
            return _read(_Webhook, await self._call("getWebhookInfo")).url
        except NotFoundError:
            return ""

    async def send_message(self, chat: str, text: str) -> None:
        """Send plain text: `parse_mode` would read what people wrote as markup."""
        await self._call("sendMessage", {"chat_id": chat, "text": text})

    async def send_typing(self, chat: str) -> None:
        """Show that an answer is being written."""
        await self._call("sendChatAction", {"chat_id": chat, "action": "typing"})

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _call(
        self, method: str, given: dict[str, Any] | None = None, *, read_s: float = _READ_S
    ) -> object:
        timeout = httpx.Timeout(_CONNECT_S, write=_WRITE_S, read=read_s)
        try:
            async with self._http.stream("POST", method, json=given or {}, timeout=timeout) as got:
                body = await _body(got)
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.ProxyError,
            httpx.UnsupportedProtocol,
        ):
            raise NetworkError(method) from None
        except httpx.HTTPError:
            raise AmbiguousError(method) from None
        return _result(method, got.status_code, body)


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > _MOST_BYTES:
            return b""  # read by its status alone
    return bytes(body)


def _result(method: str, status: int, body: bytes) -> object:
    """What stands under `result`. Raises ZaloError."""
    try:
        answer = cast("object", json.loads(body))
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or "ok" not in answer:
        # No answer of the platform's own: a 404 of some machine in between is not a missing chat.
        if status < 300:
            raise AmbiguousError(method, status)
        raise _error(method, status if status in (401, 403, 408, 429, 504) else 500, "")
    envelope = cast("dict[str, object]", answer)
    if envelope["ok"] is True:
        return envelope.get("result")
    code = envelope.get("error_code", envelope.get("errorCode", status))
    said = str(envelope.get("description", "")).lower()
    raise _error(method, code if isinstance(code, int) else status, said)


def _error(method: str, code: int, said: str) -> ZaloError:
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


def _read(shape: type[Shape], result: object) -> Shape:
    try:
        return shape.model_validate(result)
    except ValidationError:
        raise ServerError(shape.__name__) from None
