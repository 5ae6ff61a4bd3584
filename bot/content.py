"""Reads the files of `data/` into the Content that the flows are given.

    load(data)   all of it that has no fault
    read(data)   what could be read, the faults, and where each piece stands: for `content_check`

What is read goes into a `Reading` (`bot/reading.py`), with every fault instead of only the first.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import structlog
from pydantic import ValidationError
from ruamel.yaml.error import YAMLError

from bot import yaml_file
from bot.fault import Fault, Place, named, pinned, written
from bot.reading import Reading, key_in, texts
from bot.standing import Outdated, Trial
from flows.calendar import Calendar
from flows.card import Card
from flows.content import Content, Framework, Links, Locale, Rule, Ward
from flows.lesson import Howto, Item, Tip, Topic
from flows.part import Part
from flows.translation import HowtoWords, ItemWords, TipWords, Words
from flows.value import Value, named_in
from nlu.understanding import Language

P = TypeVar("P", bound=Part)
_log = structlog.get_logger()
LANGUAGES: tuple[Language, ...] = get_args(Language)
_TONGUES = frozenset({"", *LANGUAGES} - {"vi"})


def load(data: Path) -> Content:
    """All content without the files that have a fault; each fault is logged.

    Raises ContentFaults when a file is flawed that everything rests on.
    """
    reading = read(data)
    content = reading.content()
    for fault in reading.faults:
        _log.error(
            "content.fault",
            file=fault.file.relative_to(data).as_posix(),
            line=fault.line,
            field=fault.field,
            kind=fault.kind,
        )
    return content


def read(data: Path) -> Reading:
    """Read every file, noting faults instead of stopping at the first."""
    reading = Reading(data)
    _read_topics(reading)
    _read_howtos(reading, Howto, reading.howtos)
    _read_lists(reading, Item, "quiz", reading.items)
    _read_lists(reading, Tip, "tips", reading.tips)
    _read_framework(reading)
    _read_rules(reading)
    _read_wards(reading)
    _read_links(reading)
    _read_values(reading)
    _read_calendar(reading)
    _read_cards(reading)
    _read_for_authors(reading, Outdated, "outdated.yaml", reading.outdated)
    _read_for_authors(reading, Trial, "trials.yaml", reading.trials)
    for language in LANGUAGES:
        _read_locale(reading, language)
        if language != "vi":
            _read_words(reading, language)
    _name_values(reading)
    reading.flawed = frozenset(fault.file for fault in reading.faults)
    return reading


def flat(tree: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf of nested mappings with its dotted key: `quiz.this_one`."""
    if not isinstance(tree, dict):
        yield prefix, tree
        return
    for key, value in cast("dict[object, object]", tree).items():
        yield from flat(value, f"{prefix}.{key}" if prefix else str(key))


def _read_topics(reading: Reading) -> None:
    file = reading.data / "topics.yaml"
    for domain, topics in _mapping(reading, Place(file)):
        place = Place(file, (domain,))
        if not isinstance(topics, dict):
            reading.fault(place, "dict_type")
            continue
        for name, topic in cast("dict[str, object]", topics).items():
            slug = f"{domain}/{name}"
            made = _make(reading, Topic, topic, place.at(name), {"slug": slug})
            if made is not None:
                reading.topics[slug] = made
                reading.places[Topic, slug] = place.at(name)


def _read_howtos(
    reading: Reading, kind: type[P], into: dict[str, P], language: Language = "vi"
) -> None:
    for file, slug in _files(reading, "howto", language):
        document = _document(reading, file)
        if document is None:
            continue
        made = _make(reading, kind, document, Place(file), {"topic": slug})
        if made is not None:
            into[slug] = made
            reading.places[kind, key_in(language, slug)] = Place(file)


def _read_lists(
    reading: Reading, kind: type[P], folder: str, into: dict[str, P], language: Language = "vi"
) -> None:
    """Read files that hold a list of items or tips; their ids get the topic before them."""
    for file, slug in _files(reading, folder, language):
        for position, part in _list(reading, Place(file)):
            place = Place(file, (position,))
            name = _name(part)
            known = {} if name is None else {"id": f"{slug}:{name}"}
            made = _make(reading, kind, part, place, known)
            if made is None:
                continue
            key = f"{slug}:{name}"
            if key in into:
                reading.fault(place.at("id"), "repeated_id", id=name)
                continue
            into[key] = made
            reading.places[kind, key_in(language, key)] = place


def _read_words(reading: Reading, language: Language) -> None:
    """Read the lessons in another language; each must have the shape of the Vietnamese one."""
    howtos: dict[str, HowtoWords] = {}
    items: dict[str, ItemWords] = {}
    tips: dict[str, TipWords] = {}
    _read_howtos(reading, HowtoWords, howtos, language)
    _read_lists(reading, ItemWords, "quiz", items, language)
    _read_lists(reading, TipWords, "tips", tips, language)
    reading.words[language] = Words(howtos, items, tips)
    for slug, words in howtos.items():
        howto, place = reading.howtos.get(slug), reading.of(HowtoWords, key_in(language, slug))
        ids = [step.id for step in words.steps]
        if howto is None or ids != [step.id for step in howto.steps]:
            reading.fault(place.at("steps"), "other_steps")
    for key, words in items.items():
        item, place = reading.items.get(key), reading.of(ItemWords, key_in(language, key))
        if item is None or len(words.options) != len(item.options):
            reading.fault(place.at("options"), "other_options")
    for key in tips.keys() - reading.tips.keys():
        reading.fault(reading.of(TipWords, key_in(language, key)), "other_tip")


def _read_framework(reading: Reading) -> None:
    file = reading.data / "framework.yaml"
    document = _document(reading, file)
    if document is not None:
        reading.framework = _make(reading, Framework, document, Place(file), {})


def _read_rules(reading: Reading) -> None:
    file = reading.data / "rubric.yaml"
    for position, rule in _list(reading, Place(file)):
        made = _make(reading, Rule, rule, Place(file, (position,)), {})
        if made is None:
            continue
        if made.id in reading.rules:
            reading.fault(Place(file, (position, "id")), "repeated_id", id=made.id)
        reading.rules[made.id] = made
        reading.places[Rule, made.id] = Place(file, (position,))


def _read_wards(reading: Reading) -> None:
    file = reading.data / "wards.csv"
    try:
        rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    except FileNotFoundError:
        reading.faults.append(Fault(file, 1, "", "no_file", {}))
        return
    for number, row in enumerate(rows, start=2):
        old = [name.strip() for name in (row.get("formed_from") or "").split(";")]
        try:
            reading.wards.append(
                Ward.model_validate({**row, "formed_from": [name for name in old if name]})
            )
        except ValidationError as error:
            reading.faults += [
                Fault(file, number, written(Place(file, problem["loc"])), *named(problem))
                for problem in error.errors()
            ]


def _read_links(reading: Reading) -> None:
    file = reading.data / "links.yaml"
    document = _document(reading, file)
    if document is not None:
        reading.links = _make(reading, Links, document, Place(file), {})


def _read_values(reading: Reading) -> None:
    file = reading.data / "values.yaml"
    for key, value in _mapping(reading, Place(file)):
        made = _make(reading, Value, value, Place(file, (key,)), {"key": key})
        if made is not None:
            reading.values[key] = made
            reading.places[Value, key] = Place(file, (key,))


def _read_calendar(reading: Reading) -> None:
    file = reading.data / "calendar.yaml"
    if file.exists() and (document := _document(reading, file)) is not None:
        made = _make(reading, Calendar, document, Place(file), {})
        reading.calendar = made or reading.calendar


def _read_cards(reading: Reading) -> None:
    for file in sorted((reading.data / "host").glob("*.yaml")):
        document = _document(reading, file)
        if document is None:
            continue
        made = _make(reading, Card, document, Place(file), {"name": file.stem})
        if made is not None:
            reading.cards[made.name] = made
            reading.places[Card, made.name] = Place(file)


def _read_for_authors(reading: Reading, kind: type[P], name: str, into: list[P]) -> None:
    """Read a list that only checks need; a course may do without it."""
    file = reading.data / name
    if not file.exists():
        return
    for position, part in _list(reading, Place(file)):
        made = _make(reading, kind, part, Place(file, (position,)), {})
        if made is not None:
            into.append(made)


def _name_values(reading: Reading) -> None:
    """Note what stands in braces and is no value: a text with it could not be spoken."""
    kinds: tuple[tuple[type[Part], Mapping[str, Part]], ...] = (
        (Topic, reading.topics),
        (Howto, reading.howtos),
        (Item, reading.items),
        (Tip, reading.tips),
        (Card, reading.cards),
        *(
            (kind, {key_in(language, key): piece for key, piece in pieces.items()})
            for language, words in reading.words.items()
            for kind, pieces in (
                (HowtoWords, words.howtos),
                (ItemWords, words.items),
                (TipWords, words.tips),
            )
        ),
    )
    for kind, pieces in kinds:
        for key, piece in pieces.items():
            for place, text in texts(piece.model_dump(by_alias=True), reading.of(kind, key)):
                for name in named_in(text):
                    if name not in reading.values:
                        reading.fault(place, "unknown_value", name=name)


def _read_locale(reading: Reading, language: Language) -> None:
    """Read one language; a translation that is not there yet is empty, and Vietnamese is said."""
    file = reading.data / "locales" / f"{language}.yaml"
    sentences: dict[str, str] = {}
    if file.exists() or language == "vi":
        for key, value in flat(dict(_mapping(reading, Place(file)))):
            if isinstance(value, str):
                sentences[key] = value
            else:
                reading.fault(Place(file, tuple(key.split("."))), "string_type")
    reading.locales[language] = Locale(language, sentences)


def _make(
    reading: Reading, kind: type[P], raw: object, place: Place, known: Mapping[str, object]
) -> P | None:
    """Build one piece; `known` are fields that its place gives. None, and faults, when it can't."""
    if not isinstance(raw, dict):
        reading.fault(place, "dict_type")
        return None
    fields = cast("dict[str, object]", raw)
    for name in known:
        if name != "id" and name in fields:
            reading.fault(place.at(name), "known_by_path")
    try:
        return kind.model_validate({**fields, **known})
    except ValidationError as error:
        for problem in error.errors():
            fault, values = named(problem)
            for steps in pinned(problem, fields):
                reading.fault(place.at(*steps), fault, **values)
        return None


def _name(part: object) -> object:
    return cast("dict[str, object]", part).get("id") if isinstance(part, dict) else None


def _files(reading: Reading, folder: str, language: Language = "vi") -> Iterator[tuple[Path, str]]:
    """Each file of a folder in this language with the slug that its path gives, in their order."""
    root = reading.data / folder
    for file in sorted(root.rglob("*.y*ml")):
        slug = file.relative_to(root).with_suffix("").as_posix()
        slug, _, tongue = slug.partition(".")  # `<topic>.en.yaml` is a translation
        if tongue != ("" if language == "vi" else language) and tongue in _TONGUES:
            continue
        if tongue not in _TONGUES or file.suffix != ".yaml" or slug.count("/") != 1:
            reading.faults.append(Fault(file, 1, "", "file_name", {}))
            continue
        yield file, slug


def _mapping(reading: Reading, place: Place) -> list[tuple[str, object]]:
    document = _document(reading, place.file)
    if document is None:
        return []
    if not isinstance(document, dict):
        reading.fault(place, "dict_type")
        return []
    return [(str(key), value) for key, value in cast("dict[object, object]", document).items()]


def _list(reading: Reading, place: Place) -> list[tuple[int, object]]:
    document = _document(reading, place.file)
    if document is None:
        return []
    if not isinstance(document, list):
        reading.fault(place, "list_type")
        return []
    return list(enumerate(cast("list[object]", document)))


def _document(reading: Reading, file: Path) -> object:
    """The file's contents; None, and a fault, when it is missing, empty or no YAML."""
    try:
        document = yaml_file.loaded(file)
    except FileNotFoundError:
        reading.faults.append(Fault(file, 1, "", "no_file", {}))
        return None
    except UnicodeDecodeError:
        reading.faults.append(Fault(file, 1, "", "not_utf8", {}))
        return None
    except YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        reading.faults.append(Fault(file, mark.line + 1 if mark else 1, "", _syntax(error), {}))
        return None
    if document is None:
        reading.faults.append(Fault(file, 1, "", "empty_file", {}))
    return document


def _syntax(error: YAMLError) -> str:
    return "repeated_key" if type(error).__name__ == "DuplicateKeyError" else "yaml"
