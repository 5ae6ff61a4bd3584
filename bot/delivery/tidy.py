"""Settling what nobody else will: what senders that died had on its way, and what the quota stops.

Done by the clock, not with every message: a lease is a minute long, a month's quota longer.
"""

from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.delivery.deliver import Outlet
from bot.delivery.shortage import meet
from bot.storage import outbox, quota
from bot.storage.claim import alone
from bot.storage.database import Database

_log = structlog.get_logger()


async def tidy(database: Database, outlet: Outlet, *, now: datetime) -> None:
    """Tidy up the outbox of one account."""
    await database.write(partial(_tidy, outlet=outlet, now=now))


def _tidy(connection: Connection, *, outlet: Outlet, now: datetime) -> None:
    terms = outlet.terms
    alone(connection, terms)
    lapsed = outbox.lapse(connection, terms.channel, terms.account, now=now)
    if lapsed:
        # In a chat one message was on its way, of however many rows; it may have arrived.
        quota.add(connection, terms.channel, terms.account, len(set(lapsed)), now=now)
        _log.warning("delivery.lapsed", channel=terms.channel, count=len(lapsed))
    if terms.messages_a_month is not None:
        meet(connection, terms, outlet.quota_over, now=now)
