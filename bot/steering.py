"""Reading a written conversation: what a line says, or how it steers.

One line a message; lines that begin with `:` steer:

    :press 2            the second option last shown; `:press 2 of 3` counts in the third-last reply
    :photo [caption]    also :voice and :sticker
    :wait 26h           time passes (s, m, h, d) and what falls due is shown
    :at 2026-11-25 08:00   the clock, before the first message or forward
    :as b               another person writes from here on
    :twice              the next message is delivered two times
    :group Tổ 12        written in that group, to the bot; at first the bot is let in by the person
    :private            written in the person's own chat again
    :role host Sài Gòn  the person gets the code of that right and sends it (volunteer, operator)
    :channel zalo_bot   replies are shown as they look there
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import CITY
from flows.replies import Reply
from flows.snapshots import RoleKind
from flows.turn import Pressed, Said, Sent, SentKind

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
KINDS: dict[str, SentKind] = {"photo": "photo", "voice": "voice", "sticker": "sticker"}
ROLES: dict[str, RoleKind] = {"host": "host", "volunteer": "volunteer", "operator": "operator"}
ACTIONS = ("press", *KINDS)
"""Steering that does what a person does in a chat."""
COMMANDS = (*ACTIONS, "wait", "at", "as", "twice", "group", "private", "role", "channel")


class ScriptError(ValueError):
    """A line that cannot be played; `key` and `places` say why in `author.yaml`."""

    def __init__(self, line: int, key: str, **places: object) -> None:
        super().__init__(f"line {line}: {key} {places}")
        self.line = line
        self.key = key
        self.places = places


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the script: a command and its argument, or words (no command)."""

    number: int
    command: str
    argument: str


def lines(script: str, known: tuple[str, ...] = COMMANDS) -> Iterator[Line]:
    """The lines that say or steer something. Raises ScriptError for an unknown command."""
    for number, text in enumerate(script.splitlines(), start=1):
        written = text.strip()
        if not written:
            continue
        if not written.startswith(":"):
            yield Line(number, "", written)
            continue
        command, _, argument = written[1:].partition(" ")
        if command not in known:
            raise _unknown(number, command, known)
        yield Line(number, command, argument.strip())


def given(line: Line, seen: list[Reply]) -> Said | Pressed | Sent:
    """What a person does with this line, having seen these replies.

    Raises ScriptError for a press of what is not there, and for a command that does nothing here.
    """
    if not line.command:
        return Said(text=line.argument)
    if line.command in KINDS:
        return Sent(kind=KINDS[line.command], caption=line.argument)
    if line.command == "press":
        return _press(line, seen)
    raise _unknown(line.number, line.command, ACTIONS)


def _press(line: Line, seen: list[Reply]) -> Pressed:
    """The option meant: in the newest reply with choices, or in the n-th last reply."""
    read = re.fullmatch(r"(\d+)(?:\s+of\s+(\d+))?", line.argument)
    if read is None:
        raise unreadable(line, ":press 2")
    if read[2] is None:
        choices = next((r.choices for r in reversed(seen) if r.choices is not None), None)
    else:
        back = int(read[2])
        choices = seen[-back].choices if 1 <= back <= len(seen) else None
    option = int(read[1]) - 1
    if choices is None or not 0 <= option < len(choices.options):
        raise ScriptError(line.number, "chat.no_choice")
    return Pressed(asking=choices.asking, option=option)


def _unknown(line: int, command: str, known: tuple[str, ...]) -> ScriptError:
    listed = " ".join(f":{name}" for name in known)
    return ScriptError(line, "chat.unknown", command=f":{command}", commands=listed)


def written(line: Line) -> str:
    """As it stands in the script."""
    return f":{line.command} {line.argument}".strip() if line.command else line.argument


def length(line: Line) -> timedelta:
    """What `:wait` names. Raises ScriptError."""
    read = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", line.argument)
    if read is None:
        raise unreadable(line, ":wait 26h")
    return timedelta(**{UNITS[read[2]]: float(read[1])})


def moment(line: Line) -> datetime:
    """What `:at` names, in the city's zone. Raises ScriptError."""
    try:
        read = datetime.fromisoformat(line.argument)
    except ValueError:
        raise unreadable(line, ":at 2026-11-25 08:00") from None
    return read.replace(tzinfo=CITY) if read.tzinfo is None else read.astimezone(CITY)


def unreadable(line: Line, example: str) -> ScriptError:
    """That this is not understood, with an example of what would be."""
    return ScriptError(line.number, "chat.wrong", text=written(line), example=example)
