"""Writing down what became of messages, with all that follows from it, in one transaction.

That a refused token works again is seen by who looks each minute (`bot/operator/watch.py`), not
here with every message.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import Connection

from bot.delivery.send import Arrived, Later, MovedTo, Refused, SendResult, Trouble, Unknown
from bot.operator import trouble
from bot.storage import group, outbox, quota
from bot.storage.claim import Batch, Terms
from bot.storage.outbox import Ending

EMERGENCY_AGAIN = timedelta(seconds=15)
"""How soon an emergency card is tried again: a person waits for it, a platform has to recover."""
EMERGENCY_TRIES = 5
"""So often in a row, then it is uncertain and shown when the person next writes. What follows in
the chat waits meanwhile, and a platform that never confirms would show the card again and again."""
TROUBLE_AGAIN = timedelta(minutes=5)
"""How soon an account that was refused is tried again: the operator has to do something first."""
_MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was sent as one, and what the platform answered."""

    batch: Batch
    result: SendResult


Settled = tuple[Attempt, Ending]


def settle(
    connection: Connection,
    terms: Terms,
    attempts: Iterable[Attempt],
    *,
    owner: str,
    now: datetime,
) -> list[Settled]:
    """Note how they went; left out are those whose lease had run out: they are settled already."""
    alike: defaultdict[Ending, list[Attempt]] = defaultdict(list)
    for one in attempts:
        alike[_ending(one.batch, one.result, now)].append(one)
    settled: list[Settled] = []
    for ending, these in alike.items():
        ids = [[row.id for row in one.batch] for one in these]
        mine = outbox.settle(connection, ids, owner=owner, ending=ending, now=now)
        settled += ((one, ending) for one in these if one.batch[0].id in mine)
    messages = sum(ending.messages for _, ending in settled)
    quota.add(connection, terms.channel, terms.account, messages, now=now)
    for one, _ in settled:
        _follow(connection, terms, one.batch, one.result, now)
    return settled


def _ending(batch: Batch, result: SendResult, now: datetime) -> Ending:
    before = batch[0].parts
    match result:
        case Arrived(parts=parts):
            return Ending(state="sent", parts=parts, messages=parts - before)
        case Refused(reason=reason):
            return Ending(state="failed", reason=reason)
        case Later(again_at=again_at, parts=parts):
            new = max(0, parts - before)
            return Ending(state="queued", again_at=again_at, parts=before + new, messages=new)
        case Unknown(parts=parts):
            parts = max(parts, before + 1)
            messages = parts - before
            # An emergency card may come twice; it must not come never.
            urgent = any(one.emergency for one in batch)
            if urgent and batch[0].attempts + 1 < EMERGENCY_TRIES:
                again_at = now + EMERGENCY_AGAIN
                # Only the last of its messages is in doubt.
                return Ending(state="queued", again_at=again_at, parts=parts - 1, messages=messages)
            return Ending(state="uncertain", parts=parts, messages=messages)
        case MovedTo():
            # Sent to the new id once; a group that moves on and on is none.
            if batch[0].reason == _MOVED:
                return Ending(state="failed", reason="gone")
            return Ending(state="queued", reason=_MOVED)
        case Trouble():
            return Ending(state="queued")
        case _:
            assert_never(result)


def _follow(
    connection: Connection, terms: Terms, batch: Batch, result: SendResult, now: datetime
) -> None:
    """What the answer means beyond these rows: for the chat, or for the account."""
    to = batch[0].address
    group_of_it = to._replace(chat=to.chat.partition("/")[0])  # not only the topic
    match result:
        case Refused(reason=reason, chat_gone=True):
            outbox.refuse_chat(connection, to, reason)
            if batch[0].to_group:
                group.left(connection, group_of_it, at=now)
        case Later(again_at=again_at, whole_account=True):
            outbox.hold_account(connection, terms.channel, terms.account, again_at)
        case MovedTo(chat=chat):
            group.moved(connection, group_of_it, chat)
        case Trouble(name=name):
            outbox.hold_account(connection, terms.channel, terms.account, now + TROUBLE_AGAIN)
            trouble.note(connection, f"{name}:{terms.channel}", now)
        case _:
            pass
