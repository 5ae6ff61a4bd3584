"""What happens after a yes or a no to remembering: what waited is kept or dropped."""

from flows import certificate, consent, quiz, reminder
from flows.dialog import ConsentOpen, QuizOpen, ReminderForm
from flows.turn import Outcome, Turn


def yes(turn: Turn) -> Outcome:
    """Take in a yes and do what waited for it."""
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
    opened = turn.dialog.open
    if not isinstance(opened, ConsentOpen):
        return Outcome.of(turn).saying(turn.say("stale.nothing"))
    outcome = consent.answered(turn, opened.purpose, opened.text_version, agreed=False)
    said = turn.say(f"consent.{opened.purpose}_no")
    if isinstance(opened.waiting, QuizOpen):
        return quiz.closing(turn, outcome, opened.waiting, lead=said)
    return outcome.opening(None).saying(said)
