"""Where and when an event happened, and to whom: what stands beside it when tables are written."""

from dataclasses import dataclass
from datetime import datetime

from bot.channels.incoming import Address


@dataclass(frozen=True, slots=True)
class EventRecord:
    """Of one event."""

    id: str
    """The turn and the event's place in it."""
    learner: str
    address: Address
    """The chat; in a group the group's own, never a topic within it."""
    at: datetime


class RightMissingError(Exception):
    """What happened rests on a right, or a chance, that somebody else has taken meanwhile.

    The whole turn is undone; handed in again, it is answered by how things stand then.
    """
