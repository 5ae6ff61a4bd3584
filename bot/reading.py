"""What could be read of `data/`: the pieces, the place of each, and the faults met on the way.

Reading   filled by `bot/content.py`, looked through by `bot/content_check`
texts     every text of a piece that people read, with its place
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from bot import yaml_file
from bot.fault import ContentFaults, Fault, Place, line_of, written
from bot.standing import Outdated, Trial
from flows.calendar import Calendar
from flows.card import Card
from flows.content import Content, Framework, Links, Locale, Rule, Ward
from flows.lesson import Howto, Item, Tip, Topic
from flows.part import Part
from flows.translation import HowtoWords, ItemWords, TipWords, Words
from flows.value import Value
from nlu.understanding import Language

P = TypeVar("P", bound=Part)
_NOT_PROSE = frozenset(
    {"source", "sources", "id", "slug", "topic", "topics", "must", "next", "item", "kind", "use"}
    | {"owner", "confidence", "competence", "shows", "picture", "number", "domain_map"}
    | {"name", "basis", "key", "why_not", "short_why"}
)
"""Fields that hold names and not words; titles of sources stand as they were published."""
_EVERYTHING_RESTS_ON = (
    "topics.yaml",
    "framework.yaml",
    "rubric.yaml",
    "wards.csv",
    "links.yaml",
    "locales/vi.yaml",
)


@dataclass(slots=True)
class Reading:
    """What could be read, with the place of each piece, and the faults met on the way."""

    data: Path
    faults: list[Fault] = field(default_factory=list[Fault])
    flawed: frozenset[Path] = frozenset()
    """Files that were not read whole: what they seem to lack may only be unreadable."""
    places: dict[tuple[type, str], Place] = field(default_factory=dict[tuple[type, str], Place])
    topics: dict[str, Topic] = field(default_factory=dict[str, Topic])
    howtos: dict[str, Howto] = field(default_factory=dict[str, Howto])
    items: dict[str, Item] = field(default_factory=dict[str, Item])
    tips: dict[str, Tip] = field(default_factory=dict[str, Tip])
    framework: Framework | None = None
    rules: dict[str, Rule] = field(default_factory=dict[str, Rule])
    wards: list[Ward] = field(default_factory=list[Ward])
    links: Links | None = None
    values: dict[str, Value] = field(default_factory=dict[str, Value])
    calendar: Calendar = field(default_factory=Calendar)
    cards: dict[str, Card] = field(default_factory=dict[str, Card])
    words: dict[Language, Words] = field(default_factory=dict[Language, Words])
    outdated: list[Outdated] = field(default_factory=list[Outdated])
    trials: list[Trial] = field(default_factory=list[Trial])
    locales: dict[Language, Locale] = field(default_factory=dict[Language, Locale])
    _lines: dict[Path, object] = field(default_factory=dict[Path, object])

    def fault(self, place: Place, kind: str, **values: object) -> None:
        """Note a fault at this place."""
        line = self._line(place)
        self.faults.append(Fault(place.file, line, written(place), kind, values))

    def is_flawed(self, folder: str, slug: str) -> bool:
        """Whether the file of this topic in this folder was not read whole."""
        return self.data / folder / f"{slug}.yaml" in self.flawed

    def of(self, kind: type, key: str) -> Place:
        """Where this piece stands."""
        return self.places[kind, key]

    def content(self) -> Content:
        """All that was read whole: of a file with a fault nothing reaches a citizen.

        Raises ContentFaults when a file is flawed that everything rests on.
        """
        broken = self.flawed & {self.data / name for name in _EVERYTHING_RESTS_ON}
        if broken or self.framework is None or self.links is None:
            raise ContentFaults(tuple(self.faults))
        return Content(
            topics=self.topics,
            howtos=self._whole(Howto, self.howtos),
            items=self._whole(Item, self.items),
            tips=self._whole(Tip, self.tips),
            framework=self.framework,
            rules=self.rules,
            wards=tuple(self.wards),
            links=self.links,
            values=self.values,
            locales=self.locales,
            calendar=self.calendar,
            cards=self._whole(Card, self.cards),
            words={language: self._words(language) for language in self.words},
        )

    def _whole(
        self, kind: type[P], pieces: Mapping[str, P], language: Language = "vi"
    ) -> dict[str, P]:
        return {
            key: piece
            for key, piece in pieces.items()
            if self.of(kind, key_in(language, key)).file not in self.flawed
        }

    def _words(self, language: Language) -> Words:
        words = self.words[language]
        return Words(
            self._whole(HowtoWords, words.howtos, language),
            self._whole(ItemWords, words.items, language),
            self._whole(TipWords, words.tips, language),
        )

    def _line(self, place: Place) -> int:
        if place.file not in self._lines:
            self._lines[place.file] = yaml_file.with_lines(place.file)
        return line_of(self._lines[place.file], place.steps)


def key_in(language: Language, key: str) -> str:
    """The key under which the place of a piece in this language is kept."""
    return key if language == "vi" else f"{language}:{key}"


def texts(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    """Every text of a piece that people read, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, part in cast("dict[str, object]", value).items():
            if name not in _NOT_PROSE:
                yield from texts(part, place.at(name))
    elif isinstance(value, list):
        for number, part in enumerate(cast("list[object]", value)):
            yield from texts(part, place.at(number))
