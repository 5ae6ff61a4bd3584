"""Lists of `secrets.yaml` that several finders ask."""

import re
import unicodedata
from functools import cache

from nlu.normalise import fold
from nlu.secret.candidate import company
from nlu.words import strings


def stands_in(typed: str, name: str) -> bool:
    """Whether a word stands in a list, with its accents ("đỏ" is not "do") or with none."""
    accented, folded = _both(name)
    return typed in folded if typed.isascii() else unicodedata.normalize("NFC", typed) in accented


@cache
def _both(name: str) -> tuple[frozenset[str], frozenset[str]]:
    words = strings("secrets", name)
    return frozenset(words), frozenset(fold(word) for word in words)


@cache
def password_word() -> re.Pattern[str]:
    """Match the words for "password" in a folded text."""
    words = sorted(
        {fold(word) for word in company("password")}, key=lambda word: (-len(word), word)
    )
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z0-9])")
