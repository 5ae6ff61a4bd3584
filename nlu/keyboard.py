"""What a keyboard leaves that was off or set to another way of typing: Telex and VNI residue.

    ddang nhaapj     Telex: doubled letters and w shape a vowel, s f r x j at the end are tones
    dang9 nhap65     VNI: 6 to 9 shape a letter, 1 to 5 are tones

All is read without accents, so a residue is taken off, never turned into accents. A word is only
repaired into a syllable of Vietnamese, and never one that is a syllable already.
"""

import re
from functools import cache

from nlu.words import strings

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


def retyped(words: list[str]) -> list[str]:
    """Undo Telex ("ddang nhaapj") and VNI ("mat65 khau63"); as many words as were given.

    A single digit at the end ("mat5") may be VNI or a number ("muc2"), so it is taken off only
    where another word of the message is VNI for sure.
    """
    vni = any(_VNI_FOR_SURE.fullmatch(word) and syllable(_lettered(word)) for word in words)
    return [_without_vni(word) if vni else _without_telex(word) for word in words]


def syllable(word: str) -> bool:
    """Whether this could be a Vietnamese syllable without its accents."""
    return _SYLLABLE.fullmatch(word) is not None and not word.endswith(("oong", "oon", "oo", "ooc"))


def _lettered(word: str) -> str:
    return re.sub(r"[0-9]", "", word)


def _without_vni(word: str) -> str:
    letters = _lettered(word)
    return letters if _VNI.fullmatch(word) and syllable(letters) else word


def _without_telex(word: str) -> str:
    if syllable(word) or word in _kept() or not word.isalpha() or len(word) > _LONGEST_TYPED:
        return word
    shaped = _SHAPE_LETTERS.sub(_shape, word)
    for letters in (shaped, _TONE_LETTER.sub("", shaped, count=1)):
        if syllable(letters):
            return letters
    return word


def _shape(match: re.Match[str]) -> str:
    return "u" if match[0] == "w" else match[0][0]


@cache
def _kept() -> frozenset[str]:
    return frozenset(strings("spelling", "kept"))
