"""A few questions to a platform about our account, from the command line: who, and where to.

Zalo Bot and Telegram answer the four methods used here alike (`getMe`, `getWebhookInfo`,
`setWebhook`, `deleteWebhook`), so one small client serves both. The channels have clients of their
own: this one waits five seconds at most, and tells the platform's clock.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, cast

import httpx
from pydantic import SecretStr

from bot.channels.platform import hook_address
from bot.config import Settings

TIMEOUT_S = 5.0
_NO_WEBHOOK = 404
"""Zalo's answer where none is set (measured; its page shows an empty address)."""


class UnreachableError(Exception):
    """The platform did not answer in time, or what answered is not the platform."""


class RefusedError(Exception):
    """The platform said no; the message is its own."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class OurAccount:
    """An account we hold the token of."""

    channel: str
    api: str
    token: SecretStr
    proxy: str | None
    mode: str
    """polling or webhook, as configured."""
    hook: str
    """Where its webhook leads when there is one."""

    @property
    def account(self) -> str:
        """What is public of the token: the digits before the colon."""
        return self.token.get_secret_value().partition(":")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method gave, and the platform's clock when it did."""

    result: dict[str, Any]
    date: datetime | None


def configured(settings: Settings) -> list[OurAccount]:
    """The accounts whose tokens are set."""
    accounts = [
        OurAccount(
            channel="zalo_bot",
            api=settings.zalo_bot_api,
            token=settings.zalo_bot_token,
            proxy=None,
            mode=settings.zalo_bot_updates,
            hook=hook_address(settings.base_url, "zalo_bot"),
        ),
        OurAccount(
            channel="telegram",
            api=settings.telegram_api,
            token=settings.telegram_token,
            proxy=settings.telegram_proxy or None,
            mode=settings.telegram_updates,
            hook=hook_address(settings.base_url, "telegram"),
        ),
    ]
    return [one for one in accounts if one.token.get_secret_value()]


async def me(ours: OurAccount) -> Answer:
    """Who we are. Raises UnreachableError, RefusedError."""
    return await _call(ours, "getMe")


async def webhook(ours: OurAccount) -> str:
    """Where updates go; empty where none is set. Raises UnreachableError, RefusedError."""
    try:
        return str((await _call(ours, "getWebhookInfo")).result.get("url") or "")
    except RefusedError as error:
        if error.code == _NO_WEBHOOK:
            return ""
        raise


async def set_webhook(ours: OurAccount, secret: SecretStr) -> str:
    """Let updates come to us; what the platform says of its trial, where it says something.

    Raises UnreachableError, RefusedError.
    """
    given = {"url": ours.hook, "secret_token": secret.get_secret_value()}
    result = (await _call(ours, "setWebhook", given)).result
    tried = cast("dict[str, Any]", result.get("verification") or {})
    return "" if tried.get("ok", True) else str(tried.get("outcome", ""))


async def delete_webhook(ours: OurAccount) -> None:
    """Let updates wait for polls. Raises UnreachableError, RefusedError."""
    await _call(ours, "deleteWebhook")


async def _call(ours: OurAccount, method: str, given: dict[str, Any] | None = None) -> Answer:
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # the token stands in the address
    url = f"{ours.api.rstrip('/')}/bot{ours.token.get_secret_value()}/{method}"
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, proxy=ours.proxy) as client:
            answer = await client.post(url, json=given or {})
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, ImportError):
        # None of these may be shown: they quote the address, and the token stands in it.
        raise UnreachableError from None
    return _read(answer)


def _read(answer: httpx.Response) -> Answer:
    try:
        read = cast("object", answer.json())
    except ValueError:
        read = None
    if not isinstance(read, dict) or "ok" not in read:
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            raise RefusedError(answer.status_code, "")
        raise UnreachableError
    body = cast("dict[str, Any]", read)
    if body["ok"] is not True:
        code = body.get("error_code")
        described = str(body.get("description", ""))[:200]
        raise RefusedError(code if isinstance(code, int) else answer.status_code, described)
    result = body.get("result")
    date = answer.headers.get("date")
    return Answer(
        cast("dict[str, Any]", result) if isinstance(result, dict) else {},
        parsedate_to_datetime(date) if date else None,
    )
