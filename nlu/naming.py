"""What a message names: apps, and what that leaves of each reading; or a bare thing.

A topic of one app is hardly meant where only other apps are named: its steps would be wrong, and
with official accounts a wrong step does harm. Names and topics stand in
`data/nlu/words/apps.yaml`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import cast

from nlu.normalise import fold
from nlu.understanding import Candidate
from nlu.words import strings, table

_LEFT = 0.03
"""What is left of a reading whose app is not the one named."""
_STORY = 16
"""Words: a longer text names an app beside what it asks ("tôi chạy Grab, …")."""
_OUTSIDE = "out_of_scope"


def named(folded: str) -> frozenset[str]:
    """The apps that a folded text names; a story names none to rely on."""
    if len(folded.split()) > _STORY:
        return frozenset()
    return frozenset(app for app, pattern in _names().items() if pattern.search(folded))


def bare(folded: str) -> bool:
    """Whether the words only name a thing: "cái ứng dụng", "mã qr đó"."""
    words = folded.split()
    return bool(words) and _things().issuperset(words)


def weighed(candidates: Iterable[Candidate], apps: frozenset[str]) -> list[Candidate]:
    """The readings, best first, after what belongs to other apps was taken from them.

    What is taken goes to `out_of_scope`: it was sure of the words, not of the app.
    """
    given = list(candidates)
    if not apps:
        return given
    taken = 0.0
    kept: list[Candidate] = []
    for candidate in given:
        fits = _fits(candidate.topic)
        if fits is not None and not fits & apps:
            taken += candidate.p * (1 - _LEFT)
            candidate = replace(candidate, p=candidate.p * _LEFT)
        kept.append(candidate)
    return sorted(_outside(kept, taken), key=lambda candidate: -candidate.p)


def _outside(candidates: list[Candidate], more: float) -> list[Candidate]:
    others = [candidate for candidate in candidates if candidate.intent != _OUTSIDE]
    already = sum(candidate.p for candidate in candidates if candidate.intent == _OUTSIDE)
    return [*others, Candidate(intent=_OUTSIDE, topic=None, p=already + more)]


def _fits(topic: str | None) -> frozenset[str] | None:
    """The apps a topic may go with; None when any."""
    if topic is None:
        return None
    return _table().get(topic, _table().get(topic.partition("/")[0]))


@cache
def _things() -> frozenset[str]:
    return frozenset(fold(word) for word in strings("apps", "things"))


@cache
def _table() -> Mapping[str, frozenset[str]]:
    written = cast("dict[str, list[str]]", table("apps")["fits"])
    return {topic: frozenset(apps) for topic, apps in written.items()}


@cache
def _names() -> Mapping[str, re.Pattern[str]]:
    written = cast("dict[str, list[str]]", table("apps")["names"])
    return {
        app: re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
        for app, names in written.items()
    }
