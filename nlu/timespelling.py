"""The time words of `data/nlu/words/times.yaml`, as a text spells them: with accents or without.

    is_accented   whether a text is typed with accents
    Spelling      the words of the table in that spelling, as patterns and as values

Which word stands beside which is the affair of `timewords.py`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from nlu.normalise import fold, plain
from nlu.told import Part
from nlu.words import numbers, strings, table

_OTHER = "~"
"""Stands in the text for words that are told from time words by their accents."""
_ACCENTED_SHARE = 0.3
"""Share of words with accents from which a text counts as typed with them."""
_FRENCH_ME = re.compile(r"\brappel(?:le|ez)[- ]moi\b")
"""Its «moi» is no «mỗi», every."""
_UNSURE = ("sáng", "tối", "đêm")
"""Parts of the day whose accent-free form is another word as well."""


def is_accented(shown: str) -> bool:
    """Whether a text, in NFC, counts as typed with accents."""
    words = [word for word in shown.split() if word.isalpha()]
    accented = sum(not word.isascii() for word in words)
    return accented > _ACCENTED_SHARE * len(words)


class Spelling:
    """The words of the table as they are typed with accents, or without."""

    def __init__(self, *, accented: bool) -> None:
        self.accented = accented
        self.form: Callable[[str], str] = str.lower if accented else fold
        self.numbers = {
            self.form(word): value for word, value in numbers("times", "numbers").items()
        }
        self.num = rf"(?:\d{{1,2}}|{self.any_of(self.numbers)})"
        self.parts = {
            self.form(str(word)): Part(*(int(hour) for hour in hours))
            for word, hours in table("times")["parts"].items()
        }
        self.part = f"(?:{self.any_of(self.parts)})"
        self.weekdays = {self.form(w): day for w, day in numbers("times", "weekdays").items()}
        self.lunar_months = {self.form(w): m for w, m in numbers("times", "lunar_months").items()}
        self.unsure = frozenset[str]() if accented else frozenset(map(fold, _UNSURE))
        self._vocabulary = _vocabulary()

    def line(self, shown: str) -> str:
        """The text as its words are looked for, letter by letter as long as the text."""
        line = shown.lower() if self.accented else self._without_other_words(shown)
        line = _FRENCH_ME.sub(lambda found: _OTHER * len(found[0]), line)
        # A letter whose small form is two letters: no Vietnamese text.
        return line if len(line) == len(shown) else plain(shown)

    def span(self, unit: str) -> str:
        """A pattern of the names of a unit of time."""
        return self.any_of([self.form(str(word)) for word in table("times")["spans"][unit]])

    def words(self, key: str) -> str:
        """A pattern of the phrases under this key of the table."""
        return f"(?:{self.any_of([self.form(word) for word in strings('times', key)])})"

    def any_of(self, words: Any) -> str:
        """A pattern of these phrases, the longest first."""
        longest_first = sorted({str(word) for word in words}, key=lambda word: (-len(word), word))
        return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)

    def value(self, told: str) -> int:
        """The number in digits or words."""
        word = self.squeezed(told)
        return int(word) if word.isdigit() else self.numbers[word]

    def squeezed(self, told: str) -> str:
        """A phrase as the table has it, whatever blanks were typed in it."""
        return " ".join(told.split())

    def _without_other_words(self, shown: str) -> str:
        """Blank the words whose accents say that they are no time words ("tôi" is not "tối")."""
        return "".join(
            plain(word)
            if word.isascii() or word.lower() in self._vocabulary or word.isspace()
            else _OTHER * len(word)
            for word in re.split(r"(\s+|[^\w\s]+)", shown)
        )


def _vocabulary() -> frozenset[str]:
    """Every word of the table, as it is spelled with accents."""
    return frozenset(part for entry in _entries(table("times")) for part in entry.split())


def _entries(content: object) -> Iterator[str]:
    """All keys and values of a table, whatever its depth."""
    match content:
        case dict():
            for key, value in cast("dict[object, object]", content).items():
                yield str(key)
                yield from _entries(value)
        case list():
            for value in cast("list[object]", content):
                yield from _entries(value)
        case _:
            yield str(content)
