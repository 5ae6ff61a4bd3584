"""What was said, masked: kept for days only. A fragment among it waits for its sentence.

In a chat at most one text waits: what joins it is stored together with it, masked as a whole, for
a secret may begin in one message and end in the next.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.channels.incoming import Address
from bot.storage.tables import learner, utterance


@dataclass(frozen=True, slots=True)
class Fragment:
    """A short text that decides nothing by itself."""

    turn: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Overdue:
    """A fragment that waited long enough, and whose it is."""

    fragment: Fragment
    learner: str
    lasting: bool
    address: Address


def keep(
    connection: Connection,
    turn: str,
    learner_id: str,
    address: Address,
    text: str,
    *,
    at: datetime,
    hold_until: datetime | None,
) -> None:
    """Store one masked text; with `hold_until` it is a fragment."""
    connection.execute(
        _KEEP,
        {
            "turn": turn,
            "learner": learner_id,
            **address._asdict(),
            "text": text,
            "at": at,
            "hold_until": hold_until,
        },
    )


def fragment(connection: Connection, turn: str) -> Fragment:
    """The fragment that was said in this turn."""
    row = connection.execute(_FRAGMENT, {"of_turn": turn}).one()
    return Fragment(turn, row.text, row.at)


def drop(connection: Connection, turn: str) -> None:
    """A fragment was joined: its words are stored with what followed."""
    connection.execute(delete(utterance).where(utterance.c.turn == turn))


def release(connection: Connection, turn: str) -> None:
    """A fragment was answered: it waits no longer."""
    connection.execute(update(utterance).where(utterance.c.turn == turn).values(hold_until=None))


def overdue(connection: Connection, *, now: datetime) -> list[Overdue]:
    """The fragments that have waited long enough."""
    rows = connection.execute(
        select(utterance, learner.c.lasting)
        .join(learner, learner.c.id == utterance.c.learner)
        .where(utterance.c.hold_until <= now)
        .order_by(utterance.c.hold_until)
    )
    return [
        Overdue(
            Fragment(row.turn, row.text, row.at),
            row.learner,
            row.lasting,
            Address(row.channel, row.account, row.chat),
        )
        for row in rows
    ]


_KEEP = utterance.insert()
_FRAGMENT = select(utterance.c.text, utterance.c.at).where(utterance.c.turn == bindparam("of_turn"))
