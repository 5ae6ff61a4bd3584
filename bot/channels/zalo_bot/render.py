"""Replies as Zalo shows them: words only, for this platform has no buttons.

All replies of a turn become one message where they fit, because messages are counted by month.
Options are lines with their letter or number, which a person types. Text is plain, without
`parse_mode`, so that what a person wrote is never read as markup.
"""

import unicodedata
from collections.abc import Iterable

from bot.channels.mark import mark_of
from bot.channels.text import split, utf16
from flows.replies import Choices, Reply

LONGEST = 2000
"""Of a message, "1-2000" characters (https://bot.zapps.me/docs/, read 2026-11-24). Whether an emoji
counts as one or two is not said; UTF-16 units are never fewer than characters, so both are kept."""


def render(replies: Iterable[Reply], base_url: str) -> list[str]:
    """Give the messages, each of which Zalo takes."""
    whole = "\n\n".join(_block(reply, base_url) for reply in replies)
    return split(unicodedata.normalize("NFC", whole), _fits)


def _fits(text: str) -> bool:
    return utf16(text) <= LONGEST


def _block(reply: Reply, base_url: str) -> str:
    """The text, the link, the options: what can be answered stands last."""
    text = reply.text if reply.link is None else f"{reply.text}\n{base_url.rstrip('/')}{reply.link}"
    return text if reply.choices is None else f"{text}\n\n{_list(reply.choices)}"


def _list(choices: Choices) -> str:
    options = enumerate(choices.options)
    return "\n".join(f"{mark_of(choices.style, n)}. {option.label}" for n, option in options)
