"""All that is taught, played through the core: every step stuck at, every question answered."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from bot import rehearsal
from bot.content import load
from flows.ageing import as_of
from flows.content import Content
from flows.dialog import Dialog, HowtoOpen, QuizOpen
from flows.lesson import Howto, Item, Step
from flows.part import Device
from flows.replies import Act, ActName, Reply
from flows.turn import Outcome
from tests.flows.authored import of_language

TAUGHT = as_of(load(Path(__file__).parent.parent.parent / "data"), rehearsal.AT.date())
DEVICES: tuple[Device | None, ...] = ("iphone", "android", None)
LONGEST = 1_500
"""Characters of one message, for a screen and for a platform's 2,000."""


def say(key: str, **values: object) -> str:
    return TAUGHT.sentence("vi", key, **values)


@dataclass
class Learner:
    """Somebody who follows a how-to, on one kind of phone or on one she can't name."""

    content: Content
    device: Device | None
    outcome: Outcome | None = None

    def does(self, name: ActName, arg: str = "") -> str:
        """Do it, answering the question for the phone if it comes; what is said then."""
        learner = replace(rehearsal.LEARNER, device=self.device)
        act = Act(name, arg)
        self.outcome = rehearsal.played(self.content, act, self.outcome, learner)
        while self._acts() and self._acts()[0] == Act("howto.device", "iphone"):
            act = Act("howto.device", self.device or "unknown")
            self.outcome = rehearsal.played(self.content, act, self.outcome, learner)
        return "\n".join(fit(reply) for reply in self.outcome.replies)

    @property
    def dialog(self) -> Dialog:
        assert self.outcome is not None
        return self.outcome.dialog

    def _acts(self) -> list[Act]:
        choices = self.dialog.choices
        return [option.act for option in choices.options] if choices else []

    def may(self, name: ActName) -> bool:
        """Whether this stands among the ways on."""
        return any(act.name == name for act in self._acts())


def fit(reply: Reply) -> str:
    """The text of a reply that is fit to be sent."""
    labels = [option.label for option in reply.choices.options] if reply.choices else []
    for text in (reply.text, *labels):
        assert text.strip() == text != ""
        assert not re.search(r"[{}]|\bNone\b|\bTrue\b|\bFalse\b|\w+\(|<\w|\[\]|\\n", text)
    assert len(reply.text) <= LONGEST
    assert len(set(labels)) == len(labels)
    authored = of_language(TAUGHT)
    assert authored.reply(reply.text)
    assert all(authored.label(label) for label in labels)
    return reply.text


def test_every_topic_that_is_taught_is_played() -> None:
    assert set(TAUGHT.howtos) == set(TAUGHT.topics)


def on_phones() -> Iterator[object]:
    """Each on every kind of phone, but once where it is the same on all."""
    for howto in TAUGHT.howtos.values():
        differs = any(step.differs for step in howto.steps)
        for device in DEVICES if differs else (None,):
            yield pytest.param(howto, device, id=f"{howto.topic}-{device or 'unknown'}")


@pytest.mark.parametrize(("howto", "device"), list(on_phones()))
def test_a_howto_is_followed_to_its_end_stuck_at_every_step(
    howto: Howto, device: Device | None
) -> None:
    her = Learner(TAUGHT, device)
    said = her.does("howto.open", howto.topic)
    assert said.startswith(howto.title)
    assert say("howto.step", n=1, count=len(howto.steps), do="") in f"{said} "
    for n, step in enumerate(howto.steps, start=1):
        assert_shown(said, howto, n, step.on(device))
        assert_helped(her, howto, n, step.on(device))
        said = her.does("step.next")
    assert said.endswith(say("howto.did_it"))
    assert her.does("howto.done", "yes").startswith(say("howto.well_done"))
    assert her.dialog.open is None


def assert_shown(said: str, howto: Howto, n: int, step: Step) -> None:
    """The step, its number, what is seen, and the line on codes where one is received."""
    assert say("howto.step", n=n, count=len(howto.steps), do=step.do) in said
    assert say("howto.see", see=step.see) in said
    assert (say("howto.code_stays") in said) == step.expects_secret
    others = [m for m in re.findall(r"Bước (\d+)/", said) if int(m) != n]
    assert others == []


def assert_helped(her: Learner, howto: Howto, n: int, step: Step) -> None:
    """First its own help, then the other way where there is one, then a person."""
    said = her.does("step.stuck")
    if say("howto.stuck_help", help=step.stuck) not in said:
        # She was asked for her phone, and shown the step as it is there.
        assert_shown(said, howto, n, step)
        said = her.does("step.stuck")
    assert said == say("howto.stuck_help", help=step.stuck)
    assert her.may("step.next")
    said = her.does("step.stuck")
    if step.other_way is not None:
        assert said == say("howto.other_way", way=step.other_way)
        said = her.does("step.stuck")
    assert say("person_help.nobody") in said
    assert "1022" in said
    assert f"bước {n} " in said
    assert her.may("howto.resume")
    opened = her.dialog.open
    assert isinstance(opened, HowtoOpen)
    assert opened.step == step.id


@pytest.mark.parametrize("howto", TAUGHT.howtos.values(), ids=lambda howto: howto.topic)
def test_a_howto_that_did_not_work_ends_with_a_person(howto: Howto) -> None:
    her = Learner(TAUGHT, "android")
    her.does("howto.open", howto.topic)
    for _ in howto.steps:
        her.does("step.next")

    said = her.does("howto.done", "no")

    assert say("person_help.nobody") in said


@pytest.mark.parametrize("howto", TAUGHT.howtos.values(), ids=lambda howto: howto.topic)
def test_a_howto_is_said_shorter_for_who_wants_it_so(howto: Howto) -> None:
    simple = replace(rehearsal.LEARNER, device="android", simple=True)
    outcome = rehearsal.played(TAUGHT, Act("howto.open", howto.topic), learner=simple)
    texts = [fit(reply) for reply in outcome.replies]
    for _ in howto.steps:
        outcome = rehearsal.played(TAUGHT, Act("step.next"), outcome)
        texts += [fit(reply) for reply in outcome.replies]

    assert texts[-1].endswith(say("howto.did_it"))
    assert not any(say("howto.see", see="").strip() in text for text in texts)


def ways(item: Item) -> Iterator[tuple[int, ...]]:
    """Every possible answer."""
    positions = range(len(item.options))
    if item.kind == "order":
        yield from itertools.permutations(positions)
    else:
        yield from ((position,) for position in positions)


@pytest.mark.parametrize("item", TAUGHT.practice(), ids=lambda item: item.id)
def test_every_answer_to_a_question_is_told_its_reason(item: Item) -> None:
    asked = rehearsal.at_item(TAUGHT, item.id)
    assert asked.choices is not None
    assert [o.label for o in asked.choices.options] == [o.text for o in item.options]
    for given in ways(item):
        once = answered(asked, given)
        if given == tuple(item.answer):
            why = item.options[given[0]].why
            praise = say("quiz.order_right" if item.kind == "order" else "quiz.right", why=why)
            # «Đúng, …» is praise enough.
            said_right = item.kind != "order" and why.startswith(say("quiz.why_begins"))
            assert (why if said_right else praise) in once.replies[0].text
            assert (praise in once.replies[0].text) is not said_right
            assert asked_again(once) is None
            continue
        why = item.options[first_misplaced(item, given)].why
        assert why in once.replies[0].text
        assert say("quiz.once_more") in once.replies[0].text
        assert asked_again(once) == 2
        twice = answered(once.dialog, shown_as(once.dialog, given))
        solution = [item.options[position].text for position in item.answer]
        assert all(text in twice.replies[0].text for text in solution)
        assert asked_again(twice) is None


def answered(dialog: Dialog, given: tuple[int, ...]) -> Outcome:
    """The outcome of this answer, in positions as shown."""
    act = Act("quiz.answer", ",".join(map(str, given)))
    outcome = rehearsal.respond(rehearsal.turn(TAUGHT, act, dialog))
    for reply in outcome.replies:
        fit(reply)
    return outcome


def asked_again(outcome: Outcome) -> int | None:
    """Which try is open; None when the question is done."""
    opened = outcome.dialog.open
    return opened.attempt if isinstance(opened, QuizOpen) else None


def shown_as(dialog: Dialog, given: tuple[int, ...]) -> tuple[int, ...]:
    """Authored positions as positions in the order shown."""
    order = cast("QuizOpen", dialog.open).order
    return tuple(order.index(position) for position in given)


def first_misplaced(item: Item, given: tuple[int, ...]) -> int:
    """The option whose reason is told: for an order the first one out of place."""
    if item.kind != "order":
        return given[0]
    return next(g for g, right in zip(given, item.answer, strict=True) if g != right)
