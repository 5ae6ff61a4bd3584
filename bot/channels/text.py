"""Cutting a long text into messages that a platform takes.

    split(text, fits)   one message, or several numbered "1/3", "2/3" …

It is cut at the end of a paragraph where that is possible, else of a line, else of a sentence,
else between words: a link, which has no blanks, is never cut. A paragraph that begins with "1. " or
"A. " is a list of options: it stays with its question. Digits and a stroke are read the
same in every language, so they are no sentence of `data/locales`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

Fits = Callable[[str], bool]
"""Whether a text goes into one message; what is part of a text that fits must fit too."""

_ENDS = tuple(
    map(
        re.compile,
        (
            r"(?<!\s)(?:[^\S\n]*+\n){2}\s*+(?![1A]\. )",
            r"\n\s*+",
            r"(?<=[.!?…])\s++",
            r"\s++",
        ),
    )
)
"""Ends of paragraphs, lines, sentences, words. A run of blanks is read once, however long."""
_JOINER = "\u200d"
_JOINED_ON = {_JOINER, "\ufe0f", "\u20e3"}
"""What makes one emoji of several characters."""


def utf16(text: str) -> int:
    """Length in UTF-16 units, never less than in characters: the strictest way to count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, fits: Fits) -> list[str]:
    """Give the messages in their order. Only blanks at the cuts are lost.

    A single character with its number must fit.
    """
    if fits(text):
        return [text]
    digits = 1
    while len(parts := _parts(text.strip(), fits, digits)) >= 10**digits:
        digits += 1
    return [_numbered(part, n, len(parts)) for n, part in enumerate(parts, start=1)]


def _parts(text: str, fits: Fits, digits: int) -> list[str]:
    """The parts, each of which leaves room for two numbers of so many digits."""
    widest = 10**digits - 1

    def fits_numbered(part: str) -> bool:
        return fits(_numbered(part.strip(), widest, widest))

    return [part.strip() for part in _cut(text, fits_numbered)]


def _numbered(part: str, n: int, count: int) -> str:
    return f"{n}/{count}\n{part}"


def _cut(text: str, fits: Fits, level: int = 0) -> Iterator[str]:
    """Fill part after part, cutting as coarsely as possible; joined they are the text again."""
    if level == len(_ENDS):
        yield from _cut_anywhere(text, fits)
        return
    part = ""
    for piece in _pieces(text, _ENDS[level]):
        if fits(part + piece):
            part += piece
        elif fits(piece):
            yield part
            part = piece
        else:  # too long by itself: its start fills up what stands before it
            *full, part = _cut(part + piece, fits, level + 1)
            yield from full
    yield part


def _pieces(text: str, end: re.Pattern[str]) -> Iterator[str]:
    """The text in pieces, each with the blanks that follow it."""
    start = 0
    for found in end.finditer(text):
        yield text[start : found.end()]
        start = found.end()
    if start < len(text):
        yield text[start:]


def _cut_anywhere(text: str, fits: Fits) -> Iterator[str]:
    """For what has no blanks: never within what is seen as one character."""
    while not fits(text):
        most, too_many = 1, len(text)
        while too_many - most > 1:
            half = (most + too_many) // 2
            most, too_many = (half, too_many) if fits(text[:half]) else (most, half)
        whole = most
        while whole > 1 and _joined(text, whole):
            whole -= 1
        cut = most if _joined(text, whole) else whole
        yield text[:cut]
        text = text[cut:]
    yield text


def _joined(text: str, at: int) -> bool:
    """Whether the character here belongs to the one before it."""
    return text[at - 1] == _JOINER or text[at] in _JOINED_ON or unicodedata.combining(text[at]) > 0
