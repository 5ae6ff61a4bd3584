"""Asking for a person: who is there, what is passed on, and what to do when nobody is."""

from flows import consent
from flows.content import Howto, Step
from flows.dialog import HowtoOpen
from flows.events import HelpRequested
from flows.replies import Act, Choice
from flows.turn import Outcome, Turn


def ask(turn: Turn, outcome: Outcome, text: str) -> Outcome:
    """Say something and offer a person as the one way on."""
    options = [
        Choice(turn.say("howto.person"), Act("human.help")),
        Choice(turn.say("choice.no"), Act("decline")),
    ]
    return outcome.asking(text, options, at=turn.now)


def help_me(turn: Turn) -> Outcome:
    """Answer somebody who wants a person, with the open step where there is one."""
    opened = turn.dialog.open
    howto = turn.content.howto(opened.topic) if isinstance(opened, HowtoOpen) else None
    if howto is None or not isinstance(opened, HowtoOpen):
        return offer(turn, Outcome.of(turn))
    step = howto.steps[howto.position(opened.step) or 0]
    return offer(turn, Outcome.of(turn), howto=howto, step=step)


def offer(
    turn: Turn,
    outcome: Outcome,
    *,
    howto: Howto | None = None,
    step: Step | None = None,
    lead: str = "",
) -> Outcome:
    """Offer the staff on duty, or say honestly that nobody is there and where help is."""
    if any(staff.on_duty for staff in turn.snapshots.staff.values()):
        text = "\n".join(part for part in (lead, turn.say("consent.help")) if part)
        options = [
            Choice(turn.say("person_help.send"), Act("human.send")),
            Choice(turn.say("person_help.not_send"), Act("human.not_send")),
        ]
        return outcome.asking(text, options, at=turn.now, yes_no=True)
    lines = [lead, turn.say("person_help.nobody"), _where(turn)]
    if howto is None or step is None:
        return outcome.saying("\n".join(line for line in lines if line))
    if howto.hotline is not None:
        lines.append(turn.say("person_help.hotline", say=howto.hotline.say))
    if howto.in_person is not None:
        lines.append(turn.say("person_help.in_person", say=howto.in_person.say))
    lines.append(_noted(turn, howto, step))
    return with_ways_back(turn, outcome, "\n".join(line for line in lines if line))


def send(turn: Turn) -> Outcome:
    """Pass the question on to the staff: the yes to what is sent is the consent for it."""
    text_version = consent.version(turn, "help")
    opened = turn.dialog.open
    at_step = opened if isinstance(opened, HowtoOpen) else None
    ticket = turn.fresh_codes[0]
    requested = HelpRequested(
        ticket=ticket,
        topic=at_step.topic if at_step else None,
        step=at_step.step if at_step else None,
        device=turn.learner.device,
    )
    outcome = consent.answered(turn, "help", text_version, agreed=True).recording(requested)
    return outcome.saying(turn.say("person_help.sent", ticket=ticket))


def not_send(turn: Turn) -> Outcome:
    """Take in that nothing may be sent, and say where help is without it."""
    outcome = Outcome.of(turn)
    outcome = outcome.noting(choices=None)
    return outcome.saying(f"{turn.say('consent.help_no')} {_where(turn)}")


def _where(turn: Turn) -> str:
    return turn.say("person_help.where", ward=turn.say("person_help.ward"))


def _noted(turn: Turn, howto: Howto, step: Step) -> str:
    n = (howto.position(step.id) or 0) + 1
    device = turn.learner.device
    if device is None:
        return turn.say("person_help.noted_no_device", n=n, title=howto.title)
    kind = turn.say("howto.device_iphone" if device == "iphone" else "person_help.android")
    return turn.say("person_help.noted", n=n, title=howto.title, device=kind)


def with_ways_back(turn: Turn, outcome: Outcome, text: str) -> Outcome:
    """The written guide stays at hand while nobody is there."""
    options = [
        Choice(turn.say("person_help.step_again"), Act("howto.resume")),
        Choice(turn.say("howto.back"), Act("step.back")),
        Choice(turn.say("howto.wrong"), Act("report_wrong")),
    ]
    return outcome.asking(text, options, at=turn.now)
