"""Numbers, addresses and names that may be said: each is a named value, or bound to a source.

A phone number, an amount, a share or a date stands in `data/values.yaml`, so that one change
corrects all. Other numbers (12 digits of a card, 6 of a code) may stand where sources stand. What
a question tells as a story (a price, a swindler's link) is no fact and may hold anything.
"""

import re
from collections.abc import Iterator

from bot.content_check.vocabulary import vocabulary
from bot.fault import Place
from bot.reading import Reading, texts
from flows.address import unofficial
from flows.lesson import Howto, Item, Tip

_DIGITS = re.compile(r"\d[\d.,]*")
_ON_SCREEN = re.compile(r"«[^»]*»|\{[a-z0-9_]+\}")


def numbers(reading: Reading) -> None:
    """No phone number, amount, share or date stands in a text; no number at all without source."""
    for place, text, bound in _facts(reading):
        if place.steps[-1] == "title":
            continue  # the name of a thing, as people call it: «(1022)»
        plain = _ON_SCREEN.sub("«»", text)
        for found in vocabulary().volatile.findall(plain):
            reading.fault(place, "not_a_value", found=found)
        if not bound:
            rest = vocabulary().level.sub("", vocabulary().volatile.sub("", plain))
            for found in _DIGITS.findall(rest):
                reading.fault(place, "number_without_source", found=found)


def names(reading: Reading) -> None:
    """Names that are no longer used stand only where that is explained."""
    for place, text in _told(reading):
        for outdated in reading.outdated:
            if outdated.matches(text) and not vocabulary().explains.search(text):
                reading.fault(place, "outdated", name=outdated.name, now=outdated.now)


def links(reading: Reading) -> None:
    """Every address that people are told is official (`data/links.yaml`)."""
    if reading.links is None:
        return
    for place, text, _ in _facts(reading):
        for host in filter(None, unofficial(text, reading.links)):  # «https://» alone names none
            reading.fault(place, "unofficial_link", host=host)


def _facts(reading: Reading) -> Iterator[tuple[Place, str, bool]]:
    """What is told as true, and whether a source is bound to it. The story of a question is not."""
    for slug, howto in reading.howtos.items():
        for place, text in texts(howto.model_dump(by_alias=True), reading.of(Howto, slug)):
            yield place, text, place.steps[0] not in ("before", "scams", "title", "for")
    for key, item in reading.items.items():
        for number, option in enumerate(item.options):
            yield reading.of(Item, key).at("options", number, "why"), option.why, True
    for key, tip in reading.tips.items():
        for place, text in texts(tip.model_dump(), reading.of(Tip, key)):
            yield place, text, True


def _told(reading: Reading) -> Iterator[tuple[Place, str]]:
    """Each text with what may explain it: the fields of a step together, an item as a whole."""
    for slug, howto in reading.howtos.items():
        for place, text in texts(howto.model_dump(by_alias=True), reading.of(Howto, slug)):
            yield place, text
    for key, item in reading.items.items():
        place = reading.of(Item, key)
        yield place, " ".join(text for _, text in texts(item.model_dump(), place))
    for key, tip in reading.tips.items():
        for place, text in texts(tip.model_dump(), reading.of(Tip, key)):
            yield place, text
