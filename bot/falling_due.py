"""Turns that nobody's message began: fragments that waited long enough, and what falls due.

Each is made once: its key is taken in the turn's own transaction. One that fails stops no other; it
is tried again with the next tick, and after three faults left.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from bot import log, metrics
from bot.clock import in_city
from bot.storage import due, key, outbox, person, place, said
from bot.storage.database import Database
from bot.turn import Answering, Call
from flows.dialog import Learner
from flows.snapshots import Reminder
from flows.turn import Due, DueThing, Said
from nlu.understanding import Understanding

MOST_FAULTS = 3
"""So often an update is tried; then it is set aside with one sentence."""

_AT_ONCE = 100
_log = structlog.get_logger()


class _Gone(Exception):  # noqa: N818 - what fell due was cancelled, joined or answered meanwhile
    pass


class FallingDue:
    """Makes the turns of what is due."""

    def __init__(
        self,
        answering: Answering,
        database: Database,
        clock: Callable[[], datetime],
        parsed: Callable[[str], Awaitable[Understanding]],
    ) -> None:
        self._answering = answering
        self._database = database
        self._clock = clock
        self._parsed = parsed

    async def make_turns(self, now: datetime) -> int:
        """Make turns of all that is due; how many."""
        made = 0
        for one in await self._database.read(partial(said.overdue, now=now)):
            turn = key.turn_of("fragment", one.fragment.turn)
            give_up = partial(self._apologise, one=one, turn=turn)
            made += await self._made(turn, partial(self._answer_fragment, one), give_up)
        for kind in due.KINDS:
            made += await self._make_all(kind, now)
        return made

    async def _make_all(self, kind: due.Kind, now: datetime) -> int:
        made = 0
        after: due.Mark | None = None
        while found := await self._database.read(
            partial(due.page, kind=kind, now=now, after=after, most=_AT_ONCE)
        ):
            for one in found:
                turn = key.turn_of(kind.name, one.id, one.learner, one.at.isoformat())
                made += await self._made(turn, partial(self._answer_due, kind, one))
            after = (found[-1].at, found[-1].id, found[-1].learner)
        return made

    async def _made(
        self,
        turn: str,
        answer: Callable[[str], Awaitable[None]],
        give_up: Callable[[Connection], object] | None = None,
    ) -> int:
        try:
            await answer(turn)
        except _Gone:
            return 0
        except Exception as error:  # noqa: BLE001 - one that fails must not stop the others
            _log.error("turn.failed", turn=turn, channel="due", **log.fault(error))
            metrics.FAULTS.labels("due", type(error).__name__).inc()
            await self._database.write(partial(self._set_aside, turn=turn, give_up=give_up))
            return 0
        return 1

    async def _answer_fragment(self, one: said.Overdue, turn: str) -> None:
        understanding = await self._parsed(one.fragment.text)

        def work(connection: Connection) -> None:
            now = in_city(self._clock())
            learner = _begin(connection, turn, one.learner, now)
            here = place.load(connection, learner.id, one.address)
            if here.held != one.fragment.turn:
                raise _Gone
            call = Call(
                turn=turn,
                address=one.address,
                given=Said(text=understanding.text),
                understanding=understanding,
                at=in_city(one.fragment.at),
                now=now,
                lasting=one.lasting,
                fragment=one.fragment,
                may_hold=False,
            )
            self._answering.answer(connection, call, learner, here)

        await self._database.write(work)

    async def _answer_due(self, kind: due.Kind, one: due.DueTurn, turn: str) -> None:
        def work(connection: Connection) -> None:
            now = in_city(self._clock())
            learner = _begin(connection, turn, one.learner, now)
            what = kind.load(connection, one, now)
            address = place.last(connection, learner.id)
            if what is None or address is None:
                raise _Gone
            call = Call(
                turn=turn,
                address=address,
                given=Due(what=what),
                understanding=None,
                at=_fell_due_at(what, now),
                now=now,
                lasting=True,
            )
            here = place.load(connection, learner.id, address)
            self._answering.answer(connection, call, learner, here)

        await self._database.write(work)

    def _set_aside(
        self,
        connection: Connection,
        *,
        turn: str,
        give_up: Callable[[Connection], object] | None,
    ) -> None:
        """After three faults leave it. A reminder stays in the person's list; the log names it."""
        now = in_city(self._clock())
        if key.failed(connection, turn, now) < MOST_FAULTS or not key.take(connection, turn, now):
            return
        metrics.SET_ASIDE.labels("due").inc()
        _log.error("turn.set_aside", turn=turn, channel="due")
        if give_up is not None:
            give_up(connection)

    def _apologise(self, connection: Connection, *, one: said.Overdue, turn: str) -> None:
        """For a fragment that could not be answered."""
        said.release(connection, one.fragment.turn)
        reply = self._answering.own("trouble.ours", None)
        now = in_city(self._clock())
        outbox.enqueue(connection, turn, one.address, one.learner, [reply], now=now)


def _begin(connection: Connection, turn: str, learner_id: str, now: datetime) -> Learner:
    """Take the key and lock the learner. Raises _Gone when somebody else was quicker."""
    learner = person.locked(connection, learner_id) if key.take(connection, turn, now) else None
    if learner is None:
        raise _Gone
    return learner


def _fell_due_at(what: DueThing, now: datetime) -> datetime:
    """A reminder has its time; the rest is due when it can be said."""
    return min(what.due_at, now) if isinstance(what, Reminder) else now
