"""Folding: one form for the many ways in which the same words are typed.

    plain   NFC, one ASCII letter for each letter: as long as the text, so positions stay true
    fold    what is compared: lower case, no accents, no marks, no emoji, no drawn-out letters
    expand  fold, and abbreviations, speech spellings, Telex and VNI residue spelled out
    unkeyed Telex and VNI residue alone, in a plain text, positions kept

All three are pure and idempotent (but `plain`, whose input may need composing first, keeps length
only of NFC text). The tables stand in `data/nlu/words/spelling.yaml`.
"""

import re
import unicodedata
from functools import cache

from nlu.words import mapping, strings

_LETTERS = {"đ": "d", "œ": "o", "æ": "a", "ø": "o", "ł": "l", "ß": "s"}
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_NOT_KEPT = re.compile(r"[^a-z0-9]+")
_ROUNDS = 5
"""How often `expand` looks again at what it has replaced; two are enough for every table entry."""


def compose(text: str) -> str:
    """Give the text in NFC, invisible characters removed, white space as single blanks."""
    visible = "".join(
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"}
        and (char.isspace() or unicodedata.category(char) != "Cc")
    )
    return " ".join(unicodedata.normalize("NFC", visible).split())


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


def expand(text: str) -> str:
    """Fold, and spell out what people shorten, spell by ear, or type with the keyboard off."""
    spoken = " ".join(_accented().get(word, word) for word in compose(text).lower().split())
    words = fold(spoken).split()
    for _ in range(_ROUNDS):
        further = _retyped(_spelled_out(words))
        if further == words:
            break
        words = further
    return " ".join(words)


def unkeyed(flat: str) -> str:
    """Undo Telex and VNI residue in a `plain` text, padded so that the length stays."""
    tokens = re.split(r"([^a-z0-9]+)", flat)
    repaired = _retyped(tokens[::2])
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


# Syllables of Vietnamese without accents: what a repaired word must be, and what needs no repair.
_SYLLABLE = re.compile(
    r"(?:b|ch|c|d|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x)?"
    r"(?:a|e|i|o|u|y|ai|ao|au|ay|eo|eu|ia|ie|ieu|iu|oa|oai|oao|oay|oe|oeo|oi|oo|ua|uay|ue|ui|uo|uoi"
    r"|uou|uu|uy|uya|uye|uyu|ye|yeu)"
    r"(?:ch|c|m|ng|nh|n|p|t)?"
)
_LONGEST_TYPED = 12
_TONE_LETTER = re.compile(
    r"(?<=[aeiouy])([sfrxj])|(?<=[aeiouy][cmnpt])([sfrxj])$"
    r"|(?<=[aeiouy](?:ch|ng|nh))([sfrxj])$"
)
_SHAPE_LETTERS = re.compile(r"aa|ee|oo|dd|[aou]w|w")
_VNI = re.compile(r"[a-z]+(?:[1-9][a-z]*)+")
_VNI_FOR_SURE = re.compile(
    r"d9[a-z0-9]*|[a-z]*[aeiouy][1-9][a-z]+[a-z0-9]*|[a-z]+[6-9][1-5]|[a-z]+[1-5][6-9]"
)


def _retyped(words: list[str]) -> list[str]:
    """Undo Telex ("ddang nhaapj") and VNI ("mat65 khau63") of a keyboard that was off.

    A single digit at the end ("mat5") may be VNI or a number ("muc2"), so it is taken off only
    where another word of the message is VNI for sure.
    """
    vni = any(_VNI_FOR_SURE.fullmatch(word) and _syllable(_lettered(word)) for word in words)
    return [_without_vni(word) if vni else _without_telex(word) for word in words]


def _lettered(word: str) -> str:
    return re.sub(r"[0-9]", "", word)


def _syllable(word: str) -> bool:
    return _SYLLABLE.fullmatch(word) is not None and not word.endswith(("oong", "oon", "oo", "ooc"))


def _without_vni(word: str) -> str:
    letters = _lettered(word)
    return letters if _VNI.fullmatch(word) and _syllable(letters) else word


def _without_telex(word: str) -> str:
    if _syllable(word) or word in _kept() or not word.isalpha() or len(word) > _LONGEST_TYPED:
        return word
    shaped = _SHAPE_LETTERS.sub(_shape, word)
    for letters in (shaped, _TONE_LETTER.sub("", shaped, count=1)):
        if _syllable(letters):
            return letters
    return word


def _shape(match: re.Match[str]) -> str:
    return "u" if match[0] == "w" else match[0][0]


@cache
def _kept() -> frozenset[str]:
    return frozenset(strings("spelling", "kept"))
