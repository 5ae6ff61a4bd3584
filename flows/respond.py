"""Which conversation answers this turn: the only dispatcher."""

from flows.turn import Outcome, Turn


def respond(turn: Turn) -> Outcome:
    """Answer one turn."""
    return Outcome.of(turn).saying(turn.say("unknown.what_now"))
