"""Words that were run together ("quenmatkhau") or torn apart ("nh ập", "m a t k h a u").

A run-together word is cut only into known compounds ("mat khau") and a few words that stand alone
("quen"), so that foreign words ("camera", "metro") stay whole. The tables stand under `spacing` in
`data/nlu/words/spelling.yaml`.
"""

import re
from functools import cache

from nlu.keyboard import syllable
from nlu.normalise import fold
from nlu.words import strings

_RUN = re.compile(r"(?P<letters>[a-z]{6,60})(?P<number>[0-9]{0,2})")
_SPELLED = 5
"""So many single letters in a row are a word torn to pieces."""


def respaced(words: list[str]) -> list[str]:
    """Cut what was run together and join what was torn apart, of folded words."""
    return [piece for word in _joined(words) for piece in _cut(word)]


def _joined(words: list[str]) -> list[str]:
    result: list[str] = []
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and len(words[end]) == 1 and words[end].isalpha():
            end += 1
        if end - at >= _SPELLED:
            letters = "".join(words[at:end])
            result += [letters] if len(_cut(letters)) > 1 else words[at:end]
            at = end
        elif _torn(words, at):
            result.append(words[at] + words[at + 1])
            at += 2
        else:
            result.append(words[at])
            at += 1
    return result


def _torn(words: list[str], at: int) -> bool:
    """Whether only the first consonants of a syllable stand here, and its rest is what follows."""
    if at + 1 == len(words) or words[at] not in _table("onsets"):
        return False
    rest = words[at + 1]
    alone = rest in _table("vowel_first") or rest[0] not in "aeiouy"
    return not alone and syllable(words[at] + rest)


def _cut(word: str) -> list[str]:
    """The words that were run together; the word itself where it is no such thing."""
    run = _RUN.fullmatch(word)
    if run is None or syllable(word):
        return [word]
    found = _way(run["letters"])
    return [*found, *filter(None, [run["number"]])] if found else [word]


def _way(word: str) -> list[str]:
    """The fewest pieces that make up a run, one of them a compound; none where there is no way."""
    pieces, longest = _pieces()
    ways: list[list[str] | None] = [[], *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - longest), end):
            before, piece = ways[start], pieces.get(word[start:end])
            known = ways[end]
            if before is not None and piece is not None:
                way = [*before, *piece]
                if known is None or len(way) < len(known):
                    ways[end] = way
    found = ways[-1]
    return found if found is not None and _holds_compound(word) else []


def _holds_compound(word: str) -> bool:
    return any(piece in word for piece, parts in _pieces()[0].items() if len(parts) > 1)


@cache
def _pieces() -> tuple[dict[str, list[str]], int]:
    """What a run can be cut into: its letters to its words; and the longest of them."""
    written = [*strings("spelling", "together"), *strings("spelling", "alone")]
    table = {fold(words).replace(" ", ""): fold(words).split() for words in written}
    return table, max(map(len, table))


@cache
def _table(name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in strings("spelling", name))
