"""Reads the files of `data/` into the Content that the flows are given.

    load(data)   the whole of it, or ContentFaults with every fault at once
    read(data)   what could be read, the faults, and where each piece stands: for `content_check`

A fault has no words of its own: it names a sentence of `data/locales/author.yaml` and the values
for it, because authors read Vietnamese and code holds none. Files are read with the fast loader;
only a file with a fault is read again with the one that knows lines.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from flows.content import (
    Content,
    Framework,
    Howto,
    Item,
    Locale,
    Part,
    Rule,
    Tip,
    Topic,
    Ward,
)
from nlu.understanding import Language

Steps = tuple[str | int, ...]
"""The way to a field within a file: `("steps", 2, "stuck")`."""

P = TypeVar("P", bound=Part)
_LISTING = ("sources", "steps.id")
"""Rules of `flows.content` that list the names they are about."""
_LISTS = {"quiz": "items", "tips": "tips", "rubric": "rules"}
"""What the entries are called where a file is a list."""
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of content stands: its file, and the way to it inside."""

    file: Path
    steps: Steps = ()

    def at(self, *more: str | int) -> "Place":
        """A field of this piece."""
        return Place(self.file, (*self.steps, *more))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing an author must mend."""

    file: Path
    line: int
    """From 1; the line of the field, or of the piece that lacks it."""
    field: str
    """`steps[2].stuck`; empty for the file as a whole."""
    kind: str
    """A key under `fault` in `data/locales/author.yaml`."""
    values: Mapping[str, object]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.field}: {self.kind} {dict(self.values)}"


class ContentFaults(ValueError):  # noqa: N818 - the name says that there are several
    """The content cannot be used; `faults` names all that is wrong, by file and line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(["run `bot content check`", *map(str, faults)]))
        self.faults = faults


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
    locales: dict[Language, Locale] = field(default_factory=dict[Language, Locale])
    _lines: dict[Path, object] = field(default_factory=dict[Path, object])

    def fault(self, place: Place, kind: str, **values: object) -> None:
        """Note a fault at this place."""
        line = self._line(place)
        self.faults.append(Fault(place.file, line, _written(place), kind, values))

    def of(self, kind: type, key: str) -> Place:
        """Where this piece stands."""
        return self.places[kind, key]

    def content(self) -> Content:
        """All that was read. Raises ContentFaults when not even the shared files were."""
        if self.framework is None or not self.locales["vi"].sentences:
            raise ContentFaults(tuple(self.faults))
        return Content(
            topics=self.topics,
            howtos=self.howtos,
            items=self.items,
            tips=self.tips,
            framework=self.framework,
            rules=self.rules,
            wards=tuple(self.wards),
            locales=self.locales,
        )

    def _line(self, place: Place) -> int:
        if place.file not in self._lines:
            self._lines[place.file] = _with_lines(place.file)
        return line_of(self._lines[place.file], place.steps)


def load(data: Path) -> Content:
    """All content. Raises ContentFaults when any file does not hold to its format."""
    reading = read(data)
    if reading.faults:
        raise ContentFaults(tuple(reading.faults))
    return reading.content()


def read(data: Path) -> Reading:
    """Read every file, noting faults instead of stopping at the first."""
    reading = Reading(data)
    _read_topics(reading)
    _read_howtos(reading)
    _read_lists(reading, Item, "quiz", reading.items)
    _read_lists(reading, Tip, "tips", reading.tips)
    _read_framework(reading)
    _read_rules(reading)
    _read_wards(reading)
    for language in LANGUAGES:
        _read_locale(reading, language)
    reading.flawed = frozenset(fault.file for fault in reading.faults)
    return reading


def line_of(document: object, steps: Steps) -> int:
    """The line, from 1, on which a field stands; of what would hold it when it is missing."""
    line = 0
    node: Any = document
    for step in steps:
        marks: Any = getattr(node, "lc", None)
        if marks is None:
            break
        try:
            line = marks.key(step)[0] if isinstance(step, str) else marks.item(step)[0]
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return line + 1


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


def _read_howtos(reading: Reading) -> None:
    for file, slug in _files(reading, "howto"):
        document = _document(reading, file)
        if document is None:
            continue
        made = _make(reading, Howto, document, Place(file), {"topic": slug})
        if made is not None:
            reading.howtos[slug] = made
            reading.places[Howto, slug] = Place(file)


def _read_lists(reading: Reading, kind: type[P], folder: str, into: dict[str, P]) -> None:
    """Read files that hold a list of items or tips; their ids get the topic before them."""
    for file, slug in _files(reading, folder):
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
            reading.places[kind, key] = place


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
                Fault(file, number, _written(Place(file, problem["loc"])), *_named(problem))
                for problem in error.errors()
            ]


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
            named, values = _named(problem)
            for steps in _pinned(problem, fields):
                reading.fault(place.at(*steps), named, **values)
        return None


def _named(problem: ErrorDetails) -> tuple[str, dict[str, object]]:
    """The fault's kind and values for what pydantic found; our own validators name theirs."""
    if problem["input"] is None:
        return "missing", {}  # `do:` with nothing after it
    if problem["type"] != "value_error":
        values: dict[str, object] = dict(problem.get("ctx", {}))
        if "expected" in values:  # "'high' or 'medium'"
            values["expected"] = ", ".join(re.findall(r"'(.*?)'", str(values["expected"])))
        return problem["type"], values
    subject, _, detail = problem["msg"].removeprefix("Value error, ").partition(": ")
    if subject in _LISTING:
        return f"rule_{subject.replace('.', '_')}", {"names": detail}
    return f"rule_{subject}_{detail}" if detail else f"rule_{subject}", {}


def _pinned(problem: ErrorDetails, fields: dict[str, object]) -> list[Steps]:
    """Where the fault stands within the piece; rules about the whole piece name their field."""
    if problem["type"] != "value_error" or problem["loc"]:
        return [problem["loc"]]
    subject, _, detail = problem["msg"].removeprefix("Value error, ").partition(": ")
    match subject:
        case "sources":
            return list(_naming(fields, set(detail.split(", ")))) or [()]
        case "steps.id":
            return [("steps",)]
        case _:
            return [(subject,)]


def _naming(part: object, keys: set[str], steps: Steps = ()) -> Iterator[Steps]:
    """The ways to the lists of sources that name one of these."""
    entries: Iterable[tuple[str | int, object]] = ()
    if isinstance(part, dict):
        entries = cast("dict[str, object]", part).items()
    elif isinstance(part, list):
        entries = enumerate(cast("list[object]", part))
    for name, value in entries:
        if name == "sources" and isinstance(value, list):
            if keys & {str(key) for key in cast("list[object]", value)}:
                yield (*steps, name)
        else:
            yield from _naming(value, keys, (*steps, name))


def _name(part: object) -> object:
    return cast("dict[str, object]", part).get("id") if isinstance(part, dict) else None


def _files(reading: Reading, folder: str) -> Iterator[tuple[Path, str]]:
    """Each file of a folder with the slug that its path gives, in the order of slugs."""
    root = reading.data / folder
    for file in sorted(root.rglob("*.y*ml")):
        slug = file.relative_to(root).with_suffix("").as_posix()
        if "." in slug:  # `<topic>.en.yaml`, a translation
            continue
        if file.suffix != ".yaml" or slug.count("/") != 1:
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
        document = _loaded(YAML(typ="safe"), file)
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


def _with_lines(file: Path) -> object:
    """The file with the lines of its fields; None where it can't be read at all."""
    try:
        return _loaded(YAML(typ="rt"), file)
    except (YAMLError, OSError, UnicodeDecodeError):
        return None


def _loaded(yaml: YAML, file: Path) -> object:
    text = file.read_text("utf-8")
    parse = cast("Callable[[str], object]", yaml.load)  # pyright: ignore[reportUnknownMemberType]
    return parse(text)


def _written(place: Place) -> str:
    """The way to a field as people write it: `steps[2].stuck`, `items[0].ask`."""
    written = ""
    for step in place.steps:
        written += f"[{step}]" if isinstance(step, int) else f".{step}"
    if written.startswith("["):
        named = (
            _LISTS[part] for part in reversed(place.file.with_suffix("").parts) if part in _LISTS
        )
        return next(named, "") + written
    return written.removeprefix(".")
