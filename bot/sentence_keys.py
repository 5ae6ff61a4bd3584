"""Which sentences of `data/locales` the code says, found by reading the code itself.

A key counts as used where it is the argument of `say(…)` or `sentence(language, …)`, or where a
string looks like a key of a section of `vi.yaml` and names no act. A key built from parts, such as
`f"emergency.{kind}"`, is used when at least one sentence fits.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from flows.acts import ACTS
from flows.replies import ActName

ROOT = Path(__file__).parent.parent
ROOMS = ("flows", "bot")
_KEY = re.compile(r"[a-z][a-z_0-9]*(?:\.[a-z][a-z_0-9]*)+")
_IN_TEMPLATE = re.compile(r"""\bsay\(\s*["']([a-z_0-9.]+)["']""")
"""A page joins parts with `~`: what ends in a dot or underscore is the beginning of a key."""
_PART = "[a-z_0-9.]+"


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """A place in the code that says a sentence."""

    pattern: str
    """A regular expression that the key matches; most are just the key."""
    where: str
    """`flows/quiz.py:61`."""

    @property
    def key(self) -> str:
        """The key as people read it, its open parts as an ellipsis."""
        return self.pattern.replace(_PART, "…").replace("\\", "")


def missing(keys: frozenset[str]) -> list[Use]:
    """The places that say what no key offers."""
    sections = {key.partition(".")[0] for key in keys}
    absent = {
        use for use in used(sections) if not any(re.fullmatch(use.pattern, key) for key in keys)
    }
    return sorted(absent)


def used(sections: set[str]) -> Iterator[Use]:
    """Every use in the code and the pages."""
    for use, certain in _all():
        if certain or use.pattern.partition("\\")[0] in sections:
            yield use


@cache
def _all() -> tuple[tuple[Use, bool], ...]:
    """Every use, and whether it is certain: what only looks like a key may be something else."""
    found: list[tuple[Use, bool]] = []
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            found += _in_module(file)
        for file in sorted((ROOT / room).rglob("*.html")):
            found += _in_page(file)
    return tuple(found)


def _in_page(file: Path) -> Iterator[tuple[Use, bool]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        for key in _IN_TEMPLATE.findall(line):
            pattern = re.escape(key) + (_PART if key.endswith((".", "_")) else "")
            yield Use(pattern, f"{file.relative_to(ROOT)}:{number}"), True


def _in_module(file: Path) -> Iterator[tuple[Use, bool]]:
    acts = {*get_args(ActName), *ACTS}
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        where = f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call):
            for pattern in _said(node):
                yield Use(pattern, where), True
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if id(node) not in parts and text not in acts and _KEY.fullmatch(text):
                yield Use(re.escape(text), where), False


def _said(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    position = {"say": 0, "sentence": 1}.get(name)
    if position is not None and position < len(call.args):
        yield from _patterns(call.args[position])


def _patterns(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str(key)):
            yield re.escape(key)
        case ast.IfExp():
            yield from _patterns(argument.body)
            yield from _patterns(argument.orelse)
        case ast.JoinedStr():
            yield "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else _PART
                for part in argument.values
            )
        case _:
            return
