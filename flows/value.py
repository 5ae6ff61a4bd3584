"""Facts that age, each in one place (`data/values.yaml`): a fee, a limit, a deadline, a hotline.

A text names one in braces: «Gọi {vneid_hotline}.» What is past its day of checking is not spoken:
the sentence that holds it gives way to what the value says `instead`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from flows.part import Confidence, Key, Part, Source, Text
from nlu.understanding import Language

_NAMED = re.compile(r"\{([a-z0-9_]+)\}")
_BETWEEN_SENTENCES = re.compile(r"((?<=[.!?…])\s+|\n+)")


class Value(Part):
    """One fact that may change."""

    key: Key
    """From the file, not written in the entry: what texts put in braces."""
    kind: Literal["phone", "money", "share", "date", "length", "count", "address"]
    """A phone number is said also while the text that names it is due; the others are dropped."""
    value: Annotated[str, Field(min_length=1)]
    """As it is spoken: «10 triệu», «1900 0368», «31/3»."""
    unit: Text | None = None
    """Spoken after the value: «đồng», «ngày»."""
    since: date | None = None
    """In force since; None where the source does not say."""
    check_by: date
    """The last day on which it may be said without being checked again."""
    instead: Text
    """A whole sentence: where to look or whom to ask once the day has passed."""
    instead_in: dict[Language, Text] = Field(default_factory=dict[Language, Text])
    """The same in other languages, where a translated lesson names the value."""
    source: Source
    confidence: Confidence

    @property
    def spoken(self) -> str:
        """The value with its unit."""
        return self.value if self.unit is None else f"{self.value} {self.unit}"

    def is_old(self, day: date, *, due: bool) -> bool:
        """Whether it may not be said on this day, in a text that is `due` itself or not."""
        return day > self.check_by or (due and self.kind != "phone")


def named_in(text: str) -> Iterator[str]:
    """The keys that a text puts in braces, in their order."""
    for match in _NAMED.finditer(text):
        yield match[1]


def named_by(piece: Part) -> frozenset[str]:
    """The keys that any text of a piece puts in braces."""
    return frozenset(named_in(piece.model_dump_json()))


def filled(
    text: str,
    values: Mapping[str, Value],
    day: date,
    *,
    due: bool = False,
    language: Language = "vi",
) -> str:
    """The text as it may be said on this day of the city.

    `due` says that the text itself waits to be checked: then it names no fee, limit or deadline.
    Raises KeyError for a value that does not exist.
    """
    if "{" not in text:
        return text
    sentences = _BETWEEN_SENTENCES.split(text)
    whole = "".join(
        _old(sentence, values, day, due=due, language=language) or sentence
        for sentence in sentences
    )
    return _NAMED.sub(lambda match: values[match[1]].spoken, whole)


def _old(
    sentence: str, values: Mapping[str, Value], day: date, *, due: bool, language: Language
) -> str | None:
    """What is said instead of this sentence; None where it may stand."""
    for key in named_in(sentence):
        value = values[key]
        if value.is_old(day, due=due):
            return value.instead_in.get(language, value.instead)
    return None
