"""Asking before something is remembered: one purpose, two equal choices.

What waits for the answer, and what is said then, is the affair of `flows/agreed.py`. Refusing still
gives every how-to and unsaved quizzes (law 91/2025/QH15, articles 9 and 14).

For `improve` nothing waits and nothing is opened: the question stands at the end of an answer, once
for each person, and whoever does not answer it has not agreed. Its two choices hold the version of
the text that was shown (`Act.arg`).
"""

import hashlib

from flows import helped
from flows.answering import JUST_ASKED
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


def asking_beside(turn: Turn, outcome: Outcome, said: str) -> Outcome:
    """Say what was not known, and where it may be asked, put the question for `improve` after it.

    Asked is noted as not agreed, so that nobody is asked twice; only an answer is an event.
    """
    if not _may_ask_beside(turn, outcome):
        return outcome.saying(said)
    shown = version(turn, "improve")
    options = [
        Choice(turn.say("consent.yes"), Act("consent.yes", shown)),
        Choice(turn.say("consent.no"), Act("consent.no", shown)),
    ]
    outcome = outcome.knowing(consents={**outcome.learner.consents, "improve": False})
    text = f"{said}\n\n{turn.say('consent.improve')}"
    return outcome.asking(text, options, at=turn.now, yes_no=True)


def unanswered_beside(outcome: Outcome) -> Outcome:
    """Close the question for `improve`, where something else was said: a later "1" is no answer."""
    choices = outcome.dialog.choices
    first = choices.options[0].act if choices is not None else None
    open_ = first is not None and first.name == "consent.yes" and first.arg
    return outcome.noting(choices=None) if open_ else outcome


def _may_ask_beside(turn: Turn, outcome: Outcome) -> bool:
    """Whether nothing else is open or under way that the question would disturb.

    Not in the very first answer: what the bot is must be read before what it asks for. A list just
    shown keeps its numbers, so that a "1" meant for it agrees to nothing.
    """
    dialog, said = outcome.dialog, turn.understanding
    earlier = dialog.choices
    return (
        turn.chat.kind == "private"
        and turn.chat.lasting
        and turn.learner.greeted
        and not turn.learner.asked("improve")
        and dialog.open is None
        and not dialog.paused
        and (earlier is None or turn.now >= earlier.at + JUST_ASKED)
        and turn.standing.asks is None
        and turn.standing.answers is None
        and not (said is not None and said.secrets)
    )


def answered(turn: Turn, purpose: ConsentPurpose, text_version: str, *, agreed: bool) -> Outcome:
    """Record a yes or a no together with the version of the text that was shown."""
    event = ConsentGiven if agreed else ConsentRefused
    consents = {**turn.learner.consents, purpose: agreed}
    outcome = Outcome.of(turn).knowing(consents=consents)
    return outcome.recording(event(purpose=purpose, text_version=text_version))


def withdraw(turn: Turn) -> Outcome:
    """Take an agreement back; the shell deletes what rested on it, and a volunteer is told.

    For `improve` nothing is stored apart from the messages, which are not read any more.
    """
    purpose: ConsentPurpose = turn.interpretation.act.arg  # pyright: ignore[reportAssignmentType]
    consents = {p: agreed for p, agreed in turn.learner.consents.items() if p != purpose}
    if purpose == "improve":
        consents[purpose] = False  # never asked for again
    outcome = Outcome.of(turn).knowing(consents=consents)
    withdrawn = ConsentWithdrawn(purpose=purpose)
    if purpose == "help":
        outcome = helped.departing(turn, outcome)
    said = "consent.improve_withdrawn" if purpose == "improve" else "consent.withdrawn"
    return outcome.recording(withdrawn).saying(turn.say(said))


def version(turn: Turn, purpose: ConsentPurpose, **values: object) -> str:
    """Fingerprint of the very words that are shown, their places filled."""
    shown = turn.say(f"consent.{purpose}", **values)
    return hashlib.sha256(shown.encode()).hexdigest()[:12]
