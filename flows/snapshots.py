"""What is stored and may be shown to a turn, as the shell reads it.

    Standing     with every turn: the rights of the person, and the help request under way
    Snapshots    only what `flows.needs` asked for; the rest is empty

All times are aware, in the city's zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flows.part import Device
from nlu.understanding import Language

Need = Literal[
    "answers",
    "reminders",
    "credentials",
    "known",
    "staff",  # volunteers by ward
    "said",  # the last words of this person in this chat
    "invitation",  # the role whose code was sent
    "tickets",  # open help requests of the wards in which this person is a volunteer
    "groups",  # groups of the wards of this host, linked or waiting to be
    "accounts",  # our own accounts on all channels
    "campaigns",  # what this host has sent lately
]
"""What a turn may ask the shell to load: nothing else is loaded."""

RoleKind = Literal["host", "volunteer", "operator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A right that was given to this person and not taken back."""

    id: str
    kind: RoleKind
    ward: str
    """The ward's code; empty for the operator."""
    name: str
    """As people are told it: «Chị Lan, Tổ công nghệ số»."""
    on_duty: bool = False
    """Only a volunteer is ever on duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A help request as stored."""

    id: str
    number: int
    """What people say: «mã 12»; unique among open ones."""
    ward: str
    topic: str | None
    step: str | None
    device: Device | None
    question: str
    """The last words of the person who asks, masked; may be empty."""
    state: Literal["waiting", "taken"]
    helper: str | None
    """Name of the volunteer who took it."""
    asked_at: datetime
    language: Language = "vi"
    """Of the person who asks: what she is told when the volunteer acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a person is in this chat besides a learner; read with every turn."""

    roles: tuple[Role, ...] = ()
    asks: Ticket | None = None
    """Her own help request that was made in this chat and is open: waiting or taken."""
    answers: Ticket | None = None
    """The help request that she has taken and not closed."""

    def role(self, kind: RoleKind, ward: str | None = None) -> Role | None:
        """Her right of this kind, in this ward or in any; None where she has none."""
        return next(
            (r for r in self.roles if r.kind == kind and (ward is None or r.ward == ward)), None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A reminder as stored."""

    id: str
    subject: str
    due_at: datetime
    every: str | None
    hour_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSeen:
    """An earlier answer of this learner."""

    item: str
    purpose: str
    attempt: int
    correct: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A record already issued to this learner and still valid."""

    code: str
    rule: str
    name: str
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """How much is stored of this person, for «what do you know about me»."""

    since: datetime | None
    messages: int
    answers: int
    reminders: int
    credentials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """The volunteers of one ward."""

    volunteers: int
    on_duty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A role whose code somebody has sent."""

    role: Role
    state: Literal["good", "expired", "used", "revoked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group the bot is in."""

    id: str
    channel: str
    title: str
    """Empty where the platform tells none and no host has named it."""
    size: int | None
    """How many people; None where the platform does not tell."""
    ward: str | None
    """None until a host has confirmed it."""
    direct: bool
    """The bot may send there by itself; else the host pastes the text."""
    found_at: datetime
    """When the bot was first heard there: it tells groups without a title apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One of our own accounts."""

    channel: str
    account: str
    name: str
    """As people find it: «Bot Bình dân học vụ số», @binhdan_bot."""
    link: str | None
    """The address that opens a private chat with it."""
    groups: bool
    """Whether it may be let into groups."""
    month_left: int | None = None
    """Messages that may still be sent this month; None where there is no quota."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """How a tip fared in one group."""

    group: Group
    state: Literal["queued", "sent", "uncertain", "failed", "expired"]
    reason: str = ""
    """A word of ours: `kicked`, `gone`, `paused` …; names a sentence `tip.why_<reason>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A tip sent, or to be sent, to groups by a host."""

    id: str
    tip: str
    ward: str
    due_at: datetime
    taken_back: bool
    results: tuple[GroupResult, ...]

    @property
    def settled(self) -> bool:
        """Nothing is on its way any more."""
        return all(result.state != "queued" for result in self.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """Only what `needs` asked for; the rest is empty."""

    answers: tuple[AnswerSeen, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    credentials: tuple[Credential, ...] = ()
    known: Known | None = None
    staff: Mapping[str, Staff] = field(default_factory=dict[str, Staff])
    """By the ward's code; a ward without volunteers is not in it."""
    said: tuple[str, ...] = ()
    """The last three things this person wrote here before this turn, masked, oldest first."""
    invitation: Invitation | None = None
    tickets: tuple[Ticket, ...] = ()
    """Oldest first; their rows are locked until the turn ends, so that one volunteer takes one."""
    groups: tuple[Group, ...] = ()
    accounts: tuple[Account, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    """Newest first, at most five."""
