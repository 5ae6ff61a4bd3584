"""Words: sentences that can be followed by ear, composed letters, tone marks, typos."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from bot import prose
from bot.fault import Place
from bot.reading import Reading, texts
from flows.card import Card
from flows.content import Rule
from flows.lesson import Howto, Item, Tip, Topic
from flows.part import Part

_READ_ALOUD = frozenset(
    {
        "do",
        "see",
        "stuck",
        "other_way",
        "say",
        "before",
        "scams",
        "ask",
        "text",
        "why",
        "today",
        "lines",
    }
)
_WORD = re.compile(r"[^\W\d_]+")
_NO_WORD = re.compile(r"\{[a-z0-9_]+\}|«[^»]*»|\S+\.\S+")
"""A named value, what stands on a screen, an address: not ours to spell."""


def sentences(reading: Reading) -> None:
    """Read aloud, every sentence can be followed."""
    for place, text in _pieces(reading):
        named = [step for step in place.steps if isinstance(step, str)]
        if named and named[-1] in _READ_ALOUD:
            for count in prose.too_long(text):
                reading.fault(place, "long_sentence", count=count, most=prose.LONGEST_SENTENCE)


def spelling(reading: Reading) -> None:
    """Vietnamese is written composed, the tone where the house puts it."""
    for place, text in _vietnamese(reading):
        if not prose.is_composed(text):
            reading.fault(place, "not_composed")
        for found, better in prose.misplaced_tones(text):
            reading.fault(place, "tone", found=found, better=better)


def typos(reading: Reading) -> None:
    """Every syllable is one of a dictionary, or a name in `data/names.txt`.

    The dictionary comes with the tools of development; where it is missing nothing is checked.
    """
    known = syllables()
    if not known:
        return
    known |= _names(reading.data / "names.txt")
    for place, text in _pieces(reading):
        for word in _WORD.findall(_NO_WORD.sub(" ", prose.composed(text))):
            if not {word.lower(), prose.house_style(word.lower())} & known:
                reading.fault(place, "typo", word=word)


@cache
def syllables() -> frozenset[str]:
    """Lower-case syllables of Vietnamese, tones in the old place; empty without the dictionary.

    Viet74K, the word list that comes with underthesea (Apache 2.0).
    """
    try:
        file = distribution("underthesea").locate_file("underthesea/corpus/data/Viet74K.txt")
    except PackageNotFoundError:
        return frozenset()
    listed = prose.composed(Path(str(file)).read_text("utf-8").lower())
    return frozenset(prose.house_style(word) for word in _WORD.findall(listed))


def _names(file: Path) -> frozenset[str]:
    """Words that are no Vietnamese: names of apps, of places abroad, terms that are explained."""
    if not file.exists():
        return frozenset()
    lines = (line.partition("#")[0] for line in file.read_text("utf-8").splitlines())
    return frozenset(word.lower() for line in lines for word in line.split())


def _pieces(reading: Reading) -> Iterator[tuple[Place, str]]:
    """Every text of what is taught."""
    kinds: tuple[tuple[type[Part], dict[str, Part]], ...] = (
        (Topic, {**reading.topics}),
        (Howto, {**reading.howtos}),
        (Item, {**reading.items}),
        (Tip, {**reading.tips}),
        (Rule, {**reading.rules}),
        (Card, {**reading.cards}),
    )
    for kind, pieces in kinds:
        for key, piece in pieces.items():
            yield from texts(piece.model_dump(by_alias=True), reading.of(kind, key))


def _vietnamese(reading: Reading) -> Iterator[tuple[Place, str]]:
    """Every Vietnamese text with its place."""
    yield from _pieces(reading)
    if reading.framework is not None:
        yield from texts(reading.framework.model_dump(), Place(reading.data / "framework.yaml"))
    file = reading.data / "locales" / "vi.yaml"
    for key, text in reading.locales["vi"].sentences.items():
        yield Place(file, tuple(key.split("."))), text
