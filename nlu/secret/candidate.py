"""What could be a secret: a stretch of the text, and the views in which it is looked for."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nlu.normalise import fold, plain
from nlu.spelling import unkeyed
from nlu.words import table

Kind = Literal["none", "personal", "otp", "password", "pin", "cvv", "card", "id_number"]
Sort = Literal["digits", "spoken", "token", "words"]

_TAKEN = "\0"
_KEYED = re.compile(r"[a-z0-9]+")
_GROUP = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of the text that could have to be masked."""

    start: int
    end: int
    sort: Sort
    value: str
    """The digits of a number or of spoken digits; else the folded token or words."""
    fixed: Kind | None = None
    """What it is whatever stands around; `none` marks an innocent number."""
    groups: tuple[int, ...] = ()
    """How many digits stand together, of a number written in groups."""
    is_amount: bool = False
    """Whether it is written as amounts are: "1.250.000", "350000"."""


@dataclass(frozen=True, slots=True)
class Views:
    """One text in three spellings of the same length."""

    shown: str
    """As it was typed, in NFC."""
    flat: str
    """Lower case without accents."""
    keyed: str
    """The same, Telex and VNI residue undone."""

    @staticmethod
    def of(shown: str) -> "Views":
        """Give the views of a text in NFC."""
        flat = plain(shown)
        return Views(shown, flat, read_keys(flat))

    def without(self, found: list[Candidate]) -> "Views":
        """Blot out in the folded views what was found."""
        return Views(self.shown, _blotted(self.flat, found), _blotted(self.keyed, found))

    def is_free(self, candidate: Candidate) -> bool:
        """Whether nothing of it was blotted out."""
        return _TAKEN not in self.flat[candidate.start : candidate.end]


def _blotted(text: str, found: list[Candidate]) -> str:
    pieces: list[str] = []
    at = 0
    for candidate in found:
        pieces += [text[at : candidate.start], _TAKEN * (candidate.end - candidate.start)]
        at = candidate.end
    return "".join([*pieces, text[at:]])


def read_keys(flat: str) -> str:
    """Undo Telex and VNI residue, but in words that are ours as they stand ("pw")."""
    keyed = unkeyed(flat)
    if keyed == flat:
        return flat
    return _KEYED.sub(
        lambda word: word[0] if word[0] in _short_words() else keyed[slice(*word.span())], flat
    )


@cache
def _short_words() -> frozenset[str]:
    return frozenset(
        fold(word)
        for name in ("code", "pin", "cvv", "password", "id", "account")
        for word in company(name)
    )


def company(name: str) -> tuple[str, ...]:
    """Give the words of one list of company."""
    lists: dict[str, list[str]] = table("secrets")["company"]
    return tuple(str(word) for word in lists[name])


def digits_of(run: str) -> str:
    """Give the digits of a run, without what stands between."""
    return "".join(_GROUP.findall(run))
