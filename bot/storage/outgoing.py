"""Messages to other chats than that of the turn: where they go, and whose words they repeat.

    to the asker, to the helper   by the ticket; whoever speaks, the words go with the asker
    to a learner                  her private chat, seen last
    to a group                    the group itself

What cannot be resolved (the person is gone, the bot has left the group) is dropped and logged. The
rows are named apart from the replies of their turn: a repeated update is answered with those alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

import structlog
from sqlalchemy import Connection, insert, select

from bot.channels.incoming import Address
from bot.storage import document, place
from bot.storage.tables import chat_group, delivery, help_request
from flows.turn import Outgoing, ToAsker, ToGroup, ToHelper, ToLearner

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A message with its way."""

    message: Outgoing
    address: Address
    learner: str | None
    """Whose words it repeats, or whom they answer: it is deleted with her."""
    kind: str
    """One of `tables.KINDS`."""
    answers: str | None = None
    """The help request to which a volunteer's words are the answer."""
    author: str | None = None
    """That volunteer."""


def bound(connection: Connection, messages: Sequence[Outgoing], turn: str) -> tuple[Bound, ...]:
    """Find out where these go, as things stand before the events of their turn are written."""
    found: list[Bound] = []
    for message in messages:
        resolved = _resolved(connection, message)
        if resolved is None:
            _log.warning("delivery.no_chat", turn=turn, to=type(message.to).__name__)
        else:
            found.append(resolved)
    return tuple(found)


def enqueue(
    connection: Connection,
    turn: str,
    messages: Sequence[Bound],
    *,
    now: datetime,
    deleted: str | None = None,
) -> None:
    """Queue them. `deleted`: this person was forgotten in this turn; her rows go once sent."""
    for number, one in enumerate(messages):
        due_at = one.message.due_at
        fleeting = deleted is not None and one.learner == deleted
        connection.execute(
            insert(delivery),
            {
                "turn": f"{turn}/out",
                "number": number,
                "learner": None if fleeting else one.learner,
                **one.address._asdict(),
                "reply": document.replies.dump_json(one.message.reply).decode(),
                "emergency": False,
                "kind": one.kind,
                "to_group": isinstance(one.message.to, ToGroup),
                "campaign": one.message.campaign,
                "answers": one.answers,
                "author": one.author,
                "fleeting": fleeting,
                "state": "queued",
                "attempts": 0,
                "queued_at": due_at or now,
                "again_at": due_at,
            },
        )


def _resolved(connection: Connection, message: Outgoing) -> Bound | None:
    match message.to:
        case ToAsker():
            return _to_asker(connection, message, message.to)
        case ToHelper(ticket=ticket):
            address, learner_id = _helper(connection, ticket)
            kind = "staff"
        case ToLearner(learner=learner_id):
            address = place.last(connection, learner_id)
            kind = "tip" if message.campaign else "alert"
        case ToGroup(group=group):
            address, learner_id = _group(connection, group), None
            kind = "tip" if message.campaign else "alert"
        case _:
            assert_never(message.to)
    if address is None:
        return None
    return Bound(message=message, address=address, learner=learner_id, kind=kind)


def _to_asker(connection: Connection, message: Outgoing, to: ToAsker) -> Bound | None:
    row = connection.execute(
        select(
            help_request.c.channel,
            help_request.c.account,
            help_request.c.chat,
            help_request.c.learner,
            help_request.c.helper,
        ).where(help_request.c.ticket == to.ticket, help_request.c.chat.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    return Bound(
        message=message,
        address=Address(*row[:3]),
        learner=row.learner,
        kind="staff",
        answers=to.ticket if to.answer else None,
        author=row.helper if to.answer else None,
    )


def _helper(connection: Connection, ticket: str) -> tuple[Address | None, str | None]:
    row = connection.execute(
        select(help_request.c.helper, help_request.c.learner).where(
            help_request.c.ticket == ticket, help_request.c.helper.is_not(None)
        )
    ).one_or_none()
    return (None, None) if row is None else (place.last(connection, row.helper), row.learner)


def _group(connection: Connection, group: str) -> Address | None:
    row = connection.execute(
        select(chat_group.c.channel, chat_group.c.account, chat_group.c.chat).where(
            chat_group.c.id == group, chat_group.c.state != "left"
        )
    ).one_or_none()
    return None if row is None else Address(*row)
