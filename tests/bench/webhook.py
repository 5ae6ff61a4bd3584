"""From a platform's call of the webhook to the answer on its way: the whole service, over HTTP.

    python -m tests.bench.webhook

`bot serve` runs as a process of its own, with the real content and the trained model, on SQLite
and on PostgreSQL. An emulated platform posts 50 updates a second and takes what is sent. Beside
it, in the same run, the smallest bot that can be written (`echo.py`) meets the same load: the
ratio to it is what understanding, answering and storing cost. Writes its section of RESULTS.md.

What the platforms let through is less than this load (`data/channels.yaml`: Zalo 10 messages a
second, Telegram 20), so those limits are lifted here, in a copy of `data/` and in the emulators:
the machine is measured, not the limit.
"""

import asyncio
import json
import os
import platform as machine
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from bot.clock import now
from nlu.engine import Engine
from tests.bench.turn import A_SECOND, SAID, SECONDS, postgresql, write
from tests.emulators import telegram, zalo_bot

HEADING = "## From webhook to answer"
ROOT = Path(__file__).parents[2]
WARM_UP_S = 3
PEOPLE = 250
"""Each says something every five seconds, so that an answer can be told from the next one."""
BEGINNINGS = 6
"""First words are among the first of SAID: a lone «B» would be held back for four seconds, since
the rest of a sentence may follow. Where a question is open it is an answer."""
AT_ONCE = 40
"""Calls of the webhook under way: what Telegram does unless told otherwise."""
PATIENCE_S = 10
SECRET = "a-secret-of-the-bench"
TOKENS = {"zalo_bot": "1001:zalo-bench", "telegram": "2001:telegram-bench"}
HEADERS = {"zalo_bot": zalo_bot.SECRET_HEADER, "telegram": telegram.SECRET_HEADER}
_UNLIMITED = re.compile(r"^  (rates|quota):[^\n]*\n(?:    [^\n]*\n)*", re.MULTILINE)

Emulator = Any
"""Of either platform: what is used of them has the same names on both."""


@dataclass(frozen=True)
class Said:
    """One update that was posted."""

    person: Any
    message: Any
    begun: datetime
    status: int
    taken_s: float
    """From the post to the status."""


@dataclass(frozen=True)
class Measured:
    """One line of the table; times in milliseconds."""

    channel: str
    bot: str
    taken: Sequence[float]
    answered: Sequence[float]
    asked: int
    refused: int
    cpu_ms: float
    """Processor time of the bot's process, an update; a database server's is not in it."""


def main() -> None:
    """Measure all and write the section."""
    write(section(measure_all()))


def measure_all() -> list[Measured]:
    """Both platforms: the peer, then ours on both databases."""
    Engine.load(ROOT / "data", ROOT / "var/model")  # trained here when it is missing
    measured: list[Measured] = []
    with ExitStack() as stack:
        new_database = stack.enter_context(postgresql())
        for channel in TOKENS:
            measured.append(measure(channel, "echo", ""))
            measured.append(measure(channel, "SQLite", ""))
            measured.append(measure(channel, "PostgreSQL", new_database(f"bench_{channel}")))
    return measured


def measure(channel: str, name: str, database: str) -> Measured:
    """Start a bot, let people talk to it, look when they were answered."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        emulator = stack.enter_context(emulated(channel))
        port = free_port()
        if name == "echo":
            process = stack.enter_context(echoing(channel, emulator, port))
        else:
            process = stack.enter_context(serving(channel, emulator, port, folder, database))
        url = f"http://127.0.0.1:{port}/hook/{channel}"
        asyncio.run(talk(emulator, channel, url, seconds=WARM_UP_S))
        before = spent_s(process)
        said = asyncio.run(talk(emulator, channel, url, seconds=SECONDS))
        waits = waits_ms(emulator, said)
        cpu = spent_s(process) - before
    one = Measured(
        channel=channel,
        bot=name,
        taken=[one.taken_s * 1_000 for one in said],
        answered=waits,
        asked=len(said),
        refused=sum(one.status != 200 for one in said),
        cpu_ms=cpu / len(said) * 1_000,
    )
    print(line(one), flush=True)
    return one


# those who talk


async def talk(emulator: Emulator, channel: str, url: str, *, seconds: int) -> list[Said]:
    """Let new people say something at an even pace, whether they were answered or not."""
    people = [emulator.person(f"Bà {number}") for number in range(PEOPLE)]
    begun = time.perf_counter()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as client:

        async def come(number: int) -> Said:
            await asyncio.sleep(max(0.0, begun + number / A_SECOND - time.perf_counter()))
            turn, who = divmod(number, PEOPLE)
            text = SAID[turn + who % BEGINNINGS]
            return await say(emulator, channel, client, url, people[who], text)

        said = await asyncio.gather(*(come(n) for n in range(A_SECOND * seconds)))
    await asyncio.to_thread(
        emulator.until, lambda: len(waits_ms(emulator, said)) == len(said), PATIENCE_S
    )
    return said


async def say(
    emulator: Emulator,
    channel: str,
    client: aiohttp.ClientSession,
    url: str,
    person: Any,
    text: str,
) -> Said:
    """Say it, and post the update at once, whatever else is under way."""
    with emulator.lock:
        message = emulator.says(person, text)
        update = emulator.account().pending.pop()
    headers = {HEADERS[channel]: SECRET, "Content-Type": "application/json"}
    at, begun = now(), time.perf_counter()
    async with client.post(url, headers=headers, data=json.dumps(update).encode()) as answer:
        return Said(person, message, at, answer.status, time.perf_counter() - begun)


def waits_ms(emulator: Emulator, said: Sequence[Said]) -> list[float]:
    """From each post to the first message of the bot that stands after what was said."""
    begun = {id(one.message): one.begun for one in said}
    waits: list[float] = []
    for person in {id(one.person): one.person for one in said}.values():
        asked: datetime | None = None
        for message in emulator.messages(person):
            if not message.by_bot:
                asked = begun.get(id(message))
            elif asked is not None:
                waits.append((message.at - asked).total_seconds() * 1_000)
                asked = None
    return waits


def emulated(channel: str) -> Emulator:
    """A platform that lets everything through."""
    if channel == "zalo_bot":
        emulator: Emulator = zalo_bot.ZaloBot(now)
        emulator.limited = False
    else:
        emulator = telegram.Telegram(now)
        emulator.flood = None
    emulator.bot(TOKENS[channel])
    return emulator


# those who answer


@contextmanager
def serving(
    channel: str, emulator: Emulator, port: int, folder: Path, database: str
) -> Generator[psutil.Process]:
    """`bot serve` in a folder of its own, until the block ends."""
    shutil.copytree(ROOT / "data", folder / "data")
    limits = folder / "data/channels.yaml"
    text = limits.read_text(encoding="utf-8")
    limits.write_text(_UNLIMITED.sub(r"  \1: {}\n", text), encoding="utf-8")
    (folder / "var").mkdir()
    (folder / "var/model").symlink_to(ROOT / "var/model")
    settings = {
        "operator_name": "Bench",
        "operator_contact": "028 1234",
        "privacy_text": "Bench",
        "base_url": "https://bench.example",
        "port": str(port),
        "database_url": database,
        "log_level": "ERROR",
        "webhook_secret": SECRET,
        f"{channel}_token": TOKENS[channel],
        f"{channel}_api": emulator.url,
        f"{channel}_updates": "webhook",
    }
    given = {f"BOT_{name.upper()}": value for name, value in settings.items()}
    with running([str(Path(sys.executable).parent / "bot"), "serve"], folder, given) as process:
        if not emulator.until(lambda: emulator.called("setWebhook"), 60):
            raise TimeoutError("bot serve did not start")
        wait_for(port)
        yield process


@contextmanager
def echoing(channel: str, emulator: Emulator, port: int) -> Generator[psutil.Process]:
    """The peer."""
    given = [channel, str(port), emulator.url, TOKENS[channel], SECRET]
    with running([sys.executable, "-m", "tests.bench.echo", *given], ROOT, {}) as process:
        wait_for(port)
        yield process


@contextmanager
def running(command: list[str], folder: Path, given: dict[str, str]) -> Generator[psutil.Process]:
    """A process that is asked to stop when the block ends; it writes to this terminal's errors."""
    with subprocess.Popen(command, cwd=folder, env=os.environ | given, stdout=sys.stderr) as child:
        try:
            yield psutil.Process(child.pid)
        finally:
            child.terminate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port: int) -> None:
    """Return when somebody listens there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nobody listens on {port}")


def spent_s(process: psutil.Process) -> float:
    """Processor time of the process so far."""
    times = process.cpu_times()
    return times.user + times.system


# what is written


def section(measured: Sequence[Measured]) -> str:
    """The section of RESULTS.md."""
    lines = [
        HEADING,
        "",
        f"`python -m tests.bench.webhook`, {now():%Y-%m-%d %H:%M}, Python "
        f"{machine.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[1]:.1f}. "
        "The emulated platform, the bot and PostgreSQL share them.",
        "",
        f"{A_SECOND} updates a second for {SECONDS} s by {PEOPLE} people, none of whom the bot "
        "knew before; «200» is from the post to its status, «answer» from the post to the "
        "moment the platform has the (first) message. Ours stores before it says 200; echo says "
        "200, then answers, and stores nothing. «Busy» is its process's processor time, an update.",
        "",
        "The platforms' own limits are lifted here (Zalo 10 messages a second, ours; Telegram "
        "20 of its 30): with them, an account is slower than this load, and what is more waits.",
        "",
        "| platform | bot | answered | 200: p50 | p95 | p99 | answer: p50 | p95 | p99 | busy |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(line(one) for one in measured),
        "",
    ]
    peers = {one.channel: median(one) for one in measured if one.bot == "echo"}
    for one in measured:
        if one.bot != "echo":
            ratio = median(one) / peers[one.channel]
            lines.append(f"- {one.channel}, {one.bot}: {ratio:.1f} times echo's p50.")
    return "\n".join([*lines, ""])


def line(one: Measured) -> str:
    """One line of the table."""
    refused = f", {one.refused} refused" if one.refused else ""
    return (
        f"| {one.channel} | {one.bot} | {len(one.answered):,} of {one.asked:,}{refused} "
        f"| {percentiles(one.taken)} | {percentiles(one.answered)} | {one.cpu_ms:.1f} ms |"
    )


def median(one: Measured) -> float:
    """Milliseconds until half of them were answered."""
    return statistics.median(one.answered)


def percentiles(waits: Sequence[float]) -> str:
    """p50, p95 and p99, as three cells."""
    cut = statistics.quantiles(waits, n=100)
    return " | ".join(f"{cut[at - 1]:.0f} ms" for at in (50, 95, 99))


if __name__ == "__main__":
    main()
