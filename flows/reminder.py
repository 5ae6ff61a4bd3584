"""Reminders: set, list, change, cancel, and saying one when it falls due.

Times are read by `nlu.when`; an open one ("cuối tuần") is asked for again, never guessed. A
reminder is kept only with consent. What it says in the end is a turn like any other.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from flows import consent
from flows.dialog import JustSet, ReminderForm
from flows.events import PushesResumed, ReminderCancelled, ReminderSent, ReminderSet
from flows.offer import offer
from flows.pause import pausing
from flows.replies import Act, Choice
from flows.snapshots import Reminder
from flows.spoken import moment, repeat
from flows.turn import Due, Outcome, Turn
from nlu import when
from nlu.repeat import falls_on
from nlu.when import Every

MOST = 20
"""More reminders than anybody can keep apart."""
LATE_AFTER = timedelta(minutes=15)
"""Later than this a reminder comes with an apology."""
EXPIRES_AFTER = timedelta(hours=24)
"""Later than this it is of no use, and is not said."""
LONGEST_SUBJECT = 200


def start(turn: Turn) -> Outcome:
    """Begin a reminder from one sentence; what it lacks is asked for."""
    if not turn.chat.lasting:
        return Outcome.of(turn).saying(turn.say("reminder.borrowed"))
    if len(turn.snapshots.reminders) >= MOST:
        return Outcome.of(turn).saying(turn.say("reminder.many"))
    said = _said(turn)
    form = ReminderForm(missing="time", subject=_short(when.subject(said)), at=turn.now)
    return _with_time(turn, pausing(Outcome.of(turn), ""), form, said, unread="reminder.time")


def take_time(turn: Turn) -> Outcome:
    """Fill the open form's time, from words or from one of the readings offered."""
    form = turn.dialog.open
    if not isinstance(form, ReminderForm):
        return start(turn)
    said = turn.interpretation.act.arg or _said(turn)
    if not form.subject and when.read(said, turn.now) is not None:
        form = replace(form, subject=_short(when.subject(said)))
    return _with_time(turn, Outcome.of(turn), form, said, unread="reminder.time_unclear")


def take_subject(turn: Turn) -> Outcome:
    """Fill the open form's subject."""
    form = turn.dialog.open
    if not isinstance(form, ReminderForm):
        return start(turn)
    return _complete(turn, Outcome.of(turn), replace(form, subject=_short(_said(turn))))


def confirm(turn: Turn, outcome: Outcome, form: ReminderForm) -> Outcome:
    """Set the reminder and repeat it back, with weekday and date.

    A time that went by while something was still being asked is asked for anew.
    """
    assert form.due_at is not None  # noqa: S101 - only a complete form comes here
    due_at = form.due_at if form.every is None else _onward(form.every, form.due_at, turn.now)
    if due_at <= turn.now:
        timeless = replace(form, missing="time", due_at=None, at=turn.now)
        return outcome.opening(timeless).saying(turn.say("reminder.unclear_past"))
    set_ = ReminderSet(
        reminder=form.changes or turn.fresh_codes[0],
        subject=form.subject,
        due_at=due_at,
        every=form.every,
        hour_chosen=form.hour_chosen,
    )
    at = moment(turn, due_at, lunar=form.lunar)
    if form.every is not None:
        often = repeat(turn, decoded(form.every), due_at)
        said = turn.say("reminder.set_repeat", repeat=often, when=at, subject=form.subject)
    elif form.changes is not None:
        said = turn.say("reminder.changed", when=at, subject=form.subject)
    else:
        said = turn.say("reminder.set", when=at, subject=form.subject)
    if turn.chat.pushes == "page":
        said = f"{said} {turn.say('reminder.page_only')}"
    just_set = JustSet(reminder=set_.reminder, at=turn.now)
    outcome = outcome.opening(None).noting(just_set=just_set).recording(set_)
    if not turn.learner.pushes:
        outcome = outcome.knowing(pushes=True).recording(PushesResumed())
        said = f"{said} {turn.say('stop.again')}"
    return outcome.saying(said)


def listing(turn: Turn) -> Outcome:
    """Show the reminders; picking one offers to change or drop it.

    Where nothing is sent unasked they are not said: that can be taken back here.
    """
    if not turn.snapshots.reminders:
        return Outcome.of(turn).saying(turn.say("reminder.none"))
    options = [
        Choice(_line(turn, reminder), Act("reminder.pick", reminder.id))
        for reminder in turn.snapshots.reminders
    ]
    if not turn.learner.pushes:
        options.append(Choice(turn.say("stop.undo"), Act("pushes.again")))
    return Outcome.of(turn).asking(turn.say("reminder.list"), options, at=turn.now)


def pick(turn: Turn) -> Outcome:
    """Show one reminder with what can be done about it."""
    reminder = _named(turn)
    if reminder is None:
        return Outcome.of(turn).saying(turn.say("reminder.not_there"))
    options = [
        Choice(turn.say("reminder.change"), Act("reminder.change", reminder.id)),
        Choice(turn.say("reminder.drop"), Act("reminder.cancel", reminder.id)),
        Choice(turn.say("reminder.keep"), Act("decline")),
    ]
    at = moment(turn, reminder.due_at, lunar=_is_lunar(reminder))
    text = turn.say("reminder.picked", when=at, subject=reminder.subject)
    return Outcome.of(turn).asking(text, options, at=turn.now)


def change(turn: Turn) -> Outcome:
    """Ask for another time for this reminder, unless it was told at once ("đổi sang 7 giờ")."""
    reminder = _named(turn)
    _, _, told = turn.interpretation.act.arg.partition(":")
    if reminder is None:
        return Outcome.of(turn).saying(turn.say("reminder.not_there"))
    form = ReminderForm(
        missing="time",
        subject=reminder.subject,
        changes=reminder.id,
        every=reminder.every,
        at=turn.now,
    )
    outcome = pausing(Outcome.of(turn), "")
    return _with_time(turn, outcome, form, told or _said(turn), unread="reminder.time")


def retime(turn: Turn) -> Outcome:
    """Offer to move the reminder that was just set to a time that was said alone."""
    just_set, said = turn.dialog.just_set, _said(turn)
    wanted = just_set.reminder if just_set is not None else ""
    reminder = next((r for r in turn.snapshots.reminders if r.id == wanted), None)
    read = when.read(said, turn.now)
    if reminder is None or read is None:
        return start(turn)
    told = when.written(read) if isinstance(read, when.When) else said
    asked = turn.say("reminder.retime", subject=reminder.subject, words=said)
    return offer(turn, Outcome.of(turn), asked, Act("reminder.change", f"{reminder.id}:{told}"))


def cancel(turn: Turn) -> Outcome:
    """Drop the named reminder, the only one, or all; of several unnamed ones ask which."""
    wanted = turn.interpretation.act.arg
    reminders = turn.snapshots.reminders
    if not reminders:
        return Outcome.of(turn).saying(turn.say("reminder.none"))
    if wanted == "all":
        gone = [ReminderCancelled(reminder=reminder.id) for reminder in reminders]
        return Outcome.of(turn).recording(*gone).saying(turn.say("reminder.all_gone"))
    reminder = _named(turn) if wanted else reminders[0]
    if reminder is None:
        return Outcome.of(turn).saying(turn.say("reminder.not_there"))
    if not wanted and len(reminders) > 1:
        return _ask_which(turn)
    outcome = Outcome.of(turn).recording(ReminderCancelled(reminder=reminder.id))
    return outcome.saying(turn.say("reminder.gone", subject=reminder.subject))


def due(turn: Turn) -> Outcome:
    """Say a reminder that fell due: on time, late with an apology, or not at all after a day."""
    assert isinstance(turn.input, Due)  # noqa: S101 - the act comes with nothing else
    reminder = turn.input.what
    assert isinstance(reminder, Reminder)  # noqa: S101
    late = turn.now - reminder.due_at
    expired = late > EXPIRES_AFTER
    sent = ReminderSent(
        reminder=reminder.id,
        due_at=reminder.due_at,
        expired=expired,
        next_at=_following(reminder, turn.now),
    )
    outcome = Outcome.of(turn).recording(sent)
    if expired or not turn.learner.pushes:
        return outcome
    if late > LATE_AFTER:
        at = moment(turn, reminder.due_at)
        return outcome.saying(turn.say("reminder.due_late", when=at, subject=reminder.subject))
    return outcome.saying(turn.say("reminder.due", subject=reminder.subject))


def encoded(every: Every | None) -> str | None:
    """A repeat as it is stored: `day`, `week:6`, `lunar_month:1`."""
    if every is None:
        return None
    return every.kind if every.day is None else f"{every.kind}:{every.day}"


def decoded(stored: str) -> Every:
    """The repeat that `encoded` wrote."""
    kind, _, day = stored.partition(":")
    return Every(kind=_KINDS[kind], day=int(day) if day else None)


_KINDS: dict[str, Literal["day", "week", "month", "lunar_month"]] = {
    "day": "day",
    "week": "week",
    "month": "month",
    "lunar_month": "lunar_month",
}


def _with_time(
    turn: Turn, outcome: Outcome, form: ReminderForm, said: str, *, unread: str
) -> Outcome:
    match when.read(said, turn.now):
        case None:
            return outcome.opening(form).saying(turn.say(unread))
        case when.Ambiguous() as unclear:
            return _ask_time(turn, outcome, form, unclear)
        case when.When() as read:
            every = encoded(read.every) or form.every
            timed = replace(
                form,
                due_at=read.at if read.every else _first(every, read.at),
                every=every,
                hour_chosen=read.hour_given,
                lunar=read.lunar is not None,
            )
            return _complete(turn, outcome, timed)


def _ask_time(turn: Turn, outcome: Outcome, form: ReminderForm, unclear: when.Ambiguous) -> Outcome:
    """Offer the readings where they are few, else ask for what is missing."""
    text = turn.say(f"reminder.unclear_{unclear.reason}")
    if not unclear.choices:
        return outcome.opening(form).saying(text)
    options = [
        Choice(
            moment(turn, one.at, lunar=one.lunar is not None),
            Act("reminder.time", when.written(one)),
        )
        for one in unclear.choices
    ]
    return outcome.opening(form).asking(text, options, at=turn.now)


def _complete(turn: Turn, outcome: Outcome, form: ReminderForm) -> Outcome:
    """Ask for the subject or the consent that is missing, else set the reminder."""
    if not form.subject:
        asking = replace(form, missing="subject", at=turn.now)
        return outcome.opening(asking).saying(turn.say("reminder.subject"))
    if not turn.learner.agrees("reminder"):
        return consent.ask(turn, outcome, "reminder", waiting=form)
    return confirm(turn, outcome, form)


def _following(reminder: Reminder, now: datetime) -> datetime | None:
    """When it falls due again, after now; None when it was for once."""
    return None if reminder.every is None else _onward(reminder.every, reminder.due_at, now)


def _first(every: str | None, at: datetime) -> datetime:
    """The first day from this one, at the same hour, on which a repeat falls."""
    if every is None or falls_on(decoded(every), at.date()):
        return at
    return when.next_after(decoded(every), at)


def _onward(every: str, due_at: datetime, now: datetime) -> datetime:
    """The first time after now of what comes again, counted from this one."""
    while due_at <= now:
        due_at = when.next_after(decoded(every), due_at)
    return due_at


def _ask_which(turn: Turn) -> Outcome:
    options = [
        Choice(_line(turn, reminder), Act("reminder.cancel", reminder.id))
        for reminder in turn.snapshots.reminders
    ]
    options.append(Choice(turn.say("reminder.all"), Act("reminder.cancel", "all")))
    return Outcome.of(turn).asking(turn.say("reminder.which"), options, at=turn.now)


def _named(turn: Turn) -> Reminder | None:
    wanted, _, _ = turn.interpretation.act.arg.partition(":")
    return next((r for r in turn.snapshots.reminders if r.id == wanted), None)


def _line(turn: Turn, reminder: Reminder) -> str:
    if reminder.every is not None:
        often = repeat(turn, decoded(reminder.every), reminder.due_at)
        return turn.say("reminder.line_repeat", repeat=often, subject=reminder.subject)
    at = moment(turn, reminder.due_at)
    return turn.say("reminder.line", when=at, subject=reminder.subject)


def _is_lunar(reminder: Reminder) -> bool:
    return reminder.every is not None and decoded(reminder.every).kind == "lunar_month"


def _said(turn: Turn) -> str:
    return turn.understanding.text if turn.understanding is not None else ""


def _short(subject: str) -> str:
    return subject[:LONGEST_SUBJECT]
