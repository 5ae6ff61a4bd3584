"""The clock of the default installation: what is due is made, sent and forgotten in this process.

A larger installation calls the same plain functions from its workers instead.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import log
from bot.assistant import Assistant
from bot.clock import CITY
from bot.delivery.retain import retain
from bot.delivery.send import Sender, deliver_due
from bot.storage.database import Database

TICK = timedelta(seconds=1)
"""A fragment waits four seconds; a second more is not felt."""
RETAIN_EVERY = timedelta(minutes=1)
"""A borrowed phone is forgotten after fifteen minutes, not after an hour."""

_log = structlog.get_logger()


class Schedule:
    """Runs while the service runs. Senders by (channel, account)."""

    def __init__(
        self,
        assistant: Assistant,
        database: Database,
        clock: Callable[[], datetime],
        senders: Mapping[tuple[str, str], Sender] | None = None,
        *,
        at_once: int = 8,
    ) -> None:
        self._assistant = assistant
        self._database = database
        self._clock = clock
        self._senders = dict(senders or {})
        self._at_once = at_once
        self._owner = secrets.token_hex(8)
        # The package has no types.
        self._jobs = cast("Any", AsyncIOScheduler(timezone=CITY))

    def start(self) -> None:
        """Begin to tick, in the running event loop."""
        for job, every in ((self.tick, TICK), (self._retain, RETAIN_EVERY)):
            self._jobs.add_job(
                _guarded,
                "interval",
                args=(job,),
                seconds=every.total_seconds(),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._jobs.start()

    def stop(self) -> None:
        """Tick no more. What was being sent becomes uncertain when its lease runs out."""
        self._jobs.shutdown(wait=False)

    async def tick(self) -> None:
        """Make turns of what is due, and send what every account owes."""
        await self._assistant.fall_due(self._clock())
        for (channel, account), sender in self._senders.items():
            await deliver_due(
                self._database,
                channel,
                account,
                sender,
                owner=self._owner,
                clock=self._clock,
                at_once=self._at_once,
            )

    async def _retain(self) -> None:
        people = await retain(self._database, now=self._clock())
        if people:
            _log.info("retention.forgot", people=people)


async def _guarded(job: Callable[[], Awaitable[None]]) -> None:
    """Run a job; a fault is logged without its words, and the next tick tries again."""
    try:
        await job()
    except Exception as error:  # noqa: BLE001 - the clock must go on
        _log.error("schedule.failed", job=getattr(job, "__name__", "?"), **log.fault(error))
