"""Items that teach and can't be guessed: enough of them, no pattern, reasons that fit the key."""

from collections import defaultdict
from itertools import combinations, pairwise
from math import sqrt

from bot.content_check.vocabulary import vocabulary
from bot.fault import Place
from bot.reading import Reading
from flows.lesson import Howto, Item
from nlu.normalise import fold

FEWEST_ITEMS, FEWEST_SHORT = 8, 4
"""Items a topic; of a how-to marked `short`."""
FEWEST_DOING = 2
LONGEST_RIGHT = 0.4
"""Share of items whose right option may be the longest: more, and people learn to pick length."""
SAME = 0.7
"""Share of pairs of words that two items may have in common before they count as one."""


def enough(reading: Reading) -> None:
    """A topic has enough items, half of each use."""
    by_topic = _by_topic(reading)
    for slug in reading.howtos:
        if slug not in by_topic and not reading.is_flawed("quiz", slug):
            reading.fault(reading.of(Howto, slug), "no_items", slug=slug)
    for slug, set_ in by_topic.items():
        if reading.is_flawed("quiz", slug) or reading.is_flawed("howto", slug):
            continue
        howto, place = reading.howtos.get(slug), _file(reading, set_)
        fewest = FEWEST_SHORT if howto is not None and howto.short else FEWEST_ITEMS
        if len(set_) < fewest:
            reading.fault(place, "few_items", count=len(set_), fewest=fewest)
        practice = sum(1 for item in set_ if item.use == "practice")
        if practice * 2 != len(set_):
            reading.fault(place, "not_half", practice=practice, test=len(set_) - practice)


def no_pattern(reading: Reading) -> None:
    """Neither the length nor the place of the right option gives it away; no order is given."""
    for key, item in reading.items.items():
        if item.kind == "order" and item.answer == sorted(item.answer):
            reading.fault(reading.of(Item, key).at("answer"), "in_order_already")
    for set_ in _by_topic(reading).values():
        place = _file(reading, set_)
        chosen = [item for item in set_ if item.kind in ("single", "which_scam")]
        longest = [item for item in chosen if _right_is_longest(item)]
        if len(longest) > LONGEST_RIGHT * len(chosen):
            names = ", ".join(item.id.partition(":")[2] for item in longest)
            reading.fault(place, "right_longest", count=len(longest), all=len(chosen), names=names)
        positions = {item.answer[0] for item in chosen}
        if len(chosen) > 2 and len(positions) == 1:
            reading.fault(place, "same_position", letter="ABCDE"[positions.pop()])


def no_pattern_in_all(reading: Reading) -> None:
    """Over the whole course the right option is the longest no more often than by chance."""
    chosen = [item for item in reading.items.values() if item.kind in ("single", "which_scam")]
    chance = sum(1 / len(item.options) for item in chosen)
    spread = sqrt(sum((1 - 1 / len(item.options)) / len(item.options) for item in chosen))
    longest = sum(1 for item in chosen if _right_is_longest(item))
    if longest > chance + 2 * spread:
        place = Place(reading.data / "quiz")
        reading.fault(place, "right_longest_in_all", count=longest, expected=round(chance))


def doing(reading: Reading) -> None:
    """At least two items a topic take being able to do the thing."""
    for slug, set_ in _by_topic(reading).items():
        count = sum(1 for item in set_ if item.doing)
        if count < FEWEST_DOING and not reading.is_flawed("quiz", slug):
            place = _file(reading, set_)
            reading.fault(place, "few_doing", count=count, fewest=FEWEST_DOING)


def genuine(reading: Reading) -> None:
    """Of the messages and calls that a topic shows, half are what they seem to be.

    Otherwise who always answers «lừa đảo» passes (assessment research, docs/decisions.md).
    """
    for set_ in _by_topic(reading).values():
        shown = [item for item in set_ if item.shows is not None]
        true = sum(1 for item in shown if item.shows == "genuine")
        if true * 2 < len(shown):
            place = _file(reading, set_)
            reading.fault(place, "few_genuine", count=true, all=len(shown))


def reasons(reading: Reading) -> None:
    """The reason of the right option says that it is right; no other reason does."""
    for key, item in reading.items.items():
        if item.kind == "order":
            continue
        for number, option in enumerate(item.options):
            if option.why.startswith(vocabulary().right) != (number in item.answer):
                place = reading.of(Item, key).at("options", number, "why")
                reading.fault(place, "reason_against_key", letter="ABCDE"[number])


def repeated(reading: Reading) -> None:
    """No two items ask nearly the same with nearly the same options."""
    words = {key: _pairs(item) for key, item in reading.items.items()}
    asked = {key: fold(item.ask) for key, item in reading.items.items()}
    for (first, one), (second, other) in combinations(words.items(), 2):
        same = len(one & other) * 2 > SAME * (len(one) + len(other))
        if same or asked[first] == asked[second]:
            reading.fault(reading.of(Item, second).at("ask"), "repeated_item", first=first)


def tried(reading: Reading) -> None:
    """How many people tried an item is what `data/trials.yaml` says, not what its writer says."""
    counted: defaultdict[str, int] = defaultdict(int)
    for trial in reading.trials:
        for key in trial.items:
            counted[key] += trial.people
    for key, item in reading.items.items():
        if item.tried != counted[key]:
            place = reading.of(Item, key).at("tried")
            reading.fault(place, "not_tried", count=counted[key])


def _by_topic(reading: Reading) -> dict[str, list[Item]]:
    by_topic: defaultdict[str, list[Item]] = defaultdict(list)
    for item in reading.items.values():
        by_topic[item.topic].append(item)
    return by_topic


def _file(reading: Reading, set_: list[Item]) -> Place:
    return Place(reading.of(Item, set_[0].id).file)


def _right_is_longest(item: Item) -> bool:
    right = len(item.options[item.answer[0]].text)
    return all(
        len(option.text) < right
        for position, option in enumerate(item.options)
        if position != item.answer[0]
    )


def _pairs(item: Item) -> frozenset[tuple[str, str]]:
    """The pairs of neighbouring words, folded, of the question and its options."""
    parts = [item.ask, *(option.text for option in item.options)]
    words = [fold(part).split() for part in parts]
    return frozenset(pair for part in words for pair in pairwise(part))
