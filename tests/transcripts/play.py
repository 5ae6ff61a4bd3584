"""Plays a transcript against the core: clock, chance and codes come from the file.

Between any two turns learner and dialog are written to JSON and read back, so a state that can't
be stored can't pass. What events mean for later turns (answers, reminders, records, rights, help
requests) is kept here as the shell would, in the plainest way.

A story may give, beside `learner` and `chat`, what is stored already:

    staff: {"26734": {volunteers: 1, on_duty: 1}}
    roles: [{id: r1, kind: volunteer, ward: "26734", name: Chị Lan}]      of this person
    asks, helps: T1                      of `tickets`: her own, the one she has taken
    tickets: [{id: T1, number: 1, …}]        invitations: {7KQ2M9XA4T: {role: {…}, state: good}}
    groups, accounts, campaigns: [{…}]

and a turn, beside what is said, pressed or sent:

    due: r1   or   due: {ticket: T1}, {quiet: T1}, {group: g1}, {campaign: c1}
    others: {taken: T1, by: Chị Lan}, {closed: T1}, {back: T1}, {revoked: r1}
                                             what somebody else did before this turn
    elsewhere:                               what was said in other chats
      - {to: {asker: T1}, text: …}
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from flows.ageing import as_of
from flows.content import Content
from flows.dialog import Dialog, Learner
from flows.events import (
    AnswerRecorded,
    CredentialIssued,
    DataDeleted,
    DutyChanged,
    Event,
    GroupLinked,
    GroupNamed,
    GroupRefused,
    GroupSeen,
    HelpRequested,
    ReminderCancelled,
    ReminderSent,
    ReminderSet,
    RoleClaimed,
    TicketClosed,
    TicketGivenBack,
    TicketTaken,
    TipScheduled,
    TipTakenBack,
)
from flows.interpret import expects_secret, interpret
from flows.lesson import Step
from flows.needs import needs
from flows.replies import Reply
from flows.respond import respond
from flows.snapshots import (
    Account,
    AnswerSeen,
    Campaign,
    Credential,
    Group,
    Invitation,
    Known,
    Reminder,
    Role,
    Snapshots,
    Staff,
    Standing,
    Ticket,
)
from flows.turn import (
    Admitted,
    AnswerLost,
    CampaignSettled,
    Chat,
    Due,
    DueThing,
    GroupFound,
    Input,
    Outcome,
    Outgoing,
    Pressed,
    Removed,
    Said,
    Sent,
    TicketOffered,
    TicketQuiet,
    TicketUnanswered,
    ToAsker,
    ToGroup,
    ToHelper,
    ToLearner,
    Turn,
)
from nlu.mask import expecting_secret
from nlu.normalise import fold
from nlu.understanding import Candidate, Understanding

CITY = ZoneInfo("Asia/Ho_Chi_Minh")
DIALOGS = TypeAdapter(Dialog)
LEARNERS = TypeAdapter(Learner)
STORED = {
    "staff": TypeAdapter(dict[str, Staff]),
    "roles": TypeAdapter(tuple[Role, ...]),
    "tickets": TypeAdapter(tuple[Ticket, ...]),
    "invitations": TypeAdapter(dict[str, Invitation]),
    "groups": TypeAdapter(tuple[Group, ...]),
    "accounts": TypeAdapter(tuple[Account, ...]),
    "campaigns": TypeAdapter(tuple[Campaign, ...]),
}
"""What a story may give in the words of `flows.snapshots`."""
SAID = 3
"""So many of the last words are shown to whoever needs them (`Snapshots.said`)."""
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
    code: str = ""
    """What the act of this turn is about: of a claim, the code."""
    standing: Standing = field(default_factory=Standing)
    tickets: dict[str, Ticket] = field(default_factory=dict[str, Ticket])
    invitations: dict[str, Invitation] = field(default_factory=dict[str, Invitation])
    groups: tuple[Group, ...] = ()
    accounts: tuple[Account, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    said: list[str] = field(default_factory=list[str])

    @classmethod
    def of(cls, story: Mapping[str, Any], content: Content) -> "World":
        learner = {"id": "learner-1", "greeted": True, **story.get("learner", {})}
        world = cls(
            content=content,
            seed=story.get("seed", 7),
            at=_at(story["at"]),
            chat=Chat(**{"channel": "console", "pushes": "message", **story.get("chat", {})}),
            operator=story.get("operator", "Phường Thử"),
            staff=_stored(story, "staff", {}),
            learner=LEARNERS.validate_python(learner),
            tickets={one.id: one for one in _stored(story, "tickets", [])},
            invitations=_stored(story, "invitations", {}),
            groups=_stored(story, "groups", []),
            accounts=_stored(story, "accounts", []),
            campaigns=_stored(story, "campaigns", []),
        )
        world.standing = Standing(
            roles=_stored(story, "roles", []),
            asks=world.tickets.get(story.get("asks", "")),
            answers=world.tickets.get(story.get("helps", "")),
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
        if "others" in turn:
            self._others(turn["others"])
        given, understanding = self._given(turn)
        content = as_of(self.content, self.at.date())
        if understanding is not None and expects_secret(self.dialog, content):
            understanding = expecting_secret(understanding)
        may_hold = bool(turn.get("may_hold", False))
        interpretation = interpret(
            given,
            understanding,
            self.dialog,
            content,
            chat=self.chat,
            standing=self.standing,
            at=self.at,
            may_hold=may_hold,
        )
        self.acts.add(interpretation.act.name)
        self.code = interpretation.act.arg
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
                content=content,
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
        if isinstance(given, Said | Sent) and understanding is not None and not outcome.held:
            self.said.append(understanding.text)
        return outcome

    def _given(self, turn: Mapping[str, Any]) -> tuple[Input, Understanding | None]:
        if "press" in turn:
            return Pressed(**turn["press"]), None
        if "sends" in turn:
            caption = turn.get("caption", "")
            understood = _understood(caption, turn.get("understood", {})) if caption else None
            return Sent(kind=turn["sends"], caption=caption), understood
        if "due" in turn:
            return Due(what=self._due(turn["due"])), None
        if "group" in turn:
            return Admitted() if turn["group"] == "admitted" else Removed(), None
        text = str(turn["says"])
        understood = _understood(text, turn.get("understood", {}))
        return Said(text=understood.text), understood

    def _due(self, due: str | Mapping[str, str]) -> DueThing:
        """What falls due: a reminder by its id, or something else by its kind and id."""
        if isinstance(due, str):
            return self.reminders[due]
        [(kind, name)] = due.items()
        match kind:
            case "ticket":
                return TicketOffered(ticket=self.tickets[name])
            case "quiet":
                return TicketQuiet(ticket=self.tickets[name])
            case "unanswered":
                return TicketUnanswered(ticket=self.tickets[name])
            case "lost":
                number = self.tickets[name].number
                return AnswerLost(ticket=name, number=number, why="blocked")
            case "group":
                return GroupFound(group=next(one for one in self.groups if one.id == name))
            case _:
                named = next(one for one in self.campaigns if one.id == name)
                return CampaignSettled(campaign=named)

    def _others(self, did: Mapping[str, str]) -> None:
        """What somebody else did meanwhile: to a help request, or to a right of this person."""
        if "taken" in did:
            changed = replace(self.tickets[did["taken"]], state="taken", helper=did["by"])
            self._change(changed)
        elif "back" in did:
            self._change(replace(self.tickets[did["back"]], state="waiting", helper=None))
        elif "closed" in did:
            self._close(did["closed"])
        else:
            kept = tuple(role for role in self.standing.roles if role.id != did["revoked"])
            self.standing = replace(self.standing, roles=kept)

    def _change(self, ticket: Ticket) -> None:
        self.tickets[ticket.id] = ticket
        if self.standing.asks is not None and self.standing.asks.id == ticket.id:
            self.standing = replace(self.standing, asks=ticket)

    def _close(self, ticket: str) -> None:
        del self.tickets[ticket]
        asks, answers = self.standing.asks, self.standing.answers
        self.standing = replace(
            self.standing,
            asks=None if asks is not None and asks.id == ticket else asks,
            answers=None if answers is not None and answers.id == ticket else answers,
        )

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
            said=tuple(self.said[-SAID:]) if "said" in wanted else (),
            invitation=self.invitations.get(self.code) if "invitation" in wanted else None,
            tickets=self._open_tickets() if "tickets" in wanted else (),
            groups=self.groups if "groups" in wanted else (),
            accounts=self.accounts if "accounts" in wanted else (),
            campaigns=self.campaigns if "campaigns" in wanted else (),
        )

    def _open_tickets(self) -> tuple[Ticket, ...]:
        """The help requests of the wards in which this person is a volunteer, oldest first."""
        wards = {role.ward for role in self.standing.roles if role.kind == "volunteer"}
        found = [ticket for ticket in self.tickets.values() if ticket.ward in wards]
        return tuple(sorted(found, key=lambda ticket: (ticket.asked_at, ticket.id)))

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
            case RoleClaimed():
                [given] = [i for i in self.invitations.values() if i.role.id == event.role]
                self.standing = replace(self.standing, roles=(*self.standing.roles, given.role))
                self.invitations = {
                    code: replace(one, state="used") if one is given else one
                    for code, one in self.invitations.items()
                }
            case DutyChanged():
                roles = tuple(
                    replace(role, on_duty=event.on) if role.kind == "volunteer" else role
                    for role in self.standing.roles
                )
                self.standing = replace(self.standing, roles=roles)
            case HelpRequested():
                numbers = {ticket.number for ticket in self.tickets.values()}
                asked = Ticket(
                    id=event.ticket,
                    number=next(n for n in range(1, 99) if n not in numbers),
                    ward=event.ward,
                    topic=event.topic,
                    step=event.step,
                    device=event.device,
                    question=event.question,
                    state="waiting",
                    helper=None,
                    asked_at=self.at,
                )
                self.tickets[asked.id] = asked
                self.standing = replace(self.standing, asks=asked)
            case TicketTaken():
                ticket = self.tickets[event.ticket]
                role = self.standing.role("volunteer", ticket.ward)
                taken = replace(ticket, state="taken", helper=role.name if role else None)
                self._change(taken)
                self.standing = replace(self.standing, answers=taken)
            case TicketGivenBack():
                self._change(replace(self.tickets[event.ticket], state="waiting", helper=None))
                self.standing = replace(self.standing, answers=None)
            case TicketClosed():
                self._close(event.ticket)
            case GroupSeen():
                self.chat = replace(self.chat, met=True)
            case GroupLinked():
                self.groups = tuple(
                    replace(one, ward=event.ward) if one.id == event.group else one
                    for one in self.groups
                )
            case GroupNamed():
                self.groups = tuple(
                    replace(one, title=event.title) if one.id == event.group else one
                    for one in self.groups
                )
            case GroupRefused():
                self.groups = tuple(one for one in self.groups if one.id != event.group)
            case TipScheduled():
                scheduled = Campaign(
                    id=event.campaign,
                    tip=event.tip,
                    ward=event.ward,
                    due_at=event.due_at,
                    taken_back=False,
                    results=(),
                )
                self.campaigns = (scheduled, *self.campaigns)
            case TipTakenBack():
                self.campaigns = tuple(
                    replace(one, taken_back=True) if one.id == event.campaign else one
                    for one in self.campaigns
                )
            case DataDeleted():
                self.answers, self.credentials, self.reminders = [], [], {}
            case _:
                pass


def shown(reply: Reply) -> list[Any]:
    """A reply as a transcript writes it: the text, then the labels of its choices.

    What is shown as on another platform comes after the name of that platform.
    """
    lines: list[Any] = [reply.text]
    if reply.as_on is not None:
        lines.insert(0, {"as_on": reply.as_on})
    if reply.choices is not None:
        lines.append({"choices": [option.label for option in reply.choices.options]})
    if reply.link is not None:
        lines.append({"link": reply.link})
    return lines


def sent(message: Outgoing) -> dict[str, Any]:
    """A message to another chat as a transcript writes it: to whom, the text, when."""
    match message.to:
        case ToAsker(ticket=ticket):
            to = {"asker": ticket}
        case ToHelper(ticket=ticket):
            to = {"helper": ticket}
        case ToGroup(group=group):
            to = {"group": group}
        case ToLearner(learner=learner):
            to = {"learner": learner}
    written: dict[str, Any] = {"to": to, "text": message.reply.text}
    if message.reply.link is not None:
        written["link"] = message.reply.link
    if message.due_at is not None:
        written["due_at"] = _plain(message.due_at)
    if message.campaign is not None:
        written["campaign"] = message.campaign
    return written


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
        language=given.get("language", "vi"),
        candidates=tuple(
            Candidate(intent=one["intent"], topic=one.get("topic"), p=one.get("p", 0.95))
            for one in candidates
        ),
        secrets=frozenset(given.get("secrets", [])),
        scam=given.get("scam"),
        danger=given.get("danger"),
        misuse=given.get("misuse", False),
    )


def _stored(story: Mapping[str, Any], name: str, none: object) -> Any:
    """What the story gives under this name, built as the shell would; times in the city's zone."""
    return STORED[name].validate_python(_timed(story.get(name, none)))


def _timed(value: Any) -> Any:
    """The same with every `…_at` read as a time of the city."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return {k: _at(v) if k.endswith("_at") else _timed(v) for k, v in pairs}
    return [_timed(one) for one in cast("list[Any]", value)] if isinstance(value, list) else value


def _due_at(given: Input, now: datetime) -> datetime:
    reminder = isinstance(given, Due) and isinstance(given.what, Reminder)
    return given.what.due_at if reminder else now


def _at(value: object) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    assert isinstance(at, date)
    return at.astimezone(CITY) if at.tzinfo else at.replace(tzinfo=CITY)


def _length(written: str) -> timedelta:
    return timedelta(**{LENGTHS[written[-1]]: float(written[:-1])})
