"""The screens by pattern: what can only be a cry for help, and whether this bot is being misused.

All read the folded and expanded text and look for patterns of `data/nlu/words/screens.yaml`.
Emergencies are heard by `nlu/alarm.py`, which has learned them; the few patterns here are a net
under it. A question about scams, a warning, or a loss of last month is withdrawn by `unless`.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeVar, cast, get_args

from nlu.normalise import fold
from nlu.understanding import DangerKind, ScamKind
from nlu.words import mapping, strings, table

_LONGEST = 4_000
"""Characters; what follows is not screened, so that a pasted book costs no seconds."""

_Kind = TypeVar("_Kind")
UNLESS = "unless"
"""The group of patterns that take back what the others of their screen found."""
Screen = Mapping[str, Mapping[str, re.Pattern[str]]]
"""Kinds, and their patterns by how they are written in the table."""


def scam(folded: str) -> ScamKind | None:
    """What has already happened in a scam in progress, or None."""
    return _found(read(folded), patterns("scam"), get_args(ScamKind))


def danger(folded: str) -> DangerKind | None:
    """The danger that someone is in, or None."""
    return _found(read(folded), patterns("danger"), get_args(DangerKind))


def misuse(folded: str) -> bool:
    """Whether it asks for what belongs to others or tries to make the bot leave its role."""
    return _found(read(folded), patterns("misuse"), ("misuse",)) is not None


def read(folded: str) -> str:
    """What is screened; names that hold a word of the patterns are taken out."""
    text = folded[:_LONGEST]
    for name in strings("screens", "names"):
        text = text.replace(fold(name), "")
    return text


@cache
def patterns(screen: str) -> Screen:
    """All patterns of `scam`, `danger` or `misuse`."""
    parts = {key: words.replace(" |", "|") for key, words in mapping("screens", "parts").items()}
    groups = cast("dict[str, list[str]]", table("screens")[screen])
    return {
        kind: {written: _pattern(written, parts) for written in all_}
        for kind, all_ in groups.items()
    }


def _found(folded: str, screen: Screen, kinds: tuple[_Kind, ...]) -> _Kind | None:
    for kind, group in screen.items():
        if kind == UNLESS:
            continue
        if any(pattern.search(folded) for pattern in group.values()):
            withdrawn = any(pattern.search(folded) for pattern in screen[UNLESS].values())
            return None if withdrawn else kinds[kinds.index(cast("_Kind", kind))]
    return None


def _pattern(written: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    """Compile a pattern of the table: {name} is a part, ~ up to five words, ≈ up to twelve."""
    for name, words in parts.items():
        written = written.replace(f"{{{name}}}", words)
    for mark, most in (("~", 5), ("≈", 12)):
        written = written.replace(mark, rf"(?:[a-z0-9]+ ){{0,{most}}}")
    return re.compile(rf"\b(?:{written})(?![a-z0-9])")
