"""An answer to what is open: a choice of the list, the words of a form, or how to be called.

    label_typed   an option typed out whole, before everything else
    answering     "2", "cái thứ 2", "B A C", "ừ"; a time, a subject, a name; "gọi tôi là bà"

What answers nothing open is None, and `flows/interpret.py` goes on to what the words mean alone.
"""

import re
from datetime import datetime, timedelta

from flows.content import Content
from flows.dialog import CertificateForm, Dialog, HowtoOpen, ReminderForm, WardForm
from flows.replies import Act, ActName, Choices
from flows.turn import Interpretation
from flows.ward_name import named
from flows.wording import is_one_of
from nlu import choice, when
from nlu.normalise import fold
from nlu.understanding import Understanding

FORM_LEAVE = 0.85
"""How sure another wish must be to leave an open form whose answer could be any words."""
SHORT_SUBJECT = 3
"""Words: so short an answer to «nhắc việc gì» is the subject, even if it names a lesson's topic."""
ASKS_REMINDER = re.compile(r"\bnhac\b")
CHOICES_OPEN = timedelta(hours=48)
"""How long a typed number still answers a list."""
EXACTLY: frozenset[ActName] = frozenset({
    "step.next", "step.stuck", "step.back", "howto.done", "consent.yes", "consent.withdraw",
    "delete.ask", "delete.confirm", "human.send", "certificate.issue", "tip.confirm",
    "tip.take_back", "group.link", "group.refuse", "group.unlink",
})  # fmt: skip
"""Where these can be chosen, only a number or an option's own words choose: the others weigh too
much, and what is told at a step is about the step."""
WAYS_OUT: frozenset[ActName] = frozenset({"which.none", "decline", "tip.leave"})
JUST_ASKED = timedelta(minutes=5)
"""A list stays open while other things are said; later an "ok" is no longer meant for it."""
_SELF = r"(?:toi|tui|minh|em|ba|ong|bac|chu|co|chi|anh)"
CALL_ME = re.compile(rf"\b(?:goi|keu|xung) {_SELF} (?:la|bang) ([a-z]+)$")
"""Said outright, never guessed: "gọi tui là bà"."""
ADDRESS = {
    "ba": "bà", "bac": "bác", "chu": "chú", "co": "cô", "chi": "chị", "anh": "anh", "em": "em",
    "ong": "ông", "ngoai": "ngoại", "noi": "nội", "di": "dì", "cau": "cậu", "mo": "mợ",
    "thay": "thầy", "minh": "mình",
}  # fmt: skip
_MARK = r"(?:\d{1,2}|[a-hA-H])"
A_CHOICE = re.compile(rf"\s*{_MARK}[.)]?\s*")
"""A number or letter alone."""
CHOICES_ALONE = re.compile(rf"\s*{_MARK}(?:[.),;\s]+{_MARK})*[.)]?\s*")
"""One or several, «1 2»: they say nothing where no list is open."""


def sure(name: ActName, arg: str = "") -> Interpretation:
    """An act that nothing speaks against."""
    return Interpretation(act=Act(name, arg))


def label_typed(understanding: Understanding, dialog: Dialog) -> Interpretation | None:
    """An option typed out whole is that option, whatever it would mean alone ("Đã bị lừa")."""
    choices = dialog.choices
    if choices is None or choices.ordering:
        return None
    said = fold(understanding.text)
    typed = [option.act for option in choices.options if fold(option.label) == said]
    return Interpretation(act=typed[0]) if len(typed) == 1 else None


def told_outright(
    understanding: Understanding, dialog: Dialog, *, at: datetime
) -> Interpretation | None:
    """An option typed out, or begun, in its own words and no others, before the emergencies.

    "Đã bị lừa" is then that option; "tôi đã bị lừa" is a cry for help whatever is open.
    """
    typed = label_typed(understanding, dialog)
    choices = dialog.choices
    if typed is not None or choices is None or choices.ordering or not _answers(choices, at):
        return typed
    labels = [option.label for option in choices.options]
    lettered = choices.style == "lettered"
    position = choice.own_words(understanding.text, labels, lettered=lettered)
    return None if position is None else Interpretation(act=choices.options[position].act)


def answering(
    understanding: Understanding, dialog: Dialog, content: Content, *, at: datetime
) -> Interpretation | None:
    """An answer to what is open: a choice, a form, or how to be called."""
    choices = dialog.choices
    if choices is not None and _answers(choices, at):
        act = _chosen(understanding, choices, content, at=at)
        if act is not None:
            return Interpretation(act=act)
    if isinstance(dialog.open, WardForm):
        return _in_ward_form(understanding, content)
    called = CALL_ME.search(understanding.folded)
    if called is not None and called[1] in ADDRESS:
        return sure("call_me", ADDRESS[called[1]])
    alone = _alone(understanding, dialog, content)
    if alone is not None:
        return sure(alone)
    if _retimes(understanding, dialog, at=at):
        return sure("reminder.retime")
    match dialog.open:
        case ReminderForm():
            return _in_reminder(understanding, dialog.open, at=at)
        case CertificateForm() if not dialog.open.name and not _leaves(understanding):
            return sure("certificate.name")
        case _:
            return None


def _answers(choices: Choices, at: datetime) -> bool:
    """Whether what is typed now may belong to this list."""
    return choices.at <= at < choices.at + CHOICES_OPEN


def _chosen(
    understanding: Understanding, choices: Choices, content: Content, *, at: datetime
) -> Act | None:
    text = understanding.text
    asks = choices.options[0].act.name
    if asks == "quiz.answer" and is_one_of(text, content, "quiz.pass_words"):
        return Act("quiz.pass")
    if choices.ordering:
        order = choice.read_order(text, len(choices.options))
        return None if order is None else Act("quiz.answer", ",".join(map(str, order)))
    retimes = asks == "reminder.change" and _tells_new_time(understanding, at)
    if retimes and not when.subject(text):
        return choices.options[0].act  # "thứ hai" is a day here
    labels = [option.label for option in choices.options]
    lettered = choices.style == "lettered"
    exactly = any(option.act.name in EXACTLY for option in choices.options)
    exactly = exactly or bool(understanding.secrets)
    position = choice.read(text, labels, lettered=lettered, in_other_words=not exactly)
    if position is None and (choices.yes_no or _one_reading(choices, at)):
        position = _yes_no(text, content)
    if position is not None:
        return choices.options[position].act
    if retimes:
        return choices.options[0].act
    if A_CHOICE.fullmatch(text) or choice.misses(text, lettered=lettered):
        return Act("unclear_choice")
    return _none_of(choices) if choice.none(text) else None


def _none_of(choices: Choices) -> Act | None:
    """What it means to turn down all options: the way out of the list, or to ask again.

    At a step such words tell that something is not there, which is no answer to the list.
    """
    acts = [option.act for option in choices.options]
    if any(act.name.startswith("step.") for act in acts):
        return None
    return next((act for act in acts if act.name in WAYS_OUT), Act("unclear_choice"))


def _tells_new_time(understanding: Understanding, at: datetime) -> bool:
    """Whether a time is told for the reminder that was picked, not for another one."""
    asks_anew = ASKS_REMINDER.search(understanding.folded) is not None
    return not asks_anew and when.read(understanding.text, at) is not None


def _retimes(understanding: Understanding, dialog: Dialog, *, at: datetime) -> bool:
    """Whether nothing but a time was said, right after a reminder was set."""
    just_set = dialog.just_set
    if just_set is None or not just_set.at <= at < just_set.at + JUST_ASKED:
        return False
    if dialog.open is not None or dialog.choices is not None:
        return False
    return _tells_new_time(understanding, at) and not when.subject(understanding.text)


def _one_reading(choices: Choices, at: datetime) -> bool:
    """Whether «ý là việc nào» just named a single reading, so that a yes or a no answers it."""
    single = len(choices.options) == 2 and choices.options[1].act.name == "which.none"
    return single and at < choices.at + JUST_ASKED


def _yes_no(text: str, content: Content) -> int | None:
    """0 for a yes, 1 for a no, in the words of the table."""
    lists = ("choice.yes_words", "choice.no_words")
    return next((n for n, key in enumerate(lists) if is_one_of(text, content, key)), None)


def _alone(understanding: Understanding, dialog: Dialog, content: Content) -> ActName | None:
    """What a yes or a no means that answers no list; never left to the model, for it says little.

    "ok" may be thanks, and "không" at a step is being stuck: those stay with the model.
    """
    if isinstance(dialog.open, HowtoOpen) and is_one_of(
        understanding.text, content, "howto.leave_words"
    ):
        return "howto.leave"
    if (
        isinstance(dialog.open, HowtoOpen)
        and dialog.open.stuck
        and is_one_of(understanding.text, content, "howto.what_else_words")
    ):
        return "step.stuck"
    said = _yes_no(understanding.text, content)
    if said is None:
        return None
    best = understanding.candidates[0].intent if understanding.candidates else ""
    match dialog.open:
        case HowtoOpen() if said == 0 and not dialog.open.at_end and _at_a_step(dialog):
            return "step.next"
        case ReminderForm() if said == 1:
            return "howto.leave"
        case ReminderForm(missing="time"):
            return "reminder.time"
        case ReminderForm():
            return None
        case CertificateForm() if said == 1 and not dialog.open.name:
            return "certificate.cancel"
        case None if said == 1 and best == "quiz.stop":
            return "decline"
        case _ if said == 0 and best not in ("thanks", "step.next"):
            return "nothing_open" if dialog.choices is None else "unclear_choice"
        case _:
            return None


def _at_a_step(dialog: Dialog) -> bool:
    """Whether the ways on from a step are the open list, or none is."""
    choices = dialog.choices
    return choices is None or choices.options[0].act.name == "step.next"


def _in_reminder(
    understanding: Understanding, form: ReminderForm, *, at: datetime
) -> Interpretation | None:
    if _leaves(understanding) and not _names_subject(understanding, form):
        return None
    if form.missing == "subject":
        return sure("reminder.subject")
    if when.read(understanding.text, at) is None:
        return None
    asks_anew = ASKS_REMINDER.search(understanding.folded) and when.subject(understanding.text)
    return sure("reminder.set" if asks_anew and form.changes is None else "reminder.time")


def _in_ward_form(understanding: Understanding, content: Content) -> Interpretation | None:
    """A ward, or no wish to tell one; a step word goes back to the how-to that waits."""
    if named(understanding.text, content.wards) or A_CHOICE.fullmatch(understanding.text):
        return sure("ward.told")
    best = understanding.candidates[0] if understanding.candidates else None
    no = ("ward.skip_words", "choice.no_words")
    back = best is not None and best.intent.startswith("step.")
    if back or any(is_one_of(understanding.text, content, key) for key in no):
        return sure("howto.leave")
    asks_to_be_reminded = best is not None and best.intent == "reminder.set"
    return None if _leaves(understanding) or asks_to_be_reminded else sure("ward.told")


def _names_subject(understanding: Understanding, form: ReminderForm) -> bool:
    """Whether so few words name what to be reminded of ("gọi cho con"), no lesson."""
    best = understanding.candidates[0] if understanding.candidates else None
    short = len(understanding.folded.split()) <= SHORT_SUBJECT
    return form.missing == "subject" and short and best is not None and best.topic is not None


def _leaves(understanding: Understanding) -> bool:
    """Whether the words clearly want something else than to fill the open form."""
    best = understanding.candidates[0] if understanding.candidates else None
    return (
        best is not None
        and best.p >= FORM_LEAVE
        and best.intent not in ("reminder.set", "out_of_scope", "greet", "thanks")
    )
