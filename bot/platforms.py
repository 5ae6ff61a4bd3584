"""Which platforms this installation serves: those with a token that may be open to the public.

A public channel needs somebody who answers for it, and a webhook a way in and a proof. Where
something is missing the channel stays closed, and whoever started the service is told what to do.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import structlog

from bot.channels.capability import Capability
from bot.channels.platform import Platform, RefusedTokenError
from bot.channels.telegram.receive import Telegram
from bot.channels.zalo_bot.receive import ZaloBot
from bot.config import Settings
from bot.listening import Tell

_log = structlog.get_logger()


def platforms(
    settings: Settings,
    capabilities: Mapping[str, Capability],
    clock: Callable[[], datetime],
    tell: Tell,
) -> list[Platform]:
    """Build each that has a token and lacks nothing; `tell` hears what the others lack."""
    builders: dict[str, Callable[[], Platform]] = {
        "zalo_bot": lambda: ZaloBot(settings, clock),
        "telegram": lambda: Telegram(settings, capabilities["telegram"].rates, clock),
    }
    found: list[Platform] = []
    for channel, build in builders.items():
        if not _token(settings, channel):
            continue
        lacks = list(_lacking(settings, channel))
        for key, places in lacks:
            _log.error(key, channel=channel, **places)
            tell(key, channel=channel, **places)
        if lacks:
            continue
        try:
            found.append(build())
        except RefusedTokenError:
            _log.error("serve.token_refused", channel=channel)
            tell("serve.token_refused", channel=channel)
    return found


def polls(settings: Settings, channel: str) -> bool:
    """Whether this channel's updates are asked for; else its webhook is called."""
    updates = settings.zalo_bot_updates if channel == "zalo_bot" else settings.telegram_updates
    return updates == "polling"


def _token(settings: Settings, channel: str) -> str:
    token = settings.zalo_bot_token if channel == "zalo_bot" else settings.telegram_token
    return token.get_secret_value()


def _lacking(settings: Settings, channel: str) -> Iterator[tuple[str, dict[str, str]]]:
    """What keeps a channel closed, in the words of `author.yaml`."""
    if settings.trial:
        names = ("operator_name", "operator_contact", "privacy_text")
        empty = [name for name in names if not getattr(settings, name)]
        yield "serve.closed_trial", {"missing": ", ".join(empty)}
    if polls(settings, channel):
        return
    if not settings.base_url.startswith("https://"):
        yield "serve.closed_https", {"base_url": settings.base_url}
    if not settings.webhook_secret.get_secret_value():
        yield "serve.closed_secret", {}
