"""A YAML file: read fast, or with the lines of its fields where one has a fault."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


def loaded(file: Path) -> object:
    """What the file holds. Raises OSError, UnicodeDecodeError and YAMLError."""
    return _loaded(YAML(typ="safe"), file)


def with_lines(file: Path) -> object:
    """The file with the lines of its fields; None where it can't be read at all."""
    try:
        return _loaded(YAML(typ="rt"), file)
    except (YAMLError, OSError, UnicodeDecodeError):
        return None


def _loaded(yaml: YAML, file: Path) -> object:
    text = file.read_text("utf-8")
    parse = cast("Callable[[str], object]", yaml.load)  # pyright: ignore[reportUnknownMemberType]
    return parse(text)
