"""Which patterns of the screens a text meets, and which one takes that back.

`nlu/screen.py` says what was found; who mends `data/nlu/words/screens.yaml` needs the pattern. A
screen that finds without a pattern has none here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from nlu import screen

_SCREENS = ("scam", "danger", "misuse")


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
    read = screen.read(folded)
    for name in _SCREENS:
        met = [
            Fired(name, kind, written, found[0])
            for kind, patterns in screen.patterns(name).items()
            for written, pattern in patterns.items()
            if (found := pattern.search(read)) is not None
        ]
        if any(one.kind != screen.UNLESS for one in met):
            yield from met
