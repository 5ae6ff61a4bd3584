"""What is open between one learner and one chat: working memory, kept as versioned JSON.

    Dialog
      open      one Activity or nothing: HowtoOpen QuizOpen ReminderForm CertificateForm ConsentOpen
              WardForm TipForm GroupForm
      paused    activities that wait for the open one to end, newest last
      choices   the newest list of choices that was shown

Results, reminders and consents are no part of it: they are events, and tables written from them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flows.events import AnswerRecorded, ConsentPurpose
from flows.part import Device
from flows.replies import Choices
from nlu.understanding import Language

LEARNER_VERSION = 2
DIALOG_VERSION = 2
MOST_PAUSED = 2
"""Deeper nesting than a question within a question helps nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """One person: preferences and consents. Results are tables."""

    version: int = LEARNER_VERSION
    id: str
    language: Language = "vi"
    language_chosen: bool = False
    """Whether she asked for it; otherwise it follows what she writes."""
    simple: bool = False
    """Shorter messages: only what to do."""
    you: str | None = None
    """The word the person wants to be called by; None until told."""
    device: Device | None = None
    greeted: bool = False
    """The first words (a machine, of whom, never asks for secrets) have been said."""
    consents: dict[ConsentPurpose, bool] = field(default_factory=dict[ConsentPurpose, bool])
    """True agreed, False refused; absent: not asked."""
    pushes: bool = True
    ward: str | None = None
    """Code of the ward, as told; never guessed, never by GPS."""

    def agrees(self, purpose: ConsentPurpose) -> bool:
        """Whether this purpose was agreed to."""
        return self.consents.get(purpose, False)

    def asked(self, purpose: ConsentPurpose) -> bool:
        """Whether this purpose was ever put to the person."""
        return purpose in self.consents


@dataclass(frozen=True, slots=True, kw_only=True)
class HowtoOpen:
    """A how-to being followed."""

    kind: Literal["howto"] = "howto"
    topic: str
    step: str
    """Id of the step shown last; with `at_end` the last one."""
    step_version: str
    stuck: int = 0
    """How often in a row this step did not work."""
    at_end: bool = False
    """All steps were shown and «làm được chưa ạ?» is open."""
    device_asked: bool = False
    """The kind of phone was asked; an unclear answer is not asked for again."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizOpen:
    """A quiz being answered."""

    kind: Literal["quiz"] = "quiz"
    topic: str | None
    items: tuple[str, ...]
    position: int = 0
    order: tuple[int, ...] = ()
    """Authored positions of the options in the order shown."""
    item_version: str = ""
    asked_at: datetime | None = None
    attempt: int = 1
    unclear: int = 0
    """How often what came was no answer to the open item."""
    right_at_first: tuple[str, ...] = ()
    """Ids of the items right at the first attempt."""
    unsaved: tuple[AnswerRecorded, ...] = ()
    """Answers that are recorded only if the person agrees at the end."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderForm:
    """A reminder not yet complete."""

    kind: Literal["reminder"] = "reminder"
    missing: Literal["time", "subject"]
    subject: str = ""
    changes: str | None = None
    """Id of the reminder whose time is being changed."""
    due_at: datetime | None = None
    every: str | None = None
    hour_chosen: bool = True
    lunar: bool = False
    """Told in the lunar calendar, so it is repeated back in both."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateForm:
    """A name for the record: typed, read back, confirmed."""

    kind: Literal["certificate"] = "certificate"
    name: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentOpen:
    """A question whether something may be remembered, and what waits for the answer."""

    kind: Literal["consent"] = "consent"
    purpose: ConsentPurpose
    text_version: str
    waiting: "ReminderForm | QuizOpen | None" = None
    """A complete reminder or a finished quiz, kept only if the answer is yes."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WardForm:
    """Where help is wanted: the ward is asked for once."""

    kind: Literal["ward"] = "ward"
    tries: int = 0
    """How often an answer named no ward."""
    question: str = ""
    """What she said of it, masked; shown to her before it is sent."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TipForm:
    """A host choosing a tip, its groups and its time."""

    kind: Literal["tip"] = "tip"
    missing: Literal["tip", "groups", "time", "yes"] = "tip"
    tip: str = ""
    groups: tuple[str, ...] = ()
    """Ids of the groups chosen so far."""
    due_at: datetime | None = None
    """None: at once."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupForm:
    """A host naming a group whose platform tells no name."""

    kind: Literal["group"] = "group"
    group: str
    at: datetime


Activity = (
    HowtoOpen
    | QuizOpen
    | ReminderForm
    | CertificateForm
    | ConsentOpen
    | WardForm
    | TipForm
    | GroupForm
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JustSet:
    """The reminder that was set last: a bare time said soon after is meant for it."""

    reminder: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """The open conversation of a pair (learner, chat)."""

    version: int = DIALOG_VERSION
    open: Activity | None = None
    paused: tuple[Activity, ...] = ()
    choices: Choices | None = None
    askings: int = 0
    """How many lists of choices were drawn; the next gets the next number."""
    unsure: int = 0
    """How often in a row the bot did not know what was meant."""
    just_set: JustSet | None = None
    passed_on: str | None = None
    """The help request of which the volunteer was told that her words are passed on."""
