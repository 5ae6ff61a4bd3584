"""What the page shows again after a reload: the stored replies of its chat, and what is open.

A reply with an hour of its own is not there before it. Its id is an old one by then, so besides
what is newer than the page has seen, the page is given what came due and was not seen.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from bot.channels.incoming import Address
from bot.storage import document
from bot.storage.tables import delivery, dialog, state, utterance
from flows.replies import Reply

LONGEST = 200
"""Replies that a page is given at most, the newest; further back nobody scrolls."""
_SHOWABLE = ("queued", "sending", "sent", "uncertain")


@dataclass(frozen=True, slots=True)
class Stored:
    """One reply as it is stored."""

    id: int
    reply: Reply
    at: datetime
    sent: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """A chat's replies, oldest first, and where they stand."""

    replies: tuple[Stored, ...]
    oldest: int | None
    """Id of the oldest reply still stored: what the page knows from before is to go too."""
    newest: int | None
    """Id of the newest: an answer that overtook another one on its way is told apart by it."""
    asking: int | None
    """The list of choices that is open now; every other button is an old one."""


def load(connection: Connection, address: Address, *, after: int, now: datetime) -> Thread:
    """Read what was said in this chat after this id, and what came due."""
    here = [delivery.c[name] == value for name, value in address._asdict().items()]
    here.append(delivery.c.state.in_(_SHOWABLE))
    here.append(or_(delivery.c.again_at.is_(None), delivery.c.again_at <= now))
    due = (delivery.c.state == state("queued")) & (delivery.c.again_at <= now)
    rows = connection.execute(
        select(delivery.c.id, delivery.c.reply, delivery.c.queued_at, delivery.c.state)
        .where(*here, or_(delivery.c.id > after, due))
        .order_by(delivery.c.id.desc())
        .limit(LONGEST)
    ).all()
    bounds = select(func.min(delivery.c.id), func.max(delivery.c.id)).where(*here)
    oldest, newest = connection.execute(bounds).one()
    return Thread(
        replies=tuple(
            Stored(
                row.id,
                document.replies.validate_json(row.reply),
                row.queued_at,
                row.state == "sent",
            )
            for row in reversed(rows)
        ),
        oldest=oldest,
        newest=newest,
        asking=_open_asking(connection, address),
    )


def masked(connection: Connection, turn: str) -> str | None:
    """What was kept of the words that began this turn."""
    return connection.execute(
        select(utterance.c.text).where(utterance.c.turn == turn)
    ).scalar_one_or_none()


def newest(connection: Connection) -> int:
    """Id of the newest reply of all chats; 0 when there is none."""
    return connection.execute(select(func.coalesce(func.max(delivery.c.id), 0))).scalar_one()


def spoken_to(connection: Connection, channel: str, account: str, after: int) -> dict[str, int]:
    """The chats in which something was queued after this id, each with its newest id."""
    rows = connection.execute(
        select(delivery.c.chat, func.max(delivery.c.id).label("newest"))
        .where(
            delivery.c.id > after,
            delivery.c.channel == channel,
            delivery.c.account == account,
        )
        .group_by(delivery.c.chat)
    )
    return {row.chat: row.newest for row in rows}


def came_due(
    connection: Connection, channel: str, account: str, *, since: datetime, now: datetime
) -> set[str]:
    """The chats in which a reply with an hour of its own came due since then."""
    rows = connection.execute(
        select(delivery.c.chat).where(
            delivery.c.channel == channel,
            delivery.c.account == account,
            delivery.c.state == state("queued"),
            delivery.c.again_at > since,
            delivery.c.again_at <= now,
        )
    )
    return set(rows.scalars())


def _open_asking(connection: Connection, address: Address) -> int | None:
    row = connection.execute(
        select(dialog.c.document, dialog.c.version)
        .where(*(dialog.c[name] == value for name, value in address._asdict().items()))
        .order_by(dialog.c.at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    choices = document.dialogs.read(row.document, row.version).choices
    return None if choices is None else choices.asking
