"""Plays a transcript against the core: clock, chance and codes come from the file.

Between any two turns learner and dialog are written to JSON and read back, so a state that can't
be stored can't pass. What events mean for later turns (answers, reminders, records) is kept here
as the shell would, in the plainest way.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from flows.content import Content, Step
from flows.dialog import Dialog, Learner
from flows.events import (
    AnswerRecorded,
    CredentialIssued,
    DataDeleted,
    Event,
    ReminderCancelled,
    ReminderSent,
    ReminderSet,
)
from flows.interpret import expects_secret, interpret, needs
from flows.replies import Reply
from flows.respond import respond
from flows.snapshots import AnswerSeen, Credential, Known, Reminder, Snapshots, Staff, Standing
from flows.turn import Chat, Due, Input, Outcome, Pressed, Said, Sent, Turn
from nlu.mask import expecting_secret
from nlu.normalise import fold
from nlu.understanding import Candidate, Understanding

CITY = ZoneInfo("Asia/Ho_Chi_Minh")
DIALOGS = TypeAdapter(Dialog)
LEARNERS = TypeAdapter(Learner)
LENGTHS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass
class World:
    """One learner in one chat, and what the tables would hold."""

    content: Content
    seed: int
    at: datetime
    chat: Chat
    operator: str
    staff: dict[str, Staff]
    learner: Learner
    dialog: Dialog = field(default_factory=Dialog)
    answers: list[AnswerSeen] = field(default_factory=list[AnswerSeen])
    reminders: dict[str, Reminder] = field(default_factory=dict[str, Reminder])
    credentials: list[Credential] = field(default_factory=list[Credential])
    codes: int = 0
    acts: set[str] = field(default_factory=set[str])
    turns: int = 0
    standing: Standing = field(default_factory=Standing)

    @classmethod
    def of(cls, story: Mapping[str, Any], content: Content) -> "World":
        learner = {"id": "learner-1", "greeted": True, **story.get("learner", {})}
        world = cls(
            content=content,
            seed=story.get("seed", 7),
            at=_at(story["at"]),
            chat=Chat(**{"channel": "console", "pushes": "message", **story.get("chat", {})}),
            operator=story.get("operator", "Phường Thử"),
            staff={ward: Staff(**of) for ward, of in story.get("staff", {}).items()},
            learner=LEARNERS.validate_python(learner),
        )
        for answer in story.get("answers", []):
            seen = {"purpose": "practice", "attempt": 1, "correct": True, **answer}
            world.answers.append(AnswerSeen(**{**seen, "at": _at(seen["at"])}))
        return world

    def play(self, turn: Mapping[str, Any]) -> Outcome:
        """Answer one turn of the file."""
        self.at += _length(turn.get("after", "10s"))
        if "withdraw" in turn:
            gone = self.content.withdrawn | {str(turn["withdraw"])}
            self.content = replace(self.content, withdrawn=gone)
        if "edit" in turn:
            self._edit(turn["edit"])
        given, understanding = self._given(turn)
        if understanding is not None and expects_secret(self.dialog, self.content):
            understanding = expecting_secret(understanding)
        may_hold = bool(turn.get("may_hold", False))
        interpretation = interpret(
            given,
            understanding,
            self.dialog,
            self.content,
            chat=self.chat,
            standing=self.standing,
            at=self.at,
            may_hold=may_hold,
        )
        self.acts.add(interpretation.act.name)
        self.turns += 1
        self.codes += 1
        outcome = respond(
            Turn(
                input=given,
                understanding=understanding,
                interpretation=interpretation,
                learner=self.learner,
                dialog=self.dialog,
                chat=self.chat,
                standing=self.standing,
                snapshots=self._snapshots(needs(interpretation, self.dialog)),
                content=self.content,
                operator=self.operator,
                at=_due_at(given, self.at),
                now=self.at,
                seed=self.seed + self.turns,
                fresh_codes=(f"CODE{self.codes:06d}", f"MORE{self.codes:06d}"),
            )
        )
        self.learner = LEARNERS.validate_json(LEARNERS.dump_json(outcome.learner))
        self.dialog = DIALOGS.validate_json(DIALOGS.dump_json(outcome.dialog))
        assert self.learner == outcome.learner
        assert self.dialog == outcome.dialog
        for event in outcome.events:
            self._apply(event)
        return outcome

    def _given(self, turn: Mapping[str, Any]) -> tuple[Input, Understanding | None]:
        if "press" in turn:
            return Pressed(**turn["press"]), None
        if "sends" in turn:
            caption = turn.get("caption", "")
            understood = _understood(caption, turn.get("understood", {})) if caption else None
            return Sent(kind=turn["sends"], caption=caption), understood
        if "due" in turn:
            return Due(what=self.reminders[turn["due"]]), None
        text = str(turn["says"])
        understood = _understood(text, turn.get("understood", {}))
        return Said(text=understood.text), understood

    def _snapshots(self, wanted: frozenset[str]) -> Snapshots:
        known = Known(
            since=self.at,
            messages=self.turns,
            answers=len(self.answers),
            reminders=len(self.reminders),
            credentials=len(self.credentials),
        )
        return Snapshots(
            answers=tuple(self.answers) if "answers" in wanted else (),
            reminders=tuple(self.reminders.values()) if "reminders" in wanted else (),
            credentials=tuple(self.credentials) if "credentials" in wanted else (),
            known=known if "known" in wanted else None,
            staff=self.staff if "staff" in wanted else {},
        )

    def _edit(self, edit: Mapping[str, str]) -> None:
        """Change one step's words, as an author would between two days."""
        howto = self.content.howtos[edit["topic"]]
        steps = [
            Step.model_validate({**step.model_dump(), "do": edit["do"]})
            if step.id == edit["step"]
            else step
            for step in howto.steps
            if not (step.id == edit["step"] and "remove" in edit)
        ]
        changed = howto.model_copy(update={"steps": steps})
        howtos = {**self.content.howtos, edit["topic"]: changed}
        self.content = replace(self.content, howtos=howtos)

    def _apply(self, event: Event) -> None:
        match event:
            case AnswerRecorded():
                self.answers.append(
                    AnswerSeen(
                        item=event.item,
                        purpose=event.purpose,
                        attempt=event.attempt,
                        correct=event.correct,
                        at=event.answered_at,
                    )
                )
            case ReminderSet():
                self.reminders[event.reminder] = Reminder(
                    id=event.reminder,
                    subject=event.subject,
                    due_at=event.due_at,
                    every=event.every,
                    hour_chosen=event.hour_chosen,
                )
            case ReminderCancelled():
                self.reminders.pop(event.reminder, None)
            case ReminderSent():
                reminder = self.reminders.pop(event.reminder)
                if event.next_at is not None:
                    self.reminders[reminder.id] = replace(reminder, due_at=event.next_at)
            case CredentialIssued():
                self.credentials.append(
                    Credential(
                        code=event.code,
                        rule=event.rule,
                        name=event.name,
                        issued_at=event.earned_on,
                    )
                )
            case DataDeleted():
                self.answers, self.credentials, self.reminders = [], [], {}
            case _:
                pass


def shown(reply: Reply) -> list[Any]:
    """A reply as a transcript writes it: the text, then the labels of its choices."""
    lines: list[Any] = [reply.text]
    if reply.choices is not None:
        lines.append({"choices": [option.label for option in reply.choices.options]})
    if reply.link is not None:
        lines.append({"link": reply.link})
    return lines


def told(event: Event) -> dict[str, Any]:
    """An event as a transcript writes it: its name, then its fields."""
    fields = {name: _plain(value) for name, value in asdict(cast("Any", event)).items()}
    return {str(fields.pop("type")): fields}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(CITY).isoformat()
        case tuple() | list():
            return [_plain(one) for one in cast("list[object]", value)]
        case dict():
            return {k: _plain(v) for k, v in cast("dict[str, object]", value).items()}
        case _:
            return value


def _understood(text: str, given: Mapping[str, Any]) -> Understanding:
    candidates = given.get("candidates")
    if candidates is None:
        candidates = [given] if "intent" in given else []
    return Understanding(
        text=given.get("text", text),
        folded=given.get("folded", fold(given.get("text", text))),
        candidates=tuple(
            Candidate(intent=one["intent"], topic=one.get("topic"), p=one.get("p", 0.95))
            for one in candidates
        ),
        secrets=frozenset(given.get("secrets", [])),
        scam=given.get("scam"),
        danger=given.get("danger"),
        misuse=given.get("misuse", False),
    )


def _due_at(given: Input, now: datetime) -> datetime:
    reminder = isinstance(given, Due) and isinstance(given.what, Reminder)
    return given.what.due_at if reminder else now


def _at(value: object) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    assert isinstance(at, date)
    return at.astimezone(CITY) if at.tzinfo else at.replace(tzinfo=CITY)


def _length(written: str) -> timedelta:
    return timedelta(**{LENGTHS[written[-1]]: float(written[:-1])})
