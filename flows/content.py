"""All that can be taught and said: what is taught (`flows/lesson.py`), and what it rests on.

These models are the format of the files in `data/`. Reading the files, and telling an author in
Vietnamese what is wrong in them, is the work of `bot/content.py`; here nothing opens a file.

    Content
      topics      Topic        one line of data/topics.yaml
      howtos      Howto        data/howto/<domain>/<topic>.yaml
      items       Item         data/quiz/<domain>/<topic>.yaml, a list
      tips        Tip          data/tips/<domain>/<topic>.yaml, a list
      framework   Framework    data/framework.yaml
      rules       Rule         data/rubric.yaml
      wards       Ward         data/wards.csv
      links       Links        data/links.yaml
      values      Value        data/values.yaml
      calendar    Calendar     data/calendar.yaml
      cards       Card         data/host/<name>.yaml
      words       Words        data/{howto,quiz,tips}/<domain>/<topic>.<language>.yaml
      locales     Locale       data/locales/<language>.yaml
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from flows.calendar import Calendar
from flows.card import Card
from flows.lesson import Howto, Item, Tip, Topic
from flows.part import Key, Part, Slug, Source, Text
from flows.translation import Words
from flows.value import Value
from nlu.understanding import Language

Day = date
"""A calendar day; a name of its own, since Legal has a field called `date`."""


class Competence(Part):
    """One competence of the framework."""

    id: str
    label: Text
    asked: bool = False
    """Whether a topic teaches it, so that questions ask for it."""
    why_not: Text | None = None
    """Why it is not asked."""


class Area(Part):
    """A group of competences."""

    id: str
    label: Text
    competences: Annotated[list[Competence], Field(min_length=1)]


class TestArea(Part):
    """One of the five parts of a test, with the topics that are asked in it. The areas are ours."""

    __test__ = False

    id: Literal["A", "B", "C", "D", "E"]
    label: Text
    topics: Annotated[list[Slug], Field(min_length=1)]


class Named(Part):
    """An entry known by its id and label."""

    id: str
    label: Text


class Band(Named):
    """A proficiency band of Circular 02/2025/TT-BGDĐT with its levels."""

    levels: list[int]


class Legal(Part):
    """A legal text the framework rests on."""

    id: str
    number: Text
    date: Day
    in_force: Day | None = None
    note: str | None = None


class Framework(Part):
    """Competences, after Circular 02/2025/TT-BGDĐT; the mapping of domains is our own."""

    version: int
    reviewed: bool
    sources: list[Legal]
    audiences: list[Named]
    bands: list[Band]
    citizen_target_levels: list[int]
    areas: list[Area]
    domain_map: dict[str, list[str]]
    test_areas: list[TestArea]

    @cached_property
    def competences(self) -> dict[str, Competence]:
        """Every competence by id."""
        return {c.id: c for area in self.areas for c in area.competences}


class Rule(Part):
    """When a self-learning record is earned. A changed rule is a new id, never an edit."""

    id: str
    topics: Annotated[int, Field(ge=1)]
    """In how many topics."""
    must: list[Slug]
    """Topics that must be among them."""
    items: Annotated[int, Field(ge=1)]
    """Different practice items right on the first attempt of an asking, a topic."""
    days: Annotated[int, Field(ge=1)]
    """Over at least so many different days of the city's calendar, within a topic."""
    since: date
    why: Text


class Ward(Part):
    """One of the 168 wards, communes and the special zone since 2025-07-01."""

    code: str
    """Code of the National Statistics Office, e.g. 25747."""
    name: str
    kind: Literal["phường", "xã", "đặc khu"]
    formed_from: list[str]
    """Names of the old units, with their district where that tells them apart."""

    @property
    def called(self) -> str:
        """As people say it: «phường Sài Gòn»."""
        return f"{self.kind} {self.name}"


class Link(Part):
    """An address that may be passed on: everything under this host."""

    host: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
    source: Source


class Links(Part):
    """Which addresses a volunteer may send to somebody, and how an address is told from words."""

    official: list[Link]
    endings: list[Key]
    """What ends so is an address, also without `https://`."""


@dataclass(frozen=True, slots=True)
class Locale:
    """The sentences of one language, by dotted key: `quiz.this_one` -> text with {places}."""

    language: Language
    sentences: Mapping[str, str]


@dataclass(frozen=True)
class Content:
    """All that can be taught and said, read once, the same for every turn.

    `withdrawn` is the exception: it is read with each turn, so that a wrong instruction vanishes
    from every process at once.
    """

    topics: Mapping[str, Topic]
    howtos: Mapping[str, Howto]
    items: Mapping[str, Item]
    tips: Mapping[str, Tip]
    framework: Framework
    rules: Mapping[str, Rule]
    wards: tuple[Ward, ...]
    links: Links
    values: Mapping[str, Value]
    locales: Mapping[Language, Locale]
    calendar: Calendar = field(default_factory=Calendar)
    cards: Mapping[str, Card] = field(default_factory=dict[str, Card])
    words: Mapping[Language, Words] = field(default_factory=dict[Language, Words])
    """Lessons in other languages; those that lack there are said in Vietnamese."""
    withdrawn: frozenset[str] = field(default=frozenset())

    def ward(self, code: str | None) -> Ward | None:
        """The ward of this code; None when there is none."""
        return next((ward for ward in self.wards if ward.code == code), None)

    def howto(self, topic: str) -> Howto | None:
        """The how-to that may be shown: None when there is none or it was withdrawn."""
        return None if topic in self.withdrawn else self.howtos.get(topic)

    def item(self, item_id: str) -> Item | None:
        """The item that may be asked: None when it is gone or its topic was withdrawn."""
        item = self.items.get(item_id)
        return None if item is None or item.topic in self.withdrawn else item

    def practice(self, topic: str | None = None) -> list[Item]:
        """Items for practice, of one topic or of all, in the authors' order."""
        return [
            item
            for item in self.items.values()
            if item.use == "practice"
            and item.topic not in self.withdrawn
            and (topic is None or item.topic == topic)
        ]

    def spoken_in(self, language: Language) -> "Content":
        """The same content, its lessons in this language where there is a translation."""
        words = self.words.get(language)
        if words is None:
            return self
        return replace(
            self,
            topics={**self.topics, **words.topics_of(self.topics)},
            howtos={**self.howtos, **words.howtos_of(self.howtos)},
            items={**self.items, **words.items_of(self.items)},
            tips={**self.tips, **words.tips_of(self.tips)},
        )

    def is_translated(self, language: Language, topic: str) -> bool:
        """Whether the how-to of this topic is there in this language."""
        return language in self.words and topic in self.words[language].howtos

    def sentence(self, language: Language, key: str, /, **values: Any) -> str:
        """The sentence under this key, its places filled.

        A key that a translation lacks is said in Vietnamese; `bot content check` reports it.
        Raises KeyError for a key that Vietnamese lacks too.
        """
        own = self.locales[language].sentences
        template = own[key] if key in own else self.locales["vi"].sentences[key]
        return template.format(**values)
