"""Asking for the ward where help is wanted: once, by name, never by GPS.

    ask       open the form; what was open waits
    told      read the words of an answer: the one ward, or what is still asked
    closed    end the form: what had waited is open again

Which ward words mean is the affair of `flows/ward_name.py`; what follows then, of
`flows/handover.py`.
"""

from collections.abc import Sequence
from dataclasses import replace

from flows.content import Ward
from flows.dialog import MOST_PAUSED, ConsentOpen, HowtoOpen, QuizOpen, WardForm
from flows.replies import Act, Choice
from flows.turn import Outcome, Sent, Turn
from flows.ward_name import Named, named

MOST_OFFERED = 6
"""More wards than this to choose from are asked apart by their district."""
MOST_TRIES = 2
"""After so many answers that name no ward the question is dropped."""


def ask(turn: Turn, outcome: Outcome, form: WardForm, *, lead: str = "") -> Outcome:
    """Open the form; a quiz, a how-to or a question for consent waits until it is closed."""
    opened, paused = outcome.dialog.open, outcome.dialog.paused
    if isinstance(opened, QuizOpen | HowtoOpen | ConsentOpen):
        paused = (*paused, opened)[-MOST_PAUSED:]
    text = "\n".join(part for part in (lead, turn.say("ward.ask")) if part)
    return outcome.noting(paused=paused).opening(form).saying(text)


def told(turn: Turn, form: WardForm) -> Named | Outcome:
    """The one ward that the answer names; else the outcome that asks on, or gives up."""
    if isinstance(turn.input, Sent):
        return Outcome.of(turn).saying(turn.say("ward.no_location"))
    text = turn.understanding.text if turn.understanding is not None else ""
    found = named(text, turn.content.wards)
    if len(found) == 1:
        return found[0]
    if len(found) > MOST_OFFERED:
        return Outcome.of(turn).opening(form).saying(turn.say("ward.which_district"))
    if found:
        return _offered(turn, form, found)
    if form.tries + 1 >= MOST_TRIES:
        return closed(Outcome.of(turn)).saying(turn.say("ward.given_up"))
    again = replace(form, tries=form.tries + 1)
    return Outcome.of(turn).opening(again).saying(turn.say("ward.not_found"))


def closed(outcome: Outcome) -> Outcome:
    """End the form: what was put aside last is open again, without a word."""
    paused = outcome.dialog.paused
    if not paused:
        return outcome.opening(None)
    return outcome.noting(paused=paused[:-1]).opening(paused[-1])


def called(turn: Turn, code: str) -> str:
    """A ward as people say it; the bare code of one that is no longer in the list."""
    ward = turn.content.ward(code)
    return code if ward is None else ward.called


def _offered(turn: Turn, form: WardForm, found: Sequence[Named]) -> Outcome:
    options = [Choice(label(turn, one), Act("ward.pick", one.ward.code)) for one in found]
    options.append(Choice(turn.say("ward.skip"), Act("howto.leave")))
    return Outcome.of(turn).opening(form).asking(turn.say("ward.which"), options, at=turn.now)


def label(turn: Turn, one: Named) -> str:
    """A ward as a choice, with the former unit by which it was found."""
    ward = _capital(one.ward)
    return ward if one.former is None else turn.say("ward.from", ward=ward, former=one.former)


def _capital(ward: Ward) -> str:
    return ward.called[:1].upper() + ward.called[1:]
