"""Where each sentence of a how-to came from: for `bot content sources` and the page of a topic.

cited(howto, values)   every part that says something, with its sources and how sure they are
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.lesson import Howto, Override
from flows.part import Confidence, Source
from flows.value import Value, named_in

_HEADERS = ("cost", "takes", "hotline", "in_person")


@dataclass(frozen=True, slots=True)
class Cited:
    """A part of a how-to and what it rests on."""

    part: str
    """`step`, or the name of the part of the head: `cost`, `takes`, `hotline`, `in_person`."""
    step: str
    """The step's id; empty in the head."""
    text: str
    """As it stands in the file, values in braces."""
    confidence: Confidence
    sources: Sequence[Source]
    values: Sequence[Value]
    """The named values in it, each with a source of its own."""


def cited(howto: Howto, values: Mapping[str, Value]) -> Iterator[Cited]:
    """Every part of the how-to, as authored, in the order in which people read it."""
    for name in _HEADERS:
        part = getattr(howto, name)
        if part is not None:
            sources = [howto.sources[key] for key in part.sources]
            named = _named((part.say,), values)
            yield Cited(name, "", part.say, part.confidence, sources, named)
    for step in howto.steps:
        texts = [step.do, step.see, step.stuck, step.other_way, step.say]
        for override in (step.android, step.iphone):
            texts += _said(override)
        yield Cited(
            "step",
            step.id,
            step.do,
            step.confidence,
            [howto.sources[key] for key in step.sources],
            _named([text for text in texts if text is not None], values),
        )


def _said(override: Override | None) -> list[str | None]:
    if override is None:
        return []
    return [override.do, override.see, override.stuck, override.other_way, override.say]


def _named(texts: Sequence[str], values: Mapping[str, Value]) -> list[Value]:
    keys = dict.fromkeys(key for text in texts for key in named_in(text))
    return [values[key] for key in keys if key in values]
