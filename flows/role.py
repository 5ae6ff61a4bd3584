"""Rights: a code claims one, and a volunteer comes on duty and goes.

What a right allows is checked where it is used (`Turn.standing`); the hours of wards are no affair
of this version.
"""

from flows import ticket, ward
from flows.addressed import helping
from flows.events import DutyChanged, RoleClaimed
from flows.turn import Outcome, Turn


def claim(turn: Turn) -> Outcome:
    """Give the right whose code was sent, and say what can be done with it now."""
    outcome = Outcome.of(turn)
    invitation = turn.snapshots.invitation
    if not turn.chat.lasting:
        return outcome.saying(turn.say("role.borrowed"))
    if invitation is None:
        return outcome.saying(turn.say("role.unknown"))
    role = invitation.role
    if any(own.id == role.id for own in turn.standing.roles):
        return outcome.saying(turn.say("role.yours"))
    if invitation.state != "good":
        return outcome.saying(turn.say(f"role.{invitation.state}"))
    place = ward.called(turn, role.ward)
    said = turn.say(f"role.now_{role.kind}", name=role.name, ward=place)
    return outcome.recording(RoleClaimed(role=role.id)).saying(said)


def on_duty(turn: Turn) -> Outcome:
    """A volunteer is there for the help requests of her wards."""
    wards = [role.ward for role in turn.standing.roles if role.kind == "volunteer"]
    named = ", ".join(ward.called(turn, code) for code in wards)
    outcome = Outcome.of(turn).recording(DutyChanged(on=True))
    return outcome.saying(turn.say("duty.on", wards=named))


def off_duty(turn: Turn) -> Outcome:
    """A volunteer goes; the help request she holds waits for somebody else."""
    outcome = Outcome.of(turn).recording(DutyChanged(on=False))
    held = helping(turn.standing)
    if held is None:
        return outcome.saying(turn.say("duty.off"))
    given = ticket.given_back(turn, outcome, held)
    return given.saying(turn.say("duty.off_given_back", n=held.number))
