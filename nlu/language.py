"""Guessing the language of a message by small word tables: Vietnamese unless something else shows.

One accented Vietnamese letter decides for Vietnamese. The tables (`data/nlu/words/languages.yaml`)
hold words; a single borrowed one ("app", "help") in a longer text decides nothing.
"""

import re
import unicodedata
from functools import cache
from typing import Literal

from nlu.normalise import compose, fold
from nlu.understanding import Language
from nlu.words import strings

_SHORT = 3
_WORDS_READ = 60
_VIETNAMESE_LETTER = re.compile(r"[đơưăạảãấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏõốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]")


def guess(text: str) -> Language:
    """Give vi, en or fr."""
    small = compose(text).lower()
    if _VIETNAMESE_LETTER.search(unicodedata.normalize("NFC", small)):
        return "vi"
    words = fold(text).split()[:_WORDS_READ]
    english, french = _share(words, "en"), _share(words, "fr")
    if max(english, french) < _needed(len(words)):
        return "vi"
    return "en" if english >= french else "fr"


def _share(words: list[str], language: Literal["en", "fr"]) -> int:
    return sum(word in _table(language) for word in words)


def _needed(length: int) -> int:
    """How many words must tell: one of three, else four of ten."""
    return 1 if length <= _SHORT else max(2, round(length * 0.4))


@cache
def _table(language: Literal["en", "fr"]) -> frozenset[str]:
    return frozenset(word for word in strings("languages", language) if word.isalpha())
