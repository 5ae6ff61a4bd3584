"""Plays a written conversation on the real assistant, so that a whole journey can be read.

What a line may say stands in `bot/steering.py`. Between two lines ten seconds pass, unless `:wait`
says otherwise. The clock is the script's own.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, func, select

from bot.clock import CITY
from bot.config import Settings
from bot.conversation import Conversation, Decided, conversation
from bot.steering import ROLES, Line, ScriptError, given, length, lines, moment, unreadable, written
from bot.storage.database import Database
from bot.storage.due import DAY_BEGINS, SILENT
from bot.storage.outbox import Delivery
from bot.storage.tables import delivery, help_request, reminder, utterance
from flows.content import Content, Ward
from flows.replies import Reply
from flows.turn import Admitted, Pressed, Said, Sent
from nlu.engine import Engine
from nlu.normalise import fold

START = datetime(2026, 11, 25, 8, 0, tzinfo=CITY)
PAUSE = timedelta(seconds=10)
"""Between two lines: a person reads, and a fragment's four seconds are over."""


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
    group: str | None = None
    """Where it was written; None in the person's own chat."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The bot said something."""

    line: int
    at: datetime
    chat: str
    """A person, or a group by its title."""
    in_group: bool
    reply: Reply
    events: tuple[str, ...]
    """Of the turn that this is the first reply of; else empty, so that each counts once."""
    channel: str | None = None
    """Shown as it looks there."""


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
    group: str | None = None
    groups: set[str] = field(default_factory=set[str])
    """Groups that the bot was let into."""
    channel: str | None = None
    wards: tuple[Ward, ...] = ()
    shown: dict[str, list[Reply]] = field(default_factory=dict[str, list[Reply]])
    """What was seen in each chat, oldest first."""
    counted: set[str] = field(default_factory=set[str])

    async def play(
        self, script: str, settings: Settings, content: Content, engine: Engine
    ) -> AsyncIterator[Entry]:
        """Play it line by line. Raises ScriptError for a line that cannot be played."""
        self.wards = content.wards
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
                async for entry in self._pass(talk, length(line)):
                    yield entry
            case "at":
                self.waited = True
                then = moment(line)
                if not self.updates:
                    self.now = then
                async for entry in self._pass(talk, then - self.now):
                    yield entry
            case "as":
                self.person = line.argument or "a"
            case "twice":
                self.twice = True
            case "private":
                self.group = None
            case "channel":
                self.channel = line.argument or None
            case "group":
                self.group = line.argument or "group"
                if self.group not in self.groups:
                    self.groups.add(self.group)
                    async for entry in self._update(talk, line, Admitted()):
                        yield entry
            case "role":
                self.group = None
                code = await self._invited(talk, line)
                async for entry in self._update(talk, line, Said(text=code)):
                    yield entry
            case _:
                async for entry in self._message(talk, line):
                    yield entry

    async def _message(self, talk: Conversation, line: Line) -> AsyncIterator[Entry]:
        try:
            action = given(line, self.shown.get(self.group or self.person, []))
        except ScriptError as error:
            yield Noted(line.number, error.key, error.places)
            return
        async for entry in self._update(talk, line, action):
            yield entry

    async def _update(
        self, talk: Conversation, line: Line, action: Said | Pressed | Sent | Admitted
    ) -> AsyncIterator[Entry]:
        if not self.waited:
            async for entry in self._pass(talk, PAUSE):
                yield entry
        self.waited = False
        self.updates += 1
        for _ in range(2 if self.twice else 1):
            before = len(talk.decided)
            handled = await talk.hand_in(
                self.person, action, str(self.updates), self.now, group=self.group
            )
            fresh = len(talk.decided) > before
            yield Heard(
                line=line.number,
                at=self.now,
                person=self.person,
                text=written(line),
                decided=next(reversed(talk.decided.values())) if fresh else None,
                duplicate=handled.duplicate,
                held=handled.held,
                group=self.group,
            )
            for entry in self._seen(talk):
                yield entry
        self.twice = False

    async def _invited(self, talk: Conversation, line: Line) -> str:
        """The code of the right that this line names. Raises ScriptError."""
        name, _, place = line.argument.partition(" ")
        wanted = fold(place.strip())
        wards = [one for one in self.wards if not wanted or wanted in (one.code, fold(one.name))]
        if name not in ROLES or not wards:
            raise unreadable(line, ":role host 26740")
        ward = "" if name == "operator" else wards[0].code
        return await talk.invite(ROLES[name], ward, self.person)

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
        for one in talk.taken():
            chat = one.address.chat
            self.shown.setdefault(chat, []).append(one.reply)
            yield Shown(
                line=self.line,
                at=self.now,
                chat=chat,
                in_group=one.to_group,
                reply=one.reply,
                events=self._events(talk, one),
                channel=self.channel,
            )

    def _events(self, talk: Conversation, sent: Delivery) -> tuple[str, ...]:
        turn, _, _ = sent.turn.partition("/")  # what a turn sent elsewhere is named after it
        decided = talk.decided.get(turn)
        if decided is None or turn in self.counted:
            return ()
        self.counted.add(turn)
        return tuple(event.type for event in decided.outcome.events)


async def next_stop(database: Database, now: datetime) -> datetime:
    """When something may next fall due: a fragment, a reminder, a message that was put off, a
    volunteer's silence, or what waits for morning."""

    def soonest(connection: Connection) -> list[datetime | None]:
        return [
            connection.execute(select(func.min(column)).where(column > now)).scalar()
            for column in (utterance.c.hold_until, reminder.c.due_at, delivery.c.again_at)
        ]

    def quiet(connection: Connection) -> datetime | None:
        since = help_request.c.helper_at
        taken = (help_request.c.state == "taken", since > now - SILENT)
        return connection.execute(select(func.min(since)).where(*taken)).scalar()

    morning = datetime.combine(now.date(), time(DAY_BEGINS), CITY)
    if morning <= now:
        morning += timedelta(days=1)
    found = await database.read(soonest)
    silent = await database.read(quiet)
    stops = [*found, silent + SILENT if silent is not None else None]
    return min([morning, *(at.astimezone(CITY) for at in stops if at is not None)])
