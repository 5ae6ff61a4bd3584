"""Which patterns of the emergency screens a text meets, and which one takes that back.

`nlu/screen.py` says what was found; who mends `data/nlu/words/screens.yaml` needs the pattern.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from nlu import screen
from nlu.words import table

_SCREENS = ("scam", "danger", "misuse")
_UNLESS = "unless"


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
    read = screen._read(folded)  # pyright: ignore[reportPrivateUsage] - looks inside on purpose
    for name in _SCREENS:
        met = list(_met(name, read))
        if any(one.kind != _UNLESS for one in met):
            yield from met


def _met(name: str, read: str) -> Iterator[Fired]:
    compiled = screen._screen(name)  # pyright: ignore[reportPrivateUsage]
    written = cast("dict[str, list[str]]", table("screens")[name])
    for kind, patterns in compiled.items():
        for source, pattern in zip(written[kind], patterns, strict=True):
            found = pattern.search(read)
            if found is not None:
                yield Fired(name, kind, source, found[0])
