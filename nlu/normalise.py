"""Folding: one form for the many ways in which the same words are typed.

    compose  NFC, nothing invisible, single blanks
    plain    one ASCII letter for each letter: as long as the text, so positions stay true
    fold     what is compared: lower case, no accents, no marks, no emoji, no drawn-out letters
    toned    lower case with accents, wherever the tone was placed ("hoà", "hòa")

All are pure; `compose` and `fold` are idempotent, `plain` keeps the length of NFC text only.
"""

import re
import unicodedata
from functools import cache

_LETTERS = {"đ": "d", "ð": "d", "ɖ": "d", "œ": "o", "æ": "a", "ø": "o", "ł": "l", "ß": "s"}
_STRUCK_D = {"d": "đ", "D": "Đ"}
_STRUCK = re.compile("([dD])[\u0335-\u0338]")
"""A d with a stroke put over it: how some keyboards and scanned forms write đ."""
_LOOK_ALIKE = str.maketrans(
    "абвгеёіјкмнопрстухьѕԁһАВЕЅІЈКМНОРСТУХԀαβγεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "abbreeijkmhonpctyxbsdhABESIJKMHOPCTYXDaByeiKvoptuxABEZHIKMNOPTYX",
)
"""Cyrillic and Greek letters by the Latin ones that they look like."""
_MIXED = re.compile(r"[^\W\d_]*[a-zA-Z][^\W\d_]*")
"""A word with a Latin letter in it: a Russian or Greek word stays what it is."""
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_NOT_KEPT = re.compile(r"[^a-z0-9]+")
_TONES = {"\u0300": "2", "\u0301": "1", "\u0303": "4", "\u0309": "3", "\u0323": "5"}
"""Grave, acute, tilde, hook and dot below, by the digits of VNI."""


def compose(text: str) -> str:
    """Give the text in NFC, invisible characters removed, white space as single blanks.

    Letters of other scripts in the middle of a Latin word become the Latin ones they look like.
    """
    visible = "".join(
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"}
        and (char.isspace() or unicodedata.category(char) != "Cc")
    )
    lettered = _STRUCK.sub(lambda struck: _STRUCK_D[struck[1]], visible)
    latin = _MIXED.sub(lambda word: word[0].translate(_LOOK_ALIKE), lettered)
    return " ".join(unicodedata.normalize("NFC", latin).split())


def plain(text: str) -> str:
    """Give a lower-case ASCII text of the same length; what has no letter becomes a blank."""
    return "".join(map(_plain_letter, text))


@cache
def _plain_letter(char: str) -> str:
    if char.isascii():
        return char.lower()
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    small = char.lower()
    base = unicodedata.normalize("NFKD", _LETTERS.get(small, small))[:1].lower()
    return base if base.isascii() and base else " "


def fold(text: str) -> str:
    """Give lower case, without accents and marks, drawn-out letters once, single blanks between."""
    without_marks = "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )
    lettered = _NOT_KEPT.sub(" ", plain(without_marks))
    return _DRAWN_OUT.sub(r"\1", lettered).strip()


def toned(text: str) -> str:
    """Give lower-case words, each with its tone as a digit at its end; single blanks between."""
    letters = re.sub(r"[^\w]|_", " ", compose(text).lower())
    return " ".join(map(_toned_word, letters.split()))


@cache
def _toned_word(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    tone = "".join(_TONES[char] for char in apart if char in _TONES)
    rest = "".join(char for char in apart if char not in _TONES)
    return unicodedata.normalize("NFC", rest) + tone
