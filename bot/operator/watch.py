"""Looks every minute whether the operator must act (`trouble.py` says how she is told).

    queue:<channel>     a message that may be sent has waited for more than five minutes
    quota70:<channel>   so much of the month's messages is used; likewise quota90
    disk                almost full
    clock               it jumped
    poison              an update was set aside within the last hour
    token:<channel>     noted where something is sent; over when the platform has listened since

Any number of processes may look at the same time.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from bot.channels.capability import Capability
from bot.operator import measure, trouble
from bot.operator.measure import CLOCK, LATE
from bot.storage import quota
from bot.storage.database import Database
from bot.storage.tables import account, delivery
from flows.content import Content

_QUOTAS = (70, 90)
"""Percent of a month's messages."""
_POISON = timedelta(hours=1)


class Watch:
    """Looks at one installation, from one process."""

    def __init__(
        self,
        database: Database,
        content: Content,
        capabilities: Mapping[str, Capability],
        var_dir: Path,
        clock: Callable[[], datetime],
        *,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._content = content
        self._capabilities = capabilities
        self._var_dir = var_dir
        self._clock = clock
        self._steady = steady
        self._last = clock(), steady()

    async def look(self) -> None:
        """Note what is wrong, end what is well again, and tell the operator of both."""
        now = self._clock()
        here = {"disk": measure.disk(self._var_dir).full, "clock": self._jumped(now)}

        def work(connection: Connection) -> None:
            wrong = here | _stored(connection, self._capabilities, now)
            for name, is_wrong in wrong.items():
                (trouble.note if is_wrong else trouble.over)(connection, name, now)
            for name in _heard_again(connection):
                trouble.over(connection, name, now)
            trouble.tell(connection, self._content, now)

        await self._database.write(work)

    def _jumped(self, now: datetime) -> bool:
        """Whether the clock moved otherwise than time passed since the last look."""
        (then, steady_then), self._last = self._last, (now, self._steady())
        passed = timedelta(seconds=self._last[1] - steady_then)
        return abs(now - then - passed) > CLOCK


def _stored(
    connection: Connection, capabilities: Mapping[str, Capability], now: datetime
) -> dict[str, bool]:
    wrong = {"poison": measure.set_aside(connection, since=now - _POISON) > 0}
    waiting = measure.oldest_waiting(connection, now=now)
    for channel, account_id in connection.execute(select(account.c.channel, account.c.account)):
        wrong[f"queue:{channel}"] = waiting.get(channel, now) < now - LATE
        most = capabilities[channel].quota.messages_a_month if channel in capabilities else None
        if most is not None:
            used = quota.used(connection, channel, account_id, now=now)
            for percent in _QUOTAS:
                wrong[f"quota{percent}:{channel}"] = used * 100 >= most * percent
    return wrong


def _heard_again(connection: Connection) -> list[str]:
    """Refusals that have passed: since then the platform answered a poll, or took a message."""
    over: list[str] = []
    for name, since in trouble.open_names(connection).items():
        kind, _, channel = name.partition(":")
        if kind in ("token", "quota") and _listens(connection, kind, channel, since):
            over.append(name)
    return over


def _listens(connection: Connection, kind: str, channel: str, since: datetime) -> bool:
    sent = (delivery.c.channel == channel, delivery.c.sent_at > since)
    heard = (account.c.channel == channel, account.c.heard_at > since)
    took = connection.execute(select(delivery.c.id).where(*sent).limit(1)).first() is not None
    # A platform whose quota is used up goes on answering polls.
    if kind == "quota":
        return took
    return took or connection.execute(select(account.c.channel).where(*heard)).first() is not None
