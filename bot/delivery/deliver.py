"""Sending what is queued: claim, send, settle; in a chat one after the other.

What has ended is settled in the transaction that claims what comes next.

`deliver_due` is a plain function. The default installation calls it by its clock and right after a
turn (`schedule.py`); a worker of a larger installation calls the same.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot import log, metrics
from bot.channels.capability import Capability
from bot.delivery.send import Sender, SendResult, Unknown
from bot.delivery.settle import Attempt, Settled, settle
from bot.storage.claim import Batch, Terms, alone, claim
from bot.storage.database import Database
from bot.storage.outbox import LEASE
from flows.replies import Reply

_EVENTS = {
    "queued": "delivery.later",
    "failed": "delivery.failed",
    "uncertain": "delivery.uncertain",
}
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
    exchange = partial(_exchange, terms=outlet.terms, owner=owner)
    flying: dict[asyncio.Task[SendResult], Batch] = {}
    done: list[Attempt] = []
    arrived = 0
    try:
        while True:
            woken.clear()
            room = 0 if ending.is_set() else at_once - len(flying)
            if done or room:
                work = partial(exchange, attempts=done, room=room, now=clock())
                settled, batches = await database.write(work)
                done = []
                if settled:
                    arrived += _told(outlet.terms.channel, settled)
                flying |= {asyncio.create_task(_sent(outlet.sender, one)): one for one in batches}
            if not flying:
                return arrived
            done = await _first(flying, woken)
    except Exception:
        # A fault of the database's is no fault of what is on its way: that ends and is settled,
        # each by itself, so that the one at which it failed takes no other with it.
        done += [Attempt(batch, await task) for task, batch in flying.items()]
        for one in done:
            await _settle_alone(database, partial(exchange, attempts=[one], room=0, now=clock()))
        raise
    finally:
        for task in flying:  # nobody knows what became of these: their leases run out
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)


def _exchange(
    connection: Connection,
    *,
    terms: Terms,
    attempts: Sequence[Attempt],
    owner: str,
    room: int,
    now: datetime,
) -> tuple[list[Settled], list[Batch]]:
    """Settle what has ended and claim what comes next, in one transaction."""
    alone(connection, terms)
    settled = settle(connection, terms, attempts, owner=owner, now=now) if attempts else []
    return settled, claim(connection, terms, owner=owner, now=now, limit=room) if room else []


async def _settle_alone(database: Database, work: Callable[[Connection], object]) -> None:
    try:
        await database.write(work)
    except Exception as error:  # noqa: BLE001 - the others must be settled; its lease runs out
        _log.error("delivery.not_settled", **log.fault(error))


async def _first(
    flying: dict[asyncio.Task[SendResult], Batch], woken: asyncio.Event
) -> list[Attempt]:
    """Wait until something has ended or something new may be there; what has ended, taken out."""
    ring = asyncio.create_task(woken.wait())
    try:
        await asyncio.wait({*flying, ring}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ring.cancel()
    ended = [task for task in flying if task.done()]
    return [Attempt(flying.pop(task), task.result()) for task in ended]


def _told(channel: str, settled: Sequence[Settled]) -> int:
    """Count and log how messages ended; how many arrived."""
    for attempt, ending in settled:
        metrics.DELIVERIES.labels(channel, ending.state).inc(len(attempt.batch))
        if ending.state != "sent":
            _log.warning(
                _EVENTS[ending.state],
                delivery=attempt.batch[0].id,
                channel=channel,
                result=type(attempt.result).__name__,
                reason=ending.reason,
                again_at=ending.again_at and ending.again_at.isoformat(),
            )
    return sum(ending.state == "sent" for _, ending in settled)


async def _sent(sender: Sender, batch: Batch) -> SendResult:
    try:
        async with asyncio.timeout(LONGEST_S):
            return await sender.send(batch[0].address.chat, batch)
    except Exception as error:  # noqa: BLE001 - a platform may fail in any way
        _log.error("delivery.fault", delivery=batch[0].id, **log.fault(error))
        return Unknown()
