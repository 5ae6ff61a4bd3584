"""`bot webhook`: where a platform sends its updates."""

import asyncio
from collections.abc import Coroutine
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer

from bot.author import Author
from bot.commands.begin import begin, fail, group, say
from bot.config import Settings
from bot.operator import accounts
from bot.operator.accounts import OurAccount, RefusedError, UnreachableError

T = TypeVar("T")

app = group("Where a platform sends its updates.")


class Channel(StrEnum):
    """Platforms that have a webhook."""

    ZALO_BOT = "zalo_bot"
    TELEGRAM = "telegram"


Which = Annotated[Channel, typer.Argument(metavar="CHANNEL", help="zalo_bot or telegram.")]


@app.command()
def show(channel: Which) -> None:
    """Show where updates go now."""
    settings, author = begin()
    ours = _ours(settings, author, channel)
    url = _asked(author, ours, accounts.webhook(ours))
    if not url:
        say(author, "webhook.none", channel=channel.value)
    elif url == ours.hook:
        say(author, "webhook.ours", channel=channel.value, url=url)
    else:
        say(author, "webhook.elsewhere", channel=channel.value, url=url)


@app.command("set")
def set_(channel: Which) -> None:
    """Let updates come to base_url, proven by webhook_secret."""
    settings, author = begin()
    ours = _ours(settings, author, channel)
    if not ours.hook.startswith("https://"):
        fail(author.tell("webhook.no_https", url=settings.base_url))
    if not settings.webhook_secret.get_secret_value():
        fail(author.tell("webhook.no_secret"))
    doubt = _asked(author, ours, accounts.set_webhook(ours, settings.webhook_secret))
    say(author, "webhook.set", channel=channel.value, url=ours.hook)
    if doubt:
        fail(author.tell("webhook.not_reached", channel=channel.value, outcome=doubt))


@app.command()
def delete(channel: Which) -> None:
    """Send no updates anywhere; polling gets them then."""
    settings, author = begin()
    ours = _ours(settings, author, channel)
    _asked(author, ours, accounts.delete_webhook(ours))
    say(author, "webhook.deleted", channel=channel.value)


def _ours(settings: Settings, author: Author, channel: Channel) -> OurAccount:
    ours = [one for one in accounts.configured(settings) if one.channel == channel]
    if not ours:
        fail(author.tell("webhook.no_token", channel=channel.value, env=_env(channel)))
    return ours[0]


def _env(channel: Channel) -> str:
    return "BOT_TELEGRAM_TOKEN" if channel is Channel.TELEGRAM else "BOT_ZALO_BOT_TOKEN"


def _asked(author: Author, ours: OurAccount, asking: Coroutine[Any, Any, T]) -> T:
    """What the platform answers; a refusal and silence are told in words."""
    try:
        return asyncio.run(asking)
    except UnreachableError:
        fail(author.tell("webhook.unreachable", channel=ours.channel, api=ours.api))
    except RefusedError as error:
        key = "webhook.bad_token" if error.code in (401, 404) else "webhook.refused"
        fail(author.tell(key, channel=ours.channel, code=error.code, said=error))
