"""The clock of the default installation: what is due is made, sent and forgotten in this process.

A larger installation calls the same plain functions from its workers instead.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import log
from bot.assistant import Assistant
from bot.clock import CITY
from bot.delivery.deliver import Outlet, deliver_due
from bot.delivery.measure import measure
from bot.delivery.retain import retain
from bot.delivery.tidy import tidy
from bot.storage.claim import leave_groups
from bot.storage.database import Database

TICK = timedelta(seconds=1)
"""A fragment waits four seconds; a second more is not felt."""
RETAIN_EVERY = timedelta(minutes=1)
"""A borrowed phone is forgotten after fifteen minutes, not after an hour."""
MEASURE_EVERY = timedelta(seconds=15)
"""As often as numbers are usually collected."""
STOP = timedelta(seconds=3)
"""What is being sent when the service stops may end so long; then its lease runs out."""

Job = Callable[[], Awaitable[None]]
_log = structlog.get_logger()


class Schedule:
    """Runs while the service runs."""

    def __init__(
        self,
        assistant: Assistant,
        database: Database,
        clock: Callable[[], datetime],
        outlets: Sequence[Outlet] = (),
        *,
        at_once: int = 8,
        each_minute: Sequence[Job] = (),
    ) -> None:
        self._assistant = assistant
        self._database = database
        self._clock = clock
        self._outlets = outlets
        owner = secrets.token_hex(8)
        self._sending = {
            (one.terms.channel, one.terms.account): _Sending(database, one, owner, clock, at_once)
            for one in outlets
        }
        self._each_minute = each_minute
        # The package has no types.
        self._jobs = cast("Any", AsyncIOScheduler(timezone=CITY))
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to tick, in the running event loop."""
        jobs: list[tuple[Job, timedelta]] = [
            (self.tick, TICK),
            (self._retain, RETAIN_EVERY),
            (self._measure, MEASURE_EVERY),
            *((job, timedelta(minutes=1)) for job in self._each_minute),
        ]
        for job, every in jobs:
            self._jobs.add_job(
                self._run,
                "interval",
                args=(job,),
                seconds=every.total_seconds(),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._jobs.start()

    async def stop(self) -> None:
        """Tick and begin no more. What does not end soon is uncertain once its lease runs out."""
        self._jobs.pause()
        await asyncio.gather(self._jobs_end(), *(one.stop() for one in self._sending.values()))
        self._jobs.shutdown(wait=False)

    async def tick(self) -> None:
        """Make turns of what is due, tidy up, and wake the sending of every account."""
        try:
            await self._assistant.fall_due(self._clock())
        finally:
            for sending in self._sending.values():
                await _guarded(sending.tidy)
                sending.wake()

    def nudge(self, channel: str, account: str) -> None:
        """Something was queued for this account: send it now."""
        if sending := self._sending.get((channel, account)):
            sending.wake()

    async def rest(self) -> None:
        """Wait until nothing more can be sent at this moment."""
        await asyncio.gather(*(one.rest() for one in self._sending.values()))

    async def _run(self, job: Job) -> None:
        """Run it in a task of our own: the package would break it off when it stops."""
        running = asyncio.create_task(_guarded(job))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        await asyncio.wait({running})

    async def _jobs_end(self) -> None:
        """Let jobs that run end, for a moment."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=STOP.total_seconds())
        for job in late:
            job.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _retain(self) -> None:
        people = await retain(self._database, now=self._clock())
        if people:
            _log.info("retention.forgot", people=people)

    async def _measure(self) -> None:
        for outlet in self._outlets:
            await measure(self._database, outlet.terms, now=self._clock())


class _Sending:
    """Sends what one account owes. Waking it while it sends makes it look again: none is lost."""

    def __init__(
        self,
        database: Database,
        outlet: Outlet,
        owner: str,
        clock: Callable[[], datetime],
        at_once: int,
    ) -> None:
        self._database = database
        self._outlet = outlet
        self._owner = owner
        self._clock = clock
        self._at_once = at_once
        self._woken = asyncio.Event()
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look at once; many calls are one look."""
        if self._ending.is_set():
            return
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(_guarded(self._send))

    async def tidy(self) -> None:
        """Settle what nobody else will."""
        await tidy(self._database, self._outlet, now=self._clock())

    async def rest(self) -> None:
        """Wait until it has nothing to do."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    async def stop(self) -> None:
        """Let what is on its way end, for a moment; then the next process may send to groups."""
        self._ending.set()
        if self._task is not None and not self._task.done():
            await asyncio.wait({self._task}, timeout=STOP.total_seconds())
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        else:
            await _guarded(self._leave_groups)

    async def _leave_groups(self) -> None:
        terms = self._outlet.terms
        await self._database.write(partial(leave_groups, terms=terms, owner=self._owner))

    async def _send(self) -> None:
        while self._woken.is_set():
            self._woken.clear()
            await deliver_due(
                self._database,
                self._outlet,
                owner=self._owner,
                clock=self._clock,
                at_once=self._at_once,
                woken=self._woken,
                ending=self._ending,
            )


async def _guarded(job: Job) -> None:
    """Run a job; a fault is logged without its words, and the next tick tries again."""
    try:
        await job()
    except Exception as error:  # noqa: BLE001 - the clock must go on
        _log.error("schedule.failed", job=getattr(job, "__name__", "?"), **log.fault(error))
