"""One turn inside its transaction: everything a flow may know is loaded, what it decided is stored.

What a flow may not know (clock, chance, ids) is drawn by the shell and handed over in the Turn. The
learner's row is locked before this begins, and whoever called commits.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.channels.incoming import Address, InGroup
from bot.clock import CITY
from bot.storage import group, outbox, outgoing, person, place, said, snapshot, ticket, withdrawn
from bot.storage.account import MonthlyQuotas
from bot.storage.apply import apply_all
from flows import base32
from flows.ageing import as_of
from flows.content import Content
from flows.dialog import HowtoOpen, Learner
from flows.events import DataDeleted, TicketTaken
from flows.interpret import expects_secret, interpret
from flows.needs import needs
from flows.replies import Act, Reply
from flows.respond import respond
from flows.snapshots import Snapshots, Standing
from flows.turn import Chat, Due, Input, Interpretation, Outcome, Said, Sent, TicketOffered, Turn
from nlu.mask import expecting_secret
from nlu.understanding import Understanding

HOLD = timedelta(seconds=4)
"""How long a fragment waits for its sentence (DESIGN, one message's way, 5)."""

_CODES = 4
_PUSHES: dict[str, Literal["message", "page", "none"]] = {"web": "page", "console": "page"}
"""Channels that show something unasked only while they are open; the others send a message."""

_ABOUT_A_TOPIC = ("howto.open", "quiz.start")
"""Acts whose argument is a topic; that of others may be a word of the person."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
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
    group: InGroup | None = None
    """Where it was said; None in a private chat."""

    @property
    def chat(self) -> Address:
        """The chat as a whole: a group's own address, also where it was said in one topic of it."""
        return self.address if self.group is None else self.address._replace(chat=self.group.chat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a turn came to."""

    delivery_ids: tuple[int, ...]
    held: bool
    deleted: bool
    """The person was forgotten: the raw files are to be scrubbed after the commit."""


Watch = Callable[[str, Turn, Outcome], None]
"""Told of every turn, once it is written: its name, what went in, what came out."""


def unwatched(_name: str, _turn: Turn, _outcome: Outcome) -> None:
    """Nobody looks."""


class Answering:
    """Answers turns with this content, in the name of this operator."""

    def __init__(
        self, operator: str, content: Content, quotas: MonthlyQuotas, watch: Watch
    ) -> None:
        self._operator = operator
        self._content = content
        self._quotas = quotas
        self._watch = watch
        self._today: tuple[date, Content] = (date.min, content)
        self._current: tuple[tuple[date, place.Stamp], Content] = ((date.min, (0, None)), content)

    def use(self, content: Content) -> None:
        """Answer with this content from the next turn on."""
        self._content = content
        self._today = (date.min, content)
        self._current = ((date.min, (0, None)), content)

    def taught(self, connection: Connection, now: datetime) -> Content:
        """What may be said now, without what was withdrawn by hand or has grown old."""
        return self._taught(connection, place.stamp(connection), now)

    def answer(
        self, connection: Connection, call: Call, learner: Learner, here: place.Place
    ) -> Answered:
        """Answer what was called for, by a learner whose row is locked, where she stands."""
        content = self._taught(connection, here.withdrawn, call.now)
        call = _with_secrets_masked(call, here, content)
        chat = _chat(connection, call)
        standing = _standing(call, here)
        meant = interpret(
            call.given,
            call.understanding,
            here.dialog,
            content,
            chat=chat,
            standing=standing,
            at=call.at,
            may_hold=call.may_hold and call.group is None,
        )
        turn = Turn(
            input=call.given,
            understanding=call.understanding,
            interpretation=meant,
            learner=learner,
            dialog=here.dialog,
            chat=chat,
            standing=standing,
            snapshots=self._snapshots(connection, call, learner.id, meant, here),
            content=content,
            operator=self._operator,
            at=call.at,
            now=call.now,
            seed=int(call.turn[:12], 16),
            fresh_codes=tuple(_fresh_code() for _ in range(_CODES)),
        )
        outcome = respond(turn)
        uncertain = here.uncertain if call.group is None else 0
        answered = self._store(connection, call, turn, outcome, uncertain=uncertain)
        self._watch(call.turn, turn, outcome)
        metrics.TURNS.labels(call.address.channel, meant.act.name).inc()
        _log.info(
            "turn.answered",
            turn=call.turn,
            channel=call.address.channel,
            act=meant.act.name,
            topic=meant.act.arg if meant.act.name in _ABOUT_A_TOPIC else None,
            p=round(meant.p, 2),
            replies=len(outcome.replies),
            held=outcome.held,
        )
        return answered

    def _snapshots(
        self,
        connection: Connection,
        call: Call,
        learner_id: str,
        meant: Interpretation,
        here: place.Place,
    ) -> Snapshots:
        wanted = snapshot.Wanted(
            needs=needs(meant, here.dialog),
            address=call.address,
            code=meant.act.arg,
            now=call.now,
            quotas=self._quotas,
        )
        return snapshot.load(connection, learner_id, wanted)

    def _store(
        self, connection: Connection, call: Call, turn: Turn, outcome: Outcome, *, uncertain: int
    ) -> Answered:
        """Write all of the outcome; after a deletion nothing but its confirmation, until sent."""
        learner_id = turn.learner.id
        deleted = any(isinstance(event, DataDeleted) for event in outcome.events)
        messages = outgoing.bound(connection, outcome.messages, call.turn)
        if not deleted:
            _keep(connection, call, turn, outcome)
        apply_all(connection, call.turn, learner_id, call.chat, outcome.events, at=call.now)
        if call.group is not None:
            group.name(connection, call.chat, call.group.title, call.group.size)
        whose = _whose(connection, turn, outcome)
        shown = [(reply, None if deleted else whose) for reply in outcome.replies]
        if uncertain and shown and not deleted:
            shown = [*self._once_more(connection, call, outcome), *shown]
        ids: tuple[int, ...] = ()
        for number, (reply, words_of) in enumerate(shown):
            ids += outbox.enqueue(
                connection,
                call.turn,
                call.address,
                words_of,
                [reply],
                now=call.now,
                kind=_kind(turn.interpretation.act, outcome),
                first=number,
                to_group=call.group is not None,
                fleeting=deleted,
            )
        forgotten = learner_id if deleted else None
        outgoing.enqueue(connection, call.turn, messages, now=call.now, deleted=forgotten)
        return Answered(delivery_ids=ids, held=outcome.held, deleted=deleted)

    def _once_more(
        self, connection: Connection, call: Call, outcome: Outcome
    ) -> list[tuple[Reply, str]]:
        """Show what may not have arrived, without choices that are no longer open."""
        learner_id = outcome.learner.id
        shown = [(self.own("trouble.maybe_unseen", outcome.learner), learner_id)]
        open_list = outcome.dialog.choices.asking if outcome.dialog.choices else None
        for reply, words_of in outbox.uncertain(connection, call.address, now=call.now):
            still_open = reply.choices is not None and reply.choices.asking == open_list
            again = reply if still_open else replace(reply, choices=None)
            shown.append((again, words_of or learner_id))
        return shown

    def _taught(self, connection: Connection, stamp: place.Stamp, now: datetime) -> Content:
        """Made anew when the day changed or something was withdrawn or restored."""
        day = now.astimezone(CITY).date()
        known, content = self._current
        if (day, stamp) != known:
            if self._today[0] != day:
                self._today = (day, as_of(self._content, day))
            today = self._today[1]
            content = replace(today, withdrawn=today.withdrawn | withdrawn.slugs(connection))
            self._current = ((day, stamp), content)
        return content

    def own(self, sentence: str, learner: Learner | None, **values: object) -> Reply:
        """A sentence of the shell itself."""
        language = learner.language if learner else "vi"
        you = (learner and learner.you) or self._content.sentence(language, "person.you")
        return Reply(text=self._content.sentence(language, sentence, you=you, **values))


def _with_secrets_masked(call: Call, here: place.Place, content: Content) -> Call:
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


def _keep(connection: Connection, call: Call, turn: Turn, outcome: Outcome) -> None:
    """Store what the person said and what is open now; of a group's talk no word."""
    learner_id = turn.learner.id
    if call.group is None:
        _keep_text(connection, call, learner_id, held=outcome.held)
    if outcome.learner != turn.learner:
        person.save(connection, outcome.learner)
    in_group = call.group is not None
    place.save(connection, learner_id, call.address, outcome.dialog, in_group=in_group, at=call.now)


def _keep_text(connection: Connection, call: Call, learner_id: str, *, held: bool) -> None:
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


def _chat(connection: Connection, call: Call) -> Chat:
    pushes = _PUSHES.get(call.address.channel, "message") if call.lasting else "none"
    if call.group is None:
        return Chat(channel=call.address.channel, lasting=call.lasting, pushes=pushes)
    return Chat(
        channel=call.address.channel,
        kind="group",
        title=call.group.title,
        linked=group.is_linked(connection, call.chat),
        met=group.is_met(connection, call.chat),
        lasting=call.lasting,
        pushes=pushes,
    )


def _standing(call: Call, here: place.Place) -> Standing:
    """In a group nobody's words go to who asked for help: they are for the group."""
    return here.standing if call.group is None else replace(here.standing, answers=None)


def _whose(connection: Connection, turn: Turn, outcome: Outcome) -> str:
    """Whose words the replies repeat: of a help request, those of who asked."""
    tickets = [event.ticket for event in outcome.events if isinstance(event, TicketTaken)]
    if isinstance(turn.input, Due) and isinstance(turn.input.what, TicketOffered):
        tickets = [turn.input.what.ticket.id]
    asker = ticket.asker(connection, tickets[0]) if tickets else None
    return asker or turn.learner.id


def _kind(act: Act, outcome: Outcome) -> str:
    """What the replies are, by how much they matter when a quota runs out (`tables.KINDS`)."""
    if act.name == "due.reminder":
        return "reminder"
    if act.name in ("due.group", "due.campaign"):
        return "alert"
    if act.name.startswith(("ticket.", "due.ticket")):
        return "staff"
    return "guide" if isinstance(outcome.dialog.open, HowtoOpen) else "reply"


def _fresh_code() -> str:
    """Ten characters of Crockford's base32: 50 bits, nobody guesses or mistypes one."""
    drawn = secrets.randbits(5 * base32.LENGTH)
    return "".join(base32.ALPHABET[drawn >> 5 * position & 31] for position in range(base32.LENGTH))
