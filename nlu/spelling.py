"""Spelling out what people shorten, spell by ear, run together, or type with the keyboard off.

    expand   the folded text with all of that spelled out: what is read for its meaning
    unkeyed  Telex and VNI residue alone, in a plain text, positions kept

Both are pure and idempotent. The tables stand in `data/nlu/words/spelling.yaml`.
"""

import re
import unicodedata
from functools import cache

from nlu.keyboard import retyped
from nlu.normalise import compose, fold
from nlu.spacing import respaced
from nlu.words import mapping

_WORD = re.compile(r"[^\W\d_]+")
_ROUNDS = 5
"""How often `expand` looks again at what it has replaced; two are enough for every table entry."""


def expand(text: str) -> str:
    """Fold, and spell out what people shorten, spell by ear, or type with the keyboard off."""
    words = fold(_WORD.sub(_meant, compose(text).lower())).split()
    for _ in range(_ROUNDS):
        further = retyped(_spelled_out(respaced(words)))
        if further == words:
            break
        words = further
    return " ".join(words)


def _meant(word: re.Match[str]) -> str:
    return _accented().get(word[0], word[0])


def unkeyed(flat: str) -> str:
    """Undo Telex and VNI residue in a `plain` text, padded so that the length stays."""
    tokens = re.split(r"([^a-z0-9]+)", flat)
    repaired = retyped(tokens[::2])
    tokens[::2] = [
        word.ljust(len(typed)) for word, typed in zip(repaired, tokens[::2], strict=True)
    ]
    return "".join(tokens)


@cache
def _accented() -> dict[str, str]:
    return {
        unicodedata.normalize("NFC", word): meaning
        for word, meaning in mapping("spelling", "accented").items()
    }


@cache
def _spellings() -> tuple[dict[tuple[str, ...], tuple[str, ...]], int]:
    """All spellings as words, and the length of the longest."""
    table = {
        tuple(fold(said).split()): tuple(fold(meant).split())
        for said, meant in (mapping("spelling", "short") | mapping("spelling", "by_ear")).items()
    }
    return table, max(map(len, table))


def _spelled_out(words: list[str]) -> list[str]:
    """Replace the longest spelling that begins at each word."""
    table, longest = _spellings()
    result: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            meant = table.get(tuple(words[at : at + length]))
            if meant is not None:
                result.extend(meant)
                at += length
                break
        else:
            result.append(words[at])
            at += 1
    return result
