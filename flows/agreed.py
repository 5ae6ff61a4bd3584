"""What happens after a yes or a no to remembering: what waited is kept or dropped."""

from flows import certificate, consent, quiz, reminder
from flows.answering import JUST_ASKED
from flows.dialog import ConsentOpen, QuizOpen, ReminderForm
from flows.turn import Outcome, Said, Turn
from flows.wording import is_one_of
from nlu.normalise import fold


def yes(turn: Turn) -> Outcome:
    """Take in a yes and do what waited for it."""
    if turn.interpretation.act.arg:
        return _beside(turn, agreed=True)
    opened = turn.dialog.open
    if not isinstance(opened, ConsentOpen):
        return Outcome.of(turn).saying(turn.say("stale.nothing"))
    outcome = consent.answered(turn, opened.purpose, opened.text_version, agreed=True)
    match opened.waiting:
        case QuizOpen():
            outcome = outcome.recording(*opened.waiting.unsaved)
            said = turn.say("consent.learning_yes")
            return quiz.closing(turn, outcome, opened.waiting, lead=said)
        case ReminderForm():
            return reminder.confirm(turn, outcome, opened.waiting)
        case None if opened.purpose == "certificate":
            return certificate.ask_name(turn, outcome)
        case None:
            said = turn.say(f"consent.{opened.purpose}_yes")
            return outcome.opening(None).saying(said)


def no(turn: Turn) -> Outcome:
    """Take in a no: what waited is dropped, everything else goes on as before."""
    if turn.interpretation.act.arg:
        return _beside(turn, agreed=False)
    opened = turn.dialog.open
    if not isinstance(opened, ConsentOpen):
        return Outcome.of(turn).saying(turn.say("stale.nothing"))
    outcome = consent.answered(turn, opened.purpose, opened.text_version, agreed=False)
    said = turn.say(f"consent.{opened.purpose}_no")
    if isinstance(opened.waiting, QuizOpen):
        return quiz.closing(turn, outcome, opened.waiting, lead=said)
    return outcome.opening(None).saying(said)


def _beside(turn: Turn, *, agreed: bool) -> Outcome:
    """Take in the answer to the question for `improve`, for which nothing waited."""
    if agreed and _is_late_word(turn):
        return Outcome.of(turn).saying(turn.say("stale.pick"))
    shown = turn.interpretation.act.arg
    outcome = consent.answered(turn, "improve", shown, agreed=agreed).noting(choices=None)
    return outcome.saying(turn.say(f"consent.improve_{'yes' if agreed else 'no'}"))


def _is_late_word(turn: Turn) -> bool:
    """Whether it was an "ok" of later, meant for something else: a reminder said meanwhile.

    A number, a press or the option's own words agree at any time.
    """
    choices = turn.dialog.choices
    if not isinstance(turn.input, Said) or choices is None or turn.at < choices.at + JUST_ASKED:
        return False
    text = turn.input.text
    own = fold(text) == fold(choices.options[0].label)
    return not own and is_one_of(text, turn.content, "choice.yes_words")
