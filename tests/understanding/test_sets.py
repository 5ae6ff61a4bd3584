"""What holds over whole sets: no evaluation line is trained on, no sibling's steps are given."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

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
AT = datetime(2026, 11, 25, 8, tzinfo=CITY)


@pytest.fixture(scope="module")
def taught() -> Content:
    return load(DATA)


@pytest.fixture(scope="module")
def trained() -> Engine:
    return Engine.load(DATA, Path("var/model"))


SIBLINGS = [json.loads(line) for line in (HERE / "siblings.jsonl").read_text().splitlines()]


def test_no_line_of_an_evaluation_set_is_a_training_phrase() -> None:
    trained = {expand(phrase.text) for path in files(DATA) for phrase in read(path)}
    lines = [
        json.loads(line) for path in HERE.glob("*.jsonl") for line in path.read_text().splitlines()
    ]
    same = [line["text"] for line in lines if line["intent"] != "choice"]
    assert [text for text in same if expand(text) in trained] == []


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
