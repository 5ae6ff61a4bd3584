"""A reply as Telegram's messages. Pure.

Text goes out plain, without `parse_mode`: a `<` that somebody wrote, or one too many `*`, can then
neither change how a message looks nor make the platform refuse it. What a reply means is in its
words, so nothing is lost with the bold letters.

Options are buttons, one a row, each with the number or letter that may be typed instead. Where a
label is longer than a telephone shows on a button, all options stand in the text as well. An
ordering is typed and has no buttons.

A link stands in the text, not on a button: who forwards a message forwards its text only, and
a button would need words in the reader's language, which a reply does not carry.
"""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from bot.channels.mark import mark_of
from bot.channels.telegram.press import pack
from bot.channels.text import split, utf16
from flows.replies import Choices, Reply
from flows.turn import Pressed

MOST_UNITS = 4_096
"""UTF-16 units in a message (https://core.telegram.org/bots/api#sendmessage)."""
LONGEST_LABEL = 40
"""Characters that a narrow telephone shows on a button. Ours: Telegram names no limit."""


class Button(NamedTuple):
    """What it says, and what a press of it carries."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message; each button has a row of its own."""

    text: str
    buttons: tuple[Button, ...] = ()


def render(reply: Reply, base_url: str) -> list[Message]:
    """Give the messages in their order; the buttons are under the last one."""
    *before, last = split(_text(reply, base_url), _fits)
    buttons = () if reply.choices is None else _buttons(reply.choices)
    return [*(Message(text) for text in before), Message(last, buttons)]


def plain(reply: Reply, base_url: str) -> str:
    """What a person sees of it, for a preview: a button is a line of its own, `[1 · Có]`."""
    messages = render(reply, base_url)
    buttons = [f"[{button.label}]" for button in messages[-1].buttons]
    return "\n".join(["\n\n".join(message.text for message in messages), *buttons])


def _text(reply: Reply, base_url: str) -> str:
    parts = [reply.text]
    if reply.choices is not None and (reply.choices.ordering or not _short(reply.choices)):
        parts.append("\n".join(_lines(reply.choices)))
    if reply.link is not None:
        parts.append(f"{base_url.rstrip('/')}{reply.link}")
    return unicodedata.normalize("NFC", "\n\n".join(parts))


def _fits(text: str) -> bool:
    return utf16(text) <= MOST_UNITS


def _short(choices: Choices) -> bool:
    return all(len(option.label) <= LONGEST_LABEL for option in choices.options)


def _lines(choices: Choices) -> list[str]:
    return [
        f"{mark_of(choices.style, position)}. {option.label}"
        for position, option in enumerate(choices.options)
    ]


def _buttons(choices: Choices) -> tuple[Button, ...]:
    if choices.ordering:
        return ()
    return tuple(
        Button(
            label=f"{mark_of(choices.style, position)} · {_cut(option.label)}",
            data=pack(Pressed(asking=choices.asking, option=position)),
        )
        for position, option in enumerate(choices.options)
    )


def _cut(label: str) -> str:
    label = unicodedata.normalize("NFC", label)
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"
