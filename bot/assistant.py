"""The one function that every channel calls: what came in is answered, stored and queued.

    handle(incoming)   mask and understand -> one transaction -> Handled; sending comes later
    fall_due(now)      the same for what nobody's message began (`bot/falling_due.py`)
    forget(...)        the end of a visit on a borrowed phone

The transaction is all or nothing: the update's key first (a duplicate ends there), then the
learner locked, then the turn itself (`bot/turn.py`).
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from bot import log, metrics
from bot.channels import capability
from bot.channels.incoming import Identity, Incoming, Moved
from bot.clock import in_city
from bot.config import Settings
from bot.falling_due import MOST_FAULTS, FallingDue
from bot.storage import group, key, outbox, person, place, said
from bot.storage.database import Database
from bot.storage.forget import forget_identity
from bot.turn import Answering, Call, Watch, unwatched
from flows.content import Content
from flows.replies import Reply
from flows.turn import Admitted, Due, Input, Pressed, Removed, Said, Sent
from nlu.engine import Engine
from nlu.understanding import Understanding

MOST_A_MINUTE = 30
"""Messages of one person that are answered in a minute. Nobody reads answers faster than one in
two seconds; a stuck key or a script does not read at all."""
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


class Assistant:
    """Answers updates of every channel."""

    def __init__(
        self,
        settings: Settings,
        content: Content,
        engine: Engine,
        database: Database,
        clock: Callable[[], datetime],
        watch: Watch = unwatched,
    ) -> None:
        self._channels = capability.load(settings.data_dir)
        quotas = {name: one.quota.messages_a_month for name, one in self._channels.items()}
        self._answering = Answering(settings.operator_name, content, quotas, watch)
        self._engine = engine
        self._database = database
        self._clock = clock
        self._parsing = ThreadPoolExecutor(settings.parse_threads, thread_name_prefix="parse")
        self._falling_due = FallingDue(self._answering, database, clock, self._parsed)
        self._base_url = settings.base_url

    async def handle(self, incoming: Incoming) -> Handled:
        """Answer one update; its replies are queued when this returns, not sent.

        Raises TurnFailedError after a fault of ours, until the update has failed three times.
        """
        turn = key.turn_of(incoming.channel, incoming.account, incoming.update_id)
        begun = time.perf_counter()
        try:
            if isinstance(incoming.input, Moved):
                return await self._database.write(partial(self._move, incoming, turn))
            handled = await self._take_in(incoming, incoming.input, turn)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets an answer
            return await self._failed(incoming, turn, error)
        if handled.forgotten:
            await self._database.scrub()
        metrics.TURN_SECONDS.observe(time.perf_counter() - begun)
        return handled

    def use(self, content: Content) -> None:
        """Teach this content from now on; who is in the middle of a lesson keeps her place."""
        self._answering.use(content)

    async def taught(self) -> Content:
        """What may be said now, without what was withdrawn by hand or has grown old."""
        return await self._database.read(partial(self._answering.taught, now=self._clock()))

    async def fall_due(self, now: datetime) -> int:
        """Make turns of what is due; how many."""
        return await self._falling_due.make_turns(now)

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

    async def _take_in(self, incoming: Incoming, given: Input, turn: str) -> Handled:
        fragment: said.Fragment | None = None
        while True:
            understanding = await self._understood(given, fragment)
            try:
                return await self._database.write(
                    partial(
                        self._answer_message,
                        incoming=incoming,
                        given=given,
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
        given: Input,
        turn: str,
        understanding: Understanding | None,
        fragment: said.Fragment | None,
    ) -> Handled:
        now = in_city(self._clock())
        if not key.take(connection, turn, now):
            metrics.DUPLICATES.labels(incoming.channel).inc()
            stored = outbox.of_turn(connection, turn)
            return Handled(True, tuple(one.id for one in stored), False)
        if self._is_full(connection, incoming.identity):
            return self._no_room(connection, incoming, turn, understanding, now)
        entered = person.enter(connection, incoming.identity, lasting=incoming.lasting, now=now)
        if entered.messages > MOST_A_MINUTE and not _is_emergency(understanding):
            return self._too_fast(connection, incoming, turn, entered, now)
        here = place.load(connection, entered.learner.id, incoming.address)
        waits = here.held if isinstance(given, Said) else None
        if waits != (fragment.turn if fragment else None):
            # All is rolled back: the joined text is understood without a lock, then tried again.
            raise _FragmentChanged(said.fragment(connection, waits) if waits else None)
        call = Call(
            turn=turn,
            address=incoming.address,
            given=given,
            understanding=understanding,
            at=min(in_city(incoming.at), now),
            now=now,
            lasting=incoming.lasting,
            fragment=fragment,
            group=incoming.group,
        )
        answered = self._answering.answer(connection, call, entered.learner, here)
        return Handled(False, answered.delivery_ids, answered.held, answered.deleted)

    def _move(self, incoming: Incoming, turn: str, connection: Connection) -> Handled:
        """The group has another id now: no turn, and nothing to say."""
        assert isinstance(incoming.input, Moved)  # noqa: S101
        fresh = key.take(connection, turn, in_city(self._clock()))
        if fresh:
            group.moved(connection, incoming.address, incoming.input.chat)
        return Handled(not fresh, (), False)

    def _is_full(self, connection: Connection, who: Identity) -> bool:
        """Whether this is a new person on an account that may serve only so many."""
        channel = self._channels.get(who.channel)
        users = channel.quota.users if channel is not None else None
        if users is None or person.active(connection, who) is not None:
            return False
        return person.count(connection, who.channel, who.account) >= users

    def _no_room(
        self,
        connection: Connection,
        incoming: Incoming,
        turn: str,
        understanding: Understanding | None,
        now: datetime,
    ) -> Handled:
        """The way to the web page once a day, or an emergency's card; nothing else is kept."""
        _log.warning("turn.no_room", turn=turn, channel=incoming.channel)
        card = _card(understanding)
        today = key.turn_of("full", *incoming.identity, now.date().isoformat())
        if card is None and not key.take(connection, today, now):
            return Handled(False, (), False)  # the plan counts messages
        reply = self._answering.own(card or "platform.full", None, link=self._base_url)
        reply = replace(reply, emergency=card is not None)
        return _only(connection, incoming, turn, None, reply, now)

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
        return _only(connection, incoming, turn, who.learner.id, reply, now)

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
        if not isinstance(incoming.input, Said | Pressed | Sent):
            return Handled(False, (), False)  # nobody waits for an answer
        learner_id = person.active(connection, incoming.identity)
        reply = self._answering.own("trouble.ours", None)
        return _only(connection, incoming, turn, learner_id, reply, now)


def _only(
    connection: Connection,
    incoming: Incoming,
    turn: str,
    learner_id: str | None,
    reply: Reply,
    now: datetime,
) -> Handled:
    """Answer with one sentence of the shell; a row that belongs to nobody goes once it is sent."""
    ids = outbox.enqueue(
        connection,
        turn,
        incoming.address,
        learner_id,
        [reply],
        now=now,
        to_group=incoming.group is not None,
        fleeting=learner_id is None,
    )
    return Handled(False, ids, False)


def _is_emergency(understanding: Understanding | None) -> bool:
    return _card(understanding) is not None


def _card(understanding: Understanding | None) -> str | None:
    """The emergency card that the words call for: danger goes before a scam."""
    if understanding is None:
        return None
    if understanding.danger is not None:
        return f"emergency.danger_{understanding.danger}"
    return f"emergency.scam_{understanding.scam}" if understanding.scam is not None else None
