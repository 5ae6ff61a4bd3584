"""All that is taught, as it grows old: due, withdrawn, and back once it was checked again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pytest

from bot import rehearsal
from bot.clock import CITY
from bot.content import load
from flows.ageing import as_of, due_on, withdrawn_on
from flows.content import Content
from flows.lesson import Howto
from flows.part import Device
from flows.replies import Act
from flows.respond import respond
from flows.turn import Outcome
from flows.value import Value, named_in

TAUGHT = load(Path(__file__).parent.parent.parent / "data")
TOPICS = sorted(TAUGHT.howtos)
PHONES: tuple[Device, ...] = ("android", "iphone")
OLD = max(value.check_by for value in TAUGHT.values.values()) + timedelta(days=1)
"""No value may be said any more."""
ALL_CHECKED = replace(
    TAUGHT,
    howtos={
        slug: howto.model_copy(update={"checked": OLD}) for slug, howto in TAUGHT.howtos.items()
    },
)
"""The lessons were looked through that day, and the values forgotten."""


@cache
def on_day(day: date) -> Content:
    """What may be said that day if nobody checks anything."""
    return as_of(TAUGHT, day)


@cache
def checked_again() -> Content:
    """What may be said when every value is old, and no lesson."""
    return as_of(ALL_CHECKED, OLD)


def does(content: Content, day: date, act: Act, before: Outcome | None, device: Device) -> Outcome:
    """What is answered at noon of that day."""
    noon = datetime.combine(day, time(12), CITY)
    learner = before.learner if before else replace(rehearsal.LEARNER, device=device)
    turn = rehearsal.turn(content, act, before.dialog if before else None, learner)
    return respond(replace(turn, at=noon, now=noon))


def opened(content: Content, day: date, topic: str, device: Device = "android") -> str:
    """What is said to who asks for the topic, with its ways on."""
    return words(does(content, day, Act("howto.open", topic), None, device))


def words(outcome: Outcome) -> str:
    """All that is shown."""
    lines = [reply.text for reply in outcome.replies]
    lines += [o.label for r in outcome.replies if r.choices for o in r.choices.options]
    return "\n".join(lines)


def all_said(content: Content, day: date, howto: Howto, device: Device) -> Iterator[str]:
    """The lesson to its end, three times stuck at every step, and not done in the end."""
    outcome = does(content, day, Act("howto.open", howto.topic), None, device)
    yield words(outcome)
    for _ in howto.steps:
        stuck = outcome
        for _ in range(3):
            stuck = does(content, day, Act("step.stuck"), stuck, device)
            yield words(stuck)
        outcome = does(content, day, Act("step.next"), outcome, device)
        yield words(outcome)
    yield words(does(content, day, Act("howto.done", "no"), outcome, device))


def named(howto: Howto) -> list[Value]:
    """The values that a lesson names."""
    return [TAUGHT.values[key] for key in sorted(set(named_in(howto.model_dump_json())))]


@pytest.mark.parametrize("device", PHONES)
@pytest.mark.parametrize("topic", TOPICS)
def test_no_brace_is_ever_said(topic: str, device: Device) -> None:
    howto = TAUGHT.howtos[topic]
    today, due = howto.checked, due_on(howto)
    played = [
        *all_said(on_day(today), today, howto, device),
        *all_said(on_day(due), due, howto, device),
        *all_said(checked_again(), OLD, howto, device),
    ]
    assert [text for text in played if "{" in text or "}" in text] == []
    assert len(played) == 3 * (4 * len(howto.steps) + 2)


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_due_says_so_and_names_hotlines_alone(topic: str) -> None:
    howto = TAUGHT.howtos[topic]
    day = due_on(howto)
    recheck = "đang được kiểm tra lại"
    assert recheck not in opened(on_day(day - timedelta(days=1)), day - timedelta(days=1), topic)
    assert recheck in opened(on_day(day), day, topic)

    fresh = "\n".join(all_said(on_day(howto.checked), howto.checked, howto, "android"))
    old = "\n".join(all_said(on_day(day), day, howto, "android"))
    for value in named(howto):
        if value.kind in {"money", "date", "length", "share"}:
            assert value.spoken not in old, value.key
        elif value.kind == "phone" and value.spoken in fresh and day <= value.check_by:
            assert value.spoken in old, value.key


def test_lessons_name_values_that_age() -> None:
    said = {value.kind for howto in TAUGHT.howtos.values() for value in named(howto)}
    assert {"phone", "money", "date", "length"} <= said
    howto = TAUGHT.howtos["etax/household_business"]
    limit = TAUGHT.values["etax_household_threshold"].spoken
    assert any(
        limit in text for text in all_said(on_day(howto.checked), howto.checked, howto, "android")
    )


@pytest.mark.parametrize("topic", TOPICS)
def test_what_nobody_checked_is_withdrawn_as_by_hand_until_it_is(topic: str) -> None:
    howto, known = TAUGHT.howtos[topic], TAUGHT.topics[topic]
    day = withdrawn_on(howto)
    last = day - timedelta(days=1)
    assert "Bước 1/" in opened(on_day(last), last, topic)

    told = opened(on_day(day), day, topic)

    assert f"«{known.title}» đang được kiểm lại" in told
    place = on_day(day).topics[topic].place
    assert place is not None
    assert place.say in told
    assert TAUGHT.sentence("vi", "howto.person") in told
    assert "Bước" not in told
    by_hand = replace(on_day(last), withdrawn=frozenset({topic}))
    assert opened(by_hand, last, topic) == told

    again = replace(
        TAUGHT, howtos={**TAUGHT.howtos, topic: howto.model_copy(update={"checked": day})}
    )
    told = opened(as_of(again, day), day, topic)
    assert "Bước 1/" in told
    assert f"Kiểm ngày {day:%d/%m/%Y}." in told
