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
from nlu.understanding import OUTSIDE, Candidate
from nlu.words import strings, table

_LEFT = 0.03
"""What is left of a reading whose app is not the one named."""
_FRIGHTENED = ("emergency.scam", "emergency.danger")
"""What somebody locked out sounds like; whether she is cheated, the alarm says."""
_FEW = 7
"""Words: who writes more says somehow which account is meant."""
_STORY = 16
"""Words: a longer text names an app beside what it asks ("tôi chạy Grab, …")."""


def named(folded: str) -> frozenset[str]:
    """The apps that a folded text names; a story names none to rely on."""
    if len(folded.split()) > _STORY:
        return frozenset()
    return frozenset(app for app, pattern in _names().items() if pattern.search(folded))


def bare(folded: str) -> bool:
    """Whether the words only name a thing: "cái ứng dụng", "mã qr đó"."""
    words = folded.split()
    return bool(words) and _things().issuperset(words)


def weighed(candidates: Iterable[Candidate], folded: str) -> list[Candidate]:
    """The readings of a folded text, best first, after what belongs to other apps was taken away.

    What is taken goes to `out_of_scope`: it was sure of the words, not of the app. Where few words
    tell of an account and do not say which, every one they may mean is as likely.
    """
    given = list(candidates)
    apps = named(folded)
    if not apps:
        return _shared(given) if _unnamed(folded) else given
    taken = 0.0
    kept: list[Candidate] = []
    for candidate in given:
        fits = _fits(candidate.topic)
        if fits is not None and not fits & apps:
            taken += candidate.p * (1 - _LEFT)
            candidate = replace(candidate, p=candidate.p * _LEFT)
        kept.append(candidate)
    return sorted(_outside(kept, taken), key=lambda candidate: -candidate.p)


def _unnamed(folded: str) -> bool:
    """Whether so few words are about an account that they do not name."""
    if len(folded.split()) > _FEW:
        return False
    told, unless = _unnamed_words()
    return told.search(folded) is not None and unless.search(folded) is None


def _shared(candidates: list[Candidate]) -> list[Candidate]:
    """Give all accounts the same share of what they have together."""
    topics = strings("apps", "unnamed_topics")
    meaning = [one for one in candidates if one.topic in topics or one.intent in _FRIGHTENED]
    others = [one for one in candidates if one not in meaning]
    p = sum(one.p for one in meaning) / len(topics)
    meant = [Candidate(intent="howto", topic=topic, p=p) for topic in topics]
    return sorted([*meant, *others], key=lambda candidate: -candidate.p)


def _outside(candidates: list[Candidate], more: float) -> list[Candidate]:
    others = [candidate for candidate in candidates if candidate.intent != OUTSIDE]
    already = sum(candidate.p for candidate in candidates if candidate.intent == OUTSIDE)
    return [*others, Candidate(intent=OUTSIDE, topic=None, p=already + more)]


def _fits(topic: str | None) -> frozenset[str] | None:
    """The apps a topic may go with; None when any."""
    if topic is None:
        return None
    return _table().get(topic, _table().get(topic.partition("/")[0]))


@cache
def _unnamed_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    told, unless = (
        "|".join(re.escape(fold(word)) for word in strings("apps", key))
        for key in ("unnamed_words", "unnamed_unless")
    )
    return re.compile(rf"\b(?:{told})\b"), re.compile(rf"\b(?:{unless})\b")


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
