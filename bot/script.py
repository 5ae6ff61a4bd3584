"""Plays a written conversation on the real assistant, so that a whole journey can be read.

One line a message; lines that begin with `:` steer:

    :press 2            the second option last shown; `:press 2 of 3` counts in the third-last reply
    :photo [caption]    also :voice and :sticker
    :wait 26h           time passes (s, m, h, d) and what falls due is shown
    :at 2026-11-25 08:00   the clock, before the first message or forward
    :as b               another person writes from here on
    :twice              the next message is delivered two times
    :private            written in a private chat, as everything in this version

Between two lines ten seconds pass, unless `:wait` says otherwise. The clock is the script's own.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, func, select

from bot.clock import CITY
from bot.config import Settings
from bot.conversation import Conversation, Decided, conversation
from bot.storage.database import Database
from bot.storage.due import DAY_BEGINS
from bot.storage.outbox import Delivery
from bot.storage.tables import reminder, utterance
from flows.content import Content
from flows.replies import Reply
from flows.turn import Pressed, Said, Sent, SentKind
from nlu.engine import Engine

START = datetime(2026, 11, 25, 8, 0, tzinfo=CITY)
PAUSE = timedelta(seconds=10)
"""Between two lines: a person reads, and a fragment's four seconds are over."""
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
KINDS: dict[str, SentKind] = {"photo": "photo", "voice": "voice", "sticker": "sticker"}
LATER = ("group", "role", "channel")
"""Steering that belongs to parts of the bot which this version does not have."""
ACTIONS = ("press", *KINDS)
"""Steering that does what a person does in a chat."""
COMMANDS = (*ACTIONS, "wait", "at", "as", "twice", "private")


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


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody wrote, pressed or sent something."""

    line: int
    at: datetime
    person: str
    text: str
    decided: Decided | None
    """None for a duplicate, or after a fault."""
    duplicate: bool
    held: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The bot said something."""

    line: int
    at: datetime
    person: str
    reply: Reply
    events: tuple[str, ...]
    """Of the turn that this is the first reply of; else empty, so that each counts once."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The player says something about a line: a key of `author.yaml` with its values."""

    line: int
    key: str
    values: dict[str, object]


Entry = Heard | Shown | Noted


@dataclass
class Player:
    """Plays one script."""

    now: datetime = START
    person: str = "a"
    twice: bool = False
    line: int = 0
    updates: int = 0
    waited: bool = True
    """Whether time has passed since the last message; the first needs none."""
    shown: dict[str, list[Reply]] = field(default_factory=dict[str, list[Reply]])
    """What each person has seen, oldest first."""
    counted: set[str] = field(default_factory=set[str])

    async def play(
        self, script: str, settings: Settings, content: Content, engine: Engine
    ) -> AsyncIterator[Entry]:
        """Play it line by line. Raises ScriptError for a line that cannot be played."""
        async with conversation(settings, content, engine, lambda: self.now) as talk:
            for line in lines(script):
                self.line = line.number
                async for entry in self._step(talk, line):
                    yield entry
            async for entry in self._pass(talk, PAUSE):
                yield entry

    async def _step(self, talk: Conversation, line: Line) -> AsyncIterator[Entry]:
        match line.command:
            case "wait":
                self.waited = True
                async for entry in self._pass(talk, _length(line)):
                    yield entry
            case "at":
                self.waited = True
                moment = _moment(line)
                if not self.updates:
                    self.now = moment
                async for entry in self._pass(talk, moment - self.now):
                    yield entry
            case "as":
                self.person = line.argument or "a"
            case "twice":
                self.twice = True
            case "private":
                pass
            case command if command in LATER:
                yield Noted(line.number, "chat.later", {"command": f":{command}"})
            case _:
                async for entry in self._message(talk, line):
                    yield entry

    async def _message(self, talk: Conversation, line: Line) -> AsyncIterator[Entry]:
        if not self.waited:
            async for entry in self._pass(talk, PAUSE):
                yield entry
        self.waited = False
        self.updates += 1
        try:
            action = given(line, self.shown.get(self.person, []))
        except ScriptError as error:
            yield Noted(line.number, error.key, error.places)
            return
        for _ in range(2 if self.twice else 1):
            before = len(talk.decided)
            handled = await talk.hand_in(self.person, action, str(self.updates), self.now)
            fresh = len(talk.decided) > before
            yield Heard(
                line=line.number,
                at=self.now,
                person=self.person,
                text=_written(line),
                decided=next(reversed(talk.decided.values())) if fresh else None,
                duplicate=handled.duplicate,
                held=handled.held,
            )
            for entry in self._seen(talk):
                yield entry
        self.twice = False

    async def _pass(self, talk: Conversation, length: timedelta) -> AsyncIterator[Entry]:
        """Let time pass, stopping wherever something falls due."""
        until = self.now + length
        while self.now < until:
            self.now = min(await next_stop(talk.database, self.now), until)
            await talk.tick()
            for entry in self._seen(talk):
                yield entry
        if length >= timedelta(minutes=1):
            await talk.forget_old()

    def _seen(self, talk: Conversation) -> Iterator[Entry]:
        for delivery in talk.taken():
            person = delivery.address.chat
            self.shown.setdefault(person, []).append(delivery.reply)
            events = self._events(talk, delivery)
            yield Shown(self.line, self.now, person, delivery.reply, events)

    def _events(self, talk: Conversation, delivery: Delivery) -> tuple[str, ...]:
        decided = talk.decided.get(delivery.turn)
        if decided is None or delivery.turn in self.counted:
            return ()
        self.counted.add(delivery.turn)
        return tuple(event.type for event in decided.outcome.events)


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
        if command not in (*known, *LATER):
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
        raise _unreadable(line, ":press 2")
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


def _written(line: Line) -> str:
    return f":{line.command} {line.argument}".strip() if line.command else line.argument


def _length(line: Line) -> timedelta:
    read = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", line.argument)
    if read is None:
        raise _unreadable(line, ":wait 26h")
    return timedelta(**{UNITS[read[2]]: float(read[1])})


def _moment(line: Line) -> datetime:
    try:
        read = datetime.fromisoformat(line.argument)
    except ValueError:
        raise _unreadable(line, ":at 2026-11-25 08:00") from None
    return read.replace(tzinfo=CITY) if read.tzinfo is None else read.astimezone(CITY)


def _unreadable(line: Line, example: str) -> ScriptError:
    return ScriptError(line.number, "chat.wrong", text=_written(line), example=example)


async def next_stop(database: Database, now: datetime) -> datetime:
    """When something may next fall due: a fragment, a reminder, or one that waits for morning."""

    def soonest(connection: Connection) -> list[datetime | None]:
        return [
            connection.execute(select(func.min(column)).where(column > now)).scalar()
            for column in (utterance.c.hold_until, reminder.c.due_at)
        ]

    morning = datetime.combine(now.date(), time(DAY_BEGINS), CITY)
    if morning <= now:
        morning += timedelta(days=1)
    found = await database.read(soonest)
    return min([morning, *(at.astimezone(CITY) for at in found if at is not None)])
