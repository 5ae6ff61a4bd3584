"""Groups the bot is in: seen, confirmed by a host for her ward, left. What is written there is not
stored; of a group the platform's id, its title and its size are known.

    found -> linked | refused        any of them -> left -> found
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.sql import ColumnElement

from bot.channels.incoming import Address
from bot.clock import in_city
from bot.storage.database import insert
from bot.storage.record import EventRecord, RightMissingError
from bot.storage.role import held, holds
from bot.storage.tables import account, chat_group, delivery, dialog, help_request, role
from flows.events import GroupNamed
from flows.snapshots import Group


def seen(connection: Connection, record: EventRecord) -> None:
    """The bot is in this group; who found it is noted where she is a host and nobody linked it."""
    host = any(one.kind == "host" for one in held(connection, record.learner))
    new = insert(connection, chat_group).on_conflict_do_nothing()
    connection.execute(
        new,
        {
            "id": uuid.uuid4().hex,
            **record.address._asdict(),
            "title": "",
            "state": "found",
            "at": record.at,
        },
    )
    here = _at(record.address)
    connection.execute(
        update(chat_group)
        .where(*here, chat_group.c.state == "left")
        .values(state="found", ward=None, found_by=None, asked_at=None, at=record.at)
    )
    if host:
        connection.execute(
            update(chat_group)
            .where(*here, chat_group.c.state == "found", chat_group.c.asked_at.is_(None))
            .values(found_by=record.learner)
        )


def name(connection: Connection, address: Address, title: str, size: int | None) -> None:
    """Note what the platform calls it now, and how many people are in it.

    Where it tells nothing, what a host has called it stays.
    """
    connection.execute(
        update(chat_group)
        .where(*_at(address))
        .values(title=title or chat_group.c.title, size=func.coalesce(size, chat_group.c.size))
    )


def link(connection: Connection, record: EventRecord, group: str, ward: str) -> None:
    """A host confirms it for her ward. Raises RightMissingError."""
    linked = connection.execute(
        update(chat_group)
        .where(chat_group.c.id == group, _hers(record.learner), _is_host(record.learner, ward))
        .values(ward=ward, state="linked")
    )
    if linked.rowcount == 0:
        raise RightMissingError


def call(connection: Connection, record: EventRecord, named: GroupNamed) -> None:
    """A host says what a group of her ward is called. Raises RightMissingError."""
    called = connection.execute(
        update(chat_group)
        .where(chat_group.c.id == named.group, _of_her_ward(record.learner))
        .values(title=named.title)
    )
    if called.rowcount == 0:
        raise RightMissingError


def refuse(connection: Connection, record: EventRecord, group: str) -> None:
    """A host says that it is not of her ward, or takes it out. Raises RightMissingError.

    A tip that waits for its time is not sent there either, whoever scheduled it.
    """
    refused = connection.execute(
        update(chat_group)
        .where(chat_group.c.id == group, _hers(record.learner))
        .values(ward=None, state="refused")
        .returning(chat_group.c.channel, chat_group.c.account, chat_group.c.chat)
    ).one_or_none()
    if refused is None:
        raise RightMissingError
    _fail_queued(connection, Address(*refused), "taken_out", delivery.c.campaign.is_not(None))


def left(connection: Connection, address: Address, *, at: datetime) -> None:
    """The bot is no longer in it: nothing that is queued for it will arrive."""
    connection.execute(update(chat_group).where(*_at(address)).values(state="left", at=at))
    _fail_queued(connection, address, "kicked")


def moved(connection: Connection, old: Address, chat: str) -> None:
    """The platform gave it another id: everything that names the old one names the new one."""
    new = old._replace(chat=chat)
    if connection.execute(select(chat_group.c.id).where(*_at(old))).first() is not None:
        # It may have been seen under its new id already, as a group that nobody knows.
        connection.execute(delete(chat_group).where(*_at(new)))
    known = select(dialog.c.learner).where(
        *(dialog.c[part] == value for part, value in new._asdict().items())
    )
    same = [dialog.c[part] == value for part, value in old._asdict().items()]
    connection.execute(delete(dialog).where(*same, dialog.c.learner.in_(known)))
    for table in (chat_group, dialog, delivery, help_request):
        here = [table.c[part] == value for part, value in old._asdict().items()]
        connection.execute(update(table).where(*here).values(chat=chat))


def is_linked(connection: Connection, address: Address) -> bool:
    """Whether a host has confirmed it."""
    linked = select(chat_group.c.id).where(*_at(address), chat_group.c.state == "linked")
    return connection.execute(linked).first() is not None


def is_met(connection: Connection, address: Address) -> bool:
    """Whether the bot has said there who it is, since it was let in."""
    met = select(chat_group.c.id).where(*_at(address), chat_group.c.state != "left")
    return connection.execute(met).first() is not None


def one(connection: Connection, group: str) -> Group | None:
    """A group by its id, unless the bot has left it."""
    row = connection.execute(
        _GROUP.where(chat_group.c.id == group, chat_group.c.state != "left")
    ).one_or_none()
    return None if row is None else read(row)


def of_host(connection: Connection, learner_id: str) -> tuple[Group, ...]:
    """Linked to her wards, or waiting for her word; by ward and title."""
    return tuple(read(row) for row in connection.execute(_OF_HOST, {"of": learner_id}))


def read(row: Row[*tuple[Any, ...]]) -> Group:
    """A row of `COLUMNS`."""
    return Group(
        id=row.group_id,
        channel=row.channel,
        title=row.title,
        size=row.size,
        ward=row.ward,
        direct=row.direct,
        found_at=in_city(row.found_at),
    )


def _fail_queued(
    connection: Connection, address: Address, reason: str, *only: ColumnElement[bool]
) -> None:
    same = [delivery.c[part] == value for part, value in address._asdict().items()]
    connection.execute(
        update(delivery)
        .where(*same, *only, delivery.c.state == "queued", delivery.c.to_group)
        .values(state="failed", reason=reason)
    )


def _at(address: Address) -> tuple[ColumnElement[bool], ...]:
    return tuple(chat_group.c[part] == value for part, value in address._asdict().items())


def _hers(learner_id: Any) -> ColumnElement[bool]:
    """Linked to a ward of this host, or found by her and not yet linked."""
    return or_(
        _of_her_ward(learner_id),
        and_(chat_group.c.state == "found", chat_group.c.found_by == learner_id),
    )


def _of_her_ward(learner_id: Any) -> ColumnElement[bool]:
    wards = select(role.c.ward).where(*holds(learner_id), role.c.kind == "host")
    return and_(chat_group.c.state == "linked", chat_group.c.ward.in_(wards))


def _is_host(learner_id: str, ward: str) -> ColumnElement[bool]:
    return exists().where(*holds(learner_id), role.c.kind == "host", role.c.ward == ward)


COLUMNS = (
    chat_group.c.id.label("group_id"),
    chat_group.c.channel,
    chat_group.c.title,
    chat_group.c.size,
    chat_group.c.ward,
    chat_group.c.at.label("found_at"),
    # An account that was never asked (the console) may send where it was let in.
    func.coalesce(account.c.groups, True).label("direct"),
)
WITH_ACCOUNT = chat_group.join(
    account,
    and_(account.c.channel == chat_group.c.channel, account.c.account == chat_group.c.account),
    isouter=True,
)
_GROUP = select(*COLUMNS).select_from(WITH_ACCOUNT)
_OF_HOST = _GROUP.where(_hers(bindparam("of"))).order_by(
    chat_group.c.ward, chat_group.c.title, chat_group.c.id
)
