"""Which patterns of the screens a text meets, and which one takes that back.

`nlu/screen.py` says what was found; who mends `data/nlu/words/screens.yaml` needs the pattern. A
screen that finds without a pattern has none here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from nlu.normalise import fold
from nlu.words import table

_NO_SCREENS = frozenset({"names", "parts"})
_UNLESS = "unless"
_BETWEEN = {"~": r"(?:[a-z0-9]+ ){0,5}", "≈": r"(?:[a-z0-9]+ ){0,12}"}


@dataclass(frozen=True, slots=True)
class Fired:
    """A pattern that was met."""

    screen: str
    kind: str
    """`unless`: this one takes back what the others of its screen found."""
    pattern: str
    """As it is written in the table."""
    words: str
    """The stretch of the folded text that meets it."""


def fired(folded: str) -> Iterator[Fired]:
    """Every pattern that a folded text meets; `unless` only where something is taken back."""
    read = folded
    for name in cast("list[str]", table("screens").get("names", [])):
        read = read.replace(fold(name), "")
    for screen, kinds in _screens().items():
        met = [
            Fired(screen, kind, written, found[0])
            for kind, patterns in kinds.items()
            for written, pattern in patterns.items()
            if (found := pattern.search(read)) is not None
        ]
        if any(one.kind != _UNLESS for one in met):
            yield from met


@cache
def _screens() -> Mapping[str, Mapping[str, Mapping[str, re.Pattern[str]]]]:
    """Screen, kind, pattern as written: the pattern compiled."""
    tree = table("screens")
    parts = {
        name: str(words).replace(" |", "|")
        for name, words in cast("dict[str, str]", tree.get("parts", {})).items()
    }
    return {
        screen: {
            kind: {written: _compiled(written, parts) for written in patterns}
            for kind, patterns in cast("dict[str, list[str]]", kinds).items()
        }
        for screen, kinds in tree.items()
        if screen not in _NO_SCREENS
    }


def _compiled(written: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    """The pattern language of the table, as its first lines explain it."""
    for name, words in parts.items():
        written = written.replace(f"{{{name}}}", words)
    for mark, words in _BETWEEN.items():
        written = written.replace(mark, words)
    return re.compile(rf"\b(?:{written})(?![a-z0-9])")
