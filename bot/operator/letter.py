"""A message that no turn of a person began: from the operator's side into the outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from bot.channels.incoming import Address
from bot.storage import key, outbox
from flows.replies import Reply


def queue(
    connection: Connection,
    name: Sequence[str],
    text: str,
    *,
    to: Address,
    learner_id: str,
    kind: Literal["alert", "staff"],
    now: datetime,
) -> None:
    """Queue these words for a person's chat; the name tells them from all others, ever."""
    turn = key.turn_of(*name, learner_id)
    outbox.enqueue(connection, turn, to, learner_id, [Reply(text=text)], now=now, kind=kind)
