"""What can be shown: words, choices, a link. How it looks is the channel's affair.

    Reply
      text      what is said, in whole sentences
      choices   Choices or None: lettered (a question's options) or numbered (ways on)
      link      a path of our own site that belongs to the reply, e.g. `/c/7KQ2M9XA4T`

A choice carries the Act it stands for. Acts are the vocabulary of the core: whatever a person
does (presses a button, types its number, says it in words) becomes one Act, and each Act has one
function that answers it (`flows/respond.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ActName = Literal[
    # a how-to
    "howto.open",  # arg: topic
    "howto.resume",
    "howto.device",  # arg: android, iphone or unknown
    "howto.done",  # arg: yes or no
    "howto.leave",
    "step.next",
    "step.back",
    "step.stuck",
    "step.stay",  # words that were not understood while what frightens is being put right
    "report_wrong",
    # a quiz
    "quiz.start",  # arg: topic, or empty for a mixed one
    "quiz.answer",  # arg: positions shown, comma-separated
    "quiz.pass",  # the answer is not known
    "quiz.stop",
    # a reminder
    "reminder.set",
    "reminder.time",  # the time for the open reminder form
    "reminder.subject",  # the subject for the open reminder form
    "reminder.list",
    "reminder.pick",  # arg: reminder id
    "reminder.change",  # arg: reminder id, or with the time as written, `<reminder>:<time>`
    "reminder.retime",  # a time alone, right after a reminder was set
    "reminder.cancel",  # arg: reminder id, `all`, or empty
    # the record
    "certificate.status",
    "certificate.ask",
    "certificate.name",  # the name for the open certificate form
    "certificate.issue",
    "certificate.cancel",
    # privacy
    "consent.yes",
    "consent.no",
    "consent.withdraw",  # arg: purpose
    "stop",
    "pushes.again",
    "delete.ask",
    "delete.confirm",
    "export_my_data",
    # people and talk
    "human.help",  # arg: `ward:` and the question, to name another ward; else empty
    "human.send",  # arg: the question as it was shown
    "human.not_send",
    "greet",
    "thanks",
    "menu",
    "language.change",  # arg: vi, en, fr, simple, normal, or empty
    "name.person",
    "call_me",  # arg: the word
    "complaint_bot",
    "host",  # arg: `live` when a quiz for the whole group was wanted
    "decline",
    # the ward
    "ward.told",  # words for the open ward form
    "ward.pick",  # arg: the ward's code
    # rights: a code that was sent, hosts and volunteers
    "role.claim",  # arg: the code
    "duty.on",
    "duty.off",
    # a help request, by the volunteer: her words go to the asker
    "ticket.take",  # arg: ticket, or empty for the oldest
    "ticket.answer",
    "ticket.close",
    "ticket.give_back",
    "ticket.list",
    # and by the asker: her words go to the volunteer
    "ticket.add",
    "ticket.leave",  # back to the bot
    # tips to groups, by a host
    "tip.start",  # arg: topic, or empty
    "tip.pick",  # arg: tip
    "tip.more",  # arg: from which tip on
    "tip.group",  # arg: group id; pressed again it is taken out
    "tip.groups",  # arg: typed numbers, `all`, or empty when no number was read
    "tip.ready",  # the groups are chosen
    "tip.when",  # arg: `now`, `morning`, `keep`, a time as written, or empty for her words
    "tip.confirm",
    "tip.leave",
    "tip.take_back",  # arg: campaign, or empty for the newest
    "tip.results",
    "tip.resend",  # arg: campaign
    "poster",
    "ward.now",  # arg: the code of the ward that took the part
    "card.list",
    "card.show",  # arg: the card's name
    # groups
    "group.list",
    "group.link",  # arg: group id and the ward's code, `<group>:<ward>`
    "group.refuse",  # arg: group id
    "group.name",  # words for the open group form
    "group.unlink",  # arg: group id; asks once, and the yes is `group.refuse`
    "group.admitted",
    "group.removed",
    "group.code",  # a code that gives a right, seen by everybody
    "group.private",  # something that is for a private chat only
    "group.silent",  # nothing that needs an answer in a group
    "group.hello",  # what the bot does in a group, and how to ask it
    "group.howto",  # arg: topic
    "group.unknown",
    # not decided, or not for us
    "which",
    "which.none",  # none of the readings that were offered
    "nothing_open",  # a step word while no how-to is open
    "unknown",  # arg: `beyond` when it was understood to be none of ours
    "misuse",
    "other",  # arg: what came: photo, sticker, voice, emoji, script, long, …
    "secret",  # nothing but a secret was sent
    "stale",  # a press of an asking that is no longer open
    "unclear_choice",
    "hold",
    # whatever was open
    "emergency.scam",  # arg: kind
    "emergency.danger",  # arg: kind
    "due.reminder",
    "due.ticket",
    "due.ticket_quiet",
    "due.ticket_unanswered",
    "due.ticket_lost",
    "due.group",
    "due.campaign",
]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person does in the conversation, with what it is about."""

    name: ActName
    arg: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option shown, and what choosing it means."""

    label: str
    act: Act


Style = Literal["numbered", "lettered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A list of options as it was shown. `asking` is its number in this dialog."""

    asking: int
    style: Style
    options: tuple[Choice, ...]
    at: datetime
    """When it was drawn; a number typed before that does not belong to it."""
    ordering: bool = False
    """The answer is all letters in an order ("B A C"), so there are no buttons to press."""
    yes_no: bool = False
    """The first option is a yes and the second a no, so "ừ" and "thôi" choose too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message of the bot."""

    text: str
    choices: Choices | None = None
    link: str | None = None
    emergency: bool = False
    """Sent again when nobody knows whether it arrived; goes before everything else."""
    as_on: str | None = None
    """A channel: shown as it would look there, letter by letter (a host's preview)."""
