"""How well emergencies are heard in text that nobody learned from, and how seldom in calm text.

Asserted a little below what was measured; a failure prints the lines.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from nlu.engine import Engine

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SCAM, DANGER = "emergency.scam", "emergency.danger"
ALSO_AN_EMERGENCY = ("safety/already_scammed",)
"""A loss that was just told of is answered well by the card and by this topic."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    intent: str
    topic: str | None
    heard: str | None


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(ROOT / "data", ROOT / "var" / "model")


@pytest.fixture(scope="module")
def hard(engine: Engine) -> list[Line]:
    return lines(engine, "emergencies.jsonl")


@pytest.fixture(scope="module")
def ordinary(engine: Engine) -> list[Line]:
    names = ("development_howto.jsonl", "development_other.jsonl")
    return [one for name in names for one in lines(engine, name) if not is_emergency(one)]


def lines(engine: Engine, name: str) -> list[Line]:
    found: list[Line] = []
    for written in (HERE / name).read_text(encoding="utf-8").splitlines():
        line = json.loads(written)
        understood = engine.parse(line["text"])
        heard = DANGER if understood.danger else SCAM if understood.scam else None
        found.append(Line(line["text"], line["intent"], line["topic"], heard))
    return found


def is_emergency(line: Line) -> bool:
    return line.intent in (SCAM, DANGER)


def share(some: Sequence[Line], of: Sequence[Line]) -> float:
    return len(some) / len(of)


@pytest.mark.parametrize(("intent", "least"), [(SCAM, 0.89), (DANGER, 0.90)])
def test_emergencies_are_heard(hard: list[Line], intent: str, least: float) -> None:
    cries = [one for one in hard if one.intent == intent]
    missed = [one for one in cries if one.heard is None]
    assert 1 - share(missed, cries) >= least, "\n".join(one.text for one in missed)


def test_scams_and_dangers_are_told_apart(hard: list[Line]) -> None:
    heard = [one for one in hard if is_emergency(one) and one.heard is not None]
    mixed = [one for one in heard if one.heard != one.intent]
    assert share(mixed, heard) <= 0.02, "\n".join(one.text for one in mixed)


def test_talk_that_sounds_like_an_emergency_is_mostly_left_alone(hard: list[Line]) -> None:
    calm = [one for one in hard if not is_emergency(one)]
    frightened = [one for one in calm if one.heard is not None]
    assert share(frightened, calm) <= 0.035, "\n".join(one.text for one in frightened)


def test_ordinary_messages_show_hardly_ever_a_card(ordinary: list[Line]) -> None:
    frightened = [
        one for one in ordinary if one.heard is not None and one.topic not in ALSO_AN_EMERGENCY
    ]
    assert share(frightened, ordinary) <= 0.007, "\n".join(one.text for one in frightened)
