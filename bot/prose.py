"""What can be said about Vietnamese prose without reading it: length of sentences, tone marks."""

import re
import unicodedata

LONGEST_SENTENCE = 20
"""Words. Read aloud, more does not stay in the ear (STYLE of the project, words for people)."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_NEW_STYLE = re.compile(r"(o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])(?!\w)", re.IGNORECASE)
"""An open syllable whose tone stands on its second vowel: hoà, khoẻ, thuỷ. The house writes hòa."""


def too_long(text: str) -> list[int]:
    """The lengths, in words, of the sentences that are too long."""
    counts = [_words(sentence) for sentence in _SENTENCE_END.split(text)]
    return [count for count in counts if count > LONGEST_SENTENCE]


def composed(text: str) -> str:
    """The same text, every letter with its marks as one character (NFC)."""
    return unicodedata.normalize("NFC", text)


def is_composed(text: str) -> bool:
    """Whether every letter with its marks is one character (NFC), as search and fonts need it."""
    return unicodedata.is_normalized("NFC", text)


def misplaced_tones(text: str) -> list[tuple[str, str]]:
    """Words whose tone stands in the new place, each with how the house writes it."""
    composed = unicodedata.normalize("NFC", text)
    found: list[tuple[str, str]] = []
    for word in re.findall(r"\w+", composed):
        better = house_style(word)
        if better != word:
            found.append((word, better))
    return found


def house_style(text: str) -> str:
    """The same text with the tone of open syllables on the first vowel: hòa, khỏe, thủy."""
    return _NEW_STYLE.sub(_moved, text)


def _moved(match: re.Match[str]) -> str:
    first, second = match[0]
    base, *tones = unicodedata.normalize("NFD", second)
    return unicodedata.normalize("NFC", first + "".join(tones)) + base


def _words(sentence: str) -> int:
    return sum(1 for token in sentence.split() if any(c.isalnum() for c in token))
