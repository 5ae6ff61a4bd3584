"""Help requests as the operator sees them: which are open, what one says, and ending one's part."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Row, select

from bot import rights
from bot.channels.incoming import Address
from bot.clock import in_city
from bot.operator.letter import queue
from bot.storage import person, place
from bot.storage.apply import apply
from bot.storage.record import EventRecord
from bot.storage.tables import help_request
from flows.content import Content
from flows.events import TicketClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A help request that has not ended."""

    id: str
    number: int
    learner: str
    address: Address | None
    """Where the person asked."""
    ward: str
    topic: str | None
    step: str | None
    question: str
    """Masked."""
    state: str
    """waiting or taken."""
    helper: str | None
    helper_id: str | None
    """Learner of the volunteer who took it."""
    at: datetime


def every(connection: Connection) -> list[Open]:
    """All open requests, by number."""
    rows = connection.execute(
        select(help_request)
        .where(help_request.c.state != "closed")
        .order_by(help_request.c.number, help_request.c.ticket)
    )
    return [_open(row) for row in rows]


def numbered(connection: Connection, number: int) -> Open | None:
    """The open request that people call by this number."""
    return next((one for one in every(connection) if one.number == number), None)


def close(connection: Connection, number: int, content: Content, *, now: datetime) -> bool:
    """End a request, and tell who asked and who had taken it; False when none is open."""
    one = numbered(connection, number)
    if one is None or one.address is None:
        return False
    record = EventRecord(f"operator:close:{one.id}", one.learner, one.address, now)
    apply(connection, record, TicketClosed(ticket=one.id, by="operator"))
    tell = partial(_tell, connection, one, content, now=now)
    tell("alert.ticket_closed", one.learner, one.address)
    there = place.last(connection, one.helper_id) if one.helper_id is not None else None
    if one.helper_id is not None and there is not None:
        tell("alert.ticket_closed_helper", one.helper_id, there)
    return True


def revoke(connection: Connection, role_id: str, content: Content, *, now: datetime) -> bool:
    """Take a volunteer's right back; who waited for her answer is told that it waits for another.

    False when there is no such right to take.
    """
    held = [one for one in every(connection) if one.state == "taken"]
    if not rights.revoke(connection, "volunteer", role_id, now=now):
        return False
    waiting = {one.id for one in every(connection) if one.state == "waiting"}
    for one in held:
        if one.id in waiting and one.address is not None:
            _tell(connection, one, content, "ticket.waits_again", one.learner, one.address, now=now)
    return True


def _tell(
    connection: Connection,
    one: Open,
    content: Content,
    key: str,
    learner_id: str,
    to: Address,
    *,
    now: datetime,
) -> None:
    language = person.language(connection, learner_id)
    queue(
        connection,
        (key, one.id, now.isoformat()),
        content.sentence(language, key, number=one.number),
        to=to,
        learner_id=learner_id,
        kind="staff",
        now=now,
    )


def _open(row: Row[*tuple[object, ...]]) -> Open:
    place = (row.channel, row.account, row.chat)
    return Open(
        id=row.ticket,
        number=row.number,
        learner=row.learner,
        address=None if None in place else Address(*place),
        ward=row.ward or "",
        topic=row.topic,
        step=row.step,
        question=row.question or "",
        state=row.state,
        helper=row.helper_name,
        helper_id=row.helper,
        at=in_city(row.at),
    )
