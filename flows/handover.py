"""Asking for a person: the ward first, then what is passed on to whom, then a yes or a no.

    nobody answers requests here     said so; 1022, the ward, and the written guide
    on a borrowed phone              the same: the answer would come when she has left
    none in this ward                the same, and nothing is stored
    none on duty                     said so; the request waits for the first who is
    on duty                          it is offered to all who are (flows/ticket.py)

The yes to what is shown is the consent for it.
"""

import re

from flows import consent, ward
from flows.content import Ward
from flows.dialog import HowtoOpen, QuizOpen, WardForm
from flows.events import HelpRequested
from flows.lesson import Howto, Step
from flows.replies import Act, Choice
from flows.turn import Outcome, Turn
from flows.ward_name import named
from nlu.normalise import fold

FEWEST_WORDS = 4
"""Fewer words than this tell a volunteer nothing."""
WISH_AND_MORE = 9
"""So many words ask for a person and also say why."""
LONGEST_QUESTION = 200
"""Characters."""
WARD_ALONE = 6
"""So few words that hold the name of a ward tell nothing but that."""
_ANOTHER_WARD = "ward:"
_WISH = re.compile(r"\b(?:gap|nho|kiem|tim|can)\b.*\b(?:nguoi|can bo|nhan vien)\b|\bperson")


def ask(turn: Turn, outcome: Outcome, text: str) -> Outcome:
    """Say something and offer a person as the one way on."""
    options = [
        Choice(turn.say("howto.person"), Act("human.help")),
        Choice(turn.say("choice.no"), Act("decline")),
    ]
    return outcome.asking(text, options, at=turn.now)


def help_me(turn: Turn) -> Outcome:
    """Answer somebody who wants a person."""
    return offer(turn, Outcome.of(turn))


def offer(turn: Turn, outcome: Outcome, *, lead: str = "") -> Outcome:
    """Offer the volunteers of the ward, asking for it once, or say honestly that there are none."""
    if turn.standing.asks is not None:
        return _under_way(turn, outcome, lead)
    known = turn.content.ward(turn.learner.ward)
    if not turn.snapshots.staff or not turn.chat.lasting:
        return _nobody(turn, outcome, known, lead=lead)
    question = _question(turn)
    act = turn.interpretation.act
    asked = isinstance(outcome.dialog.open, WardForm) or _names_another_ward(act)
    if known is not None and not asked:
        return _of_ward(turn, outcome, known, question, lead)
    if isinstance(outcome.dialog.open, QuizOpen) and act.name != "human.help":
        return ask(turn, outcome, lead)
    return ward.ask(turn, outcome, WardForm(question=question, at=turn.now), lead=lead)


def ward_told(turn: Turn) -> Outcome:
    """Take in the words of an answer to the question for the ward."""
    opened = turn.dialog.open
    form = opened if isinstance(opened, WardForm) else WardForm(at=turn.now)
    told = ward.told(turn, form)
    if isinstance(told, Outcome):
        return told
    lead = ""
    if told.former is not None:
        lead = turn.say("ward.now_part", former=told.former, ward=told.ward.called)
    return _of_ward(turn, ward.closed(Outcome.of(turn)), told.ward, form.question, lead)


def ward_picked(turn: Turn) -> Outcome:
    """Take in the ward that was picked from those of one name."""
    picked = turn.content.ward(turn.interpretation.act.arg)
    opened = turn.dialog.open
    if picked is None or not isinstance(opened, WardForm):
        return help_me(turn)
    return _of_ward(turn, ward.closed(Outcome.of(turn)), picked, opened.question, "")


def send(turn: Turn) -> Outcome:
    """Pass on what was shown: a request waits from now on for a volunteer of the ward."""
    outcome = Outcome.of(turn).noting(choices=None)
    here = turn.content.ward(turn.learner.ward)
    staff = turn.snapshots.staff.get(here.code) if here is not None else None
    if here is None or staff is None or turn.standing.asks is not None:
        return offer(turn, outcome)  # it changed since it was shown
    text_version = consent.version(turn, "help", who=_who(turn, here))
    opened = turn.dialog.open
    at_step = opened if isinstance(opened, HowtoOpen) else None
    requested = HelpRequested(
        ticket=turn.fresh_codes[0],
        topic=at_step.topic if at_step else None,
        step=at_step.step if at_step else None,
        device=turn.learner.device,
        ward=here.code,
        question=turn.interpretation.act.arg,
    )
    agreed = consent.answered(turn, "help", text_version, agreed=True)
    outcome = agreed.noting(choices=None).recording(requested)
    if staff.on_duty:
        return outcome.saying(turn.say("person_help.sent"))
    return _with_guide(turn, outcome, turn.say("person_help.sent_waits"))


def not_send(turn: Turn) -> Outcome:
    """Take in that nothing may be sent, and say where help is without it."""
    where = _where(turn, turn.content.ward(turn.learner.ward))
    outcome = Outcome.of(turn).noting(choices=None)
    return outcome.saying(f"{turn.say('consent.help_no')} {where}")


def with_ways_back(turn: Turn, outcome: Outcome, text: str, *more: Choice) -> Outcome:
    """The written guide stays at hand while nobody is there."""
    options = [
        Choice(turn.say("person_help.step_again"), Act("howto.resume")),
        Choice(turn.say("howto.back"), Act("step.back")),
        Choice(turn.say("howto.wrong"), Act("report_wrong")),
        *more,
    ]
    return outcome.asking(text, options, at=turn.now)


def _of_ward(turn: Turn, outcome: Outcome, here: Ward, question: str, lead: str) -> Outcome:
    """Show what would go to whom, and ask; nobody of the ward: say so."""
    outcome = outcome.knowing(ward=here.code)
    staff = turn.snapshots.staff.get(here.code)
    if staff is None or not staff.volunteers:
        return _nobody(turn, outcome, here, lead=lead, question=question)
    key = "person_help.on_duty" if staff.on_duty else "person_help.off_duty"
    lines = [lead, turn.say(key, ward=here.called)]
    if question:
        lines.append(turn.say("person_help.question", question=question))
    lines.append(turn.say("consent.help", who=_who(turn, here)))
    options = [
        Choice(turn.say("person_help.send"), Act("human.send", question)),
        Choice(turn.say("person_help.not_send"), Act("human.not_send")),
        _elsewhere(turn, question),
    ]
    text = "\n".join(line for line in lines if line)
    return outcome.asking(text, options, at=turn.now, yes_no=True)


def _nobody(
    turn: Turn, outcome: Outcome, here: Ward | None, *, lead: str, question: str = ""
) -> Outcome:
    """Say that nobody answers requests, here or at all, and where help is."""
    elsewhere = here is not None and bool(turn.snapshots.staff) and turn.chat.lasting
    said = turn.say("person_help.nobody" if turn.chat.lasting else "person_help.borrowed")
    if here is not None and elsewhere:
        said = turn.say("person_help.none_here", ward=here.called)
    lines = [lead, said, _where(turn, here)]
    more = (_elsewhere(turn, question),) if elsewhere else ()
    at_step = _at_step(turn, outcome)
    if at_step is None:
        text = "\n".join(line for line in lines if line)
        return outcome.asking(text, more, at=turn.now) if more else outcome.saying(text)
    howto, step = at_step
    if howto.hotline is not None:
        lines.append(turn.say("person_help.hotline", say=howto.hotline.say))
    if howto.in_person is not None:
        lines.append(turn.say("person_help.in_person", say=howto.in_person.say))
    lines.append(_noted(turn, howto, step))
    return with_ways_back(turn, outcome, "\n".join(line for line in lines if line), *more)


def _under_way(turn: Turn, outcome: Outcome, lead: str) -> Outcome:
    """One request at a time: say where it stands; a waiting one may be taken back."""
    asked = turn.standing.asks
    assert asked is not None  # noqa: S101 - whoever called looked
    if asked.state == "taken":
        return outcome.saying(turn.say("person_help.is_taken", name=asked.helper))
    text = "\n".join(part for part in (lead, turn.say("person_help.waits")) if part)
    back = Choice(turn.say("person_help.take_back"), Act("ticket.leave"))
    return _with_guide(turn, outcome, text, back)


def _with_guide(turn: Turn, outcome: Outcome, text: str, *more: Choice) -> Outcome:
    """The ways on of the open step, where there is one."""
    if _at_step(turn, outcome) is not None:
        return with_ways_back(turn, outcome, text, *more)
    return outcome.asking(text, more, at=turn.now) if more else outcome.saying(text)


def _at_step(turn: Turn, outcome: Outcome) -> tuple[Howto, Step] | None:
    """The open how-to and step, where help is wanted with one."""
    opened = outcome.dialog.open
    howto = turn.content.howto(opened.topic) if isinstance(opened, HowtoOpen) else None
    if howto is None or not isinstance(opened, HowtoOpen):
        return None
    return howto, howto.steps[howto.position(opened.step) or 0]


def _question(turn: Turn) -> str:
    """The longest of the last words, for what follows is vaguer: «vẫn không được»."""
    act, opened = turn.interpretation.act, turn.dialog.open
    if _names_another_ward(act):
        return act.arg.removeprefix(_ANOTHER_WARD)
    if isinstance(opened, WardForm) and opened.question:
        return opened.question
    own = turn.understanding.text if turn.understanding is not None else ""
    told = [text for text in (*turn.snapshots.said, own) if _tells(turn, text)]
    longest = max(told, key=lambda text: len(text.split()), default="")
    if len(longest) <= LONGEST_QUESTION:
        return longest
    return longest[:LONGEST_QUESTION].rpartition(" ")[0]


def _tells(turn: Turn, text: str) -> bool:
    """Whether it is more than «1», the bare wish for a person, or a ward."""
    words = len(text.split())
    if words < FEWEST_WORDS or (words < WISH_AND_MORE and _WISH.search(fold(text))):
        return False
    return words > WARD_ALONE or not named(text, turn.content.wards)


def _who(turn: Turn, here: Ward) -> str:
    return turn.say("person_help.staff_of", ward=here.called)


def _where(turn: Turn, here: Ward | None) -> str:
    """1022 and the ward by name; an address is said only where a source is known, and none is."""
    named = here.called if here is not None else turn.say("person_help.ward")
    return turn.say("person_help.where", ward=named)


def _elsewhere(turn: Turn, question: str) -> Choice:
    return Choice(turn.say("ward.another"), Act("human.help", f"{_ANOTHER_WARD}{question}"))


def _names_another_ward(act: Act) -> bool:
    return act.name == "human.help" and act.arg.startswith(_ANOTHER_WARD)


def _noted(turn: Turn, howto: Howto, step: Step) -> str:
    n = (howto.position(step.id) or 0) + 1
    device = turn.learner.device
    if device is None:
        return turn.say("person_help.noted_no_device", n=n, title=howto.title)
    kind = turn.say("howto.device_iphone" if device == "iphone" else "person_help.android")
    return turn.say("person_help.noted", n=n, title=howto.title, device=kind)
