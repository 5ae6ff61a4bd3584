"""What a platform's chat shows, read as a person reads it. Pure."""

import re
from dataclasses import dataclass

from tests.emulators import telegram_chats, zalo_chats

_OPTION = re.compile(r"(\d{1,2}|[A-Z])\. (.+)")
_BUTTON = re.compile(r"(\d{1,2}|[A-Z]) · (.+)")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as a person has it before her."""

    text: str
    """Without its options and its link."""
    labels: tuple[str, ...] = ()
    """What the options say."""
    marks: tuple[str, ...] = ()
    """What is typed for each of them."""
    asking: int | None = None
    """The number of the list, where it can be pressed."""
    link: str | None = None


def zalo(message: zalo_chats.Message, base_url: str) -> Heard:
    """Words only: options and a link are lines like all others."""
    lines, link = _without_link(message.text.split("\n"), base_url)
    lines, marks, labels = _without_options(lines)
    return Heard("\n".join(lines).strip(), labels, marks, link=link)


def telegram(message: telegram_chats.Message, base_url: str) -> Heard:
    """Options are buttons; where these are too short for them, or typed, also lines."""
    lines, link = _without_link(message.text.split("\n"), base_url)
    buttons = [button for row in message.buttons for button in row]
    rest, marks, labels = _without_options(lines)
    if buttons and len(labels) != len(buttons):
        rest = lines
        read = [found for one in buttons if (found := _BUTTON.fullmatch(one.text))]
        assert len(read) == len(buttons), message.labels
        marks, labels = tuple(one[1] for one in read), tuple(one[2] for one in read)
    asking = int((buttons[0].data or "").split(".")[0]) if buttons else None
    return Heard("\n".join(rest).strip(), labels, marks, asking, link)


def _without_link(lines: list[str], base_url: str) -> tuple[list[str], str | None]:
    """The last line that is an address of ours alone, and the others."""
    for at in reversed(range(len(lines))):
        if lines[at].startswith(f"{base_url}/"):
            return lines[:at] + lines[at + 1 :], lines[at]
    return lines, None


def _without_options(lines: list[str]) -> tuple[list[str], tuple[str, ...], tuple[str, ...]]:
    """The options at the end, from the mark 1 or A on, and what stands before them."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    begin = len(lines)
    while begin and (found := _OPTION.fullmatch(lines[begin - 1])):
        begin -= 1
        if found[1] in ("1", "A"):
            options = [found for line in lines[begin:] if (found := _OPTION.fullmatch(line))]
            return lines[:begin], tuple(o[1] for o in options), tuple(o[2] for o in options)
    return lines, (), ()
