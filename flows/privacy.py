"""What is known of a person, forgetting it, and no more messages unasked.

Deletion says in two sentences what goes and what stays, asks once, and is done by the shell from
the event `DataDeleted` (DESIGN: privacy; law 91/2025/QH15, articles 4 and 14).
"""

from flows import helped
from flows.dialog import Dialog, Learner
from flows.events import (
    ConsentPurpose,
    DataDeleted,
    DataExported,
    PushesResumed,
    PushesStopped,
)
from flows.replies import Act, Choice
from flows.snapshots import Known
from flows.turn import Outcome, Turn
from flows.ward import called

KEPT_DAYS = 7
"""Masked incoming text is gone after so many days."""
KEPT_DAYS_WITHOUT_CONSENT = 2
PURPOSES: tuple[ConsentPurpose, ...] = ("learning", "reminder", "certificate", "help", "improve")


def tell(turn: Turn) -> Outcome:
    """Show all that is kept of this person, with ways to take it back."""
    known = turn.snapshots.known
    given = [purpose for purpose in PURPOSES if turn.learner.agrees(purpose)]
    outcome = Outcome.of(turn).recording(DataExported())
    lines = _lines(turn, known) if known is not None else []
    if not lines:
        return outcome.saying(f"{turn.say('data.nothing')} {turn.say('data.never')}")
    text = "\n".join([turn.say("data.what"), *lines, turn.say("data.never")])
    options = [Choice(turn.say("data.keep"), Act("decline"))]
    options += [
        Choice(turn.say(f"data.withdraw_{purpose}"), Act("consent.withdraw", purpose))
        for purpose in given
    ]
    options.append(Choice(turn.say("data.delete"), Act("delete.ask")))
    return outcome.asking(text, options, at=turn.now)


def ask_delete(turn: Turn) -> Outcome:
    """Say what goes and what must stay, and ask once."""
    options = [
        Choice(turn.say("data.delete_sure"), Act("delete.confirm")),
        Choice(turn.say("data.keep"), Act("decline")),
    ]
    asks = [turn.say("data.delete_asks")] if turn.standing.asks is not None else []
    text = "\n".join([*asks, turn.say("data.delete_ask")])
    return Outcome.of(turn).asking(text, options, at=turn.now, yes_no=True)


def delete(turn: Turn) -> Outcome:
    """Forget: a blank learner, an empty dialog, and the event that empties the tables."""
    said = turn.say("data.deleted")
    blank = Outcome(
        learner=Learner(
            id=turn.learner.id,
            greeted=True,
            language=turn.learner.language,
            language_chosen=turn.learner.language_chosen,
        ),
        dialog=Dialog(askings=turn.dialog.askings),
    )
    return helped.parting(turn, blank.recording(DataDeleted()).saying(said))


def stop(turn: Turn) -> Outcome:
    """No more messages unasked; answers go on."""
    outcome = Outcome.of(turn).knowing(pushes=False).recording(PushesStopped())
    again = [Choice(turn.say("stop.undo"), Act("pushes.again"))]
    return outcome.asking(turn.say("stop.stopped"), again, at=turn.now)


def pushes_again(turn: Turn) -> Outcome:
    """Take a stop back."""
    outcome = Outcome.of(turn).knowing(pushes=True).recording(PushesResumed())
    return outcome.saying(turn.say("stop.again"))


def _lines(turn: Turn, known: Known) -> list[str]:
    learner = turn.learner
    lines: list[str] = []
    if learner.you is not None:
        lines.append(turn.say("data.address"))
    ward = turn.content.ward(learner.ward)
    if ward is not None:
        lines.append(turn.say("data.ward", ward=ward.called))
    if learner.device is not None:
        kind = "howto.device_iphone" if learner.device == "iphone" else "person_help.android"
        lines.append(turn.say("data.device", device=turn.say(kind)))
    asks = turn.standing.asks
    if asks is not None:
        lines.append(turn.say(f"data.asks_{asks.state}", ward=called(turn, asks.ward)))
    if known.answers:
        lines.append(turn.say("data.answers", count=known.answers))
    if turn.snapshots.reminders:
        subjects = "; ".join(reminder.subject for reminder in turn.snapshots.reminders)
        lines.append(turn.say("data.reminders", list=subjects))
    if turn.snapshots.credentials:
        codes = "; ".join(f"{c.name}, {c.code}" for c in turn.snapshots.credentials)
        lines.append(turn.say("data.credentials", list=codes))
    if learner.agrees("improve"):
        lines.append(turn.say("consent.improve_kept"))
    if lines and known.messages:
        days = KEPT_DAYS if any(learner.consents.values()) else KEPT_DAYS_WITHOUT_CONSENT
        lines.append(turn.say("data.messages", count=known.messages, days=days))
    return lines
