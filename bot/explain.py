"""Why it answered that: one Understanding, one Interpretation, one Outcome, in three lines."""

from flows.dialog import Dialog, HowtoOpen, QuizOpen
from flows.turn import Outcome, Turn
from nlu.understanding import Candidate, Understanding

MOST = 4
"""Readings shown."""


def explained(turn: Turn, outcome: Outcome) -> list[str]:
    """Lines for whoever asks, in the names of the code."""
    lines = [_understood(turn.understanding)] if turn.understanding else []
    act = turn.interpretation.act
    lines.append(f"act {act.name}({act.arg}) p={turn.interpretation.p:.2f}")
    if turn.interpretation.candidates:
        lines[-1] += f" among {_readings(turn.interpretation.candidates)}"
    events = " ".join(event.type for event in outcome.events) or "-"
    held = " held" if outcome.held else ""
    lines.append(f"outcome{held} {_standing(outcome.dialog)} events {events}")
    return lines


def _understood(understanding: Understanding) -> str:
    flags = {
        "secrets": ",".join(sorted(understanding.secrets)),
        "scam": understanding.scam,
        "danger": understanding.danger,
        "misuse": understanding.misuse,
    }
    raised = "".join(f" {name}={value}" for name, value in flags.items() if value)
    readings = _readings(understanding.candidates[:MOST])
    return f"{understanding.language} «{understanding.folded}»{raised} {readings}"


def _readings(candidates: tuple[Candidate, ...]) -> str:
    return ", ".join(f"{c.topic or c.intent} {c.p:.2f}" for c in candidates)


def _standing(dialog: Dialog) -> str:
    match dialog.open:
        case None:
            opened = "nothing"
        case HowtoOpen(topic=topic, step=step):
            opened = f"howto {topic}@{step}"
        case QuizOpen(items=items, position=position):
            opened = f"quiz {items[position]}" if position < len(items) else "quiz"
        case other:
            opened = other.kind
    shown = dialog.choices
    listed = f" choices #{shown.asking}×{len(shown.options)}" if shown is not None else ""
    paused = f" paused {len(dialog.paused)}" if dialog.paused else ""
    return f"open {opened}{listed}{paused}"
