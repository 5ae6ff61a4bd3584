"""What a platform's channel is to the service: it prepares, listens, and has a way out.

    Platform
      prepare   says who our account is, and whether updates come to us (one of the errors below)
      poll      asks for updates for as long as it is not cancelled
      hook      reads one call of the platform's webhook
      sender    the way out (`bot/delivery/send.py`)

Store first, then say "received": both ways in hand an update to `take` and confirm it only after
`take` has returned. `take` raises TurnFailedError when nothing was stored: a webhook then answers
503, a poller hands the same update in again (after three faults the assistant sets it aside).
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from bot.channels.incoming import Incoming
from bot.delivery.send import Sender

Take = Callable[[Incoming], Awaitable[None]]
Heard = Callable[[], Awaitable[None]]
"""Called at each answered poll, also an empty one: the platform is there, and so are we."""

_LONGEST_WORD = 16
"""A longer part of a path is no word but may be a token."""


class PlatformError(Exception):
    """Our account can't be used as it is; the operator must act."""


class RefusedTokenError(PlatformError):
    """The platform does not know this token."""


class WebhookElsewhereError(PlatformError):
    """Updates go to a webhook that is not ours; it is never wiped without being asked."""

    def __init__(self, url: str) -> None:
        self.url = _to_be_shown(url)
        """Its host and path; it is told and logged."""
        super().__init__(self.url)


def _to_be_shown(url: str) -> str:
    """Without what may be a secret: query, password, and the token that many put in the path."""
    parts = urlsplit(url)
    path = [part if len(part) <= _LONGEST_WORD else "…" for part in parts.path.split("/")]
    return f"{parts.hostname or ''}{'/'.join(path)}"


def hook_address(base_url: str, channel: str) -> str:
    """Where this channel's webhook leads (`bot/web/hooks.py`)."""
    return f"{base_url.rstrip('/')}/hook/{channel}"


def proven(given: str, secret: str) -> bool:
    """Whether a call brought the secret, in constant time; without one nothing proves anything."""
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


class ConflictError(PlatformError):
    """Somebody else asks for the updates of this account at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What the platform says about our account."""

    name: str
    """As people call it in a group, so that typing it reaches the bot."""
    link: str | None
    """The address that opens a private chat with it."""
    groups: bool
    """Whether it may be let into groups."""


class Platform(Protocol):
    """One account on one platform."""

    @property
    def channel(self) -> str:
        """zalo_bot, telegram, …"""
        ...

    @property
    def account(self) -> str:
        """The digits before the colon of the token."""
        ...

    @property
    def sender(self) -> Sender:
        """The way out."""
        ...

    async def prepare(self) -> AccountFacts:
        """See who we are and that updates will come; in webhook mode say where to send them.

        Raises RefusedTokenError or WebhookElsewhereError; any other exception means that the
        platform is out of reach now, and is worth another try.
        """
        ...

    async def poll(self, take: Take, heard: Heard) -> None:
        """Ask for updates until cancelled, through every fault of the network.

        Raises RefusedTokenError, WebhookElsewhereError or ConflictError: until somebody acts no
        update comes. It may be called again at any time.
        """
        ...

    async def hook(self, headers: Mapping[str, str], body: bytes, take: Take) -> int:
        """Read one call of the webhook; the HTTP status to answer with. Names are lower case."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
