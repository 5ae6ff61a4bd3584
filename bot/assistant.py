"""The one function that every channel calls: what came in is answered, stored and queued.

    handle(incoming)   mask and understand -> one transaction -> Handled; sending comes later
    fall_due(now)      the same for what nobody's message began: fragments and reminders
    forget(...)        the end of a visit on a borrowed phone

The transaction is all or nothing: the update's key first (a duplicate ends there), learner locked,
dialog, `flows.respond`, events, state, outbox. What a flow may not know (clock, chance, ids) is
drawn here and handed over in the Turn.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import structlog
from sqlalchemy import Connection

from bot import log, metrics
from bot.channels.incoming import Address, Identity, Incoming
from bot.clock import in_city
from bot.config import Settings
from bot.storage import due, key, outbox, person, place, said, snapshot, withdrawn
from bot.storage.apply import apply_all
from bot.storage.database import Database
from bot.storage.forget import forget_identity
from flows.content import Content
from flows.dialog import Learner
from flows.events import DataDeleted
from flows.interpret import expects_secret, interpret, needs
from flows.replies import Reply
from flows.respond import respond
from flows.turn import Chat, Due, Input, Outcome, Pressed, Said, Sent, Turn
from nlu.engine import Engine
from nlu.mask import expecting_secret
from nlu.understanding import Understanding

LONGEST_TEXT = 6_000
"""Characters that are kept of one message: as many as the engine reads for meaning."""
HOLD = timedelta(seconds=4)
"""How long a fragment waits for its sentence (DESIGN, one message's way, 5)."""
MOST_A_MINUTE = 30
"""Messages of one person that are answered in a minute. Nobody reads answers faster than one in
two seconds; a stuck key or a script does not read at all."""
MOST_FAULTS = 3
"""So often an update is tried; then it is set aside with one sentence."""
DAY_BEGINS, DAY_ENDS = 7, 21
"""Hours of the city between which something unasked may arrive, unless its hour was chosen."""

_DUE_AT_ONCE = 100
_CODES = 4
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 10
_PUSHES: dict[str, Literal["message", "page", "none"]] = {"web": "page", "console": "page"}
"""Channels that show something unasked only while they are open; the others send a message."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """What begins a turn."""

    turn: str
    address: Address
    given: Input
    understanding: Understanding | None
    at: datetime
    now: datetime
    lasting: bool
    fragment: said.Fragment | None = None
    """What had waited and is answered now."""
    may_hold: bool = True


@dataclass(frozen=True, slots=True)
class _Answered:
    handled: Handled
    deleted: bool = False


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
        self._operator = settings.operator_name
        self._content = content
        self._engine = engine
        self._database = database
        self._clock = clock
        self._parsing = ThreadPoolExecutor(settings.parse_threads, thread_name_prefix="parse")
        self._withdrawn: tuple[place.Stamp, Content] = ((0, None), content)

    async def handle(self, incoming: Incoming) -> Handled:
        """Answer one update; its replies are queued when this returns, not sent.

        Raises TurnFailedError after a fault of ours, until the update has failed three times.
        """
        turn = key.turn_of(incoming.channel, incoming.account, incoming.update_id)
        begun = time.perf_counter()
        try:
            answered = await self._take_in(incoming, turn)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets an answer
            return await self._failed(incoming, turn, error)
        if answered.deleted:
            await self._database.scrub()
        metrics.TURN_SECONDS.observe(time.perf_counter() - begun)
        return answered.handled

    async def fall_due(self, now: datetime) -> int:
        """Make turns of the fragments and reminders that are due; how many."""
        made = 0
        for one in await self._database.read(partial(said.overdue, now=now)):
            made += await self._fell_due(
                key.turn_of("fragment", one.fragment.turn), partial(self._answer_fragment, one)
            )
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

    async def _take_in(self, incoming: Incoming, turn: str) -> _Answered:
        fragment: said.Fragment | None = None
        while True:
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
        self, given: Said | Pressed | Sent, fragment: said.Fragment | None
    ) -> Understanding | None:
        match given:
            case Pressed():
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
            return await loop.run_in_executor(self._parsing, self._engine.parse, _cut(text))

    def _answer_message(
        self,
        connection: Connection,
        *,
        incoming: Incoming,
        turn: str,
        understanding: Understanding | None,
        fragment: said.Fragment | None,
    ) -> _Answered:
        now = in_city(self._clock())
        if not key.take(connection, turn, now):
            metrics.DUPLICATES.labels(incoming.channel).inc()
            stored = outbox.of_turn(connection, turn)
            return _Answered(Handled(True, tuple(one.id for one in stored), False))
        entered = person.enter(connection, incoming.identity, lasting=incoming.lasting, now=now)
        if entered.messages > MOST_A_MINUTE and not _is_emergency(understanding):
            return _Answered(self._too_fast(connection, incoming, turn, entered, now))
        here = place.load(connection, entered.learner.id, incoming.address)
        waits = here.held if isinstance(incoming.input, Said) else None
        if waits != (fragment.turn if fragment else None):
            # All is rolled back: the joined text is understood without a lock, then tried again.
            raise _FragmentChanged(said.fragment(connection, waits) if waits else None)
        call = _Call(
            turn=turn,
            address=incoming.address,
            given=incoming.input,
            understanding=understanding,
            at=min(in_city(incoming.at), now),
            now=now,
            lasting=incoming.lasting,
            fragment=fragment,
        )
        return self._answer(connection, call, entered.learner, here)

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
        reply = self._own("trouble.too_fast", who.learner)
        queue = partial(outbox.enqueue, connection, turn, incoming.address, who.learner.id)
        return Handled(False, queue([reply], now=now), False)

    # what fell due

    async def _fell_due(self, turn: str, answer: Callable[[str], Awaitable[None]]) -> int:
        try:
            await answer(turn)
        except _Gone:
            return 0
        except Exception as error:  # noqa: BLE001 - one that fails must not stop the others
            _log.error("turn.failed", turn=turn, channel="due", **log.fault(error))
            metrics.FAULTS.labels("due", type(error).__name__).inc()
            await self._database.write(partial(self._set_aside_due, turn=turn))
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
            call = _Call(
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
            self._answer(connection, call, learner, here)

        await self._database.write(work)

    async def _answer_reminder(self, one: due.DueReminder, turn: str) -> None:
        def work(connection: Connection) -> None:
            now = in_city(self._clock())
            learner = _begin_due(connection, turn, one.learner, now)
            reminder = snapshot.reminder_of(connection, one.id, learner.id)
            address = place.last(connection, learner.id)
            if reminder is None or reminder.due_at != one.due_at or address is None:
                raise _Gone
            call = _Call(
                turn=turn,
                address=address,
                given=Due(reminder=reminder),
                understanding=None,
                at=min(reminder.due_at, now),
                now=now,
                lasting=True,
            )
            self._answer(connection, call, learner, place.load(connection, learner.id, address))

        await self._database.write(work)

    def _set_aside_due(self, connection: Connection, *, turn: str) -> None:
        """After three faults leave it: it stays in the person's list, and the log names it."""
        now = in_city(self._clock())
        if key.failed(connection, turn, now) >= MOST_FAULTS and key.take(connection, turn, now):
            metrics.SET_ASIDE.labels("due").inc()
            _log.error("turn.set_aside", turn=turn, channel="due")

    # the turn itself

    def _answer(
        self, connection: Connection, call: _Call, learner: Learner, here: place.Place
    ) -> _Answered:
        content = self._current(connection, here.withdrawn)
        call = _with_secrets_masked(call, here, content)
        meant = interpret(
            call.given,
            call.understanding,
            here.dialog,
            content,
            at=call.at,
            may_hold=call.may_hold,
        )
        turn = Turn(
            input=call.given,
            understanding=call.understanding,
            interpretation=meant,
            learner=learner,
            dialog=here.dialog,
            chat=_chat(call),
            snapshots=snapshot.load(connection, learner.id, needs(meant, here.dialog)),
            content=content,
            operator=self._operator,
            at=call.at,
            now=call.now,
            seed=int(call.turn[:12], 16),
            fresh_codes=tuple(_fresh_code() for _ in range(_CODES)),
        )
        outcome = respond(turn)
        answered = self._store(connection, call, turn, outcome, uncertain=here.uncertain)
        metrics.TURNS.labels(call.address.channel, meant.act.name).inc()
        _log.info(
            "turn.answered",
            turn=call.turn,
            channel=call.address.channel,
            act=meant.act.name,
            p=round(meant.p, 2),
            replies=len(outcome.replies),
            held=outcome.held,
        )
        return answered

    def _store(
        self, connection: Connection, call: _Call, turn: Turn, outcome: Outcome, *, uncertain: int
    ) -> _Answered:
        """Write all of the outcome; after a deletion nothing but its confirmation, until sent."""
        learner_id = turn.learner.id
        deleted = any(isinstance(event, DataDeleted) for event in outcome.events)
        if not deleted:
            _keep_text(connection, call, learner_id, held=outcome.held)
            if outcome.learner != turn.learner:
                person.save(connection, outcome.learner)
            place.save(connection, learner_id, call.address, outcome.dialog, at=call.now)
        apply_all(connection, call.turn, learner_id, outcome.events, at=call.now)
        replies = outcome.replies
        if uncertain and replies and not deleted:
            replies = (*self._once_more(connection, call, outcome), *replies)
        ids = outbox.enqueue(
            connection,
            call.turn,
            call.address,
            None if deleted else learner_id,
            replies,
            now=call.now,
            fleeting=deleted,
        )
        return _Answered(Handled(False, ids, outcome.held), deleted)

    def _once_more(
        self, connection: Connection, call: _Call, outcome: Outcome
    ) -> tuple[Reply, ...]:
        """Show what may not have arrived, without choices that are no longer open."""
        unseen = outbox.uncertain(connection, call.address, now=call.now)
        open_list = outcome.dialog.choices.asking if outcome.dialog.choices else None
        return (
            self._own("trouble.maybe_unseen", outcome.learner),
            *(
                reply
                if reply.choices is not None and reply.choices.asking == open_list
                else replace(reply, choices=None)
                for reply in unseen
            ),
        )

    def _current(self, connection: Connection, stamp: place.Stamp) -> Content:
        """The content without what is withdrawn, read anew when that changed."""
        known, content = self._withdrawn
        if stamp != known:
            content = replace(self._content, withdrawn=withdrawn.slugs(connection))
            self._withdrawn = (stamp, content)
        return content

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
        reply = self._own("trouble.ours", None)
        queue = partial(outbox.enqueue, connection, turn, incoming.address, learner_id)
        return Handled(False, queue([reply], now=now), False)

    def _own(self, sentence: str, learner: Learner | None) -> Reply:
        """A sentence of the shell itself."""
        language = learner.language if learner else "vi"
        you = (learner and learner.you) or self._content.sentence(language, "person.you")
        return Reply(text=self._content.sentence(language, sentence, you=you))


def _cut(text: str) -> str:
    """At most LONGEST_TEXT characters, whole words, and no half of a number at the end."""
    if len(text) <= LONGEST_TEXT:
        return text
    head = text[:LONGEST_TEXT].rsplit(maxsplit=1)[0]
    return head.rstrip("0123456789 .-")


def _is_emergency(understanding: Understanding | None) -> bool:
    return understanding is not None and bool(understanding.danger or understanding.scam)


def _begin_due(connection: Connection, turn: str, learner_id: str, now: datetime) -> Learner:
    """Take the key and lock the learner. Raises _Gone when somebody else was quicker."""
    learner = person.locked(connection, learner_id) if key.take(connection, turn, now) else None
    if learner is None:
        raise _Gone
    return learner


def _with_secrets_masked(call: _Call, here: place.Place, content: Content) -> _Call:
    """The call as the flows and the tables may see it: its words replaced by the masked ones."""
    understanding = call.understanding
    if understanding is None:
        return call
    if expects_secret(here.dialog, content):
        understanding = expecting_secret(understanding)
    match call.given:
        case Said():
            given = Said(text=understanding.text)
        case Sent():
            given = replace(call.given, caption=understanding.text)
        case _:
            given = call.given
    return replace(call, given=given, understanding=understanding)


def _keep_text(connection: Connection, call: _Call, learner_id: str, *, held: bool) -> None:
    if not call.may_hold and call.fragment is not None:
        said.release(connection, call.fragment.turn)
        return
    match call.given:
        case Said(text=text) | Sent(caption=text) if text:
            if call.fragment is not None:
                said.drop(connection, call.fragment.turn)
            said.keep(
                connection,
                call.turn,
                learner_id,
                call.address,
                text,
                at=call.at,
                hold_until=call.at + HOLD if held else None,
            )
        case _:
            pass


def _chat(call: _Call) -> Chat:
    pushes = _PUSHES.get(call.address.channel, "message") if call.lasting else "none"
    return Chat(channel=call.address.channel, lasting=call.lasting, pushes=pushes)


def _fresh_code() -> str:
    """Ten characters of Crockford's base32: 50 bits, nobody guesses or mistypes one."""
    drawn = secrets.randbits(5 * _CODE_LENGTH)
    return "".join(_CROCKFORD[drawn >> 5 * position & 31] for position in range(_CODE_LENGTH))
