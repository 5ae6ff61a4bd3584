"""Putting an activity aside while a question in the middle is answered."""

from flows.dialog import MOST_PAUSED, ConsentOpen, HowtoOpen, QuizOpen
from flows.turn import Outcome


def pausing(outcome: Outcome, topic: str) -> Outcome:
    """Put what is open aside for this topic, unless it is that topic or at its end.

    A form half filled is dropped: its words can be said again.
    """
    opened = outcome.dialog.open
    kept = [a for a in outcome.dialog.paused if not (isinstance(a, HowtoOpen) and a.topic == topic)]
    if isinstance(opened, (QuizOpen, ConsentOpen)) or (
        isinstance(opened, HowtoOpen) and opened.topic != topic and not opened.at_end
    ):
        kept.append(opened)
    return outcome.noting(paused=tuple(kept[-MOST_PAUSED:]))
