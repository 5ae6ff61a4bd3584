"""What is open between a learner and a chat, what waits there, and what she is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, func, select

from bot.channels.incoming import Address
from bot.storage import document, role, ticket
from bot.storage.database import insert_for
from bot.storage.tables import (
    delivery,
    dialog,
    help_request,
    state,
    utterance,
    withdrawn_content,
)
from bot.storage.tables import role as roles
from flows.dialog import Dialog
from flows.snapshots import Standing

Stamp = tuple[int, datetime | None]
"""Changes whenever content is withdrawn or restored."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation stands."""

    dialog: Dialog
    held: str | None
    """The turn of the fragment that waits for its sentence."""
    uncertain: int
    """Messages of which nobody knows whether they arrived, not yet shown once more."""
    withdrawn: Stamp
    standing: Standing


def load(connection: Connection, learner_id: str, address: Address) -> Place:
    """Read it, after the learner's row was locked."""
    row = connection.execute(_LOAD, _key(learner_id, address)).one()
    opened = Dialog()
    if row.document is not None:
        opened = document.dialogs.read(row.document, row.version)
    standing = Standing(
        roles=role.held(connection, learner_id) if row.rights else (),
        asks=ticket.one(connection, row.asks) if row.asks else None,
        answers=ticket.one(connection, row.answers) if row.answers else None,
    )
    return Place(opened, row.held, row.uncertain, (row.withdrawn, row.withdrawn_at), standing)


def stamp(connection: Connection) -> Stamp:
    """What changes whenever content is withdrawn or restored."""
    row = connection.execute(_WITHDRAWN).one()
    return row.withdrawn, row.withdrawn_at


def save(
    connection: Connection,
    learner_id: str,
    address: Address,
    opened: Dialog,
    *,
    in_group: bool = False,
    at: datetime,
) -> None:
    """Store what is open now; also that the person was last seen in this chat."""
    connection.execute(
        _save(connection.dialect.name),
        {
            "learner": learner_id,
            **address._asdict(),
            "document": document.dialogs.write(opened),
            "version": document.dialogs.version,
            "in_group": in_group,
            "at": at,
        },
    )


def last(connection: Connection, learner_id: str) -> Address | None:
    """The private chat in which this person was last seen: where a reminder goes."""
    row = connection.execute(
        select(dialog.c.channel, dialog.c.account, dialog.c.chat)
        .where(dialog.c.learner == learner_id, dialog.c.in_group.is_(False))
        .order_by(dialog.c.at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Address(*row)


def _key(learner_id: str, address: Address) -> Mapping[str, str]:
    return {
        "of_learner": learner_id,
        "of_channel": address.channel,
        "of_account": address.account,
        "of_chat": address.chat,
    }


_HERE = (
    dialog.c.learner == bindparam("of_learner"),
    dialog.c.channel == bindparam("of_channel"),
    dialog.c.account == bindparam("of_account"),
    dialog.c.chat == bindparam("of_chat"),
)
_HELD = (
    utterance.c.learner == bindparam("of_learner"),
    utterance.c.channel == bindparam("of_channel"),
    utterance.c.account == bindparam("of_account"),
    utterance.c.chat == bindparam("of_chat"),
    utterance.c.hold_until.is_not(None),
)
_UNCERTAIN = (
    delivery.c.channel == bindparam("of_channel"),
    delivery.c.account == bindparam("of_account"),
    delivery.c.chat == bindparam("of_chat"),
    delivery.c.state == state("uncertain"),
    delivery.c.offered_at.is_(None),
)
_ASKS = (
    help_request.c.learner == bindparam("of_learner"),
    help_request.c.channel == bindparam("of_channel"),
    help_request.c.account == bindparam("of_account"),
    help_request.c.chat == bindparam("of_chat"),
    ticket.IS_OPEN,
)
_ANSWERS = (help_request.c.helper == bindparam("of_learner"), ticket.IS_TAKEN)
_WITHDRAWN = select(
    func.count().label("withdrawn"), func.max(withdrawn_content.c.at).label("withdrawn_at")
)
_LOAD = select(
    select(dialog.c.document).where(*_HERE).scalar_subquery().label("document"),
    select(dialog.c.version).where(*_HERE).scalar_subquery().label("version"),
    select(func.max(utterance.c.turn)).where(*_HELD).scalar_subquery().label("held"),
    select(func.count())
    .select_from(delivery)
    .where(*_UNCERTAIN)
    .scalar_subquery()
    .label("uncertain"),
    select(func.count()).select_from(withdrawn_content).scalar_subquery().label("withdrawn"),
    select(func.max(withdrawn_content.c.at)).scalar_subquery().label("withdrawn_at"),
    # Few people have a right or a help request: only for them is more read.
    select(func.count())
    .where(*role.holds(bindparam("of_learner")))
    .select_from(roles)
    .scalar_subquery()
    .label("rights"),
    select(func.max(help_request.c.ticket)).where(*_ASKS).scalar_subquery().label("asks"),
    select(func.max(help_request.c.ticket)).where(*_ANSWERS).scalar_subquery().label("answers"),
)


@cache
def _save(dialect: str) -> Executable:
    new = insert_for(dialect, dialog)
    return new.on_conflict_do_update(
        index_elements=list(dialog.primary_key.columns),
        set_={
            "document": new.excluded.document,
            "version": new.excluded.version,
            "at": new.excluded.at,
        },
    )
