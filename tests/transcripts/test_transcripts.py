"""Golden transcripts: the conversations of the core, word for word, over a small frozen course."""

from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from play import World, sent, shown, told
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.content import load
from flows.content import Content
from flows.events import Event
from flows.replies import ActName
from flows.respond import ANSWERS

HERE = Path(__file__).parent
FILES = sorted(HERE.rglob("*.yaml"))


@cache
def course() -> Content:
    return load(HERE.parent / "content")


def reader() -> YAML:
    yaml = YAML()
    yaml.width = 4_096
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HERE))[:-5])
def test_transcript(path: Path, golden: bool) -> None:
    yaml = reader()
    story: Any = yaml.load(path.read_text())
    world = World.of(story, course())
    for turn in story["turns"]:
        outcome = world.play(turn)
        replies = [line for reply in outcome.replies for line in shown(reply)]
        events = [told(event) for event in outcome.events]
        elsewhere = [sent(message) for message in outcome.messages]
        if golden:
            turn["replies"] = [_written(line) for line in replies]
            turn.pop("elsewhere", None)
            if elsewhere:
                turn["elsewhere"] = [{**one, "text": _written(one["text"])} for one in elsewhere]
            turn["events"] = events
        else:
            assert {
                "replies": turn["replies"],
                "elsewhere": turn.get("elsewhere", []),
                "events": turn["events"],
            } == {"replies": replies, "elsewhere": elsewhere, "events": events}
        assert bool(turn.get("held")) == outcome.held
    if golden:
        with path.open("w") as file:
            yaml.dump(story, file)


def test_every_event_and_every_act_has_a_transcript() -> None:
    events: set[str] = set()
    acts: set[str] = set()
    for path in FILES:
        story: Any = YAML(typ="safe").load(path.read_text())
        for turn in story["turns"]:
            events |= {name for event in turn["events"] for name in event}
        acts |= _acts(story)
    assert {event.__dataclass_fields__["type"].default for event in get_args(Event)} <= events
    assert set(get_args(ActName)) == set(ANSWERS)
    assert set(get_args(ActName)) <= acts


def _written(line: Any) -> Any:
    return LiteralScalarString(line) if isinstance(line, str) and "\n" in line else line


def _acts(story: Any) -> set[str]:
    world = World.of(story, course())
    for turn in story["turns"]:
        world.play(turn)
    return world.acts
