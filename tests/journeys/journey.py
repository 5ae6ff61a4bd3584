"""Plays a journey on the real bot and holds it against what the person should have met.

A journey is a YAML file: who says what, and what that must mean. The words of the replies are the
authors' affair and are not repeated, but for the few that decide.

    story: Một câu cho người đọc.
    moment: 7                     of the moments of truth; only for the reader
    at: 2026-11-25T08:00          when it begins (the default), in the city's time
    channels: [console]           where it can be played; without it everywhere
    language: en                  that the bot answers in, if not Vietnamese
    nowhere: ["079155001234"]     in no reply, table, database file or log line, ever
    not_yet: why                  a known fault: the journey must fail until it is mended
    turns:

Each turn holds one thing that happens:

    says: quét mã qr              a list of wordings plays the whole journey once for each
    taps: Bị kẹt                  the option with this label, or this number, of the newest list
    answers: wrong                a quiz question, `right` or `wrong` (by the content)
    sends: photo                  with `caption`; not on the web page
    waits: 26h                    s, m, h or d; what falls due is heard

and may hold, before it:

    after: 2s                     time since the turn before, else ten seconds
    edits: {file: …, replace: …, by: …}    in a copy of data/, and a start of the bot with it
    restarts: true

and then what is expected. What is not named is not looked at.

    act: howto.open               what the words were taken for, and `topic`: what it is about
    replies: 1                    how many messages; Zalo makes one of those of a turn
    silent: true                  none at all
    shows: [Bước 1/8, /19\\d\\d/]   each stands in some message, label or link; /…/ is a pattern
    never: [VssID]                none of these does
    choices: 3                    ways on in the last message, how many or which
    lines: 6                      the only message has at most so many
    events: [howto_started]       what was recorded, all of it, by name
    why: true                     after `answers`: the reason of that very option is told
    forgotten: [Hoa]              nothing of the person stands in any table, nor these words in
                                  the database's files

Every reply is also read back into `data/` (tests/flows/authored.py).
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from ruamel.yaml import YAML
from sqlalchemy import Connection, select

from bot.clock import CITY
from bot.content import load
from bot.storage.database import Database
from bot.storage.tables import metadata
from flows.ageing import as_of
from flows.content import Content
from flows.lesson import Item
from nlu.normalise import compose
from tests.channels.chats import TOGETHER, Chat
from tests.channels.shown import Heard
from tests.flows.authored import of_language
from tests.journeys.bots import pass_

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
KEPT_AFTER_DELETION = {
    "deletion", "update_key", "wrong_report", "step_stuck", "account", "sent_month"
}  # fmt: skip
"""One line without a person, hashes of updates, counts, and what our own accounts are called;
events that name no learner, too."""
FIELDS = {"story", "moment", "at", "channels", "language", "nowhere", "not_yet", "turns"}
HAPPENS = {"says", "taps", "answers", "sends", "waits"}
BEFORE = {"after", "edits", "restarts", "caption"}
EXPECTED = {
    "act", "topic", "replies", "silent", "shows", "never", "choices", "lines", "events", "why",
    "forgotten",
}  # fmt: skip


def read(path: Path) -> dict[str, Any]:
    """One journey. Raises AssertionError for a field that is not of the format."""
    journey: dict[str, Any] = YAML(typ="safe").load(path.read_text())
    assert set(journey) <= FIELDS, f"{path.name}: {set(journey) - FIELDS}"
    for number, turn in enumerate(journey["turns"], start=1):
        unknown = set(turn) - HAPPENS - BEFORE - EXPECTED
        assert not unknown, f"{path.name}, turn {number}: {unknown}"
        assert len(set(turn) & HAPPENS) == 1, f"{path.name}, turn {number}: what happens?"
    return journey


_AGED: dict[tuple[int, date], tuple[Content, Content]] = {}


def on_day(content: Content, day: date) -> Content:
    """The content as it may be said that day; worked out once while it lives."""
    if (id(content), day) not in _AGED:
        _AGED[id(content), day] = (content, as_of(content, day))
    return _AGED[id(content), day][1]


def wordings(journey: Mapping[str, Any]) -> int:
    """How often a journey is played: once for each wording."""
    said = (turn.get("says") for turn in journey["turns"])
    return max((len(one) for one in said if isinstance(one, list)), default=1)


def begins(journey: Mapping[str, Any]) -> datetime:
    """When it begins."""
    return datetime.fromisoformat(str(journey.get("at", "2026-11-25T08:00"))).replace(tzinfo=CITY)


@dataclass
class Journey:
    """One playing of a journey: its turns, one wording."""

    written: Mapping[str, Any]
    wording: int
    chat: Chat
    content: Content
    data: Path
    """The folder that `content` was read from."""
    folder: Path
    """Of this playing: the database's file, and a copy of `data` once something is edited."""
    said: list[str] = field(default_factory=list[str])
    thread: list[str] = field(default_factory=list[str])
    """The conversation as it went, for whoever reads the failure."""
    shown: list[Heard] = field(default_factory=list[Heard])
    wrong: list[str] = field(default_factory=list[str])
    logged: Sequence[Mapping[str, Any]] = ()
    """What operators read of all this, from the beginning."""
    told: Sequence[Mapping[str, Any]] = ()
    """The turns of the last thing that happened, as logged, each with its events."""
    chosen: str = ""
    """The reason of the option that was just answered."""

    async def play(self) -> None:
        """Play all of it. Raises AssertionError with the whole conversation."""
        with structlog.testing.capture_logs() as self.logged:
            for number, turn in enumerate(self.written["turns"], start=1):
                if "after" in turn or number > 1:
                    await self._idle(turn)
                heard = await self._happens(turn)
                self.shown += heard
                self._note(heard)
                faults = [*self._faults(turn, heard), *await self._left(turn)]
                self.wrong += [f"turn {number}: {fault}" for fault in faults]
        for secret in self.written.get("nowhere", ()):
            self.wrong += [f"«{secret}» stands in {at}" for at in await self._found(secret)]
        assert not self.wrong, "\n".join(["", *self.wrong, "", *self.thread])

    async def _idle(self, turn: Mapping[str, Any]) -> None:
        """The time between two turns; what falls due in it belongs to none."""
        if "waits" in turn:
            return
        heard = [one for _, one in await pass_(self.chat, _length(turn.get("after", "10s")))]
        self.shown += heard
        self._note(heard)
        self.wrong += [f"not authored: {text}" for text in self._unauthored(heard)]

    async def _happens(self, turn: Mapping[str, Any]) -> list[Heard]:
        if "edits" in turn:
            self._edit(turn["edits"])
        if "edits" in turn or turn.get("restarts"):
            await self.chat.start(self.content)
        before = len(self.logged)
        heard = await self._given(turn)
        answered = [one for one in self.logged[before:] if one["event"] == "turn.answered"]
        self.told = [{**one, "events": await self._events(one["turn"])} for one in answered]
        return heard

    async def _given(self, turn: Mapping[str, Any]) -> list[Heard]:
        if "waits" in turn:
            self.thread.append(f"  … {turn['waits']}")
            return [one for _, one in await pass_(self.chat, _length(turn["waits"]))]
        if "says" in turn:
            wordings = turn["says"] if isinstance(turn["says"], list) else [turn["says"]]
            text = str(wordings[self.wording % len(wordings)])
            self.said.append(compose(text))
            self.thread.append(f"> {text}")
            return await self.chat.say(text)
        if "sends" in turn:
            caption = turn.get("caption", "")
            self.said.append(caption)
            self.thread.append(f"> [{turn['sends']}] {caption}")
            return await self.chat.send(turn["sends"], caption)
        asked = next(one for one in reversed(self.shown) if one.labels)
        if "answers" in turn and self._item(asked).kind == "order":
            return await self._put_in_order(turn, asked)
        option = self._option(turn, asked)
        self.thread.append(f"> [{asked.labels[option]}]")
        return await self.chat.press(asked, option)

    def _option(self, turn: Mapping[str, Any], asked: Heard) -> int:
        if "answers" in turn:
            item = self._item(asked)
            right = item.options[item.answer[0]]
            fits = [o for o in item.options if (o is right) == (turn["answers"] == "right")]
            self.chosen = fits[0].why
            return asked.labels.index(fits[0].text)
        if isinstance(turn["taps"], int):
            return int(turn["taps"]) - 1
        assert turn["taps"] in asked.labels, "\n".join(["", turn["taps"], "", *self.thread])
        return asked.labels.index(turn["taps"])

    async def _put_in_order(self, turn: Mapping[str, Any], asked: Heard) -> list[Heard]:
        """Type the letters of the right order, or of the reverse, which is wrong throughout."""
        item = self._item(asked)
        texts = [item.options[position].text for position in item.answer]
        if turn["answers"] == "wrong":
            texts.reverse()
        first = item.options[item.answer[-1 if turn["answers"] == "wrong" else 0]]
        self.chosen = first.why
        letters = " ".join("ABCDE"[asked.labels.index(text)] for text in texts)
        self.thread.append(f"> {letters}")
        return await self.chat.say(letters)

    def _item(self, asked: Heard) -> Item:
        """The quiz item that is asked."""
        return next(
            item
            for item in self.today.practice()
            if item.ask in asked.text
            and {option.text for option in item.options} == set(asked.labels)
        )

    @property
    def today(self) -> Content:
        """What may be said today, its values filled in."""
        return on_day(self.content, self.chat.stage.clock().date())

    def _edit(self, edit: Mapping[str, str]) -> None:
        copied = self.folder / "data"
        if not copied.exists():
            shutil.copytree(self.data, copied)
        file = copied / edit["file"]
        text = file.read_text()
        assert text.count(edit["replace"]) == 1, f"{edit['file']}: {edit['replace']}"
        file.write_text(text.replace(edit["replace"], edit["by"]))
        self.content = load(copied)

    async def _events(self, turn: str) -> list[str]:
        rows = (await everything(self.chat.stage.database))["event"]
        return [row["type"] for row in sorted(rows, key=_place) if row["id"].startswith(turn)]

    def _note(self, heard: Sequence[Heard]) -> None:
        for one in heard:
            labels = "".join(f"\n    [{label}]" for label in one.labels)
            self.thread.append(f"    {one.text}{labels}".replace("\n", "\n    "))

    def _faults(self, turn: Mapping[str, Any], heard: Sequence[Heard]) -> Iterator[str]:
        """What of this turn is not as expected."""
        last = self.told[-1] if self.told else {"act": None, "topic": None}
        for name in ("act", "topic"):
            if name in turn and last[name] != turn[name]:
                yield f"{name} {last[name]}, not {turn[name]}"
        events = [event for one in self.told for event in one["events"]]
        if "events" in turn and events != turn["events"]:
            yield f"events {events}"
        wanted = 0 if turn.get("silent") else turn.get("replies")
        if wanted is not None and self.chat.channel in TOGETHER:
            wanted = min(wanted, 1)
        if wanted is not None and len(heard) != wanted:
            yield f"{len(heard)} messages"
        all_of_it = "\n".join(self._told_words(heard))
        yield from (f"lacks {one}" for one in turn.get("shows", ()) if not _in(one, all_of_it))
        yield from (f"has {one}" for one in turn.get("never", ()) if _in(one, all_of_it))
        if turn.get("why") and self.chosen not in all_of_it:
            yield f"lacks the reason {self.chosen}"
        yield from _faults_of_form(turn, heard)
        yield from (f"not authored: {text}" for text in self._unauthored(heard))

    def _told_words(self, heard: Sequence[Heard]) -> Iterator[str]:
        for one in heard:
            yield one.text
            yield from one.labels
            yield one.link or ""

    def _unauthored(self, heard: Sequence[Heard]) -> Iterator[str]:
        operator = self.chat.stage.settings.operator_name
        authored = of_language(self.today, self.written.get("language", "vi"), operator)
        for one in heard:
            if not authored.reply(one.text, self.said):
                yield one.text
            yield from (label for label in one.labels if not authored.label(label, self.said))

    async def _left(self, turn: Mapping[str, Any]) -> list[str]:
        """What of the person is left although all was to be forgotten."""
        if "forgotten" not in turn:
            return []
        rows = await everything(self.chat.stage.database)
        rows["event"] = [row for row in rows["event"] if row["learner"] is not None]
        left = [name for name, some in rows.items() if some and name not in KEPT_AFTER_DELETION]
        words = [word for word in turn["forgotten"] if word in repr(rows) or self._in_files(word)]
        return [f"left of the person: {left}"] * bool(left) + [f"left: {w}" for w in words]

    async def _found(self, secret: str) -> list[str]:
        places = {
            "a table": repr(await everything(self.chat.stage.database)),
            "a log line": repr(self.logged),
            "a reply": repr(self.shown),
        }
        found = [place for place, text in places.items() if secret in text]
        return found + ["a file"] * self._in_files(secret)

    def _in_files(self, word: str) -> bool:
        """Whether it stands in the raw files of the database, the write-ahead log included."""
        files = self.folder.glob("bot.db*")
        forms = {word.encode(), word.encode("utf-16-le")}
        return any(form in file.read_bytes() for file in files for form in forms)


def _faults_of_form(turn: Mapping[str, Any], heard: Sequence[Heard]) -> Iterator[str]:
    labels = heard[-1].labels if heard else ()
    if isinstance(turn.get("choices"), int) and len(labels) != turn["choices"]:
        yield f"choices {labels}"
    if isinstance(turn.get("choices"), list) and list(labels) != turn["choices"]:
        yield f"choices {labels}"
    if "lines" in turn and (len(heard) != 1 or len(heard[0].text.splitlines()) > turn["lines"]):
        yield "not one short message"
    for one in heard:
        if not one.text.strip() or len(one.text) > 1_500 or "{" in one.text:
            yield f"unfit: {one.text}"


def _place(row: Mapping[str, Any]) -> tuple[str, int]:
    turn, _, place = str(row["id"]).rpartition(":")
    return turn, int(place)


def _in(wanted: str, text: str) -> bool:
    if len(wanted) > 2 and wanted.startswith("/") and wanted.endswith("/"):
        return re.search(wanted[1:-1], text) is not None
    return wanted in text


def _length(written: str) -> timedelta:
    return timedelta(**{UNITS[written[-1]]: float(written[:-1])})


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""

    def work(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in metadata.sorted_tables
        }

    return await database.read(work)
