"""What holds over whole sets: no evaluation line is trained on, no sibling's steps are given."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.authoring.located import located
from bot.authoring.similar import overlapping
from bot.clock import CITY
from bot.content import load
from bot.rehearsal import CHAT
from flows.content import Content
from flows.dialog import Dialog
from flows.interpret import interpret
from flows.snapshots import Standing
from flows.turn import Said
from nlu.engine import Engine
from nlu.phrases import files, read
from nlu.spelling import expand

HERE = Path(__file__).parent
DATA = Path("data")
NEARLY = 0.85
"""Of the groups of four letters of both texts, the share that both have."""
AT = datetime(2026, 11, 25, 8, tzinfo=CITY)


@pytest.fixture(scope="module")
def taught() -> Content:
    return load(DATA)


@pytest.fixture(scope="module")
def trained() -> Engine:
    return Engine.load(DATA, Path("var/model"))


FEWEST = 3
"""Words: "xin chào", "stop" and "cấp cứu" are said by everybody alike."""

SIBLINGS = [json.loads(line) for line in (HERE / "siblings.jsonl").read_text().splitlines()]


class Read(NamedTuple):
    """A text of an evaluation file or of the training phrases, as the model reads it."""

    where: str
    text: str
    folded: str


@pytest.fixture(scope="module")
def measured() -> list[Read]:
    """Every line that says what is meant by words; a choice from a list is no phrase."""
    found: list[Read] = []
    for file in sorted(HERE.glob("*.jsonl")):
        for number, written in enumerate(file.read_text("utf-8").splitlines(), start=1):
            line = json.loads(written)
            folded = expand(line["text"])
            if line.get("intent", "choice") != "choice" and len(folded.split()) >= FEWEST:
                found.append(Read(f"{file.name}:{number}", line["text"], folded))
    return found


@pytest.fixture(scope="module")
def learned() -> list[Read]:
    return [Read(one.where, one.phrase.text, expand(one.phrase.text)) for one in located(DATA)]


def test_no_line_of_an_evaluation_set_is_a_training_phrase(
    measured: list[Read], learned: list[Read]
) -> None:
    trained = {one.folded: one for one in learned}
    same = [(one, trained[one.folded]) for one in measured if one.folded in trained]
    assert not same, offenders(same)


def test_no_line_of_an_evaluation_set_is_nearly_a_training_phrase(
    measured: list[Read], learned: list[Read]
) -> None:
    """The same words in another order, or nearly all groups of four letters in common."""
    same = {one.folded for one in learned}
    others_words = [one for one in measured if one.folded not in same]
    reordered = {tuple(sorted(one.folded.split())): one for one in learned}
    near = [
        (one, reordered[words])
        for one in others_words
        if (words := tuple(sorted(one.folded.split()))) in reordered
    ]
    found = {one.where for one, _ in near}
    ones, others = [one.folded for one in others_words], [one.folded for one in learned]
    for left, right in overlapping(ones, others, least=NEARLY):
        if others_words[left].where not in found:
            found.add(others_words[left].where)
            near.append((others_words[left], learned[right]))
    assert not near, offenders(near)


def offenders(pairs: list[tuple[Read, Read]]) -> str:
    """Which line to drop, or which phrase to write in other words."""
    lines = [f"{one.where} «{one.text}» is «{other.text}» {other.where}" for one, other in pairs]
    return "\n".join([f"{len(lines)} lines", *lines])


def test_every_topic_has_phrases(taught: Content) -> None:
    counts: dict[str, int] = {}
    for path in files(DATA):
        for phrase in read(path):
            if phrase.label.topic is not None:
                counts[phrase.label.topic] = counts.get(phrase.label.topic, 0) + 1
    assert set(counts) == set(taught.topics)
    assert min(counts.values()) >= 10


@pytest.mark.parametrize("line", SIBLINGS, ids=[line["text"][:60] for line in SIBLINGS])
def test_no_sibling_gives_its_steps(line: dict[str, Any], trained: Engine, taught: Content) -> None:
    understood = trained.parse(line["text"])
    act = interpret(
        Said(text=understood.text),
        understood,
        Dialog(),
        taught,
        chat=CHAT,
        standing=Standing(),
        at=AT,
    ).act
    assert not (act.name == "howto.open" and act.arg in line["not"])
