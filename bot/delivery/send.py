"""What a way out is: a `Sender` sends one message and says what became of it.

    Arrived   it is there              Unknown   it may have arrived: never sent again by itself
    Refused   never                    MovedTo   the group has another id
    Later     not before a moment      Trouble   our account is refused: the operator must act

A sender never waits for a rate and never tries again: what may go when is decided in `deliver.py`.
The web page has no sender: it reads its rows itself (`outbox.waiting`, `outbox.acknowledge`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.storage.outbox import Delivery


@dataclass(frozen=True, slots=True)
class Arrived:
    """The platform has taken it."""

    parts: int = 1
    """Of so many messages it consisted, with those that had arrived before: quotas count them."""


Reason = Literal["blocked", "gone", "kicked", "not_allowed", "too_long", "token", "other"]
"""Why a platform refuses, in words of ours: they stand in the row, the log and `tip.why_…`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take it (the person blocked the bot, the chat is gone)."""

    reason: Reason
    chat_gone: bool = False
    """Nothing will ever arrive in this chat: a group becomes inactive."""


@dataclass(frozen=True, slots=True)
class Later:
    """The platform did not take it and says when to come again."""

    again_at: datetime
    whole_account: bool = False
    """Every sender of the account must wait, not only this chat."""
    parts: int = 0
    """So many parts of the message have arrived: the next try begins after them."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was written, and then nothing came back: it may have arrived."""

    parts: int = 1
    """So many of its messages may have arrived, with those that had arrived before."""


@dataclass(frozen=True, slots=True)
class MovedTo:
    """The group has another id now (Telegram supergroups): send it there once."""

    chat: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Our own account is refused (token, monthly quota): the operator must act; nothing is lost."""

    name: Literal["token", "quota"]


SendResult = Arrived | Refused | Later | Unknown | MovedTo | Trouble


class Sender(Protocol):
    """One platform's way out."""

    together: bool
    """All replies of a turn in one message (a platform that counts messages)."""

    async def send(self, chat: str, batch: Sequence[Delivery]) -> SendResult:
        """Send one message, or with `together` those of one turn as one.

        Never raises for what the platform answers. What it raises counts as Unknown.
        `batch[0].parts` tells how many parts of it have arrived before.
        """
        ...
