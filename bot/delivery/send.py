"""Sending what is queued: claim, send, settle; in a chat one after the other.

`deliver_due` is a plain function. The default installation calls it by its clock and a channel
right after a turn; a worker of a larger installation calls the same. A platform is a `Sender`.
The web page is none: it reads its rows itself (`outbox.waiting`, `outbox.acknowledge`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Protocol, assert_never

import structlog

from bot import log, metrics
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.outbox import Delivery

EMERGENCY_AGAIN = timedelta(seconds=15)
"""How soon an emergency card is tried again: a person waits for it, a platform has to recover."""
EMERGENCY_TRIES = 5
"""So often in a row, then it is uncertain and shown when the person next writes. What follows in
the chat waits meanwhile, and a platform that never confirms would show the card again and again."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Arrived:
    """The platform has taken it."""

    parts: int = 1
    """Of so many messages it consisted, with those that had arrived before: quotas count them."""


Reason = Literal["blocked", "gone", "kicked", "not_allowed", "too_long", "token", "other"]
"""Why a platform refuses, in words of ours: they stand in the row, the log and `tip.why_…`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take it (the person blocked the bot, the chat is gone)."""

    reason: Reason
    chat_gone: bool = False
    """Nothing will ever arrive in this chat: a group becomes inactive."""


@dataclass(frozen=True, slots=True)
class Later:
    """The platform did not take it and says when to come again."""

    again_at: datetime
    whole_account: bool = False
    """Every sender of the account must wait, not only this chat."""
    parts: int = 0
    """So many parts of the message have arrived: the next try begins after them."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was written, and then nothing came back: it may have arrived."""

    parts: int = 1
    """So many of its messages may have arrived, with those that had arrived before."""


@dataclass(frozen=True, slots=True)
class MovedTo:
    """The group has another id now (Telegram supergroups): send it there once."""

    chat: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Our own account is refused (token, monthly quota): the operator must act; nothing is lost."""

    name: Literal["token", "quota"]


SendResult = Arrived | Refused | Later | Unknown | MovedTo | Trouble


class Sender(Protocol):
    """One platform's way out."""

    together: bool
    """All replies of a turn in one message (a platform that counts messages)."""

    async def send(self, chat: str, batch: Sequence[Delivery]) -> SendResult:
        """Send one message, or with `together` those of one turn as one.

        Never raises for what the platform answers. What it raises counts as Unknown.
        `batch[0].parts` tells how many parts of it have arrived before.
        """
        ...


async def deliver_due(
    database: Database,
    channel: str,
    account: str,
    sender: Sender,
    *,
    owner: str,
    clock: Callable[[], datetime],
    at_once: int = 8,
) -> int:
    """Send what this account owes until nothing may be sent now; how many arrived.

    `owner` names this process in the rows it has claimed. Several processes may call this at the
    same time: no row is sent twice, and a chat's order is kept.
    """
    lapse = partial(outbox.lapse, channel=channel, account=account, now=clock())
    if lapsed := await database.write(lapse):
        _log.warning("delivery.lapsed", channel=channel, account=account, count=lapsed)
    arrived = 0
    while True:
        claim = partial(
            outbox.claim,
            channel=channel,
            account=account,
            owner=owner,
            now=clock(),
            limit=at_once,
        )
        claimed = await database.write(claim)
        if not claimed:
            return arrived
        results = await asyncio.gather(*(_sent(sender, one) for one in claimed))
        for one, result in zip(claimed, results, strict=True):
            await _settle(database, one, result, owner=owner, now=clock())
        arrived += sum(isinstance(result, Arrived) for result in results)


async def _sent(sender: Sender, delivery: Delivery) -> SendResult:
    try:
        return await sender.send(delivery.address.chat, (delivery,))
    except Exception as error:  # noqa: BLE001 - a platform may fail in any way
        _log.error("delivery.fault", delivery=delivery.id, **log.fault(error))
        return Unknown()


async def _settle(
    database: Database, delivery: Delivery, result: SendResult, *, owner: str, now: datetime
) -> None:
    outcome: outbox.Settled
    again_at: datetime | None = None
    match result:
        case Arrived():
            outcome = "sent"
        case Refused(reason=reason):
            outcome = "failed"
            _log.warning("delivery.failed", delivery=delivery.id, reason=reason)
        case Later(again_at=again_at, whole_account=whole_account):
            outcome = "queued"
            _log.info("delivery.later", delivery=delivery.id, again_at=again_at.isoformat())
            if whole_account:
                channel, account, _ = delivery.address
                hold = partial(outbox.hold_account, until=again_at)
                await database.write(partial(hold, channel=channel, account=account))
        case Unknown():
            # An emergency card may come twice; it must not come never.
            again = delivery.emergency and delivery.attempts + 1 < EMERGENCY_TRIES
            outcome = "queued" if again else "uncertain"
            again_at = now + EMERGENCY_AGAIN if again else None
            _log.warning("delivery.uncertain", delivery=delivery.id, then=outcome)
        case MovedTo() | Trouble():
            outcome = "queued"
        case _:
            assert_never(result)
    settle = partial(outbox.settle, delivery_id=delivery.id, owner=owner, outcome=outcome)
    await database.write(partial(settle, now=now, again_at=again_at))
    metrics.DELIVERIES.labels(delivery.address.channel, outcome).inc()
