"""Taking up again what was put aside, when what came between has ended."""

from flows import consent, quiz
from flows.dialog import ConsentOpen, HowtoOpen, QuizOpen
from flows.offer import offer
from flows.replies import Act
from flows.turn import Outcome, Turn


def resuming(turn: Turn, outcome: Outcome) -> Outcome:
    """Take up what was put aside last: a quiz at once, a how-to as an offer."""
    paused = outcome.dialog.paused
    if outcome.dialog.open is not None or not paused:
        return outcome
    last = paused[-1]
    outcome = outcome.noting(paused=paused[:-1])
    if isinstance(last, QuizOpen):
        return quiz.ask(turn, outcome.opening(last), lead=turn.say("quiz.waits"))
    if isinstance(last, ConsentOpen):
        if last.waiting is None and outcome.learner.asked(last.purpose):
            return resuming(turn, outcome)  # answered meanwhile
        return consent.ask(turn, outcome, last.purpose, waiting=last.waiting)
    howto = turn.content.howto(last.topic) if isinstance(last, HowtoOpen) else None
    if howto is None:
        return resuming(turn, outcome)
    text = turn.say("howto.offer_back", title=howto.title)
    reopened = outcome.opening(last)
    return offer(turn, reopened, text, Act("howto.resume"), no=Act("howto.leave"))
