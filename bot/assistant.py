"""The one function that every channel calls: what came in is answered, stored and queued.

    handle(incoming)   mask and understand -> one transaction -> Handled; sending comes later
    fall_due(now)      the same for what nobody's message began: fragments and reminders
    forget(...)        the end of a visit on a borrowed phone

The transaction is all or nothing: the update's key first (a duplicate ends there), then the
learner locked, then the turn itself (`bot/turn.py`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from bot import log, metrics
from bot.channels import capability
from bot.channels.incoming import Identity, Incoming, Moved
from bot.clock import in_city
from bot.config import Settings
from bot.storage import due, key, outbox, person, place, said, snapshot
from bot.storage.database import Database
from bot.storage.forget import forget_identity
from bot.turn import Answering, Call
from flows.content import Content
from flows.dialog import Learner
from flows.turn import Admitted, Due, Input, Pressed, Removed, Said, Sent
from nlu.engine import Engine
from nlu.understanding import Understanding

MOST_A_MINUTE = 30
"""Messages of one person that are answered in a minute. Nobody reads answers faster than one in
two seconds; a stuck key or a script does not read at all."""
MOST_FAULTS = 3
"""So often an update is tried; then it is set aside with one sentence."""
DAY_BEGINS, DAY_ENDS = 7, 21
"""Hours of the city between which something unasked may arrive, unless its hour was chosen."""

_DUE_AT_ONCE = 100
_log = structlog.get_logger()


class TurnFailedError(Exception):
    """The update was not answered and nothing was stored: hand it in again, with the same id."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of an update."""

    duplicate: bool
    delivery_ids: tuple[int, ...]
    """The queued replies; of a duplicate those of the first time that are still stored."""
    held: bool
    """A fragment: it waits for its sentence."""
    forgotten: bool = False
    """The person asked to be forgotten, and is."""


class _FragmentChanged(Exception):  # noqa: N818 - rolls back, so that the text is read anew
    def __init__(self, fragment: said.Fragment | None) -> None:
        super().__init__()
        self.fragment = fragment


class _Gone(Exception):  # noqa: N818 - what fell due was cancelled, joined or answered meanwhile
    pass


class Assistant:
    """Answers updates of every channel."""

    def __init__(
        self,
        settings: Settings,
        content: Content,
        engine: Engine,
        database: Database,
        clock: Callable[[], datetime],
    ) -> None:
        channels = capability.load(settings.data_dir)
        quotas = {name: one.quota.messages_a_month for name, one in channels.items()}
        self._answering = Answering(settings.operator_name, content, quotas)
        self._engine = engine
        self._database = database
        self._clock = clock
        self._parsing = ThreadPoolExecutor(settings.parse_threads, thread_name_prefix="parse")

    async def handle(self, incoming: Incoming) -> Handled:
        """Answer one update; its replies are queued when this returns, not sent.

        Raises TurnFailedError after a fault of ours, until the update has failed three times.
        """
        turn = key.turn_of(incoming.channel, incoming.account, incoming.update_id)
        begun = time.perf_counter()
        try:
            handled = await self._take_in(incoming, turn)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets an answer
            return await self._failed(incoming, turn, error)
        if handled.forgotten:
            await self._database.scrub()
        metrics.TURN_SECONDS.observe(time.perf_counter() - begun)
        return handled

    async def fall_due(self, now: datetime) -> int:
        """Make turns of the fragments and reminders that are due; how many."""
        made = 0
        for one in await self._database.read(partial(said.overdue, now=now)):
            turn = key.turn_of("fragment", one.fragment.turn)
            give_up = partial(self._apologise, one=one, turn=turn)
            made += await self._fell_due(turn, partial(self._answer_fragment, one), give_up)
        hour = in_city(now).hour
        quiet = not DAY_BEGINS <= hour < DAY_ENDS
        after: due.Mark | None = None
        while found := await self._database.read(
            partial(due.reminders, now=now, quiet=quiet, after=after, most=_DUE_AT_ONCE)
        ):
            for reminder in found:
                turn = key.turn_of("reminder", reminder.id, reminder.due_at.isoformat())
                made += await self._fell_due(turn, partial(self._answer_reminder, reminder))
            after = (found[-1].due_at, found[-1].id)
        return made

    async def forget(self, channel: str, account: str, sender: str) -> bool:
        """End a visit on a borrowed phone: nothing of it stays. False when there was none."""
        who = Identity(channel, account, sender)
        at = in_city(self._clock())
        gone = await self._database.write(partial(forget_identity, who=who, at=at))
        await self._database.scrub()
        return gone

    def close(self) -> None:
        """Stop the threads that understand texts."""
        self._parsing.shutdown()

    # a message

    async def _take_in(self, incoming: Incoming, turn: str) -> Handled:
        fragment: said.Fragment | None = None
        while True:
            assert not isinstance(incoming.input, Moved)  # noqa: S101
            understanding = await self._understood(incoming.input, fragment)
            try:
                return await self._database.write(
                    partial(
                        self._answer_message,
                        incoming=incoming,
                        turn=turn,
                        understanding=understanding,
                        fragment=fragment,
                    )
                )
            except _FragmentChanged as changed:
                fragment = changed.fragment

    async def _understood(
        self, given: Input, fragment: said.Fragment | None
    ) -> Understanding | None:
        match given:
            case Pressed() | Admitted() | Removed() | Due():
                return None
            case Sent():
                return await self._parsed(given.caption) if given.caption else None
            case Said():
                before = f"{fragment.text} " if fragment else ""
                return await self._parsed(before + given.text)

    async def _parsed(self, text: str) -> Understanding:
        """Mask and read, in a thread of its own: a model must block neither loop nor lock."""
        loop = asyncio.get_running_loop()
        with metrics.PARSE_SECONDS.time():
            return await loop.run_in_executor(self._parsing, self._engine.parse, text)

    def _answer_message(
        self,
        connection: Connection,
        *,
        incoming: Incoming,
        turn: str,
        understanding: Understanding | None,
        fragment: said.Fragment | None,
    ) -> Handled:
        now = in_city(self._clock())
        if not key.take(connection, turn, now):
            metrics.DUPLICATES.labels(incoming.channel).inc()
            stored = outbox.of_turn(connection, turn)
            return Handled(True, tuple(one.id for one in stored), False)
        entered = person.enter(connection, incoming.identity, lasting=incoming.lasting, now=now)
        if entered.messages > MOST_A_MINUTE and not _is_emergency(understanding):
            return self._too_fast(connection, incoming, turn, entered, now)
        here = place.load(connection, entered.learner.id, incoming.address)
        waits = here.held if isinstance(incoming.input, Said) else None
        if waits != (fragment.turn if fragment else None):
            # All is rolled back: the joined text is understood without a lock, then tried again.
            raise _FragmentChanged(said.fragment(connection, waits) if waits else None)
        assert not isinstance(incoming.input, Moved)  # noqa: S101
        call = Call(
            turn=turn,
            address=incoming.address,
            given=incoming.input,
            understanding=understanding,
            at=min(in_city(incoming.at), now),
            now=now,
            lasting=incoming.lasting,
            fragment=fragment,
            group=incoming.group,
        )
        answered = self._answering.answer(connection, call, entered.learner, here)
        return Handled(False, answered.delivery_ids, answered.held, answered.deleted)

    def _too_fast(
        self,
        connection: Connection,
        incoming: Incoming,
        turn: str,
        who: person.Entered,
        now: datetime,
    ) -> Handled:
        """Say once that it is too fast, then be silent until the minute is over."""
        metrics.FLOODED.labels(incoming.channel).inc()
        if who.messages > MOST_A_MINUTE + 1:
            return Handled(False, (), False)
        _log.warning("turn.too_fast", turn=turn, channel=incoming.channel)
        reply = self._answering.own("trouble.too_fast", who.learner)
        queue = partial(outbox.enqueue, connection, turn, incoming.address, who.learner.id)
        return Handled(False, queue([reply], now=now), False)

    # what fell due

    async def _fell_due(
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
            await self._database.write(partial(self._set_aside_due, turn=turn, give_up=give_up))
            return 0
        return 1

    async def _answer_fragment(self, one: said.Overdue, turn: str) -> None:
        understanding = await self._parsed(one.fragment.text)

        def work(connection: Connection) -> None:
            now = in_city(self._clock())
            learner = _begin_due(connection, turn, one.learner, now)
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

    async def _answer_reminder(self, one: due.DueReminder, turn: str) -> None:
        def work(connection: Connection) -> None:
            now = in_city(self._clock())
            learner = _begin_due(connection, turn, one.learner, now)
            reminder = snapshot.reminder_of(connection, one.id, learner.id)
            address = place.last(connection, learner.id)
            if reminder is None or reminder.due_at != one.due_at or address is None:
                raise _Gone
            call = Call(
                turn=turn,
                address=address,
                given=Due(what=reminder),
                understanding=None,
                at=min(reminder.due_at, now),
                now=now,
                lasting=True,
            )
            self._answering.answer(
                connection, call, learner, place.load(connection, learner.id, address)
            )

        await self._database.write(work)

    def _set_aside_due(
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

    # faults

    async def _failed(self, incoming: Incoming, turn: str, error: Exception) -> Handled:
        _log.error("turn.failed", turn=turn, channel=incoming.channel, **log.fault(error))
        metrics.FAULTS.labels(incoming.channel, type(error).__name__).inc()
        try:
            handled = await self._database.write(
                partial(self._set_aside, incoming=incoming, turn=turn)
            )
        except Exception as again:
            raise TurnFailedError(turn) from again
        if handled is None:
            raise TurnFailedError(turn) from error
        return handled

    def _set_aside(
        self, connection: Connection, *, incoming: Incoming, turn: str
    ) -> Handled | None:
        """Count the fault; after the last one answer with one sentence. None: try again."""
        now = in_city(self._clock())
        if key.failed(connection, turn, now) < MOST_FAULTS:
            return None
        if not key.take(connection, turn, now):
            stored = outbox.of_turn(connection, turn)
            return Handled(True, tuple(one.id for one in stored), False)
        metrics.SET_ASIDE.labels(incoming.channel).inc()
        _log.error("turn.set_aside", turn=turn, channel=incoming.channel)
        learner_id = person.active(connection, incoming.identity)
        reply = self._answering.own("trouble.ours", None)
        queue = partial(outbox.enqueue, connection, turn, incoming.address, learner_id)
        return Handled(False, queue([reply], now=now), False)


def _is_emergency(understanding: Understanding | None) -> bool:
    return understanding is not None and bool(understanding.danger or understanding.scam)


def _begin_due(connection: Connection, turn: str, learner_id: str, now: datetime) -> Learner:
    """Take the key and lock the learner. Raises _Gone when somebody else was quicker."""
    learner = person.locked(connection, learner_id) if key.take(connection, turn, now) else None
    if learner is None:
        raise _Gone
    return learner
