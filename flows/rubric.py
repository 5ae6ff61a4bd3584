"""When is a topic known, and when is a self-learning record earned.

A topic is known when enough different practice items were right on the first attempt of some
asking (a later quiz counts too), over enough different days of the city's calendar. The numbers
stand in `data/rubric.yaml`; they are this project's own, not an official pass rule.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from flows.content import Rule
from flows.lesson import topic_of
from flows.snapshots import AnswerSeen

CITY = ZoneInfo("Asia/Ho_Chi_Minh")
CURRENT = "practice/1"
"""The rule by which new records are earned."""


def known(rule: Rule, answers: Iterable[AnswerSeen]) -> list[str]:
    """Topics that count as known, in the order they became so."""
    items: dict[str, set[str]] = {}
    days: dict[str, set[date]] = {}
    reached: dict[str, None] = {}
    for answer in sorted(answers, key=lambda a: a.at):
        if answer.purpose != "practice" or answer.attempt != 1 or not answer.correct:
            continue
        topic = topic_of(answer.item)
        items.setdefault(topic, set()).add(answer.item)
        days.setdefault(topic, set()).add(answer.at.astimezone(CITY).date())
        if len(items[topic]) >= rule.items and len(days[topic]) >= rule.days:
            reached.setdefault(topic)
    return list(reached)


def earned(rule: Rule, topics: Iterable[str]) -> bool:
    """Whether these known topics earn the record."""
    have = set(topics)
    return len(have) >= rule.topics and have.issuperset(rule.must)


def learnable(practice: Mapping[str, int], rule: Rule) -> list[str]:
    """Topics with enough practice items to become known, given the number of items of each."""
    return [topic for topic, count in practice.items() if count >= rule.items]
