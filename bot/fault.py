"""What is wrong in authored content, and where it stands: file, line, field.

A fault has no words of its own: it names a sentence of `data/locales/author.yaml` and the values
for it, because authors read Vietnamese and code holds none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic_core import ErrorDetails

Steps = tuple[str | int, ...]
"""The way to a field within a file: `("steps", 2, "stuck")`."""

_LISTING = ("sources", "steps.id")
"""Rules of `flows.content` that list the names they are about."""
_LISTS = {"quiz": "items", "tips": "tips", "rubric": "rules"}
"""What the entries are called where a file is a list."""


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


def written(place: Place) -> str:
    """The way to a field as people write it: `steps[2].stuck`, `items[0].ask`."""
    text = ""
    for step in place.steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    if text.startswith("["):
        listed = (
            _LISTS[part] for part in reversed(place.file.with_suffix("").parts) if part in _LISTS
        )
        return next(listed, "") + text
    return text.removeprefix(".")


def named(problem: ErrorDetails) -> tuple[str, dict[str, object]]:
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


def pinned(problem: ErrorDetails, fields: dict[str, object]) -> list[Steps]:
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
