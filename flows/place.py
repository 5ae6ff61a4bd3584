"""What is said of a topic that has no steps to show: its official place, and a person."""

from flows import handover
from flows.dialog import HowtoOpen
from flows.turn import Outcome, Turn


def tell(turn: Turn, topic: str) -> Outcome:
    """Name the topic, say honestly that there are no steps, give its official place, offer help."""
    outcome = Outcome.of(turn)
    opened = turn.dialog.open
    gone = topic in turn.content.withdrawn
    if gone and isinstance(opened, HowtoOpen) and opened.topic == topic:
        outcome = outcome.opening(None)
    return handover.ask(turn, outcome, told(turn, topic))


def told(turn: Turn, topic: str) -> str:
    """That there are no steps, and the official place where one is known."""
    known = turn.content.topics[topic]
    withdrawn = topic in turn.content.withdrawn
    lines = [turn.say("howto.withdrawn" if withdrawn else "howto.no_steps", title=known.title)]
    if known.place is not None:
        lines.append(turn.say("howto.place", place=known.place.say))
    return "\n".join(lines)
