"""The words for authors and for whoever runs the bot: `data/locales/author.yaml`, by dotted key."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML

from bot.content import flat
from bot.fault import Fault

ROOT = Path(__file__).parent.parent

_WITH_HINT = frozenset(
    {"missing", "string_type", "string_too_short", "string_pattern_mismatch", "too_short"}
    | {"list_type", "dict_type", "model_type"}
)
"""Faults that say only that something lacks or does not fit; what to write depends on the field."""


@dataclass(frozen=True, slots=True)
class Author:
    """Says things to authors."""

    sentences: dict[str, str]

    @staticmethod
    def load(data: Path) -> "Author":
        """The words of this content, or those that came with the code where it has none."""
        own = data / "locales" / "author.yaml"
        file = own if own.exists() else ROOT / "data" / "locales" / "author.yaml"
        tree = cast("object", YAML(typ="safe").load(file))  # pyright: ignore[reportUnknownMemberType]
        return Author({key: str(text) for key, text in flat(tree)})

    def tell(self, key: str, /, **values: object) -> str:
        """The sentence under this key, its places filled."""
        return self.sentences[key].format(**values)

    def fault(self, fault: Fault) -> str:
        """One line: file, line, field, what is wrong, what to write instead."""
        key = f"fault.{fault.kind}"
        problem = self.tell(key if key in self.sentences else "fault.other", **fault.values)
        hint = self.sentences.get(f"hint.{_field(fault)}", "")
        if hint and fault.kind in _WITH_HINT:
            problem = f"{problem} {hint}"
        where = f"{_near(fault.file)}:{fault.line}"
        return f"{where}  {fault.field}: {problem}" if fault.field else f"{where}  {problem}"

    def faults(self, faults: Iterable[Fault]) -> str:
        """Every fault, then how many there are and where to read on."""
        listed = list(faults)
        files = {fault.file for fault in listed}
        sections = dict.fromkeys(self._section(fault) for fault in listed)
        summary = self.tell(
            "check.faults",
            faults=len(listed),
            files=len(files),
            sections=", ".join(f"«{section}»" for section in sections),
        )
        return "\n".join([*map(self.fault, listed), summary])

    def _section(self, fault: Fault) -> str:
        """The heading of the content guide for this kind of file."""
        names = (*reversed(fault.file.parts[:-1]), fault.file.stem)
        known = (self.sentences.get(f"section.{name}") for name in names)
        return next((section for section in known if section), self.sentences["section.howto"])


def _field(fault: Fault) -> str:
    """The last name in the field: `why` of `options[1].why`."""
    return fault.field.rpartition(".")[2].partition("[")[0]


def _near(file: Path) -> Path:
    """As short as it can be written from here."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
