"""Sending what is queued: claim, send, settle; in a chat one after the other.

`deliver_due` is a plain function. The default installation calls it by its clock and right after a
turn (`schedule.py`); a worker of a larger installation calls the same.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot import log, metrics
from bot.channels.capability import Capability
from bot.delivery.send import Sender, SendResult, Unknown
from bot.delivery.settle import settle
from bot.delivery.shortage import meet
from bot.storage import outbox, quota
from bot.storage.claim import Batch, Terms, claim
from bot.storage.database import Database
from bot.storage.outbox import LEASE
from flows.replies import Reply

_EVENTS = {
    "queued": "delivery.later",
    "failed": "delivery.failed",
    "uncertain": "delivery.uncertain",
}
TIDY_EVERY = timedelta(seconds=5)
"""How often is looked for what senders that died had on its way, also while others are sent."""
LONGEST_S = (LEASE - timedelta(seconds=5)).total_seconds()
"""A message that is still on its way then is given up. The clients' own limits count from one piece
of an answer to the next, so an answer that drips in would hold its place for ever."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outlet:
    """One of our accounts with its way out."""

    terms: Terms
    sender: Sender
    quota_over: Mapping[str, Reply] = field(default_factory=dict[str, Reply])
    """By language: what a person is told once a month when the quota stops her answers."""

    @classmethod
    def of(
        cls,
        channel: str,
        account: str,
        sender: Sender,
        capability: Capability | None = None,
        quota_over: Mapping[str, Reply] | None = None,
    ) -> "Outlet":
        """With what the platform allows; without a capability no limit is known."""
        terms = Terms(channel=channel, account=account, together=sender.together)
        if capability is not None:
            terms = Terms(
                channel=channel,
                account=account,
                rates=capability.rates,
                messages_a_month=capability.quota.messages_a_month,
                together=sender.together,
            )
        return cls(terms, sender, quota_over or {})


async def deliver_due(
    database: Database,
    outlet: Outlet,
    *,
    owner: str,
    clock: Callable[[], datetime],
    at_once: int = 8,
    woken: asyncio.Event | None = None,
    ending: asyncio.Event | None = None,
) -> int:
    """Send what this account owes until nothing may be sent now; how many messages arrived.

    `owner` names this process in the rows it has claimed. Several processes may call this at the
    same time: no row is sent twice, a chat's order and the account's limits are kept. At most
    `at_once` messages are on their way, which must stay below the platform's client's pool; one
    that takes long holds up nobody else. What sets `woken` is looked at while others are sent; once
    `ending` is set no more is begun.
    """
    woken, ending = woken or asyncio.Event(), ending or asyncio.Event()
    flying: set[asyncio.Task[bool]] = set()
    arrived = 0
    tidy_at = clock()
    try:
        while True:
            woken.clear()
            if clock() >= tidy_at:
                await database.write(partial(_tidy, outlet=outlet, now=clock()))
                tidy_at = clock() + TIDY_EVERY
            if not ending.is_set() and (room := at_once - len(flying)):
                flying |= await _begun(database, outlet, owner, clock, room)
            if not flying:
                return arrived
            done = await _first(flying, woken)
            flying -= done
            arrived += sum(task.result() for task in done)
    except Exception:
        # A fault of the database's is no fault of what is on its way: that ends and is settled.
        await asyncio.gather(*flying)
        raise
    finally:
        for task in flying:  # nobody knows what became of these: their leases run out
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)


async def _begun(
    database: Database, outlet: Outlet, owner: str, clock: Callable[[], datetime], room: int
) -> set[asyncio.Task[bool]]:
    """Claim at most so many messages, and begin to send them."""
    take = partial(claim, terms=outlet.terms, owner=owner, now=clock(), limit=room)
    batches = await database.write(take)
    return {
        asyncio.create_task(_deliver(database, outlet, batch, owner, clock)) for batch in batches
    }


async def _first(flying: set[asyncio.Task[bool]], woken: asyncio.Event) -> set[asyncio.Task[bool]]:
    """Wait until something is settled or something new may be there; what is settled."""
    ring = asyncio.create_task(woken.wait())
    try:
        await asyncio.wait({*flying, ring}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ring.cancel()
    return {task for task in flying if task.done()}


async def _deliver(
    database: Database,
    outlet: Outlet,
    batch: Batch,
    owner: str,
    clock: Callable[[], datetime],
) -> bool:
    """Send one message and write down how it went; whether it arrived. Never raises."""
    result = await _sent(outlet.sender, batch)
    note = partial(settle, terms=outlet.terms, batch=batch, result=result, owner=owner)
    try:
        ending = await database.write(partial(note, now=clock()))
    except Exception as error:  # noqa: BLE001 - the others must go on; its lease runs out
        _log.error("delivery.not_settled", delivery=batch[0].id, **log.fault(error))
        return False
    if ending is None:
        return False
    channel = outlet.terms.channel
    metrics.DELIVERIES.labels(channel, ending.state).inc(len(batch))
    if ending.state != "sent":
        _log.warning(
            _EVENTS[ending.state],
            delivery=batch[0].id,
            channel=channel,
            result=type(result).__name__,
            reason=ending.reason,
            again_at=ending.again_at and ending.again_at.isoformat(),
        )
    return ending.state == "sent"


async def _sent(sender: Sender, batch: Batch) -> SendResult:
    try:
        async with asyncio.timeout(LONGEST_S):
            return await sender.send(batch[0].address.chat, batch)
    except Exception as error:  # noqa: BLE001 - a platform may fail in any way
        _log.error("delivery.fault", delivery=batch[0].id, **log.fault(error))
        return Unknown()


def _tidy(connection: Connection, *, outlet: Outlet, now: datetime) -> None:
    """Settle what senders that died had on its way, and what the quota stops."""
    terms = outlet.terms
    lapsed = outbox.lapse(connection, terms.channel, terms.account, now=now)
    if lapsed:
        # In a chat one message was on its way, of however many rows; it may have arrived.
        quota.add(connection, terms.channel, terms.account, len(set(lapsed)), now=now)
        _log.warning("delivery.lapsed", channel=terms.channel, count=len(lapsed))
    if terms.messages_a_month is not None:
        meet(connection, terms, outlet.quota_over, now=now)
