"""Faults that only the operator can mend: one message when one begins, one when it is over.

    note   this is wrong            (whoever sees it, in any process, as often as it is seen)
    over   this is well again
    tell   write what is new into the outbox, to every chat that holds the operator's right

Names: token:<channel>  quota:<channel>  quota70:<channel>  quota90:<channel>  queue:<channel>
poll:<channel>  disk  clock  poison

What is noted before there is an operator's chat is told as soon as there is one. A fault that comes
and goes is one fault: it is over only when it was not seen for CALM.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, delete, or_, select, update

from bot.channels.incoming import Address
from bot.operator.letter import queue
from bot.storage import document, place
from bot.storage.database import insert
from bot.storage.tables import learner, role, trouble
from flows.content import Content
from nlu.understanding import Language

CALM = timedelta(minutes=5)
"""Several processes look at the same fault; one of them may be the only one that sees it."""

_CHANNELS = {"zalo_bot": "Zalo Bot", "telegram": "Telegram"}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Chat:
    """Where an operator is told."""

    learner: str
    language: Language
    address: Address


def note(connection: Connection, name: str, now: datetime) -> None:
    """This is wrong now. Twice is the same as once."""
    new = insert(connection, trouble).on_conflict_do_nothing()
    noted = connection.execute(
        new.execution_options(preserve_rowcount=True), {"name": name, "since": now}
    )
    if noted.rowcount == 1:
        _log.error("operator.trouble", name=name)
        return
    connection.execute(update(trouble).where(trouble.c.name == name).values(over_at=None))


def over(connection: Connection, name: str, now: datetime) -> None:
    """This is well now; nothing happens where it was not noted."""
    since = (trouble.c.name == name, trouble.c.over_at.is_(None))
    connection.execute(update(trouble).where(*since).values(over_at=now))


def open_names(connection: Connection) -> dict[str, datetime]:
    """What is wrong at the moment, and since when."""
    rows = connection.execute(
        select(trouble.c.name, trouble.c.since).where(trouble.c.over_at.is_(None))
    )
    return {row.name: row.since for row in rows}


def tell(connection: Connection, content: Content, now: datetime) -> None:
    """Queue what operators have not been told yet, and forget what is over."""
    chats = operators(connection)
    rows = connection.execute(
        select(trouble)
        .where(or_(trouble.c.told_at.is_(None), trouble.c.over_at <= now - CALM))
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        mine = trouble.c.name == row.name
        is_over = row.over_at is not None and row.over_at <= now - CALM
        if is_over:
            connection.execute(delete(trouble).where(mine))
            _log.info("operator.trouble_over", name=row.name)
            if row.told_at is not None:
                _queue(connection, chats, content, f"{row.name}:over", row.since, now)
        elif chats and row.over_at is None:
            connection.execute(update(trouble).where(mine).values(told_at=now))
            _queue(connection, chats, content, row.name, row.since, now)


def operators(connection: Connection) -> list[Chat]:
    """The chats of those who hold the operator's right and have one."""
    rows = connection.execute(
        select(learner.c.id, learner.c.document, learner.c.version)
        .where(
            learner.c.id.in_(
                select(role.c.learner).where(role.c.kind == "operator", role.c.revoked_at.is_(None))
            )
        )
        .order_by(learner.c.id)
    ).all()
    found: list[Chat] = []
    for row in rows:
        address = place.last(connection, row.id)
        if address is not None:
            language = document.learners.read(row.document, row.version).language
            found.append(Chat(row.id, language, address))
    return found


def words(content: Content, language: Language, name: str) -> str:
    """What an operator is told of this fault; with `:over` at the end, that it has passed."""
    kind, _, rest = name.removesuffix(":over").partition(":")
    ending = "_over" if name.endswith(":over") else ""
    channel = _CHANNELS.get(rest, rest)
    return content.sentence(language, f"alert.{kind}{ending}", channel=channel)


def _queue(
    connection: Connection,
    chats: Iterable[Chat],
    content: Content,
    name: str,
    since: datetime,
    now: datetime,
) -> None:
    for chat in chats:
        queue(
            connection,
            ("trouble", name, since.isoformat()),
            words(content, chat.language, name),
            to=chat.address,
            learner_id=chat.learner,
            kind="alert",
            now=now,
        )
