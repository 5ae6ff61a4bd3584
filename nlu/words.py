"""The word tables of `data/nlu/words`, read once.

Everything `nlu/` knows of Vietnamese words stands there, so that an author can add "hổng" or a new
trick of swindlers without touching Python. The tables belong to the code (a regular expression of
`when.py` is built from them), so they are read from the repository's own data folder, whatever
folder an engine is loaded from.
"""

from functools import cache
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

WORDS = Path(__file__).parent.parent / "data" / "nlu" / "words"


@cache
def table(name: str) -> dict[str, Any]:
    """Read `data/nlu/words/<name>.yaml`; a missing or broken file raises, never half a table."""
    with (WORDS / f"{name}.yaml").open(encoding="utf-8") as file:
        # ruamel.yaml leaves the type of its streams open.
        content: object = cast("Any", YAML(typ="safe", pure=True)).load(file)
    if not isinstance(content, dict):
        raise TypeError(f"{name}.yaml: expected a table at the top, found {type(content).__name__}")
    return cast("dict[str, Any]", content)


def strings(name: str, key: str) -> tuple[str, ...]:
    """Read a list of words of one table."""
    return tuple(str(word) for word in table(name)[key])


def mapping(name: str, key: str) -> dict[str, str]:
    """Read a word-to-word table."""
    return {str(word): str(meaning) for word, meaning in table(name)[key].items()}


def numbers(name: str, key: str) -> dict[str, int]:
    """Read a word-to-number table."""
    return {str(word): int(value) for word, value in table(name)[key].items()}
