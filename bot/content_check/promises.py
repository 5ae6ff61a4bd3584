"""What files promise each other: a topic is taught, a question names what exists."""

from collections import Counter
from collections.abc import Iterator
from string import Formatter

from bot import sentence_keys
from bot.fault import Place
from bot.reading import Reading
from flows.card import LONGEST_CARD, Card
from flows.content import Rule
from flows.lesson import Howto, Item, Tip, Topic, topic_of
from flows.value import Value, named_by
from nlu.understanding import Language

MOST_OFTEN = 2
"""How often a tip may come in a year."""


def topics(reading: Reading) -> None:
    """A topic is a how-to or says the official place; a file belongs to a known topic."""
    for slug, topic in reading.topics.items():
        taught = slug in reading.howtos or reading.is_flawed("howto", slug)
        if not taught and topic.place is None:
            reading.fault(reading.of(Topic, slug).at("place"), "no_place")
    if reading.data / "topics.yaml" in reading.flawed:
        return
    for kind, pieces in ((Howto, reading.howtos), (Item, reading.items), (Tip, reading.tips)):
        files = {
            reading.of(kind, key).file: topic_of(key)
            for key in pieces
            if topic_of(key) not in reading.topics
        }
        for file, slug in files.items():
            reading.fault(Place(file), "unknown_topic", slug=slug)


def howtos(reading: Reading) -> None:
    """What a how-to leads to exists."""
    for slug, howto in reading.howtos.items():
        place = reading.of(Howto, slug)
        ahead = howto.next or slug
        if ahead not in reading.howtos and not reading.is_flawed("howto", ahead):
            reading.fault(place.at("next"), "unknown_next", slug=ahead)
        if howto.next == slug:
            reading.fault(place.at("next"), "next_is_itself")
        if howto.short != (howto.short_why is not None):
            reading.fault(place.at("short_why"), "short_why")


def items(reading: Reading) -> None:
    """Each item names a source of its how-to and a competence that is asked."""
    for key, item in reading.items.items():
        place = reading.of(Item, key)
        _known_sources(reading, place, item.topic, item.sources)
        if reading.framework is None:
            continue
        competence = reading.framework.competences.get(item.competence)
        if competence is None:
            reading.fault(place.at("competence"), "unknown_competence", id=item.competence)
        elif not competence.asked:
            reading.fault(place.at("competence"), "competence_not_asked", id=item.competence)


def areas(reading: Reading) -> None:
    """Every topic is asked in one part of a test."""
    if reading.framework is None or reading.data / "topics.yaml" in reading.flawed:
        return
    place = Place(reading.data / "framework.yaml", ("test_areas",))
    asked = [slug for area in reading.framework.test_areas for slug in area.topics]
    for slug in sorted(set(asked) - set(reading.topics)):
        reading.fault(place, "unknown_topic", slug=slug)
    for slug in sorted(set(reading.howtos) & set(reading.topics)):
        if (count := asked.count(slug)) != 1:
            reading.fault(place, "not_one_area", slug=slug, count=count)


def translated_values(reading: Reading) -> None:
    """A value that a translated lesson names says also in that language whom to ask instead."""
    for language, words in reading.words.items():
        for pieces in (words.howtos, words.items, words.tips):
            for key in {key for one in pieces.values() for key in named_by(one)}:
                value = reading.values.get(key)
                if value is not None and language not in value.instead_in:
                    place = reading.of(Value, key).at("instead_in")
                    reading.fault(place, "no_instead", language=language)


def tips(reading: Reading) -> None:
    """A tip leads to an item of its topic and names the how-to's sources."""
    for key, tip in reading.tips.items():
        place, slug = reading.of(Tip, key), topic_of(key)
        _known_sources(reading, place, slug, tip.sources)
        if f"{slug}:{tip.item}" not in reading.items and not reading.is_flawed("quiz", slug):
            reading.fault(place.at("item"), "unknown_item", name=tip.item)


def calendar(reading: Reading) -> None:
    """Every week of the year has tips that exist, and no tip comes more than twice."""
    file = Place(reading.data / "calendar.yaml")
    weeks = [week.week for week in reading.calendar.weeks]
    if weeks and weeks != list(range(1, 53)):
        reading.fault(file.at("weeks"), "weeks")
    told: Counter[str] = Counter()
    for section in ("weeks", "scams"):
        for number, one in enumerate(getattr(reading.calendar, section)):
            for position, tip in enumerate(one.tips):
                told[tip] += section == "weeks"
                slug = topic_of(tip)
                place = file.at(section, number, "tips", position)
                if tip not in reading.tips and not reading.is_flawed("tips", slug):
                    reading.fault(place, "unknown_tip", id=tip)
                if told[tip] > MOST_OFTEN:
                    reading.fault(place, "tip_too_often", id=tip, most=MOST_OFTEN)


def cards(reading: Reading) -> None:
    """A card fits on a screen and leads to topics that exist."""
    for name, card in reading.cards.items():
        place = reading.of(Card, name)
        if len(card.text) > LONGEST_CARD:
            reading.fault(place, "long_message", count=len(card.text), most=LONGEST_CARD)
        if card.basis == "sourced" and not card.sources:
            reading.fault(place.at("sources"), "missing")
        for number, slug in enumerate(card.topics):
            if slug not in reading.topics:
                reading.fault(place.at("topics", number), "unknown_topic", slug=slug)


def rules(reading: Reading) -> None:
    """A rule asks for topics that exist."""
    for key, rule in reading.rules.items():
        for number, slug in enumerate(rule.must):
            if slug not in reading.topics and reading.data / "topics.yaml" not in reading.flawed:
                place = reading.of(Rule, key).at("must", number)
                reading.fault(place, "unknown_topic", slug=slug)


def sentences(reading: Reading) -> None:
    """Vietnamese has every sentence the code says; a translation has the same places to fill."""
    vietnamese = reading.locales["vi"].sentences
    file = reading.data / "locales" / "vi.yaml"
    if file not in reading.flawed:
        for use in sentence_keys.missing(frozenset(vietnamese)):
            place = Place(file, tuple(use.key.split(".")))
            reading.fault(place, "no_sentence", where=use.where)
    for language, key, text in _translated(reading):
        place = Place(reading.data / "locales" / f"{language}.yaml", tuple(key.split(".")))
        if key not in vietnamese:
            reading.fault(place, "not_vietnamese")
        elif (own := _to_fill(text)) != (wanted := _to_fill(vietnamese[key])):
            names = ", ".join(sorted(own ^ wanted)) or "{}"
            reading.fault(place, "other_places", names=names)


def _known_sources(reading: Reading, place: Place, slug: str, keys: list[str]) -> None:
    howto = reading.howtos.get(slug)
    if howto is None:
        if not reading.is_flawed("howto", slug):
            reading.fault(Place(place.file), "no_howto", slug=slug)
        return
    for number, key in enumerate(keys):
        if key not in howto.sources:
            reading.fault(place.at("sources", number), "unknown_source", key=key)


def _translated(reading: Reading) -> Iterator[tuple[Language, str, str]]:
    for language, locale in reading.locales.items():
        for key, text in locale.sentences.items():
            yield language, key, text


def _to_fill(text: str) -> frozenset[str]:
    """The names of the places of a sentence; a lone brace counts as a place nobody can fill."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return frozenset({"{}"})
