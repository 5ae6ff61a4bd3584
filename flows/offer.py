"""One offer at the end of a message, answered by yes or no."""

from flows.dialog import QuizOpen
from flows.replies import Act, Choice
from flows.turn import Outcome, Turn


def offer(turn: Turn, outcome: Outcome, text: str, act: Act, *, no: Act | None = None) -> Outcome:
    """Ask one yes-or-no question; `act` is what a yes means, `no` what a no means.

    In the middle of a quiz nothing is offered: its question is shown again instead.
    """
    if isinstance(outcome.dialog.open, QuizOpen):
        return outcome
    options = [
        Choice(turn.say("choice.yes"), act),
        Choice(turn.say("choice.no"), no or Act("decline")),
    ]
    return outcome.asking(text, options, at=turn.now, yes_no=True)
