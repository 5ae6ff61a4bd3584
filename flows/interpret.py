"""What is meant: an Understanding and the open dialog become one Act.

`nlu/` says how likely each reading is; here it is decided whether to act on the best one, to ask
which is meant, or to say that the bot does not know. In this order:

    what fell due, a press, a photo       taken as they are
    danger, a scam, misuse                before everything that is open
    nothing to read, another script
    the open list of choices              "2", "cái thứ 2", "B A C", "ừ"
    the open form                         a time, a subject, a name
    "gọi tôi là bà"
    the readings of the model             weighed with what is open, then decided by their costs
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from flows.acts import act_of
from flows.content import Content
from flows.dialog import CertificateForm, ConsentOpen, Dialog, HowtoOpen, QuizOpen, ReminderForm
from flows.events import ConsentPurpose
from flows.replies import Act, ActName, Choices
from flows.turn import Due, Input, Interpretation, Need, Pressed, Said, Sent
from nlu import choice, when
from nlu.normalise import compose, fold
from nlu.understanding import Candidate, SecretKind, Understanding

ANSWER = 0.5
"""Probability from which the best reading is acted on."""
ANSWER_STEPS = 0.7
"""And where it would show the steps of a how-to: steps of another topic do the most harm. Chosen on
the development set by the costs 20 for wrong steps, 3 for a refusal, 1 for a question back."""
ANSWER_EMERGENCY = 0.3
"""And where it would show an emergency card: one that is missed costs 100."""
ANSWER_LEAD = 0.15
"""By how much the best reading must be ahead of the second."""
ASK = 0.2
"""Probability from which a reading may be offered in «ý là việc nào»."""
MOST_READINGS = 3
NO_READING = ("out_of_scope", "greet", "thanks")
"""Nobody picks these from a list."""
FORM_LEAVE = 0.85
"""How sure another wish must be to leave an open form whose answer could be any words."""
SHORT_SUBJECT = 3
"""Words: so short an answer to «nhắc việc gì» is the subject, even if it names a lesson's topic."""
ASKS_REMINDER = re.compile(r"\bnhac\b")
LONGEST_STOP = 12
"""Words: a longer text that holds "dừng" tells a story and stops nothing."""
BARE_STOP = 2
"""Words: so short a "dừng lại" in a quiz or a how-to ends that, and not the reminders."""
FRAGMENT = 3
"""Words: so short a text that decides nothing by itself may be the start of a sentence."""
BARE = 7
"""Words: so short a text that only names a thing is waited for, a greeting before it included."""
GREETING = 5
"""Words: a greeting alone is often followed by the question."""
TOO_LONG = 1_500
"""Characters: a longer text is answered only when its question is clear."""
CHOICES_OPEN = timedelta(hours=48)
"""How long a typed number still answers a list."""
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
CODES: frozenset[SecretKind] = frozenset({"otp", "pin", "cvv"})
"""Who sends such a code gets its warning and no lesson: what the words seem to ask is about it."""
UNSURE_YES = frozenset({"dung"})
"""Without accents this may be a yes, a stop or a don't."""
A_CHOICE = re.compile(r"\s*(?:\d{1,2}|[a-hA-H])[.)]?\s*")
"""A number or letter alone: it says nothing where no list is open."""
_WORD = re.compile(r"[^\W_]+")
WITH_HOWTO = {"step.next": 6.0, "step.back": 6.0, "step.stuck": 6.0, "report_wrong": 3.0}
WITH_QUIZ = {"quiz.stop": 6.0, "step.next": 0.2, "step.back": 0.2, "step.stuck": 0.2}
WITH_NOTHING = {"step.next": 0.3, "step.back": 0.3, "step.stuck": 0.3, "quiz.stop": 0.3}
"""How much likelier an intent is where a how-to, a quiz or nothing is open."""


def interpret(
    given: Input,
    understanding: Understanding | None,
    dialog: Dialog,
    content: Content,
    *,
    at: datetime,
    may_hold: bool = True,
) -> Interpretation:
    """Decide what a message means where the dialog stands.

    `at` is when it was said. `may_hold` is False when a fragment has waited long enough and must
    be answered.
    """
    match given:
        case Due():
            return _sure("due.reminder")
        case Pressed():
            return _pressed(given, dialog)
        case Sent() if understanding is None or not given.caption.strip():
            return _sure("other", given.kind)
        case Sent() | Said():
            assert understanding is not None  # noqa: S101 - what was said was understood
    decided = _label_typed(understanding, dialog) or _screened(understanding)
    decided = decided or _unreadable(understanding)
    decided = decided or _answering(understanding, dialog, content, at=at)
    decided = decided or _weighed(understanding, dialog, content, may_hold=may_hold)
    if isinstance(given, Sent) and decided.act.name in ("unknown", "hold", "which", "secret"):
        return _sure("other", given.kind)
    return decided


def needs(interpretation: Interpretation, dialog: Dialog) -> frozenset[Need]:
    """The snapshots that answering this will need."""
    match interpretation.act.name:
        case "quiz.start":
            return frozenset({"answers"})
        case "certificate.status" | "certificate.ask" | "certificate.issue":
            return frozenset({"answers", "credentials"})
        case (
            "reminder.list"
            | "reminder.pick"
            | "reminder.change"
            | "reminder.cancel"
            | "reminder.set"
            | "reminder.time"
            | "reminder.subject"
        ):
            return frozenset({"reminders"})
        case "consent.yes" if isinstance(dialog.open, ConsentOpen):
            return _AFTER_CONSENT.get(dialog.open.purpose, frozenset())
        case "export_my_data":
            return frozenset({"known", "reminders", "credentials"})
        case "human.help" | "step.stuck" | "report_wrong" | "howto.done" | "which" | "unknown":
            return frozenset({"staff"})
        case _:
            return frozenset()


def expects_secret(dialog: Dialog, content: Content) -> bool:
    """Whether a step is open in which people receive a code, so bare digits must be masked."""
    opened = dialog.open
    howto = content.howto(opened.topic) if isinstance(opened, HowtoOpen) else None
    if howto is None or not isinstance(opened, HowtoOpen):
        return False
    position = howto.position(opened.step)
    return position is not None and howto.steps[position].expects_secret


_AFTER_CONSENT: dict[ConsentPurpose, frozenset[Need]] = {
    "reminder": frozenset({"reminders"}),
    "certificate": frozenset({"answers", "credentials"}),
}


def _sure(name: str, arg: str = "") -> Interpretation:
    return Interpretation(act=Act(name, arg))  # pyright: ignore[reportArgumentType]


def _pressed(press: Pressed, dialog: Dialog) -> Interpretation:
    """The option's act, where its list is still the open one."""
    choices = dialog.choices
    if choices is None or choices.asking != press.asking:
        return _sure("stale")
    if not 0 <= press.option < len(choices.options):
        return _sure("stale")
    if choices.ordering:
        return _sure("unclear_choice")  # one place says nothing of the others
    return Interpretation(act=choices.options[press.option].act)


def _label_typed(understanding: Understanding, dialog: Dialog) -> Interpretation | None:
    """An option typed out whole is that option, whatever it would mean alone ("Đã bị lừa")."""
    choices = dialog.choices
    if choices is None or choices.ordering:
        return None
    said = fold(understanding.text)
    typed = [option.act for option in choices.options if fold(option.label) == said]
    return Interpretation(act=typed[0]) if len(typed) == 1 else None


def _screened(understanding: Understanding) -> Interpretation | None:
    if understanding.danger is not None:
        return _sure("emergency.danger", understanding.danger)
    if understanding.scam is not None:
        return _sure("emergency.scam", understanding.scam)
    if understanding.misuse:
        return _sure("misuse")
    return None


def _unreadable(understanding: Understanding) -> Interpretation | None:
    """Nothing but pictures, marks, or letters of a script the bot does not read."""
    letters = [c for c in understanding.text if c.isalpha()]
    if not letters and not any(c.isdigit() for c in understanding.text):
        return _sure("other", "emoji" if understanding.text.strip() else "no_words")
    foreign = sum(1 for c in letters if fold(c) == "" or ord(c) > 0x1EFF)
    if letters and foreign * 2 > len(letters):
        return _sure("other", "script")
    return None


def _answering(
    understanding: Understanding, dialog: Dialog, content: Content, *, at: datetime
) -> Interpretation | None:
    """An answer to what is open: a choice, a form, or how to be called."""
    choices = dialog.choices
    if choices is not None and choices.at <= at < choices.at + CHOICES_OPEN:
        act = _chosen(understanding, choices, content, at=at)
        if act is not None:
            return Interpretation(act=act)
    called = CALL_ME.search(understanding.folded)
    if called is not None and called[1] in ADDRESS:
        return _sure("call_me", ADDRESS[called[1]])
    alone = _alone(understanding, dialog, content)
    if alone is not None:
        return _sure(alone)
    match dialog.open:
        case ReminderForm():
            return _in_reminder(understanding, dialog.open, at=at)
        case CertificateForm() if not dialog.open.name and not _leaves(understanding):
            return _sure("certificate.name")
        case _:
            return None


def _chosen(
    understanding: Understanding, choices: Choices, content: Content, *, at: datetime
) -> Act | None:
    text = understanding.text
    if choices.ordering:
        order = choice.read_order(text, len(choices.options))
        return None if order is None else Act("quiz.answer", ",".join(map(str, order)))
    labels = [option.label for option in choices.options]
    position = choice.read(text, labels, lettered=choices.style == "lettered")
    if position is None and (choices.yes_no or _one_reading(choices, at)):
        position = _yes_no(text, content)
    if position is not None:
        return choices.options[position].act
    if choices.options[0].act.name == "reminder.change" and _tells_new_time(understanding, at):
        return choices.options[0].act
    if A_CHOICE.fullmatch(text):
        return Act("unclear_choice")
    return None


def _tells_new_time(understanding: Understanding, at: datetime) -> bool:
    """Whether a time is told for the reminder that was picked, not for another one."""
    asks_anew = ASKS_REMINDER.search(understanding.folded) is not None
    return not asks_anew and when.read(understanding.text, at) is not None


def _one_reading(choices: Choices, at: datetime) -> bool:
    """Whether «ý là việc nào» just named a single reading, so that a yes or a no answers it."""
    single = len(choices.options) == 2 and choices.options[1].act.name == "which.none"
    return single and at < choices.at + JUST_ASKED


def _yes_no(text: str, content: Content) -> int | None:
    """0 for a yes, 1 for a no, in the words of the table.

    Accents that were typed count: "dừng" and "đừng" are no "đúng", and "dung" may be any of them.
    """
    said = " ".join(_WORD.findall(compose(text).lower()))
    for position, key in enumerate(("choice.yes_words", "choice.no_words")):
        listed = content.locales["vi"].sentences[key]
        if said in (_folded(listed) - UNSURE_YES if said.isascii() else _listed(listed)):
            return position
    return None


@cache
def _folded(words: str) -> frozenset[str]:
    """The words of a list in a locale, folded once."""
    return frozenset(fold(word) for word in words.split(","))


@cache
def _listed(words: str) -> frozenset[str]:
    """The words of a list in a locale, with their accents."""
    return frozenset(word.strip() for word in words.split(","))


def _alone(understanding: Understanding, dialog: Dialog, content: Content) -> ActName | None:
    """What a yes or a no means that answers no list; never left to the model, for it says little.

    "ok" may be thanks, and "không" at a step is being stuck: those stay with the model.
    """
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
        return _sure("reminder.subject")
    if when.read(understanding.text, at) is None:
        return None
    asks_anew = ASKS_REMINDER.search(understanding.folded) and when.subject(understanding.text)
    return _sure("reminder.set" if asks_anew and form.changes is None else "reminder.time")


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


def _weighed(
    understanding: Understanding, dialog: Dialog, content: Content, *, may_hold: bool
) -> Interpretation:
    """Answer, ask which, or don't know: by the probabilities, weighed with what is open."""
    lone = dialog.open is None and A_CHOICE.fullmatch(understanding.text) is not None
    candidates = [] if lone else _in_context(understanding, dialog)
    decided = _decided(candidates, content)
    words = len(understanding.folded.split())
    if may_hold and _is_fragment(decided, understanding, dialog):
        return _sure("hold")
    if decided.act.name in ("unknown", "which", "greet", "thanks") and understanding.secrets:
        return _sure("secret")
    if decided.act.name in ("howto.open", "quiz.start") and understanding.secrets & CODES:
        return _sure("secret")
    if decided.act.name in ("unknown", "which"):
        if isinstance(dialog.open, QuizOpen) and words <= FRAGMENT:
            return _sure("unclear_choice")
        if len(understanding.text) > TOO_LONG:
            return _sure("other", "long")
    if isinstance(dialog.open, HowtoOpen) and (
        decided.act.name == "quiz.stop" or (decided.act.name == "stop" and words <= BARE_STOP)
    ):
        return _sure("howto.leave")
    if decided.act.name == "stop" and isinstance(dialog.open, QuizOpen) and words <= BARE_STOP:
        return _sure("quiz.stop")
    if decided.act.name.startswith("step.") and not isinstance(dialog.open, HowtoOpen):
        return _sure("unclear_choice" if isinstance(dialog.open, QuizOpen) else "nothing_open")
    return _detailed(decided, understanding)


def _in_context(understanding: Understanding, dialog: Dialog) -> list[Candidate]:
    match dialog.open:
        case HowtoOpen():
            weights = WITH_HOWTO
        case QuizOpen():
            weights = WITH_QUIZ
        case _:
            weights = WITH_NOTHING
    if len(understanding.folded.split()) > LONGEST_STOP:
        weights = {**weights, "stop": 0.0}
    weighed = [
        replace(candidate, p=candidate.p * weights.get(candidate.intent, 1.0))
        for candidate in understanding.candidates
    ]
    # What the model left beyond its ten best keeps its share.
    rest = max(0.0, 1.0 - sum(candidate.p for candidate in understanding.candidates))
    total = rest + sum(candidate.p for candidate in weighed)
    if total <= 0:
        return []
    scaled = [replace(candidate, p=candidate.p / total) for candidate in weighed]
    return sorted(scaled, key=lambda candidate: -candidate.p)


def _decided(candidates: list[Candidate], content: Content) -> Interpretation:
    if not candidates:
        return _sure("unknown")
    best, second = candidates[0], candidates[1] if len(candidates) > 1 else None
    lead = best.p - (second.p if second is not None else 0.0)
    if best.intent.startswith("emergency.") and best.p >= ANSWER_EMERGENCY:
        return Interpretation(act=act_of(best), p=best.p)
    steps = best.topic is not None and content.howto(best.topic) is not None
    if best.p >= (ANSWER_STEPS if steps else ANSWER) and lead >= ANSWER_LEAD:
        return Interpretation(act=act_of(best), p=best.p)
    readings = tuple(
        candidate
        for candidate in candidates
        if candidate.p >= ASK and candidate.intent not in NO_READING
    )[:MOST_READINGS]
    if not readings or best.intent == "out_of_scope":
        return Interpretation(act=Act("unknown"), p=best.p)
    return Interpretation(act=Act("which"), p=best.p, candidates=readings)


def _is_fragment(decided: Interpretation, understanding: Understanding, dialog: Dialog) -> bool:
    """Whether so few words decide nothing by themselves and may be going on."""
    words = len(understanding.folded.split())
    if dialog.open is not None or understanding.secrets or words == 0:
        return False
    if decided.act.name == "greet":
        return words <= GREETING
    if understanding.bare:
        return words <= BARE
    return words <= FRAGMENT and decided.act.name in ("unknown", "which")


def _detailed(decided: Interpretation, understanding: Understanding) -> Interpretation:
    """Add what the act is about: the topic of a quiz, the language that is wanted."""
    match decided.act.name:
        case "quiz.start":
            return replace(decided, act=Act("quiz.start", _topic_of(understanding)))
        case "language.change":
            return replace(decided, act=Act("language.change", _manner(understanding.folded)))
        case _:
            return decided


QUIZ_TOPIC = 0.1
"""Probability from which a topic named beside the wish for a quiz is taken as the quiz's topic."""
MANNERS = {
    "en": r"english|tieng anh|anglais",
    "fr": r"francais|tieng phap|french",
    "vi": r"vietnamese|tieng viet|vietnamien",
    "larger": r"chu (?:to|lon|bu)|phong to|to (?:hon|len)|lon hon|larger|bigger",
    "simple": r"don gian|de hieu|ngan gon|ngan thoi|noi ngan|simpl",
    "normal": r"day du|nhu cu|binh thuong",
}


def _topic_of(understanding: Understanding) -> str:
    topics = [c for c in understanding.candidates if c.topic is not None and c.p >= QUIZ_TOPIC]
    return (topics[0].topic or "") if topics else ""


def _manner(folded: str) -> str:
    return next((name for name, words in MANNERS.items() if re.search(words, folded)), "")
