"""What time takes away. Each piece keeps a transaction short, so that nobody waits for it.

48 h      people who agreed to nothing, and all of theirs; replies that belong to nobody
15 min    visits on a borrowed phone
7 days    masked texts and replies of people who agreed to something
8 days    help requests that were left open
30 days   update keys; closed help requests; codes nobody sent, rights taken back; groups that were
          left; tips that were sent
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from bot.storage import key
from bot.storage.due import UNANSWERED
from bot.storage.forget import forget_strangers
from bot.storage.tables import (
    campaign,
    chat_group,
    delivery,
    help_request,
    lease,
    role,
    ticket_offer,
    utterance,
)

PEOPLE_AT_ONCE = 200
_TEXTS = timedelta(days=7)
_NOBODYS = timedelta(hours=48)
_OPEN = UNANSWERED + timedelta(days=1)
"""Who asked is told after a week (`due.py`); where she could not be, it is closed a day later."""
_MONTH = timedelta(days=30)


def drop_people(connection: Connection, *, now: datetime) -> int:
    """Forget at most PEOPLE_AT_ONCE whose time is over; how many there were."""
    return forget_strangers(connection, now=now, most=PEOPLE_AT_ONCE)


def drop_texts(connection: Connection, *, now: datetime) -> None:
    """Delete old texts, replies and keys, and what is over for long."""
    connection.execute(delete(utterance).where(utterance.c.at < now - _TEXTS))
    connection.execute(delete(delivery).where(delivery.c.queued_at < now - _TEXTS))
    nobodys = (delivery.c.learner.is_(None), delivery.c.campaign.is_(None))
    connection.execute(delete(delivery).where(*nobodys, delivery.c.queued_at < now - _NOBODYS))
    key.drop_before(connection, now - _MONTH)
    _drop_requests(connection, now)
    _drop_rights_and_groups(connection, now)
    connection.execute(delete(lease).where(lease.c.until < now - _NOBODYS))


def _drop_requests(connection: Connection, now: datetime) -> None:
    connection.execute(
        update(help_request)
        .where(help_request.c.state != "closed", help_request.c.at < now - _OPEN)
        .values(state="closed", closed_at=now)
    )
    old = select(help_request.c.ticket).where(help_request.c.closed_at < now - _MONTH)
    connection.execute(delete(ticket_offer).where(ticket_offer.c.ticket.in_(old)))
    connection.execute(delete(help_request).where(help_request.c.ticket.in_(old)))


def _drop_rights_and_groups(connection: Connection, now: datetime) -> None:
    long_ago = now - _MONTH
    unused = role.c.learner.is_(None) & (role.c.expires_at < long_ago)
    connection.execute(delete(role).where(or_(unused, role.c.revoked_at < long_ago)))
    left = (chat_group.c.state == "left", chat_group.c.at < long_ago)
    connection.execute(delete(chat_group).where(*left))
    connection.execute(delete(campaign).where(campaign.c.due_at < long_ago))
