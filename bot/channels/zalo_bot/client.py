"""The Zalo Bot Platform's methods that we call (https://bot.zapps.me/docs/, read 2026-11-24).

Errors (`errors.py`) come by HTTP status, or under HTTP 200 as `{"ok": false, "error_code": …}`, or
as a page of HTML from a machine in between: all three are read.
"""

import json
import logging
from typing import Annotated, Any, TypeVar, cast

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from bot.channels.zalo_bot.errors import (
    AmbiguousError,
    NetworkError,
    NotFoundError,
    ServerError,
    error_of,
)

Shape = TypeVar("Shape", bound=BaseModel)

POLL_S = 30
"""The platform's own default."""
_CONNECT_S, _WRITE_S = 5, 5
_MOST_BYTES = 1_048_576
"""Of an answer: an update is text and addresses, a few kilobytes."""


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

    def __init__(self, token: SecretStr, api: str, *, read_s: float = 15) -> None:
        """`read_s`: how long an answer may take; that of a poll takes as long as the poll more."""
        # httpx logs the address of each request at INFO, httpcore at DEBUG; the token is in it.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._read_s = read_s
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
        result = await self._call("getUpdates", {"timeout": timeout_s}, poll_s=timeout_s)
        if isinstance(result, list):
            return cast("list[object]", result)
        return [] if result is None else [result]

    async def set_webhook(self, url: str, secret: SecretStr) -> Verification | None:
        """Let updates come to this address. It is kept even when trying it fails."""
        given = {"url": url, "secret_token": secret.get_secret_value()}
        return _read(_Webhook, await self._call("setWebhook", given)).verification

    async def get_webhook(self) -> str:
        """The address updates go to, empty when none is set (404 says the same)."""
        try:
            return _read(_Webhook, await self._call("getWebhookInfo")).url
        except NotFoundError:
            return ""

    async def send_message(self, chat: str, text: str) -> None:
        """Send plain text: `parse_mode` would read what people wrote as markup."""
        await self._call("sendMessage", {"chat_id": chat, "text": text})

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _call(
        self, method: str, given: dict[str, Any] | None = None, *, poll_s: float = 0
    ) -> object:
        timeout = httpx.Timeout(_CONNECT_S, write=_WRITE_S, read=poll_s + self._read_s)
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
        # No answer of the platform's own: a 403 or 404 of some machine in between blames no chat.
        if status < 300:
            raise AmbiguousError(method, status)
        raise error_of(method, status if status in (401, 408, 429, 504) else 500, "")
    envelope = cast("dict[str, object]", answer)
    if envelope["ok"] is True:
        return envelope.get("result")
    code = envelope.get("error_code", envelope.get("errorCode", status))
    said = str(envelope.get("description", "")).lower()
    raise error_of(method, code if isinstance(code, int) else status, said)


def _read(shape: type[Shape], result: object) -> Shape:
    try:
        return shape.model_validate(result)
    except ValidationError:
        raise ServerError(shape.__name__) from None
