"""Reading an answer to choices: "2.", "số hai", "cái thứ 2", "B nha con", the option's first words.

    read        one position of a list, counted from 0
    read_order  all letters of a list in some order

Quiz options are lettered and ways on are numbered, so a letter answers no numbered list and a
number no lettered one: a late "1" marks no question. What merely holds a number ("2 triệu",
"2 ngày nữa", a long sentence) is no choice. The words stand in `data/nlu/words/choice.yaml`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from nlu.normalise import compose, fold
from nlu.spelling import expand
from nlu.words import numbers, strings

_LONGEST = 200
"""Characters; a longer text is told, not chosen (an option's whole text may be long)."""
_WORD = re.compile(r"[^\W_]+")

Phrases = frozenset[tuple[str, ...]]


def read(text: str, options: Sequence[str], *, lettered: bool) -> int | None:
    """Give the position (from 0) that is meant, or None where the text names none or several."""
    typed = _typed_words(text)
    if not typed or len(text) > _LONGEST:
        return None
    named = _lettered if lettered else _numbered
    fits = set(_by_name(typed, options, named))
    fits |= set(_by_words(fold(text), options, fold))
    if not fits:
        fits = set(_by_words(expand(text), options, expand))
    return fits.pop() if len(fits) == 1 else None


def read_order(text: str, count: int) -> tuple[int, ...] | None:
    """Give all `count` positions in the order told ("B A C", "bac"), or None."""
    letters: list[str] = []
    for word in _without_fillers(_typed_words(text)):
        if not word.isascii() or not word.isalpha():
            return None
        letters.extend(word.lower())
    order = tuple(ord(letter) - ord("a") for letter in letters)
    return order if sorted(order) == list(range(count)) and count > 1 else None


def _typed_words(text: str) -> list[str]:
    """The words with their accents: "ạ" is no letter A."""
    return _WORD.findall(unicodedata.normalize("NFKC", compose(text)).lower())


def _by_name(
    typed: list[str], options: Sequence[str], named: Callable[[list[str], int, bool], int | None]
) -> Iterable[int]:
    """Positions named by number or letter, alone or together with words of that very option."""
    folded = [fold(word) for word in typed]
    for start in _starts(folded):
        for end in _ends(folded, start):
            position = named(typed[start:end], len(options), start > 0)
            if position is not None:
                yield position
        for length in (1, 2):
            rest = folded[start + length :]
            position = named(typed[start : start + length], len(options), start > 0)
            if rest and position is not None and _begins(options[position], " ".join(rest)):
                yield position


def _numbered(typed: list[str], count: int, introduced: bool) -> int | None:
    """Position named by a number or a place ("đầu tiên")."""
    if len(typed) == 1 and re.fullmatch(r"0?[0-9]{1,2}", typed[0], re.ASCII):
        value = int(typed[0])
    else:
        value = _place(typed, count) or _worded(typed, introduced)
    return value - 1 if value is not None and 1 <= value <= count else None


def _worded(typed: list[str], introduced: bool) -> int | None:
    if len(typed) != 1:
        return None
    word = typed[0]
    if word in _after_only() and not introduced:
        return None
    return _number_words().get(word)


def _place(typed: list[str], count: int) -> int | None:
    words = tuple(fold(word) for word in typed)
    if words in _phrases("first"):
        return 1
    if words in _phrases("last"):
        return count
    if words in _phrases("middle") and count % 2 == 1:
        return count // 2 + 1
    return None


def _lettered(typed: list[str], count: int, introduced: bool) -> int | None:
    """Position named by a letter; with no accent on it, for "ạ" and "à" are politeness."""
    del introduced
    if len(typed) == 1 and re.fullmatch(r"[a-z]", typed[0], re.ASCII):
        position = ord(typed[0]) - ord("a")
        return position if position < count else None
    value = _place(typed, count)
    return value - 1 if value is not None else None


def _by_words(text: str, options: Sequence[str], form: Callable[[str], str]) -> Iterable[int]:
    """Positions whose option the text is, or begins; the whole option wins over a beginning."""
    words = text.split()
    told = [" ".join(words[start:end]) for start in _starts(words) for end in _ends(words, start)]
    formed = [form(option) for option in options]
    whole = [at for at, option in enumerate(formed) if option in told]
    if whole:
        return whole
    beginnings = [said for said in told if len(said) > 1 and not said.isdigit()]
    return [
        at
        for at, option in enumerate(formed)
        if any(option.startswith(said + " ") for said in beginnings)
    ]


def _begins(option: str, said: str) -> bool:
    return (fold(option) + " ").startswith(said + " ")


def _starts(folded: list[str]) -> list[int]:
    """Where the naming may begin: at the first word, or behind words that introduce it."""
    return [0, *(n for n in range(1, len(folded)) if _made_of(folded[:n], "before"))]


def _ends(folded: list[str], start: int) -> list[int]:
    """Where the naming may end: at the last word, or before words of politeness."""
    whole = len(folded)
    return [whole, *(n for n in range(start + 1, whole) if _made_of(folded[n:], "after"))]


def _made_of(folded: list[str], key: str) -> bool:
    """Whether the words are a sequence of phrases of that list."""
    if not folded:
        return True
    return any(
        tuple(folded[:length]) in _phrases(key) and _made_of(folded[length:], key)
        for length in range(1, min(4, len(folded)) + 1)
    )


def _without_fillers(typed: list[str]) -> list[str]:
    """Words of an order that are letters; fillers longer than a letter are left out."""
    fillers = {word for phrase in _phrases("order_fillers") for word in phrase}
    return [
        word
        for word in typed
        if not (fold(word) in fillers and (len(word) > 1 or not word.isascii()))
    ]


@cache
def _phrases(key: str) -> Phrases:
    return frozenset(tuple(fold(phrase).split()) for phrase in strings("choice", key))


@cache
def _number_words() -> dict[str, int]:
    """Number words as typed: with their own accents or with none ("bà" is not three)."""
    table: dict[str, int] = {}
    for word, value in numbers("choice", "numbers").items():
        table[unicodedata.normalize("NFC", word)] = value
        table.setdefault(fold(word), value)
    return table


@cache
def _after_only() -> frozenset[str]:
    words = strings("choice", "only_after")
    return frozenset(words) | frozenset(map(fold, words))
