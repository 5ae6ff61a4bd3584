"""What is taught, in another language: only the words; what is sourced and asked stays as it is.

    data/howto/<domain>/<topic>.en.yaml   HowtoWords, with the same step ids
    data/quiz/<domain>/<topic>.en.yaml    a list of ItemWords, options in the same order
    data/tips/<domain>/<topic>.en.yaml    a list of TipWords

A piece in other words is the same piece: it keeps the fingerprint, so that changing the language in
the middle of a how-to or a quiz changes no place and no result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from pydantic import Field

from flows.lesson import Howto, Item, Option, Override, Sourced, Step, Tip, Topic
from flows.part import Key, Part, Slug, Text

P = TypeVar("P", bound=Part)


class StepWords(Part):
    """One step in another language."""

    id: Key
    do: Text
    see: Text
    stuck: Text
    other_way: Text | None = None
    say: Text | None = None
    android: Override | None = None
    iphone: Override | None = None


class HowtoWords(Part):
    """A how-to in another language."""

    topic: Slug
    """From the file's path, not written in the file."""
    title: Text
    for_: Text = Field(alias="for")
    before: list[Text]
    hotline: Text | None = None
    cost: Text | None = None
    takes: Text | None = None
    in_person: Text | None = None
    scams: list[Text] = Field(default_factory=list[Text])
    steps: Annotated[list[StepWords], Field(min_length=1, max_length=12)]

    def of(self, howto: Howto) -> Howto:
        """The how-to in these words."""
        words = {words.id: words for words in self.steps}
        return _in_words(
            howto,
            title=self.title,
            for_=self.for_,
            before=self.before,
            scams=self.scams,
            hotline=_said(howto.hotline, self.hotline),
            cost=_said(howto.cost, self.cost),
            takes=_said(howto.takes, self.takes),
            in_person=_said(howto.in_person, self.in_person),
            steps=[_step(step, words[step.id]) for step in howto.steps],
        )


class ItemWords(Part):
    """A question in another language."""

    id: str
    """`<domain>/<topic>:<name>`; in the file only the name."""
    ask: Text
    options: Annotated[list[Option], Field(min_length=2, max_length=5)]

    def of(self, item: Item) -> Item:
        """The item in these words."""
        return _in_words(item, ask=self.ask, options=self.options)


class TipWords(Part):
    """A tip in another language."""

    id: str
    """`<domain>/<topic>:<name>`; in the file only the name."""
    text: Annotated[str, Field(min_length=20, max_length=350)]
    today: Text

    def of(self, tip: Tip) -> Tip:
        """The tip in these words."""
        return _in_words(tip, text=self.text, today=self.today)


@dataclass(frozen=True, slots=True)
class Words:
    """The lessons of one language, by slug or id."""

    howtos: Mapping[str, HowtoWords] = field(default_factory=dict[str, HowtoWords])
    items: Mapping[str, ItemWords] = field(default_factory=dict[str, ItemWords])
    tips: Mapping[str, TipWords] = field(default_factory=dict[str, TipWords])

    def howtos_of(self, howtos: Mapping[str, Howto]) -> dict[str, Howto]:
        """Those of these how-tos that are translated, in these words."""
        return {key: words.of(howtos[key]) for key, words in self.howtos.items() if key in howtos}

    def topics_of(self, topics: Mapping[str, Topic]) -> dict[str, Topic]:
        """The topics whose how-to is translated, by its title."""
        return {
            key: _in_words(topics[key], title=words.title)
            for key, words in self.howtos.items()
            if key in topics
        }

    def items_of(self, items: Mapping[str, Item]) -> dict[str, Item]:
        """Those of these items that are translated, in these words."""
        return {key: words.of(items[key]) for key, words in self.items.items() if key in items}

    def tips_of(self, tips: Mapping[str, Tip]) -> dict[str, Tip]:
        """Those of these tips that are translated, in these words."""
        return {key: words.of(tips[key]) for key, words in self.tips.items() if key in tips}


def _in_words(piece: P, **words: object) -> P:
    # A copy takes the fingerprint along once it was reckoned: the piece is still the same one.
    _ = piece.fingerprint
    return piece.model_copy(update=words)


def _step(step: Step, words: StepWords) -> Step:
    return _in_words(
        step,
        do=words.do,
        see=words.see,
        stuck=words.stuck,
        other_way=words.other_way,
        say=words.say,
        android=words.android,
        iphone=words.iphone,
    )


def _said(sourced: Sourced | None, words: str | None) -> Sourced | None:
    if sourced is None or words is None:
        return sourced
    return _in_words(sourced, say=words)
