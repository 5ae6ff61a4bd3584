"""Slash commands: `data/commands.yaml` read once, and a typed command turned into plain words.

The core knows no commands: `/dung` reaches it as the words it stands for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

from pydantic import Field, TypeAdapter
from ruamel.yaml import YAML

from flows.part import Part

LANGUAGES = ("vi", "en", "fr")

_TYPED = re.compile(
    r"/(?P<name>[A-Za-z][A-Za-z0-9_]*)(?:@(?P<bot>[A-Za-z0-9_]+))?(?P<rest>\s.*)?", re.S
)


class Command(Part):
    """One entry of the table."""

    command: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    words: str
    alone: bool = False
    """What follows the command is left out."""
    groups: bool = False
    menu: dict[str, Annotated[str, Field(max_length=256)]] | None = None
    """By language; None: not offered."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A text that begins with a command."""

    name: str
    bot: str | None
    """The bot that it names, without the `@`."""
    rest: str


class Commands:
    """All commands."""

    def __init__(self, table: list[Command]) -> None:
        self._table: Mapping[str, Command] = {one.command: one for one in table}

    @classmethod
    def load(cls, data: Path) -> "Commands":
        """Read the table. Raises pydantic's ValidationError for a file not in this form."""
        text = (data / "commands.yaml").read_text("utf-8")
        read = cast("object", YAML(typ="safe").load(text))  # pyright: ignore[reportUnknownMemberType]
        return cls(TypeAdapter(list[Command]).validate_python(read))

    def knows(self, typed: Typed) -> bool:
        """Whether it is one of ours."""
        return typed.name in self._table

    def words(self, typed: Typed) -> str:
        """The words it stands for; of an unknown one its own words without the stroke."""
        known = self._table.get(typed.name)
        if known is None:
            return f"{typed.name} {typed.rest}".strip()
        return known.words if known.alone else f"{known.words} {typed.rest}".strip()

    def menu(self, language: str, *, groups: bool) -> dict[str, str]:
        """What is offered after «/»: command and sentence."""
        return {
            one.command: one.menu[language]
            for one in self._table.values()
            if one.menu is not None and (one.groups or not groups)
        }


def typed_command(text: str) -> Typed | None:
    """The command that a text begins with."""
    found = _TYPED.fullmatch(text)
    if found is None:
        return None
    return Typed(found["name"].lower(), found["bot"], (found["rest"] or "").strip())
