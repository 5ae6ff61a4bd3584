"""What a channel hands over: one update of a platform, already checked and typed.

The words in it are raw: they live in memory only, until `assistant.handle` has masked them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from flows.turn import Admitted, Pressed, Removed, Said, Sent


class Address(NamedTuple):
    """A place where messages go: a chat on one account of one channel."""

    channel: str
    account: str
    chat: str


class Identity(NamedTuple):
    """A person as a platform knows her: a sender on one account of one channel."""

    channel: str
    account: str
    sender: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The platform gave this group another id; the old one fails for good."""

    chat: str
    """The new id."""


@dataclass(frozen=True, slots=True)
class InGroup:
    """The group in which it was addressed to the bot."""

    chat: str
    """The group's own id; `Incoming.chat` may name a topic within it."""
    title: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update of a platform."""

    channel: str
    """web, console, …"""
    account: str
    """Which of our accounts on that channel it came to."""
    chat: str
    sender: str
    update_id: str
    """What the platform repeats when it sends the same update again."""
    input: Said | Pressed | Sent | Admitted | Removed | Moved = field(repr=False)
    """`Said.text` and `Sent.caption` are raw here."""
    at: datetime
    """The platform's time of the message; aware."""
    lasting: bool = True
    """False on a borrowed phone: nothing outlives the visit."""
    group: InGroup | None = None
    """None in a private chat. What a group writes among itself never becomes an Incoming."""

    @property
    def address(self) -> Address:
        """Where the answer goes."""
        return Address(self.channel, self.account, self.chat)

    @property
    def identity(self) -> Identity:
        """Who wrote."""
        return Identity(self.channel, self.account, self.sender)
