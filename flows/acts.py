"""From an intent to the act it asks for: one table, read when answering and when asking which."""

from flows.replies import Act, ActName
from nlu.understanding import Candidate

ACTS: dict[str, ActName] = {
    "howto": "howto.open",
    "quiz.start": "quiz.start",
    "quiz.stop": "quiz.stop",
    "reminder.set": "reminder.set",
    "reminder.list": "reminder.list",
    "reminder.cancel": "reminder.cancel",
    "certificate.status": "certificate.status",
    "human.help": "human.help",
    "greet": "greet",
    "thanks": "thanks",
    "menu": "menu",
    "stop": "stop",
    "delete_my_data": "delete.ask",
    "export_my_data": "export_my_data",
    "language.change": "language.change",
    "complaint_bot": "complaint_bot",
    "report_wrong": "report_wrong",
    "name.person": "name.person",
    "host.push_tip": "tip.start",
    "host.start_live_quiz": "host",
    "step.next": "step.next",
    "step.back": "step.back",
    "step.stuck": "step.stuck",
    "emergency.scam": "emergency.scam",
    "emergency.danger": "emergency.danger",
    "out_of_scope": "unknown",
}
"""Each intent of `data/intents.yaml` that a message can be classified as."""

SCAM_UNSAID = "ongoing"
DANGER_UNSAID = "crime"
"""The card shown when words sound like an emergency but do not say which."""


def act_of(candidate: Candidate) -> Act:
    """The act this reading asks for."""
    name = ACTS[candidate.intent]
    match name:
        case "howto.open":
            return Act(name, candidate.topic or "")
        case "unknown":
            return Act(name, "beyond")
        case "host":
            return Act(name, "live")
        case "emergency.scam":
            return Act(name, SCAM_UNSAID)
        case "emergency.danger":
            return Act(name, DANGER_UNSAID)
        case _:
            return Act(name)
