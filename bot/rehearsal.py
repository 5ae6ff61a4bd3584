"""Turns that nobody wrote: the real flows, played for a preview, a check or a measurement.

    at_step(content, topic, n)     the dialog in which the n-th step of a how-to is open
    at_item(content, item_id)      the dialog in which a quiz item is open, in authored order
    at_choice(labels)              the dialog in which a numbered list is open

Nothing is stored. The learner has been greeted, and agreed to nothing.
"""

from dataclasses import replace
from datetime import datetime

from bot.clock import CITY
from flows.content import Content
from flows.dialog import Dialog, HowtoOpen, Learner, QuizOpen
from flows.part import Device
from flows.quiz import ask
from flows.replies import Act, Choice
from flows.respond import respond
from flows.snapshots import Snapshots, Standing
from flows.turn import Chat, Interpretation, Outcome, Said, Turn

AT = datetime(2026, 11, 25, 8, 0, tzinfo=CITY)
"""Any working morning; a rehearsal gives the same today and next year."""
LEARNER = Learner(id="rehearsal", greeted=True)
CHAT = Chat(channel="console", pushes="page")


def turn(
    content: Content, act: Act, dialog: Dialog | None = None, learner: Learner = LEARNER
) -> Turn:
    """A turn in which this act was decided on."""
    return Turn(
        input=Said(text=""),
        understanding=None,
        interpretation=Interpretation(act=act),
        learner=learner,
        dialog=dialog or Dialog(),
        chat=CHAT,
        standing=Standing(),
        snapshots=Snapshots(),
        content=content,
        operator="",
        at=AT,
        now=AT,
        seed=0,
        fresh_codes=("REHEARSAL1", "REHEARSAL2"),
    )


def played(
    content: Content, act: Act, before: Outcome | None = None, learner: Learner = LEARNER
) -> Outcome:
    """What the flows decide on this act, where the outcome before left off."""
    if before is None:
        return respond(turn(content, act, learner=learner))
    return respond(turn(content, act, before.dialog, before.learner))


def opened(content: Content, topic: str, device: Device | None = None) -> Outcome:
    """A how-to just opened, its first step shown; without a device where none is asked for.

    Raises KeyError for a topic without how-to.
    """
    howto = content.howtos[topic]
    learner = replace(LEARNER, device=device)
    outcome = played(content, Act("howto.open", topic), learner=learner)
    if device is None and howto.steps[0].differs:
        for _ in range(2):  # asked, told how to find out, still unknown
            outcome = played(content, Act("howto.device", "unknown"), outcome)
    return outcome


def at_step(content: Content, topic: str, n: int) -> Dialog:
    """The dialog in which step n, from 1, of a how-to is open.

    Raises KeyError for an unknown topic, IndexError for a step that is not there.
    """
    step = content.howtos[topic].steps[n - 1]
    outcome = opened(content, topic, "android")
    for _ in range(n - 1):
        outcome = played(content, Act("step.next"), outcome)
    reached = outcome.dialog.open
    if not isinstance(reached, HowtoOpen) or reached.step != step.id:
        raise IndexError(f"howto:{topic}@{n}")
    return outcome.dialog


def at_item(content: Content, item_id: str) -> Dialog:
    """The dialog in which this item is asked, its options in authored order, lettered.

    Raises KeyError for an unknown item.
    """
    item = content.items[item_id]
    quiz = QuizOpen(topic=item.topic, items=(item_id,), at=AT)
    now = turn(content, Act("quiz.start", item.topic))
    asked = ask(now, Outcome.of(now).opening(quiz)).dialog
    if not isinstance(asked.open, QuizOpen) or asked.choices is None:
        raise KeyError(item_id)
    options = tuple(
        Choice(option.text, Act("quiz.answer", str(n))) for n, option in enumerate(item.options)
    )
    return replace(
        asked,
        open=replace(asked.open, order=tuple(range(len(options)))),
        choices=replace(asked.choices, options=options),
    )


def at_choice(labels: list[str]) -> Dialog:
    """The dialog in which these options are open, numbered; each stands for its own act."""
    now = Outcome(learner=LEARNER, dialog=Dialog())
    options = [Choice(label, Act("howto.open", str(n))) for n, label in enumerate(labels)]
    return now.asking("", options, at=AT).dialog
