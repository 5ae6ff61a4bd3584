"""One action a step: who reads slowly does the first and has forgotten the second."""

import re

from bot.content_check.vocabulary import vocabulary
from bot.reading import Reading
from flows.lesson import Howto, Step


def steps(reading: Reading) -> None:
    """Each `do` holds one action; filling in and the press that sends it are one."""
    for slug, howto in reading.howtos.items():
        for number, step in enumerate(howto.steps):
            for way, text in _done(step):
                if len(found := actions(text)) > 1:
                    place = reading.of(Howto, slug).at("steps", number, *way, "do")
                    reading.fault(place, "two_actions", found=", ".join(found))


def actions(text: str) -> list[str]:
    """The actions of a sentence or two, by their verbs; what only sends the one before is none."""
    words = vocabulary()
    clauses = [words.before.sub("", clause) for clause in words.between.split(_unquoted(text))]
    acting = [clause for clause in clauses if words.action.match(clause)]
    if len(acting) == 2 and words.fills.match(acting[0]) and words.sends.match(acting[1]):
        acting = acting[:1]
    return [found[0] for clause in acting if (found := words.action.match(clause)) is not None]


def _done(step: Step) -> list[tuple[tuple[str, ...], str]]:
    ways: list[tuple[tuple[str, ...], str]] = [((), step.do)]
    for name, override in (("android", step.android), ("iphone", step.iphone)):
        if override is not None and override.do is not None:
            ways.append(((name,), override.do))
    return ways


def _unquoted(text: str) -> str:
    """Without what stands on the screen: a button «Gửi, rồi đóng» is one press."""
    return re.sub(r"«[^»]*»|“[^”]*”", "«»", text)
