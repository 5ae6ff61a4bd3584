"""Asking before something is remembered: one purpose, two equal choices.

What waits for the answer, and what is said then, is the affair of `flows/agreed.py`. Refusing still
gives every how-to and unsaved quizzes (law 91/2025/QH15, articles 9 and 14).
"""

import hashlib

from flows import helped
from flows.dialog import ConsentOpen, QuizOpen, ReminderForm
from flows.events import ConsentGiven, ConsentPurpose, ConsentRefused, ConsentWithdrawn
from flows.replies import Act, Choice
from flows.turn import Outcome, Turn


def ask(
    turn: Turn,
    outcome: Outcome,
    purpose: ConsentPurpose,
    *,
    waiting: QuizOpen | ReminderForm | None = None,
    lead: str = "",
) -> Outcome:
    """Put the question for one purpose; `waiting` is kept only after a yes."""
    opened = ConsentOpen(
        purpose=purpose, text_version=version(turn, purpose), waiting=waiting, at=turn.now
    )
    options = [
        Choice(turn.say("consent.yes"), Act("consent.yes")),
        Choice(turn.say("consent.no"), Act("consent.no")),
    ]
    text = "\n\n".join(part for part in (lead, turn.say(f"consent.{purpose}")) if part)
    return outcome.opening(opened).asking(text, options, at=turn.now, yes_no=True)


def answered(turn: Turn, purpose: ConsentPurpose, text_version: str, *, agreed: bool) -> Outcome:
    """Record a yes or a no together with the version of the text that was shown."""
    event = ConsentGiven if agreed else ConsentRefused
    consents = {**turn.learner.consents, purpose: agreed}
    outcome = Outcome.of(turn).knowing(consents=consents)
    return outcome.recording(event(purpose=purpose, text_version=text_version))


def withdraw(turn: Turn) -> Outcome:
    """Take an agreement back; the shell deletes what rested on it, and a volunteer is told."""
    purpose: ConsentPurpose = turn.interpretation.act.arg  # pyright: ignore[reportAssignmentType]
    consents = {p: agreed for p, agreed in turn.learner.consents.items() if p != purpose}
    outcome = Outcome.of(turn).knowing(consents=consents)
    withdrawn = ConsentWithdrawn(purpose=purpose)
    if purpose == "help":
        outcome = helped.departing(turn, outcome)
    return outcome.recording(withdrawn).saying(turn.say("consent.withdrawn"))


def version(turn: Turn, purpose: ConsentPurpose, **values: object) -> str:
    """Fingerprint of the very words that are shown, their places filled."""
    shown = turn.say(f"consent.{purpose}", **values)
    return hashlib.sha256(shown.encode()).hexdigest()[:12]
