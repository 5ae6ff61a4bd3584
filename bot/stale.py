"""What waits to be checked: lessons and values, each by its own date, with sources to reopen.

due(content, day)    the lessons and values whose day has passed, the longest waiting first
next_due(content)    the day on which the next one will be
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from flows.ageing import due_on, withdrawn_on
from flows.content import Content
from flows.lesson import topic_of
from flows.part import Part, Source
from flows.value import named_by

State = Literal["due", "withdrawn", "value"]


@dataclass(frozen=True, slots=True)
class Stale:
    """One thing to be checked again."""

    name: str
    """The topic's slug, or the value's key."""
    state: State
    since: date
    """The first day on which it was due."""
    withdrawn_on: date | None
    """The first day on which a lesson is said no more; None for a value: it is silent at once."""
    owner: str
    """Who keeps it; empty for a value."""
    sources: Sequence[Source]
    used_in: Sequence[str]
    """Topics that name the value."""


def due(content: Content, day: date) -> list[Stale]:
    """What is due on this day of the city."""
    found = [
        Stale(
            name=slug,
            state="withdrawn" if withdrawn_on(howto) <= day else "due",
            since=due_on(howto),
            withdrawn_on=withdrawn_on(howto),
            owner=howto.owner,
            sources=list(howto.sources.values()),
            used_in=(),
        )
        for slug, howto in content.howtos.items()
        if due_on(howto) <= day
    ]
    found += [
        Stale(
            name=key,
            state="value",
            since=value.check_by + timedelta(days=1),
            withdrawn_on=None,
            owner="",
            sources=[value.source],
            used_in=naming(content, key),
        )
        for key, value in content.values.items()
        if value.check_by < day
    ]
    return sorted(found, key=lambda one: (one.since, one.name))


def next_due(content: Content) -> date:
    """The first day on which anything is due; what is due already counts, too."""
    days = [due_on(howto) for howto in content.howtos.values()]
    days += [value.check_by + timedelta(days=1) for value in content.values.values()]
    return min(days, default=date.max)


def naming(content: Content, key: str) -> list[str]:
    """The topics whose texts name this value."""
    pieces: list[tuple[str, Part]] = [
        *content.howtos.items(),
        *((item.topic, item) for item in content.items.values()),
        *((topic_of(name), tip) for name, tip in content.tips.items()),
    ]
    named = {slug for slug, piece in pieces if key in named_by(piece)}
    return sorted(named)
