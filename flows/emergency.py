"""Emergency cards: one message of at most six lines, the first act first, nothing offered after.

Whatever was open stays as it was; a volunteer who answers is told what was said, too. The first
words are left for the next turn: here the first line must be the first act.
"""

from flows import helped
from flows.events import EmergencyShown
from flows.turn import Outcome, Turn


def scam(turn: Turn) -> Outcome:
    """The card for a scam that is happening or has just happened."""
    return _card(turn, f"scam_{turn.interpretation.act.arg}")


def danger(turn: Turn) -> Outcome:
    """The card for danger to life or to a child."""
    return _card(turn, f"danger_{turn.interpretation.act.arg}")


def _card(turn: Turn, kind: str) -> Outcome:
    shown = EmergencyShown(kind=kind)
    card = turn.say(f"emergency.{kind}")
    outcome = Outcome.of(turn).recording(shown).saying(card, emergency=True)
    return helped.passing_on(turn, outcome)
