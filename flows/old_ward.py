"""A ward by a name of before 2025-07-01, in whatever people ask: its name of today, said once.

told      the answer, with what the ward is called now before it
settle    the part that was pressed, where a ward was parted among several
"""

from dataclasses import replace

from flows.offer import offer
from flows.replies import Act, ActName, Choice
from flows.turn import Outcome, Said, Turn
from flows.ward import label
from flows.ward_name import Named, replaced

TOPIC = "service/new_ward_address"
"""Who asks for this wants to know the ward itself."""
MOST_PARTS = 6
"""More wards than this are a number that stood in many districts."""
_ABOUT: frozenset[ActName] = frozenset({"howto.open", "which", "unknown"})
"""Answers before which the remark stands; others ask for the ward themselves, or have no place."""


def told(turn: Turn, outcome: Outcome) -> Outcome:
    """Say once what the ward is called now; where several took its parts, ask which."""
    act = turn.interpretation.act
    if (
        not isinstance(turn.input, Said)
        or turn.chat.kind == "group"
        or act.name not in _ABOUT
        or not outcome.replies
    ):
        return outcome
    found = replaced(turn.input.text, turn.content.wards)
    if not found:
        return outcome
    if len(found) == 1:
        remark = turn.say("ward.now_part", former=_capital(found[0]), ward=found[0].ward.called)
        return _before(outcome, remark)
    if act.arg != TOPIC and act.name != "unknown":
        return _before(outcome, _parts(turn, found)) if _is_one(found) else outcome
    return _ask(turn, found)


def settle(turn: Turn) -> Outcome:
    """Name the ward that was chosen, and offer what else changes."""
    ward = turn.content.ward(turn.interpretation.act.arg)
    outcome = Outcome.of(turn)
    if ward is None:
        return outcome.saying(turn.say("ward.not_found"))
    said = turn.say("ward.is_now", ward=ward.called)
    if turn.content.howto(TOPIC) is None:
        return outcome.saying(said)
    title = turn.content.topics[TOPIC].title
    text = f"{said} {turn.say('howto.offer_next', title=title)}"
    return offer(turn, outcome, text, Act("howto.open", TOPIC))


def _ask(turn: Turn, found: tuple[Named, ...]) -> Outcome:
    outcome = Outcome.of(turn)
    if len(found) > MOST_PARTS:
        return outcome.saying(turn.say("ward.which_district"))
    parted = _is_one(found)
    text = _parts(turn, found) if parted else turn.say("ward.which")
    options = [
        Choice(label(turn, Named(one.ward) if parted else one), Act("ward.now", one.ward.code))
        for one in found
    ]
    return outcome.asking(text, options, at=turn.now)


def _is_one(found: tuple[Named, ...]) -> bool:
    """Whether all are parts of the same former unit."""
    return len({one.former for one in found}) == 1


def _parts(turn: Turn, found: tuple[Named, ...]) -> str:
    wards = ", ".join(one.ward.called for one in found)
    return turn.say("ward.parted", former=_capital(found[0]), wards=wards)


def _capital(one: Named) -> str:
    former = one.former or ""
    return former[:1].upper() + former[1:]


def _before(outcome: Outcome, remark: str) -> Outcome:
    first, *rest = outcome.replies
    if first.emergency:
        return outcome
    return replace(outcome, replies=(replace(first, text=f"{remark}\n\n{first.text}"), *rest))
