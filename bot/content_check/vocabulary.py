"""The words by which Vietnamese is read here (`data/prose.yaml`), as regular expressions."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML

FILE = Path(__file__).parent.parent.parent / "data" / "prose.yaml"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a check looks for; every pattern disregards capitals."""

    action: re.Pattern[str]
    fills: re.Pattern[str]
    sends: re.Pattern[str]
    between: re.Pattern[str]
    before: re.Pattern[str]
    right: str
    explains: re.Pattern[str]
    volatile: re.Pattern[str]
    level: re.Pattern[str]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once."""
    words = cast("dict[str, list[str]]", YAML(typ="safe").load(FILE))  # pyright: ignore[reportUnknownMemberType]
    told = cast("dict[str, str]", words)
    before = "|".join(words["before"])
    return Vocabulary(
        action=_one_of(words["action"]),
        fills=_one_of(words["fills"]),
        sends=_one_of(words["sends"]),
        between=_read(rf"[.;,:]\s+|\s+(?:{'|'.join(words['between'])})\s+"),
        before=_read(rf"^(?:{before}|.{{0,60}}?\b{told['condition']})\s+"),
        right=told["right"],
        explains=_one_of(words["explains"]),
        volatile=_read(
            r"\b1[89]00[ .]?\d{2,4}(?:[ .]?\d{2,4}){0,2}\b"  # a hotline
            r"|\b0\d{2,3}[ .]?\d{3,4}[ .]?\d{3,4}\b"
            r"|(?<![\d.,])(?:1022|156|5656)(?![\d.,]*\d)"
            rf"|\d[\d.,]*\s*(?:{'|'.join(words['amount'])})\b"
            rf"|\d[\d.,]*\s*(?:%|{'|'.join(words['share'])})"
            r"|\b\d{1,2}/\d{1,2}(?:/\d{4})?\b"
            rf"|\b(?:{told['dated']})\b"
        ),
        level=_read(rf"{told['level']}\b|\b[345]G\b|\b11[1-5]\b|\b(?:iOS|Android) \d+|\b24/7\b"),
    )


def _one_of(words: list[str]) -> re.Pattern[str]:
    return _read(rf"\b(?:{'|'.join(words)})\b")


def _read(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
