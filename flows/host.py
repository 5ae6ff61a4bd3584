"""The host's part: her menu, how one becomes a host, and the printed sheet for anybody."""

from collections.abc import Callable
from functools import wraps

from flows.replies import Act, Choice
from flows.turn import Outcome, Turn
from flows.ward import called

SHEET = "/to-gioi-thieu"
"""Where the sheet to print is on our own site (bot/web/poster.py): the city's, or a ward's."""


def menu(turn: Turn) -> Outcome:
    """Show what a host can do here, or how one becomes a host."""
    if turn.standing.role("host") is None:
        return no_right(turn)
    wards = [role.ward for role in turn.standing.roles if role.kind == "host"]
    named = ", ".join(called(turn, ward) for ward in wards)
    lead = f"{turn.say('host.live_later')}\n" if turn.interpretation.act.arg == "live" else ""
    options = [
        Choice(turn.say("host.tip"), Act("tip.start")),
        Choice(turn.say("host.groups"), Act("group.list")),
        Choice(turn.say("host.results"), Act("tip.results")),
        Choice(turn.say("host.cards"), Act("card.list")),
        Choice(turn.say("host.sheet"), Act("poster")),
    ]
    outcome = Outcome.of(turn).opening(None).noting(paused=())
    return outcome.asking(lead + turn.say("host.what", wards=named), options, at=turn.now)


def no_right(turn: Turn) -> Outcome:
    """Say kindly whose part this is, and how one gets it."""
    return Outcome.of(turn).saying(turn.say("host.no_right"))


def hosts_only(answer: Callable[[Turn], Outcome]) -> Callable[[Turn], Outcome]:
    """Answer a host only: her rights are read anew with every turn, so a revoked one stops here."""

    @wraps(answer)
    def checked(turn: Turn) -> Outcome:
        return no_right(turn) if turn.standing.role("host") is None else answer(turn)

    return checked


def poster(turn: Turn) -> Outcome:
    """Give the sheet to print: of her ward where it is known, else the city's."""
    role = turn.standing.role("host")
    ward = role.ward if role is not None else turn.learner.ward
    if turn.chat.kind == "group":
        ward = None  # where somebody lives is not told before others
    link = f"{SHEET}/{ward}.pdf" if ward else f"{SHEET}.pdf"
    return Outcome.of(turn).saying(turn.say("host.sheet_here"), link=link)
