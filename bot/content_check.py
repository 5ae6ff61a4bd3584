"""What `bot content check` finds beyond the format of the files: rules between files, and prose.

Each check takes a Reading and notes faults in it; all checks run, whatever the others found. What
a machine cannot judge (tone, one action a step) is on the reviewer's list in the content guide.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter

from bot import prose, rehearsal, sentence_keys
from bot.content import Reading, read, texts
from bot.fault import Fault, Place
from flows.ageing import as_of
from flows.content import Howto, Item, Rule, Tip, Topic
from flows.part import Part
from flows.replies import Act
from nlu.understanding import Language

FEWEST_ITEMS, FEWEST_SHORT = 8, 4
"""Items a topic; of a how-to marked `short`."""
LONGEST_RIGHT = 0.4
"""Share of items whose right option may be the longest: more, and people learn to pick length."""
LONGEST_MESSAGE = 1_500
"""Characters. The strictest channel takes 2,000; a step that long is no step any more."""

_READ_ALOUD = ("do", "see", "stuck", "other_way", "say")


def check(data: Path) -> list[Fault]:
    """All faults of the content, sorted by file and line."""
    reading = read(data)
    for one in CHECKS:
        one(reading)
    return sorted(distinct(reading.faults), key=lambda fault: (str(fault.file), fault.line))


def distinct(faults: list[Fault]) -> list[Fault]:
    """The same faults, each once."""
    seen: dict[str, Fault] = {}
    for fault in faults:
        seen.setdefault(str(fault), fault)
    return list(seen.values())


def topics(reading: Reading) -> None:
    """A topic is a how-to or says the official place; a file belongs to a known topic."""
    for slug, topic in reading.topics.items():
        taught = slug in reading.howtos or _flawed(reading, "howto", slug)
        if not taught and topic.place is None:
            reading.fault(reading.of(Topic, slug).at("place"), "no_place")
    if reading.data / "topics.yaml" in reading.flawed:
        return
    for kind, pieces in ((Howto, reading.howtos), (Item, reading.items), (Tip, reading.tips)):
        files = {
            reading.of(kind, key).file: key.partition(":")[0]
            for key in pieces
            if key.partition(":")[0] not in reading.topics
        }
        for file, slug in files.items():
            reading.fault(Place(file), "unknown_topic", slug=slug)


def howtos(reading: Reading) -> None:
    """What a how-to leads to exists, and its sentences can be followed by ear."""
    for slug, howto in reading.howtos.items():
        place = reading.of(Howto, slug)
        ahead = howto.next or slug
        if ahead not in reading.howtos and not _flawed(reading, "howto", ahead):
            reading.fault(place.at("next"), "unknown_next", slug=ahead)
        if howto.next == slug:
            reading.fault(place.at("next"), "next_is_itself")
        for number, step in enumerate(howto.steps):
            for way, part in ((), step), (("android",), step.android), (("iphone",), step.iphone):
                if part is not None:
                    _read_aloud(reading, place.at("steps", number, *way), part)


def items(reading: Reading) -> None:
    """Each item names what exists, and can be answered by thinking only."""
    asked: dict[str, str] = {}
    for key, item in reading.items.items():
        place = reading.of(Item, key)
        _known_sources(reading, place, item.topic, item.sources)
        if reading.framework and item.competence not in reading.framework.competences:
            reading.fault(place.at("competence"), "unknown_competence", id=item.competence)
        if item.kind == "order" and item.answer == sorted(item.answer):
            reading.fault(place.at("answer"), "in_order_already")
        first = asked.setdefault(" ".join(item.ask.casefold().split()), key)
        if first != key:
            reading.fault(place.at("ask"), "repeated_ask", first=first)


def sets_of_items(reading: Reading) -> None:
    """A topic has enough items, half of each use, and its right answers follow no pattern."""
    by_topic: defaultdict[str, list[Item]] = defaultdict(list)
    for item in reading.items.values():
        by_topic[item.topic].append(item)
    for slug in reading.howtos:
        if slug not in by_topic and not _flawed(reading, "quiz", slug):
            reading.fault(reading.of(Howto, slug), "no_items", slug=slug)
    for slug, set_ in by_topic.items():
        place = Place(reading.of(Item, set_[0].id).file)
        if not _flawed(reading, "quiz", slug) and not _flawed(reading, "howto", slug):
            _enough(reading, place, slug, set_)
        _no_pattern(reading, place, [i for i in set_ if i.kind in ("single", "which_scam")])


def tips(reading: Reading) -> None:
    """A tip leads to an item of its topic and names the how-to's sources."""
    for key, tip in reading.tips.items():
        place, slug = reading.of(Tip, key), key.partition(":")[0]
        _known_sources(reading, place, slug, tip.sources)
        if f"{slug}:{tip.item}" not in reading.items and not _flawed(reading, "quiz", slug):
            reading.fault(place.at("item"), "unknown_item", name=tip.item)


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


def spelling(reading: Reading) -> None:
    """Vietnamese is written composed, the tone where the house puts it."""
    for place, text in _vietnamese(reading):
        if not prose.is_composed(text):
            reading.fault(place, "not_composed")
        for found, better in prose.misplaced_tones(text):
            reading.fault(place, "tone", found=found, better=better)


def lengths(reading: Reading) -> None:
    """No message is longer than people read: each step as the flows will show it."""
    if reading.flawed:
        return  # what was not read whole cannot be shown
    content = as_of(reading.content(), rehearsal.AT.date())
    for slug, howto in content.howtos.items():
        for device in ("android", "iphone"):
            outcome = rehearsal.opened(content, slug, device)
            for number in range(len(howto.steps)):
                longest = max(len(reply.text) for reply in outcome.replies)
                if longest > LONGEST_MESSAGE:
                    place = reading.of(Howto, slug).at("steps", number)
                    reading.fault(place, "long_message", count=longest, most=LONGEST_MESSAGE)
                outcome = rehearsal.played(content, Act("step.next"), outcome)


CHECKS: tuple[Callable[[Reading], None], ...] = (
    topics,
    howtos,
    items,
    sets_of_items,
    tips,
    rules,
    sentences,
    spelling,
    lengths,
)


def _read_aloud(reading: Reading, place: Place, part: Part) -> None:
    for name in _READ_ALOUD:
        text = getattr(part, name)
        for count in prose.too_long(text) if text else ():
            reading.fault(place.at(name), "long_sentence", count=count, most=prose.LONGEST_SENTENCE)


def _known_sources(reading: Reading, place: Place, slug: str, keys: list[str]) -> None:
    howto = reading.howtos.get(slug)
    if howto is None:
        if not _flawed(reading, "howto", slug):
            reading.fault(Place(place.file), "no_howto", slug=slug)
        return
    for number, key in enumerate(keys):
        if key not in howto.sources:
            reading.fault(place.at("sources", number), "unknown_source", key=key)


def _enough(reading: Reading, place: Place, slug: str, set_: list[Item]) -> None:
    howto = reading.howtos.get(slug)
    fewest = FEWEST_SHORT if howto is not None and howto.short else FEWEST_ITEMS
    if len(set_) < fewest:
        reading.fault(place, "few_items", count=len(set_), fewest=fewest)
    practice = sum(1 for item in set_ if item.use == "practice")
    if practice * 2 != len(set_):
        reading.fault(place, "not_half", practice=practice, test=len(set_) - practice)


def _no_pattern(reading: Reading, place: Place, set_: list[Item]) -> None:
    longest = [item for item in set_ if _right_is_longest(item)]
    if len(longest) > LONGEST_RIGHT * len(set_):
        names = ", ".join(item.id.partition(":")[2] for item in longest)
        reading.fault(place, "right_longest", count=len(longest), all=len(set_), names=names)
    positions = {item.answer[0] for item in set_}
    if len(set_) > 2 and len(positions) == 1:
        reading.fault(place, "same_position", letter="ABCDE"[positions.pop()])


def _right_is_longest(item: Item) -> bool:
    right = len(item.options[item.answer[0]].text)
    return all(
        len(option.text) < right
        for position, option in enumerate(item.options)
        if position != item.answer[0]
    )


def _flawed(reading: Reading, folder: str, slug: str) -> bool:
    return reading.data / folder / f"{slug}.yaml" in reading.flawed


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


def _vietnamese(reading: Reading) -> Iterator[tuple[Place, str]]:
    """Every Vietnamese text with its place; titles of sources stand as they were published."""
    kinds: tuple[tuple[type[Part], dict[str, Part]], ...] = (
        (Topic, {**reading.topics}),
        (Howto, {**reading.howtos}),
        (Item, {**reading.items}),
        (Tip, {**reading.tips}),
        (Rule, {**reading.rules}),
    )
    for kind, pieces in kinds:
        for key, piece in pieces.items():
            plain = piece.model_dump(by_alias=True)
            yield from texts(plain, reading.of(kind, key))
    if reading.framework is not None:
        plain = reading.framework.model_dump()
        yield from texts(plain, Place(reading.data / "framework.yaml"))
    file = reading.data / "locales" / "vi.yaml"
    for key, text in reading.locales["vi"].sentences.items():
        yield Place(file, tuple(key.split("."))), text
