"""The contract of the core on one page: a Turn goes in, an Outcome comes out.

Everything a flow may know stands in the Turn; everything it decides stands in the Outcome. The
shell (`bot/assistant.py`) makes the one and stores the other, all of it or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from flows.content import Content
from flows.dialog import Activity, Dialog, Learner
from flows.events import Event
from flows.replies import Act, Choice, Choices, Reply, Style
from flows.snapshots import Campaign, Group, Reminder, Snapshots, Standing, Ticket
from nlu.understanding import Candidate, Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words, masked."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button: the asking's number and the option's, from 0."""

    asking: int
    option: int


SentKind = Literal[
    "photo", "video", "sticker", "voice", "file", "location", "contact", "edited", "unreadable"
]
"""unreadable: the platform itself does not say what was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Something that is no text. It is never fetched; only its caption was read, masked."""

    kind: SentKind
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The bot was let into this group."""


@dataclass(frozen=True, slots=True)
class Removed:
    """The bot was put out of this group, or the group is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOffered:
    """A help request waits, and this volunteer is on duty in its ward."""

    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketQuiet:
    """This volunteer took a help request and has been silent for too long; it waits again."""

    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketUnanswered:
    """This person's help request has been open for so long that nobody will answer it any more."""

    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLost:
    """What this volunteer answered never reached who had asked."""

    ticket: str
    """Its id; it may be closed meanwhile."""
    number: int
    why: Literal["blocked", "late", "other"]
    """blocked: that chat is gone, or the bot shut out of it; late: it waited for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFound:
    """This host let the bot into a group, or addressed it there: is it a group of her ward?"""

    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSettled:
    """What this host sent has arrived, or will not."""

    campaign: Campaign


DueThing = (
    Reminder
    | TicketOffered
    | TicketQuiet
    | TicketUnanswered
    | AnswerLost
    | GroupFound
    | CampaignSettled
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something nobody's message began has fallen due, in this person's private chat."""

    what: DueThing


Input = Said | Pressed | Sent | Admitted | Removed | Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Where it was said."""

    channel: str
    kind: Literal["private", "group"] = "private"
    """In a group only what is addressed to the bot becomes a turn."""
    title: str = ""
    """Of the group."""
    linked: bool = False
    """A host has confirmed the group for her ward."""
    met: bool = False
    """The bot has said in this group who it is. Zalo tells of no admission, so it may be late."""
    lasting: bool = True
    """False on a borrowed phone: nothing is remembered, nothing is pushed."""
    pushes: Literal["message", "page", "none"] = "message"
    """How something unasked arrives: as a message, only while the page is open, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """What was decided to be meant (`flows/interpret.py`)."""

    act: Act
    p: float = 1.0
    """How sure; 1 for presses, typed choices and screens."""
    candidates: tuple[Candidate, ...] = ()
    """For the act `which`: at most three readings, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToLearner:
    """The private chat in which this person was last seen."""

    learner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAsker:
    """The chat in which help was asked for."""

    ticket: str
    answer: bool = False
    """Words of the volunteer, who is told when they never arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToHelper:
    """The private chat of the volunteer who took it."""

    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToGroup:
    """A known group."""

    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to another chat than that of the turn; it never carries choices."""

    to: ToLearner | ToAsker | ToHelper | ToGroup
    reply: Reply
    due_at: datetime | None = None
    """Not before; None: now."""
    campaign: str | None = None
    """The campaign it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything a flow may know when it answers one message."""

    input: Input
    """What came: words, a press, a file; or what has fallen due."""
    understanding: Understanding | None
    """None when nothing was said."""
    interpretation: Interpretation
    """What was decided to be meant, by `flows.interpret.interpret`."""
    learner: Learner
    dialog: Dialog
    """What is open between this learner and this chat."""
    chat: Chat
    standing: Standing
    snapshots: Snapshots
    """Only what `needs(interpretation, dialog)` asked for."""
    content: Content
    operator: str
    """Name of who runs this bot; empty on a trial run."""
    at: datetime
    """When it was said (the platform's time) or fell due; aware, in Asia/Ho_Chi_Minh."""
    now: datetime
    """When it is answered; aware, in Asia/Ho_Chi_Minh, never before `at`."""
    seed: int
    """For all that is drawn, such as the order of options: same turn, same outcome."""
    fresh_codes: tuple[str, ...]
    """Unguessable, drawn by the shell: ids for a reminder, a ticket, a credential; at least two."""

    def say(self, key: str, /, **values: object) -> str:
        """The sentence under this key in the learner's language, its places filled.

        What a person wants to be called stays between her and the bot: not in a group.
        """
        language = self.learner.language
        own = self.learner.you if self.chat.kind == "private" else None
        you = own or self.content.sentence(language, "person.you")
        return self.content.sentence(language, key, **{"you": you, **values})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a flow decided. The shell stores all of it or nothing.

    Built step by step: `Outcome.of(turn).saying("…").opening(activity).recording(event)`.
    """

    learner: Learner
    dialog: Dialog
    replies: tuple[Reply, ...] = ()
    """To this chat, in this order."""
    messages: tuple[Outgoing, ...] = ()
    """To other chats."""
    events: tuple[Event, ...] = ()
    held: bool = False
    """A fragment: stored, to be joined with what follows."""

    @classmethod
    def of(cls, turn: Turn) -> "Outcome":
        """Nothing said, nothing changed."""
        return cls(learner=turn.learner, dialog=turn.dialog)

    def saying(self, *texts: str, link: str | None = None, emergency: bool = False) -> "Outcome":
        """Add messages without choices; an earlier list of choices stays open."""
        new = tuple(Reply(text=text, link=link, emergency=emergency) for text in texts)
        return replace(self, replies=self.replies + new)

    def asking(
        self,
        text: str,
        options: Sequence[Choice],
        *,
        at: datetime,
        style: Style = "numbered",
        ordering: bool = False,
        yes_no: bool = False,
    ) -> "Outcome":
        """Add a message with a list of choices, which becomes the open list."""
        number = self.dialog.askings + 1
        choices = Choices(
            asking=number,
            style=style,
            options=tuple(options),
            at=at,
            ordering=ordering,
            yes_no=yes_no,
        )
        dialog = replace(self.dialog, choices=choices, askings=number)
        return replace(
            self, dialog=dialog, replies=(*self.replies, Reply(text=text, choices=choices))
        )

    def opening(self, activity: Activity | None) -> "Outcome":
        """Make this the open activity (None closes it); its choices are drawn anew by `asking`."""
        return replace(self, dialog=replace(self.dialog, open=activity, choices=None))

    def knowing(self, **changes: object) -> "Outcome":
        """Change the learner's preferences."""
        return replace(self, learner=replace(self.learner, **changes))  # pyright: ignore[reportArgumentType]

    def noting(self, **changes: object) -> "Outcome":
        """Change what the dialog remembers beside the open activity."""
        return replace(self, dialog=replace(self.dialog, **changes))  # pyright: ignore[reportArgumentType]

    def sending(self, *messages: Outgoing) -> "Outcome":
        """Add messages to other chats."""
        return replace(self, messages=self.messages + messages)

    def recording(self, *events: Event) -> "Outcome":
        """Add events."""
        return replace(self, events=self.events + events)
