"""Why a text is answered as it is: every stage from the mask to the threshold that decided.

    explained(evaluator, text, context)   the stages of one text, decided as the running bot would

Nothing is decided here. The reason is read off from what came out: a decision of the readings
carries the probability it was made with, one of a rule carries none (1.0).
"""

from dataclasses import dataclass

from bot.authoring.fired import Fired, fired
from bot.evaluation import Choices, Evaluator, named
from flows import interpret as deciding
from flows.acts import act_of
from flows.content import Content
from flows.dialog import Dialog
from flows.turn import Interpretation
from nlu.naming import named as apps_named
from nlu.understanding import OUTSIDE, Candidate, Understanding

CERTAIN = 0.999
"""From here a reading's own probability may be rounded to the 1.0 of a rule."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What decided: a key under `why` of the author's sentences, and its values."""

    key: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Why:
    """The stages of one text."""

    understanding: Understanding
    fired: tuple[Fired, ...]
    apps: tuple[str, ...]
    decided: str
    p: float
    offered: tuple[Candidate, ...]
    """Among which it asks, with their probabilities where the dialog stands."""
    waits: bool
    """Whether the running bot first waits for the rest of the sentence."""
    reason: Reason


def explained(evaluator: Evaluator, text: str, context: str | Choices | None = None) -> Why:
    """The stages of one text. Raises KeyError or IndexError for a context the content lacks."""
    dialog = evaluator.dialog(context)
    understanding, meant = evaluator.decide(text, dialog)
    _, at_once = evaluator.decide(text, dialog, may_hold=True)
    return Why(
        understanding=understanding,
        fired=tuple(fired(understanding.folded)),
        apps=tuple(sorted(apps_named(understanding.folded))),
        decided=named(meant, dialog),
        p=meant.p,
        offered=meant.candidates,
        waits=at_once.act.name == "hold",
        reason=reason(understanding, meant, dialog, evaluator.content),
    )


def reason(
    understanding: Understanding, meant: Interpretation, dialog: Dialog, content: Content
) -> Reason:
    """What decided on this act: a screen, an open list, a rule, or a threshold."""
    act = meant.act
    screens = {
        "danger": understanding.danger is not None and act.name == "emergency.danger",
        "scam": understanding.scam is not None and act.name == "emergency.scam",
        "misuse": understanding.misuse and act.name == "misuse",
    }
    for screen, decided in screens.items():
        if decided and meant.p == 1.0:
            return Reason("by_screen", {"screen": screen})
    options = dialog.choices.options if dialog.choices is not None else ()
    if meant.p == 1.0 and any(act == one.act for one in options):
        return Reason("by_list", {})
    if act.name == "which":
        return _asked(meant, content)
    if act.name == "unknown" and meant.p < 1.0:
        return _unknown(understanding, meant)
    reading = next((one for one in understanding.candidates if act_of(one).name == act.name), None)
    if reading is None or (meant.p == 1.0 and reading.p < CERTAIN):
        return Reason("by_rule", {"act": act.name})
    named_, least = threshold(reading, content)
    values: dict[str, object] = {"p": meant.p, "threshold": named_, "least": least}
    if reading.intent.startswith("emergency."):
        return Reason("answered_emergency", values)
    return Reason("answered", {**values, "lead": deciding.ANSWER_LEAD})


def threshold(reading: Candidate, content: Content) -> tuple[str, float]:
    """From which probability a reading is acted on, with the name it has in the code."""
    if reading.intent.startswith("emergency."):
        return "ANSWER_EMERGENCY", deciding.ANSWER_EMERGENCY
    if reading.topic is not None and content.howto(reading.topic) is not None:
        return "ANSWER_STEPS", deciding.ANSWER_STEPS
    return "ANSWER", deciding.ANSWER


def _unknown(understanding: Understanding, meant: Interpretation) -> Reason:
    """Sure of being outside, rather outside than known, or no reading that is worth offering."""
    if meant.act.arg == "beyond":
        return Reason("outside", {"p": meant.p})
    outside = sum(one.p for one in understanding.candidates if one.intent == OUTSIDE)
    if understanding.candidates and understanding.candidates[0].intent == OUTSIDE:
        outside = meant.p  # as it was weighed with what is open
    if outside > 1 - deciding.ASK:
        return Reason("rather_outside", {"p": outside, "most": 1 - deciding.ASK})
    return Reason("too_little", {"p": meant.p, "least": deciding.OFFER})


def _asked(meant: Interpretation, content: Content) -> Reason:
    """Asked which: the best reading was not sure enough, or not far enough ahead."""
    best = meant.candidates[0] if meant.candidates else None
    if best is None or best.p < meant.p:
        return Reason("not_picked", {"p": meant.p})  # the best is nothing one picks from a list
    named_, least = threshold(best, content)
    if meant.p < least:
        return Reason("not_sure", {"p": meant.p, "threshold": named_, "least": least})
    return Reason("not_ahead", {"p": meant.p, "lead": deciding.ANSWER_LEAD})
