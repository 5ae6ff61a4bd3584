"""Reading the training phrases: Rasa YAML under `data/nlu/howto` and `data/nlu/intent`.

A how-to's intent is `ask_howto/<domain>.<topic>` there, and becomes (`howto`, `<domain>/<topic>`)
here; every other intent keeps its name.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

FOLDERS = ("howto", "intent")
_HOWTO = "ask_howto/"
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
"""Rasa's mark-up of an entity: `[8 giờ](time)`."""


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """What a phrase means."""

    intent: str
    topic: str | None


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing that people type."""

    text: str
    label: Label


class PhrasesBrokenError(ValueError):
    """A training file is not as Rasa's format wants it; the message names file and intent."""


def files(data: Path) -> list[Path]:
    """Give all training files of a data folder, in a fixed order."""
    return sorted(path for folder in FOLDERS for path in (data / "nlu" / folder).glob("*.yml"))


def read_all(data: Path) -> list[Phrase]:
    """Read all training phrases of a data folder, in a fixed order."""
    return [phrase for path in files(data) for phrase in read(path)]


def read(path: Path) -> list[Phrase]:
    """Read one file."""
    # ruamel.yaml leaves the type of its streams open.
    content: object = cast("Any", YAML(typ="safe", pure=True)).load(path)
    if not isinstance(content, dict):
        raise PhrasesBrokenError(f"{path.name}: expected `nlu:` with a list of intents")
    entries = cast("dict[str, list[dict[str, str]]]", content).get("nlu", [])
    return [phrase for entry in entries for phrase in _of_intent(entry, path)]


def _of_intent(entry: dict[str, str], path: Path) -> list[Phrase]:
    if "intent" not in entry or not isinstance(entry.get("examples"), str):
        raise PhrasesBrokenError(f"{path.name}: an entry needs `intent` and `examples: |`: {entry}")
    label = _label(entry["intent"])
    lines = (line.strip() for line in entry["examples"].splitlines())
    return [
        Phrase(_ENTITY.sub(r"\1", line.removeprefix("- ")), label)
        for line in lines
        if line.startswith("- ")
    ]


def _label(name: str) -> Label:
    if not name.startswith(_HOWTO):
        return Label(name, None)
    domain, _, topic = name.removeprefix(_HOWTO).partition(".")
    return Label("howto", f"{domain}/{topic}")
