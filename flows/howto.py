"""A how-to, one step a message: open it, go on, get stuck, go back, come back after a day.

What a step says is content; where the person stands is `HowtoOpen` in the dialog. Before the first
step that differs between phones the kind of phone is asked once.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from flows import handover, place, tongue
from flows.ageing import due_on
from flows.dialog import HowtoOpen, QuizOpen
from flows.events import HowtoFinished, HowtoStarted, StepStuck, WrongReported
from flows.lesson import Howto, Step
from flows.offer import offer
from flows.part import Device
from flows.pause import pausing
from flows.replies import Act, Choice
from flows.turn import Outcome, Turn

RESUME_AFTER = timedelta(hours=2)
"""After so long a pause «tiếp» shows the step again instead of going on: it may not be done yet."""
MOST_PUBLISHERS = 2


def start(turn: Turn) -> Outcome:
    """Open the how-to of a topic, or say what is known where there is none."""
    topic = turn.interpretation.act.arg
    howto = turn.content.howto(topic)
    if howto is None:
        return place.tell(turn, topic)
    opened = turn.dialog.open
    if isinstance(opened, HowtoOpen) and opened.topic == topic and not opened.at_end:
        return again(turn)
    first = howto.steps[0]
    opening = HowtoOpen(topic=topic, step=first.id, step_version=first.fingerprint, at=turn.now)
    outcome = pausing(Outcome.of(turn), topic).opening(opening)
    return _show(turn, outcome.recording(HowtoStarted(topic=topic)), first=True)


def beginning(turn: Turn, howto: Howto) -> str:
    """The head, the first step and the sources, the same for every kind of phone."""
    body = _body(turn, howto, howto.steps[0], None)
    return f"{_head(turn, howto)}\n\n{body}\n\n{_source(turn, howto)}"


def again(turn: Turn) -> Outcome:
    """Come back to the open step: where one stands, whether it changed, and the step once more."""
    opened = turn.dialog.open
    if not isinstance(opened, HowtoOpen):
        return nothing_open(turn)
    howto = turn.content.howto(opened.topic)
    if howto is None:
        return _gone(turn, opened.topic)
    position = howto.position(opened.step)
    if position is None:
        first = howto.steps[0]
        moved = replace(
            opened, step=first.id, step_version=first.fingerprint, stuck=0, at_end=False
        )
        outcome = Outcome.of(turn).opening(moved)
        return _show(turn, outcome, lead=turn.say("howto.step_gone"))
    if opened.at_end:
        return _ask_done(turn, Outcome.of(turn), howto, opened)
    step = howto.steps[position]
    lead = turn.say("howto.resume", n=position + 1, count=len(howto.steps), title=howto.title)
    lead = tongue.remarked(turn, howto.topic, lead)
    if step.fingerprint != opened.step_version:
        lead = f"{lead} {turn.say('howto.step_changed')}"
    fresh = replace(opened, step_version=step.fingerprint, stuck=0, at=turn.now)
    return _show(turn, Outcome.of(turn).opening(fresh), lead=lead)


def next_step(turn: Turn) -> Outcome:
    """Go on to the next step, or to «làm được chưa ạ?» after the last one: there it is a yes."""
    opened = turn.dialog.open
    if isinstance(opened, HowtoOpen) and opened.at_end and turn.now - opened.at <= RESUME_AFTER:
        return _ended(turn, opened, worked=True)
    return _move(turn, by=1)


def back(turn: Turn) -> Outcome:
    """Go back one step."""
    return _move(turn, by=-1)


def stuck(turn: Turn) -> Outcome:
    """Help with the open step: its own help, then the other way, then a person."""
    here = _here(turn)
    if here is None:
        return _lost(turn)
    _, opened, step = here
    if _not_shown(turn, opened, step):
        asked = turn.say("howto.device")
        return _ask_device(turn, Outcome.of(turn), asked, "howto.device_unknown")
    times = opened.stuck + 1
    recorded = Outcome.of(turn).recording(
        StepStuck(
            topic=opened.topic,
            step=opened.step,
            step_version=step.fingerprint,
            device=turn.learner.device,
            times=times,
        )
    )
    outcome = recorded.opening(replace(opened, stuck=times, at_end=False, at=turn.now))
    shown = step.on(turn.learner.device)
    if times == 1:
        return _help(turn, outcome, turn.say("howto.stuck_help", help=shown.stuck))
    if times == 2 and shown.other_way is not None:
        return _help(turn, outcome, turn.say("howto.other_way", way=shown.other_way))
    return handover.offer(turn, outcome)


def stay(turn: Turn) -> Outcome:
    """Show the open step again, with a person at hand: who is frightened needs no other readings.

    The kind of phone is not asked for: this is no moment for it.
    """
    here = _here(turn)
    if here is None:
        return _lost(turn)
    howto, opened, step = here
    body = _body(turn, howto, step, turn.learner.device)
    options = [
        Choice(turn.say("howto.next"), Act("step.next")),
        Choice(turn.say("howto.stuck"), Act("step.stuck")),
        Choice(turn.say("howto.person"), Act("human.help")),
    ]
    outcome = Outcome.of(turn).opening(replace(opened, at=turn.now))
    return outcome.asking(f"{turn.say('howto.stay')}\n\n{body}", options, at=turn.now)


def report_wrong(turn: Turn) -> Outcome:
    """Note for the authors that this step is not what the phone shows; offer the other way."""
    here = _here(turn)
    if here is None:
        return Outcome.of(turn).saying(turn.say("howto.wrong_where"))
    _, opened, step = here
    outcome = Outcome.of(turn).recording(
        WrongReported(
            topic=opened.topic,
            step=opened.step,
            step_version=step.fingerprint,
            device=turn.learner.device,
        )
    )
    outcome = outcome.opening(replace(opened, stuck=max(opened.stuck + 1, 2), at=turn.now))
    noted = turn.say("howto.wrong_noted")
    shown = step.on(turn.learner.device)
    person_offered_at = 2 if shown.other_way is None else 3
    if opened.stuck >= person_offered_at:
        return handover.with_ways_back(turn, outcome, noted)
    if shown.other_way is not None and opened.stuck < 2:
        way = turn.say("howto.other_way", way=shown.other_way)
        return _help(turn, outcome, f"{noted}\n{way}")
    return handover.offer(turn, outcome, lead=noted)


def device(turn: Turn) -> Outcome:
    """Take in the kind of phone, or show how to tell, and go on to the step that asked for it."""
    opened = turn.dialog.open
    kind = turn.interpretation.act.arg
    if not isinstance(opened, HowtoOpen) or turn.content.howto(opened.topic) is None:
        return _lost(turn)
    known: Device | None = {"iphone": "iphone", "android": "android"}.get(kind)  # pyright: ignore[reportAssignmentType]
    if known is None and not opened.device_asked:
        asked = Outcome.of(turn).opening(replace(opened, device_asked=True))
        return _ask_device(turn, asked, turn.say("howto.device_tell"), "howto.device_still_unknown")
    outcome = Outcome.of(turn).opening(replace(opened, device_asked=True))
    if known is not None:
        outcome = outcome.knowing(device=known)
    return _show(turn, outcome, first=opened.step == _first_step(turn, opened.topic))


def done(turn: Turn) -> Outcome:
    """Take in whether it worked: rejoice with one offer, or a person."""
    opened = turn.dialog.open
    if not isinstance(opened, HowtoOpen):
        return nothing_open(turn)
    return _ended(turn, opened, worked=turn.interpretation.act.arg == "yes")


def _ended(turn: Turn, opened: HowtoOpen, *, worked: bool) -> Outcome:
    howto = turn.content.howto(opened.topic)
    outcome = Outcome.of(turn).recording(HowtoFinished(topic=opened.topic, done=worked))
    if howto is None:
        return _gone(turn, opened.topic)
    if not worked:
        return handover.offer(turn, outcome)
    return _offer_next(turn, outcome.opening(None), howto, lead=turn.say("howto.well_done"))


def _offer_next(turn: Turn, outcome: Outcome, howto: Howto, *, lead: str) -> Outcome:
    """End a how-to with one offer: the next topic, else a quiz; what was put aside goes first."""
    if outcome.dialog.paused:
        return outcome.saying(lead)
    following = turn.content.howto(howto.next) if howto.next else None
    if following is not None:
        text = turn.say("howto.offer_next", title=following.title)
        text = tongue.remarked(turn, following.topic, text)
        act = Act("howto.open", following.topic)
    elif turn.content.practice(howto.topic):
        text = tongue.remarked(turn, howto.topic, turn.say("howto.offer_quiz"))
        act = Act("quiz.start", howto.topic)
    else:
        return outcome.saying(lead)
    return offer(turn, outcome, f"{lead} {text}", act)


def leave(turn: Turn) -> Outcome:
    """Close the open how-to at the person's wish."""
    return Outcome.of(turn).opening(None).saying(turn.say("decline.fine"))


def nothing_open(turn: Turn) -> Outcome:
    """Answer a step word while no how-to is open."""
    return Outcome.of(turn).saying(turn.say("unknown.nothing_open"))


def _here(turn: Turn) -> tuple[Howto, HowtoOpen, Step] | None:
    """The open how-to and step, or None when either is no longer there."""
    opened = turn.dialog.open
    if not isinstance(opened, HowtoOpen):
        return None
    howto = turn.content.howto(opened.topic)
    position = None if howto is None else howto.position(opened.step)
    if howto is None or position is None:
        return None
    return howto, opened, howto.steps[position]


def _lost(turn: Turn) -> Outcome:
    """Answer a step word when the step is not there: nothing open, withdrawn, or edited away."""
    opened = turn.dialog.open
    if not isinstance(opened, HowtoOpen):
        return nothing_open(turn)
    return again(turn)


def _gone(turn: Turn, topic: str) -> Outcome:
    """End a how-to that was withdrawn in the middle, kindly."""
    return place.tell(turn, topic)


def _move(turn: Turn, *, by: int) -> Outcome:
    here = _here(turn)
    if here is None:
        return _lost(turn)
    howto, opened, step = here
    if turn.now - opened.at > RESUME_AFTER or step.fingerprint != opened.step_version:
        return again(turn)
    if by > 0 and _not_shown(turn, opened, step):
        # «xong» at the question for the phone: the step itself is still to come.
        unasked = Outcome.of(turn).opening(replace(opened, device_asked=True, at=turn.now))
        return _show(turn, unasked, first=opened.step == _first_step(turn, opened.topic))
    position = howto.steps.index(step) + by
    if opened.at_end:
        position = len(howto.steps) - 1 if by < 0 else len(howto.steps)
    if position >= len(howto.steps):
        return _ask_done(turn, Outcome.of(turn), howto, opened)
    lead = turn.say("howto.first_step") if position < 0 else ""
    target = howto.steps[max(position, 0)]
    moved = replace(
        opened,
        step=target.id,
        step_version=target.fingerprint,
        stuck=0,
        at_end=False,
        at=turn.now,
    )
    return _show(turn, Outcome.of(turn).opening(moved), lead=lead)


def _not_shown(turn: Turn, opened: HowtoOpen, step: Step) -> bool:
    """Whether the kind of phone was asked for before this step, and not told yet."""
    return step.differs and turn.learner.device is None and not opened.device_asked


def _show(turn: Turn, outcome: Outcome, *, first: bool = False, lead: str = "") -> Outcome:
    """Show the open step with its ways on, asking for the kind of phone first where it matters."""
    opened = outcome.dialog.open
    if not isinstance(opened, HowtoOpen):
        return outcome
    howto = turn.content.howtos[opened.topic]
    step = howto.steps[howto.position(opened.step) or 0]
    known = outcome.learner.device
    if step.differs and known is None and not opened.device_asked:
        return _ask_device(turn, outcome, turn.say("howto.device"), "howto.device_unknown")
    head = _head(turn, howto) if first else lead
    if first and any(isinstance(paused, QuizOpen) for paused in outcome.dialog.paused):
        head = f"{head}\n{turn.say('howto.quiz_waits')}"
    foot = _source(turn, howto) if first else ""
    body = _body(turn, howto, step, known)
    text = "\n\n".join(part for part in (head, body, foot) if part)
    return outcome.asking(text, _ways_on(turn), at=turn.now)


def _body(turn: Turn, howto: Howto, step: Step, known: Device | None) -> str:
    shown = step.on(known)
    do = shown.say if turn.learner.simple and shown.say else shown.do
    n = howto.steps.index(step) + 1
    lines = [turn.say("howto.step", n=n, count=len(howto.steps), do=do)]
    if not turn.learner.simple:
        lines.append(turn.say("howto.see", see=shown.see))
    if step.expects_secret:
        lines.append(turn.say("howto.code_stays"))
    return "\n".join(lines)


def _head(turn: Turn, howto: Howto) -> str:
    lines = [howto.title]
    if howto.before and not turn.learner.simple:
        lines.append(
            turn.say("howto.before", things="; ".join(thing.rstrip(".") for thing in howto.before))
        )
    if howto.cost is not None and not turn.learner.simple:
        lines.append(turn.say("howto.cost", say=howto.cost.say))
    return "\n".join(lines)


def _source(turn: Turn, howto: Howto) -> str:
    """Who says so (those that most steps rest on), when it was read, and who has checked it."""
    cited = Counter(howto.sources[key].publisher for step in howto.steps for key in step.sources)
    publishers = [publisher for publisher, _ in cited.most_common(MOST_PUBLISHERS)]
    due = due_on(howto) <= turn.now.date()
    reviewed = "howto.reviewed" if howto.reviewed else "howto.not_reviewed"
    text = turn.say(
        "howto.source_due" if due else "howto.source",
        publishers=", ".join(publishers),
        checked=howto.checked.strftime("%d/%m/%Y"),
        reviewed=turn.say(reviewed),
    )
    return tongue.remarked(turn, howto.topic, text)


def _ways_on(turn: Turn) -> list[Choice]:
    return [
        Choice(turn.say("howto.next"), Act("step.next")),
        Choice(turn.say("howto.stuck"), Act("step.stuck")),
        Choice(turn.say("howto.back"), Act("step.back")),
    ]


def _help(turn: Turn, outcome: Outcome, text: str) -> Outcome:
    options = [
        Choice(turn.say("howto.next"), Act("step.next")),
        Choice(turn.say("howto.still_stuck"), Act("step.stuck")),
        Choice(turn.say("howto.back"), Act("step.back")),
        Choice(turn.say("howto.wrong"), Act("report_wrong")),
    ]
    return outcome.asking(text, options, at=turn.now)


def _ask_device(turn: Turn, outcome: Outcome, text: str, unclear: str) -> Outcome:
    options = [
        Choice(turn.say("howto.device_iphone"), Act("howto.device", "iphone")),
        Choice(turn.say("howto.device_other"), Act("howto.device", "android")),
        Choice(turn.say(unclear), Act("howto.device", "unknown")),
    ]
    return outcome.asking(text, options, at=turn.now)


def _ask_done(turn: Turn, outcome: Outcome, howto: Howto, opened: HowtoOpen) -> Outcome:
    text = turn.say("howto.did_it")
    if howto.scams:
        text = f"{turn.say('howto.careful', scam=howto.scams[0])}\n{text}"
    options = [
        Choice(turn.say("howto.yes_done"), Act("howto.done", "yes")),
        Choice(turn.say("howto.not_done"), Act("howto.done", "no")),
    ]
    ended = replace(opened, at_end=True, stuck=0, at=turn.now)
    return outcome.opening(ended).asking(text, options, at=turn.now, yes_no=True)


def _first_step(turn: Turn, topic: str) -> str:
    return turn.content.howtos[topic].steps[0].id
