"""Rasa 3.6 beside our own model: the same share of the phrases, the same questions, one run.

    make rasa        (builds Rasa's environment first; then a quarter of an hour on two cores)

All phrases are validated by `rasa data validate`. Then both learn the share; the contract suite
is played against the running server; each answers the development set through `Engine.parse`, as
the bot would ask it, bound to one core. Writes its section of RESULTS.md.
"""

import json
import os
import platform as machine
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from structlog.testing import capture_logs

from bot.clock import now
from bot.evaluation import Labelled
from bot.rasa import project as projects
from bot.rasa import tool
from bot.rasa.project import Project
from nlu.classifier import reading
from nlu.engine import Engine
from nlu.lexical import Lexical
from nlu.phrases import files
from nlu.phrases import read as phrases_of
from nlu.rasa import Client, Rasa
from tests.bench.turn import write
from tests.bench.webhook import free_port, spent_s

HEADING = "## Beside Rasa"
ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
PROJECT = Project(ROOT / "var" / "rasa")
SET = ROOT / "tests" / "understanding"
WARM_UP = 50
NOT_A_LABEL = frozenset({"choice", "sensitive.secret"})
"""Lines that no model decides: an open list, a screen."""


@dataclass(frozen=True)
class Learned:
    """What training took."""

    seconds: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Played:
    """What one engine made of the questions; times in milliseconds."""

    start_s: float
    memory_mb: float
    cpu_ms: float
    """Processor time a message, of every process that works on it."""
    model_ms: float
    """What of it the model takes: Rasa's server, or our model alone."""
    p50_ms: float
    p99_ms: float
    howto: float
    among_three: float
    other: float


def main() -> None:
    """Validate, train, play the contract, measure, write."""
    phrases = projects.write(DATA, PROJECT)
    tool.validate(PROJECT, DATA)
    print("rasa data validate: all phrases, no fault and no warning", flush=True)
    spent = tool.train(PROJECT)
    print(f"rasa train nlu: {spent.seconds:.0f} s", flush=True)
    peer = Learned(spent.seconds, spent.cpu_s, spent.peak_mb)
    share = learned(PROJECT.share, PROJECT.share / "model")
    whole = learned(DATA, PROJECT.folder / "ours")
    bind_to_one_core()
    with tool.serving(PROJECT, free_port()) as server:
        play_contract(server)
        of_rasa = played_by(server)
    lines = [
        line("ours, the share", share, played(PROJECT.share, PROJECT.share / "model")),
        line("Rasa, the share", peer, of_rasa),
        line("ours, all phrases", whole, played(DATA, PROJECT.folder / "ours")),
    ]
    print("\n".join(lines), flush=True)
    write(section(lines, phrases))


# one engine in a process of its own


def learned(data: Path, cache: Path) -> Learned:
    """Train our model in a child, so that its memory is its own."""
    shutil.rmtree(cache, ignore_errors=True)
    return Learned(**child("train", data, cache))


def played(data: Path, cache: Path) -> Played:
    """Answer all questions in a child, with our model."""
    return Played(**child("play", data, cache, ""))


def played_by(server: tool.Server) -> Played:
    """The same with Rasa: start and memory are the server's, processor time is of both."""
    process = psutil.Process(server.pid)
    before = spent_s(process)
    asked = child("play", PROJECT.share, PROJECT.share / "model", server.url)
    cpu_ms = (spent_s(process) - before) / (len(questions()) + WARM_UP) * 1_000
    of_server = {
        "start_s": server.start_s,
        "memory_mb": process.memory_info().rss / 2**20,
        "cpu_ms": asked["cpu_ms"] + cpu_ms,
        "model_ms": cpu_ms,
    }
    return Played(**(asked | of_server))


def child(*arguments: str | Path) -> dict[str, float]:
    """Run this file in another process and read what it measured."""
    given = [sys.executable, "-m", "tests.bench.rasa", *map(str, arguments)]
    done = subprocess.run(given, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def train(data: Path, cache: Path) -> dict[str, float]:
    """In the child: learn, and tell what it took."""
    begun, cpu = time.perf_counter(), time.process_time()
    Lexical.load(data, cache)
    return {
        "seconds": time.perf_counter() - begun,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024,
    }


def play(data: Path, cache: Path, url: str) -> dict[str, float]:
    """In the child: start, answer every question, tell how fast and how right."""
    bind_to_one_core()
    engine = Engine.load(data, cache)
    start = time.time() - psutil.Process().create_time()
    own = Lexical.load(data, cache)
    if url:
        client = Client(url, answer_s=5)  # on a busy machine, and an outage would be a fault here
        engine = Engine(Rasa(client, own))
    with capture_logs() as logs:
        measured = answered(engine)
    if logs:
        raise SystemExit(f"Rasa was away: {logs}")
    return measured | {
        "start_s": start,
        "memory_mb": psutil.Process().memory_info().rss / 2**20,
        "model_ms": alone_ms(own),
    }


def alone_ms(model: Lexical) -> float:
    """Processor time a message of our model without the engine around it."""
    texts = [reading(one.text) for one in questions()]
    cpu = time.process_time()
    for text in texts:
        model.ranked(text)
    return (time.process_time() - cpu) / len(texts) * 1_000


def answered(engine: Engine) -> dict[str, float]:
    """Every question once; how long it took, and how often the right reading stood first."""
    asked = questions()
    for one in asked[:WARM_UP]:
        engine.parse(one.text)
    waits: list[float] = []
    howto: list[bool] = []
    among_three: list[bool] = []
    other: list[bool] = []
    cpu = time.process_time()
    for one in asked:
        begun = time.perf_counter()
        candidates = engine.parse(one.text).candidates
        waits.append((time.perf_counter() - begun) * 1_000)
        if one.intent == "howto":
            right = [candidate.topic in one.topics for candidate in candidates[:3]]
            howto.append(right[:1] == [True])
            among_three.append(any(right))
        else:
            other.append([candidate.intent for candidate in candidates[:1]] == [one.intent])
    return {
        "cpu_ms": (time.process_time() - cpu) / len(asked) * 1_000,
        "p50_ms": statistics.median(waits),
        "p99_ms": statistics.quantiles(waits, n=100)[98],
        "howto": statistics.mean(howto),
        "among_three": statistics.mean(among_three),
        "other": statistics.mean(other),
    }


def questions() -> list[Labelled]:
    """The lines of the development set that stand alone and have a label."""
    files = sorted(SET.glob("development*.jsonl"))
    texts = [text for file in files for text in file.read_text("utf-8").splitlines()]
    lines = [Labelled.model_validate_json(text) for text in texts]
    return [line for line in lines if not line.context and line.intent not in NOT_A_LABEL]


def bind_to_one_core() -> None:
    """This process, and what it starts from now on."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def play_contract(server: tool.Server) -> None:
    """The suite that every model must pass, on this server. Raises CalledProcessError."""
    named = {"RASA_URL": server.url, "RASA_DATA": str(PROJECT.share)}
    suite = [sys.executable, "-m", "pytest", "-q", "tests/understanding/test_models.py"]
    subprocess.run(suite, cwd=ROOT, env=os.environ | named, check=True)


# what is written


def section(lines: Sequence[str], phrases: int) -> str:
    """The section of RESULTS.md."""
    asked = questions()
    howtos = sum(line.intent == "howto" for line in asked)
    every = sum(len(phrases_of(file)) for file in files(DATA))
    usual = every / phrases * 100 / projects.EPOCHS
    return "\n".join(
        [
            HEADING,
            "",
            f"`make rasa`, {now():%Y-%m-%d %H:%M}, Python {machine.python_version()} (Rasa: 3.10), "
            f"{os.cpu_count()} processors, load {os.getloadavg()[1]:.1f}.",
            "",
            f"The share is {phrases:,} phrases, {projects.PHRASES} of each label; DIET learned it "
            f"in {projects.EPOCHS} epochs. All phrases and its usual 100 epochs would be "
            f"{usual:.0f} times that work. Both read the same folded words. "
            f"{len(asked):,} lines of the development set, {howtos:,} of them how-tos, go through "
            "`Engine.parse` with either model. Whatever works on a message is bound to one core, "
            "and its processor time is what a message costs; «model» is the part of Rasa's server, "
            "or of our model alone. Training may use every core. «Right» is the first reading, "
            "without asking back or refusing.",
            "",
            "| engine | training | processor time of it | memory of it | start | memory "
            "| messages/s of a core | a message | of it the model | p50 | p99 "
            "| how-to right | among three | other intents |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
            *lines,
            "",
        ]
    )


def line(name: str, trained: Learned, one: Played) -> str:
    """One line of the table."""
    return (
        f"| {name} | {trained.seconds:,.0f} s | {trained.cpu_s:,.0f} s "
        f"| {trained.peak_mb:,.0f} MB | {one.start_s:.1f} s "
        f"| {one.memory_mb:,.0f} MB | {1_000 / one.cpu_ms:,.0f} "
        f"| {one.cpu_ms:.2f} ms | {one.model_ms:.2f} ms | {one.p50_ms:.1f} ms "
        f"| {one.p99_ms:.1f} ms | {one.howto:.1%} | {one.among_three:.1%} | {one.other:.1%} |"
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["train", data, cache]:
            print(json.dumps(train(Path(data), Path(cache))))
        case ["play", data, cache, url]:
            print(json.dumps(play(Path(data), Path(cache), url)))
        case _:
            main()
