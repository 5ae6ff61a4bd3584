"""What can happen in a person's world. What it means for the tables is `bot/storage/apply.py`.

    learning    HowtoStarted  HowtoFinished  StepStuck  WrongReported
                QuizStarted  AnswerRecorded  QuizFinished  CredentialIssued
    reminders   ReminderSet  ReminderCancelled  ReminderSent
    privacy     ConsentGiven  ConsentRefused  ConsentWithdrawn  PushesStopped  PushesResumed
                DataExported  DataDeleted
    help        HelpRequested  TicketTaken  TicketAnswered  TicketGivenBack  TicketClosed
    rights      RoleClaimed  DutyChanged
    groups      GroupSeen  GroupLinked  GroupNamed  GroupRefused  GroupLeft
    tips        TipScheduled  TipTakenBack  TipResent  TipResultsTold
    talk        EmergencyShown  SecretSeen  Unanswered  MisuseTried

A stored name (`type`) is never renamed or reused; a new field gets a default. Events that say what
one person learned (`AnswerRecorded`, `QuizFinished`) are given only when that person agreed to be
remembered; the others hold no words of the person, except a reminder's subject and a name typed for
a certificate, which are what was asked to be kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flows.part import Device

Purpose = Literal["practice", "test", "session", "placement"]
ConsentPurpose = Literal["learning", "reminder", "help", "certificate", "improve"]
Grade = Literal["self", "witnessed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HowtoStarted:
    """Somebody opened a how-to. Counted, never by person."""

    type: Literal["howto_started"] = "howto_started"
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HowtoFinished:
    """Somebody came to the end of a how-to and said whether it worked."""

    type: Literal["howto_finished"] = "howto_finished"
    topic: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStuck:
    """A step did not work for somebody: the step that needs its author most."""

    type: Literal["step_stuck"] = "step_stuck"
    topic: str
    step: str
    step_version: str
    device: Device | None
    times: int
    """How often in a row, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongReported:
    """Somebody says that a step is not what the phone shows."""

    type: Literal["wrong_reported"] = "wrong_reported"
    topic: str
    step: str
    step_version: str
    device: Device | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizStarted:
    """A quiz was opened. Counted, never by person."""

    type: Literal["quiz_started"] = "quiz_started"
    topic: str | None
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecorded:
    """A learner answered one quiz item."""

    type: Literal["answer_recorded"] = "answer_recorded"
    item: str
    """Item id, `<domain>/<topic>:<name>`."""
    item_version: str
    """Fingerprint of the item as it was shown, so that a later edit changes no result."""
    purpose: Purpose
    """practice, test, session or placement; which answers count is the rubric's affair."""
    attempt: int
    answer: tuple[int, ...]
    """Positions among the authored options, whatever order they were shown in; none: not known."""
    correct: bool
    asked_at: datetime
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizFinished:
    """A quiz came to its end or was ended."""

    type: Literal["quiz_finished"] = "quiz_finished"
    topic: str | None
    purpose: Purpose
    asked: int
    right_at_first: int
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialIssued:
    """A «Giấy ghi nhận tự học» was earned, its name read back and confirmed."""

    type: Literal["credential_issued"] = "credential_issued"
    code: str
    """Ten characters of Crockford's base32."""
    name: str
    grade: Grade
    rule: str
    """Id of the rule it was earned by, e.g. `practice/1`."""
    topics: tuple[str, ...]
    earned_on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSet:
    """A reminder was asked for and confirmed, or its time was changed (same id)."""

    type: Literal["reminder_set"] = "reminder_set"
    reminder: str
    subject: str
    due_at: datetime
    """The next time; aware."""
    every: str | None
    """The repeat rule as `nlu.when` writes it, or None for once."""
    hour_chosen: bool
    """The person named the hour, so quiet hours do not move it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderCancelled:
    """A reminder is no longer wanted."""

    type: Literal["reminder_cancelled"] = "reminder_cancelled"
    reminder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSent:
    """A reminder fell due and was said, or was too late to be of use."""

    type: Literal["reminder_sent"] = "reminder_sent"
    reminder: str
    due_at: datetime
    expired: bool
    """More than a day late: not said."""
    next_at: datetime | None
    """When it falls due again; None ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """A person agreed to one purpose, having seen this text."""

    type: Literal["consent_given"] = "consent_given"
    purpose: ConsentPurpose
    text_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRefused:
    """A person did not agree to one purpose, having seen this text."""

    type: Literal["consent_refused"] = "consent_refused"
    purpose: ConsentPurpose
    text_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    """A person took an agreement back: what rested on it is deleted."""

    type: Literal["consent_withdrawn"] = "consent_withdrawn"
    purpose: ConsentPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class PushesStopped:
    """No more messages unasked."""

    type: Literal["pushes_stopped"] = "pushes_stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushesResumed:
    """Messages unasked are welcome again."""

    type: Literal["pushes_resumed"] = "pushes_resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExported:
    """A person was shown what is known."""

    type: Literal["data_exported"] = "data_exported"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDeleted:
    """A person asked to be forgotten and confirmed it."""

    type: Literal["data_deleted"] = "data_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRequested:
    """A person asked for a person and agreed to what is passed on."""

    type: Literal["help_requested"] = "help_requested"
    ticket: str
    topic: str | None
    step: str | None
    device: Device | None
    ward: str = ""
    """Code of the ward whose volunteers are asked."""
    question: str = ""
    """The last words of the person, masked; kept with the request only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTaken:
    """A volunteer took a help request."""

    type: Literal["ticket_taken"] = "ticket_taken"
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAnswered:
    """The volunteer wrote to the person who asked."""

    type: Literal["ticket_answered"] = "ticket_answered"
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketGivenBack:
    """The volunteer gave a help request back, or was silent for too long: it waits again."""

    type: Literal["ticket_given_back"] = "ticket_given_back"
    ticket: str
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketClosed:
    """A help request has ended; the bot answers again."""

    type: Literal["ticket_closed"] = "ticket_closed"
    ticket: str
    by: Literal["helper", "asker", "operator", "nobody"]
    """nobody: it was not answered in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleClaimed:
    """Somebody sent the code of a role and has it now."""

    type: Literal["role_claimed"] = "role_claimed"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChanged:
    """A volunteer is on duty, or no longer, in all her wards."""

    type: Literal["duty_changed"] = "duty_changed"
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSeen:
    """The bot was let into this chat, a group, or addressed in it."""

    type: Literal["group_seen"] = "group_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLinked:
    """A host confirmed a group for her ward."""

    type: Literal["group_linked"] = "group_linked"
    group: str
    ward: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNamed:
    """A host said what a group of her ward is called, whose platform tells no title."""

    type: Literal["group_named"] = "group_named"
    group: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRefused:
    """A host said that a group is not of her ward, or takes it out."""

    type: Literal["group_refused"] = "group_refused"
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLeft:
    """The bot is no longer in this chat, a group."""

    type: Literal["group_left"] = "group_left"


@dataclass(frozen=True, slots=True, kw_only=True)
class TipScheduled:
    """A host confirmed a tip for groups; the messages themselves go into the outbox."""

    type: Literal["tip_scheduled"] = "tip_scheduled"
    campaign: str
    tip: str
    tip_version: str
    ward: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TipTakenBack:
    """A host took a tip back before it was sent."""

    type: Literal["tip_taken_back"] = "tip_taken_back"
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TipResent:
    """A host had the failed ones of a campaign sent again."""

    type: Literal["tip_resent"] = "tip_resent"
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TipResultsTold:
    """The host was told how her tip fared."""

    type: Literal["tip_results_told"] = "tip_results_told"
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyShown:
    """An emergency card was shown."""

    type: Literal["emergency_shown"] = "emergency_shown"
    kind: str
    """scam.paid, danger.medical, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSeen:
    """A secret was masked and warned about."""

    type: Literal["secret_seen"] = "secret_seen"
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """The bot did not know, or asked which was meant."""

    type: Literal["unanswered"] = "unanswered"
    asked_which: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MisuseTried:
    """Somebody asked for others' data or tried to change the bot's role."""

    type: Literal["misuse_tried"] = "misuse_tried"


Event = (
    HowtoStarted
    | HowtoFinished
    | StepStuck
    | WrongReported
    | QuizStarted
    | AnswerRecorded
    | QuizFinished
    | CredentialIssued
    | ReminderSet
    | ReminderCancelled
    | ReminderSent
    | ConsentGiven
    | ConsentRefused
    | ConsentWithdrawn
    | PushesStopped
    | PushesResumed
    | DataExported
    | DataDeleted
    | HelpRequested
    | TicketTaken
    | TicketAnswered
    | TicketGivenBack
    | TicketClosed
    | RoleClaimed
    | DutyChanged
    | GroupSeen
    | GroupLinked
    | GroupNamed
    | GroupRefused
    | GroupLeft
    | TipScheduled
    | TipTakenBack
    | TipResent
    | TipResultsTold
    | EmergencyShown
    | SecretSeen
    | Unanswered
    | MisuseTried
)
