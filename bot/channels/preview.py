"""How a reply looks on another channel, for a host who sees beforehand what she sends.

Each channel's own `render` says it, so a preview can't differ from what arrives.
"""

from dataclasses import replace

from bot.channels import console
from bot.channels.telegram import render as telegram
from bot.channels.zalo_bot import render as zalo_bot
from flows.replies import Reply


def shown(reply: Reply, base_url: str) -> Reply:
    """Turn a reply `as_on` a channel into words for any channel; every other is left as it is.

    What Zalo gets in parts is shown part below part, with their numbers.
    """
    if reply.as_on is None:
        return reply
    plain = replace(reply, as_on=None)
    match reply.as_on:
        case "zalo_bot":
            messages = zalo_bot.render([plain], base_url)
        case "telegram":
            messages = [telegram.plain(plain, base_url)]
        case _:
            messages = console.lines(plain, base_url)
    return replace(plain, text="\n".join(messages), choices=None, link=None)
