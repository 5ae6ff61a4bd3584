"""What is taught: a topic, its how-to with steps, its quiz items, its tips.

These models are the format of the files in `data/`; reading them is the work of `bot/content.py`.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from flows.part import Confidence, Days, Device, Key, Part, Slug, Source, Text


class Place(Part):
    """The official place to turn to for a topic: what to say, and where that was read."""

    say: Text
    source: Source


class Topic(Part):
    """One thing a citizen can ask about."""

    slug: Slug
    title: Text
    need: Text
    """What the citizen wants to have done at the end."""
    place: Place | None = None
    """Required while the topic has no how-to."""


class Sourced(Part):
    """A sentence about the topic as a whole (its cost, how long it takes) with its sources."""

    say: Text
    sources: Annotated[list[Key], Field(min_length=1)]
    confidence: Confidence


class Override(Part):
    """What differs in a step on one kind of phone; the rest stays as in the step."""

    do: Text | None = None
    see: Text | None = None
    stuck: Text | None = None
    other_way: Text | None = None
    say: Text | None = None


class Step(Part):
    """One action of a how-to."""

    id: Key
    """Stable: people resume by it."""
    do: Text
    """One action."""
    see: Text
    """What is seen then."""
    stuck: Text
    """First help when it is not seen."""
    other_way: Text | None = None
    """Another way to the same end; without it a person is offered at once."""
    sources: Annotated[list[Key], Field(min_length=1)]
    confidence: Confidence
    android: Override | None = None
    iphone: Override | None = None
    expects_secret: bool = False
    """The person receives or types a code here: digits sent to the bot are masked."""
    picture: str | None = None
    say: Text | None = None
    """Short spoken form."""

    def on(self, device: Device | None) -> "Step":
        """The step as it is on this kind of phone."""
        override = {"android": self.android, "iphone": self.iphone}.get(device or "")
        if override is None:
            return self
        return self.model_copy(update=override.model_dump(exclude_none=True))

    @property
    def differs(self) -> bool:
        """Whether the kind of phone matters here."""
        return self.android is not None or self.iphone is not None


class Howto(Part):
    """How one topic is done, step by step, with where each step was read."""

    topic: Slug
    """From the file's path, not written in the file."""
    title: Text
    for_: Text = Field(alias="for")
    before: list[Text]
    """What must be at hand first."""
    owner: Text
    checked: date
    check_every: Days
    reviewed: bool
    """True only after an official compared it with the real thing."""
    short: bool = False
    """Too little is sure for a full lesson: it says what to prepare, where to go, whom to ask."""
    short_why: Text | None = None
    """What is not sure; for authors and docs/content.md."""
    hotline: Sourced | None = None
    cost: Sourced | None = None
    takes: Sourced | None = None
    in_person: Sourced | None = None
    scams: list[Text] = Field(default_factory=list[Text])
    next: Slug | None = None
    """The one topic to offer at the end; without it, the quiz of this topic."""
    sources: Annotated[dict[Key, Source], Field(min_length=1)]
    steps: Annotated[list[Step], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _sources_exist(self) -> Self:
        sourced = [self.hotline, self.cost, self.takes, self.in_person, *self.steps]
        used = {key for part in sourced if part is not None for key in part.sources}
        if unknown := sorted(used - set(self.sources)):
            raise ValueError(f"sources: {', '.join(unknown)}")
        ids = [step.id for step in self.steps]
        if repeated := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"steps.id: {', '.join(repeated)}")
        return self

    def position(self, step: str) -> int | None:
        """Where the step stands, from 0; None when it is no longer there."""
        return next((n for n, s in enumerate(self.steps) if s.id == step), None)


def topic_of(key: str) -> str:
    """The slug before the name in the id of an item or a tip."""
    return key.partition(":")[0]


class Option(Part):
    """One answer of an item, with the reason why it is right or not yet."""

    text: Text
    why: Text


Kind = Literal["single", "true_false", "order", "which_scam"]


class Item(Part):
    """One quiz question.

    `single` and `which_scam` have one right option among two to four, `true_false` has the two
    options Đúng and Sai, `order` has three to five options to be put in order.
    """

    id: str
    """`<domain>/<topic>:<name>`; in the file only the name."""
    kind: Kind
    ask: Text
    options: Annotated[list[Option], Field(min_length=2, max_length=5)]
    answer: Annotated[list[int], Field(min_length=1)]
    """Positions in options, from 0; for `order` all of them, in the right order."""
    competence: Annotated[str, Field(pattern=r"^\d\.\d$")]
    difficulty: Annotated[int, Field(ge=1, le=3)]
    use: Literal["practice", "test"]
    doing: bool = False
    """Answering it takes being able to do the thing, not to recite it."""
    shows: Literal["genuine", "scam"] | None = None
    """What the message or call in the question really is, where it shows one."""
    tried: Annotated[int, Field(ge=0)]
    """People of the target group who tried it, as data/trials.yaml counts them."""
    sources: Annotated[list[Key], Field(min_length=1)]
    """Keys of the how-to's sources."""

    @property
    def topic(self) -> str:
        """The slug of the topic it belongs to."""
        return topic_of(self.id)

    @field_validator("options")
    @classmethod
    def _options_differ(cls, options: list[Option]) -> list[Option]:
        texts = [option.text.casefold() for option in options]
        if len(set(texts)) < len(texts):
            raise ValueError("repeated")
        return options

    @model_validator(mode="after")
    def _answer_fits(self) -> Self:
        count = len(self.options)
        wanted = count if self.kind == "order" else 1
        if len(self.answer) != wanted or len(set(self.answer)) != wanted:
            raise ValueError("answer: count")
        if not all(0 <= position < count for position in self.answer):
            raise ValueError("answer: range")
        if self.kind == "true_false" and count != 2:
            raise ValueError("options: true_false")
        if self.kind == "order" and count < 3:
            raise ValueError("options: order")
        return self


class Tip(Part):
    """A text of one minute with one thing to do today."""

    id: str
    """`<domain>/<topic>:<name>`; in the file only the name."""
    text: Annotated[str, Field(min_length=20, max_length=350)]
    """At most 350 characters, readable aloud in half a minute."""
    today: Text
    """One thing to do today."""
    item: Key
    """Name of an item of the same topic."""
    sources: Annotated[list[Key], Field(min_length=1)]
