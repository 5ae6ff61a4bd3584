"""Help requests: asked, offered to volunteers on duty, taken by one, answered, closed.

waiting -> taken -> closed
   ▲         │ given back, or silent for too long
   └─────────┘
"""

from collections.abc import Collection
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from bot.clock import in_city
from bot.storage import document
from bot.storage.database import insert as upsert
from bot.storage.record import EventRecord, RightMissingError
from bot.storage.role import holds, require
from bot.storage.tables import delivery, help_request, learner, role, ticket_offer
from flows.events import HelpRequested
from flows.snapshots import Ticket

IS_OPEN = help_request.c.state != literal_column("'closed'")
IS_TAKEN = help_request.c.state == literal_column("'taken'")
"""Written into the statement: SQLite compares what is bound with its partial indexes, and for that
prepares the statement anew each time, 0.2 ms of every turn."""
_NUMBERS_LOCK = 7_251_012
"""Any number of our own: two requests at the same moment get two numbers."""


def ask(connection: Connection, record: EventRecord, asked: HelpRequested) -> None:
    """Store a request that waits for a volunteer of its ward."""
    channel, account, chat = record.address
    connection.execute(
        insert(help_request),
        {
            "ticket": asked.ticket,
            "learner": record.learner,
            "topic": asked.topic,
            "step": asked.step,
            "device": asked.device,
            "ward": asked.ward,
            "question": asked.question,
            "number": _free_number(connection),
            "state": "waiting",
            "waits_since": record.at,
            "channel": channel,
            "account": account,
            "chat": chat,
            "at": record.at,
        },
    )


def take(connection: Connection, record: EventRecord, ticket: str) -> None:
    """Give it to this volunteer of its ward. Raises RightMissingError when it waits no longer."""
    waits = (help_request.c.ticket == ticket, help_request.c.state == "waiting")
    ward = connection.execute(select(help_request.c.ward).where(*waits)).scalar_one_or_none()
    if ward is None:
        raise RightMissingError
    name = require(connection, record.learner, "volunteer", ward).name
    taken = connection.execute(
        update(help_request)
        .where(*waits)
        .values(
            state="taken",
            helper=record.learner,
            helper_name=name,
            taken_at=record.at,
            helper_at=record.at,
        )
    )
    if taken.rowcount == 0:
        raise RightMissingError


def answered(connection: Connection, record: EventRecord, ticket: str) -> None:
    """The volunteer wrote: she is not silent."""
    connection.execute(
        update(help_request)
        .where(help_request.c.ticket == ticket, help_request.c.helper == record.learner)
        .values(helper_at=record.at)
    )


def give_back(connection: Connection, record: EventRecord, ticket: str) -> None:
    """It waits again, and is offered anew to everybody but who gave it back."""
    hers = (help_request.c.ticket == ticket, help_request.c.helper == record.learner)
    if _wait_again(connection, *hers, at=record.at):
        offered(connection, ticket, record.learner, at=record.at)


def forget(connection: Connection, learner_ids: Collection[str]) -> None:
    """Delete all that these people asked."""
    mine = help_request.c.learner.in_(learner_ids)
    # Locked first: a volunteer who answers at this moment has finished before, or finds nothing.
    tickets = connection.execute(select(help_request.c.ticket).where(mine).with_for_update())
    found = tickets.scalars().all()
    connection.execute(delete(ticket_offer).where(ticket_offer.c.ticket.in_(found)))
    connection.execute(delete(help_request).where(mine))


def lose_helper(connection: Connection, learner_ids: Collection[str], *, at: datetime) -> None:
    """These volunteers are gone: what they had taken waits again."""
    hers = help_request.c.helper.in_(learner_ids)
    _wait_again(connection, hers, at=at)
    connection.execute(update(help_request).where(hers).values(helper=None, helper_name=None))
    wrote = delivery.c.author.in_(learner_ids)
    connection.execute(update(delivery).where(wrote).values(author=None))


def lose_right(connection: Connection, learner_id: str, ward: str, *, at: datetime) -> None:
    """A volunteer's right in this ward has ended: what she had taken there waits again."""
    hers = (help_request.c.helper == learner_id, help_request.c.ward == ward)
    _wait_again(connection, *hers, at=at)


def close(connection: Connection, record: EventRecord, ticket: str) -> None:
    """It has ended, by who asked or by who answers."""
    hers = or_(
        help_request.c.learner == record.learner,
        (help_request.c.helper == record.learner) & (help_request.c.state == "taken"),
    )
    connection.execute(
        update(help_request)
        .where(help_request.c.ticket == ticket, help_request.c.state != "closed", hers)
        .values(state="closed", closed_at=record.at)
    )


def offered(connection: Connection, ticket: str, learner_id: str, *, at: datetime) -> None:
    """Note that this volunteer was offered it."""
    new = upsert(connection, ticket_offer)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=list(ticket_offer.primary_key.columns), set_={"at": new.excluded.at}
        ),
        {"ticket": ticket, "learner": learner_id, "at": at},
    )


def one(connection: Connection, ticket: str) -> Ticket | None:
    """An open request by its id."""
    row = connection.execute(_OPEN.where(help_request.c.ticket == ticket)).one_or_none()
    return None if row is None else _ticket(row)


def asker(connection: Connection, ticket: str) -> str | None:
    """Whose request it is."""
    row = select(help_request.c.learner).where(help_request.c.ticket == ticket)
    return connection.execute(row).scalar_one_or_none()


def number(connection: Connection, ticket: str) -> int | None:
    """What people say for it, also once it is closed; None: it is forgotten."""
    row = select(help_request.c.number).where(help_request.c.ticket == ticket)
    return connection.execute(row).scalar_one_or_none()


def of_wards(connection: Connection, learner_id: str) -> tuple[Ticket, ...]:
    """What is open in the wards of this volunteer, oldest first; locked, so that one takes one."""
    return tuple(_ticket(row) for row in connection.execute(_OF_WARDS, {"of": learner_id}))


def _free_number(connection: Connection) -> int:
    """The smallest that no open request has: short enough to be said."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_NUMBERS_LOCK})")
    used = set(connection.execute(_NUMBERS).scalars())
    return next(number for number in count(1) if number not in used)


def _wait_again(connection: Connection, *which: ColumnElement[bool], at: datetime) -> int:
    """Let these wait for another volunteer, where one has taken them; how many."""
    none = dict.fromkeys(("helper", "helper_name", "taken_at", "helper_at"))
    waiting = (
        update(help_request)
        .where(*which, help_request.c.state == "taken")
        .values(state="waiting", waits_since=at, **none)
    )
    return connection.execute(waiting).rowcount


def _ticket(row: Row[*tuple[Any, ...]]) -> Ticket:
    return Ticket(
        id=row.ticket,
        number=row.number,
        ward=row.ward or "",
        topic=row.topic,
        step=row.step,
        device=row.device,
        question=row.question or "",
        state=row.state,
        helper=row.helper_name,
        asked_at=in_city(row.at),
        language=document.learners.read(row.asker, row.asker_version).language,
    )


_NUMBERS = select(help_request.c.number).where(IS_OPEN)
_OPEN = select(
    help_request.c.ticket,
    help_request.c.number,
    help_request.c.ward,
    help_request.c.topic,
    help_request.c.step,
    help_request.c.device,
    help_request.c.question,
    help_request.c.state,
    help_request.c.helper_name,
    help_request.c.at,
    *(
        # A subquery, so that `of_wards` locks the requests and no learner.
        select(column).where(learner.c.id == help_request.c.learner).scalar_subquery().label(label)
        for column, label in (
            (learner.c.document, "asker"),
            (learner.c.version, "asker_version"),
        )
    ),
).where(IS_OPEN)
_OF_WARDS = (
    _OPEN.where(
        help_request.c.ward.in_(
            select(role.c.ward).where(*holds(bindparam("of")), role.c.kind == "volunteer")
        )
    )
    .order_by(help_request.c.at, help_request.c.ticket)
    .with_for_update()
)
