"""Forgetting a person, or what rested on one agreement. Law 91/2025/QH15; DESIGN «Privacy».

After a person asked to be forgotten there remain: counts that name nobody, the record's code
without name or holder (its page says that its holder deleted it), update keys (hashes, no text)
and one line that a deletion took place. That line holds a hash of the learner's random id, which
by then leads nowhere; a restored backup is cleaned with it (`forget_again`).
"""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, exists, or_, select, update
from sqlalchemy.sql import ColumnElement

from bot.channels.incoming import Identity
from bot.storage import ticket
from bot.storage.database import insert
from bot.storage.tables import (
    answer,
    campaign,
    chat_group,
    consent,
    credential,
    deletion,
    delivery,
    dialog,
    event,
    identity,
    learner,
    quiz_result,
    reminder,
    role,
    ticket_offer,
    utterance,
)
from flows.events import ConsentPurpose

_OF_A_PERSON = (
    identity,
    utterance,
    answer,
    quiz_result,
    reminder,
    consent,
    role,
    ticket_offer,
    event,
    dialog,
)
"""Everything in these is the learner's; the rest is treated apart."""

_RESTS_ON: dict[ConsentPurpose, tuple[Table, ...]] = {
    "learning": (answer, quiz_result),
    "reminder": (reminder,),
    "help": (),  # the requests and what was passed on of them, below
    "certificate": (),  # the credential itself, below
    "improve": (),  # nothing is stored for it yet
}
_TOLD_BY: dict[ConsentPurpose, tuple[str, ...]] = {
    "learning": ("answer_recorded", "quiz_finished"),
    "reminder": ("reminder_set", "reminder_cancelled", "reminder_sent"),
    "help": ("help_requested", "ticket_closed"),
    "certificate": ("credential_issued",),
    "improve": (),
}
_UNASKED = timedelta(hours=48)
_BORROWED = timedelta(minutes=15)


def forget(connection: Connection, learner_id: str, *, at: datetime) -> None:
    """Delete all that is known of a person who asked for it, and note that it was done."""
    _erase(connection, [learner_id], at=at)
    note = insert(connection, deletion).on_conflict_do_nothing()
    connection.execute(note, {"learner_hash": _hash(learner_id), "at": at})


def forget_identity(connection: Connection, who: Identity, *, at: datetime) -> bool:
    """Delete all of a visit on a borrowed phone; False when there is nothing."""
    found = connection.execute(
        select(identity.c.learner)
        .join(learner, learner.c.id == identity.c.learner)
        .where(
            *(identity.c[name] == value for name, value in who._asdict().items()),
            learner.c.lasting.is_(False),
        )
        .with_for_update(of=learner)
    ).scalar_one_or_none()
    if found is None:
        return False
    _erase(connection, [found], at=at)
    return True


def forget_strangers(connection: Connection, *, now: datetime, most: int) -> int:
    """Delete people who agreed to nothing 48 h after their last message, and visits on a
    borrowed phone after 15 minutes; at most so many at a time. How many there were."""
    # Who was given a right agreed to it by sending its code.
    holds = exists().where(role.c.learner == learner.c.id, role.c.revoked_at.is_(None))
    gone = or_(
        and_(learner.c.consented.is_(False), ~holds, learner.c.last_at < now - _UNASKED),
        and_(learner.c.lasting.is_(False), learner.c.last_at < now - _BORROWED),
    )
    # Whoever is writing just now is locked, and stays.
    chosen = select(learner.c.id).where(gone).limit(most).with_for_update(skip_locked=True)
    ids = connection.execute(chosen).scalars().all()
    if ids:
        _erase(connection, ids, at=now)
    return len(ids)


def forget_again(connection: Connection, hashes: Collection[str], *, at: datetime) -> int:
    """Re-apply deletions, by their lines, to a database restored from a backup; how many."""
    ids = connection.execute(select(learner.c.id)).scalars()
    again = [one for one in ids if _hash(one) in hashes]
    for one in again:
        forget(connection, one, at=at)
    return len(again)


def withdraw(
    connection: Connection, learner_id: str, purpose: ConsentPurpose, *, at: datetime
) -> None:
    """Delete what rested on this agreement, and note when it was taken back."""
    for table in _RESTS_ON[purpose]:
        connection.execute(delete(table).where(table.c.learner == learner_id))
    if purpose == "help":
        ticket.forget(connection, [learner_id])
        passed_on = (delivery.c.learner == learner_id, delivery.c.kind == "staff")
        connection.execute(delete(delivery).where(*passed_on))
    if purpose == "certificate":
        _unname(connection, credential.c.learner == learner_id, at=at)
    told = (event.c.learner == learner_id, event.c.type.in_(_TOLD_BY[purpose]))
    connection.execute(delete(event).where(*told))
    connection.execute(
        update(consent)
        .where(
            consent.c.learner == learner_id,
            consent.c.purpose == purpose,
            consent.c.agreed,
            consent.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


def _erase(connection: Connection, ids: Collection[str], *, at: datetime) -> None:
    ticket.forget(connection, ids)
    ticket.lose_helper(connection, ids, at=at)
    _unname(connection, credential.c.learner.in_(ids), at=at)
    _leave_groups(connection, ids)
    # An apology that was queued before anybody knew whose it was stands under the chat alone.
    chats = select(dialog.c.channel, dialog.c.account, dialog.c.chat).where(
        dialog.c.learner.in_(ids), dialog.c.in_group.is_(False)
    )
    here = [and_(*_same(delivery, chat)) for chat in connection.execute(chats).mappings()]
    connection.execute(delete(delivery).where(or_(delivery.c.learner.in_(ids), *here)))
    for table in _OF_A_PERSON:
        connection.execute(delete(table).where(table.c.learner.in_(ids)))
    connection.execute(delete(learner).where(learner.c.id.in_(ids)))


def _leave_groups(connection: Connection, ids: Collection[str]) -> None:
    """What a host sent stays sent, without her; what was still to be sent is not."""
    hers = select(campaign.c.id).where(campaign.c.learner.in_(ids))
    unsent = (delivery.c.campaign.in_(hers), delivery.c.state == "queued")
    connection.execute(delete(delivery).where(*unsent))
    connection.execute(update(campaign).where(campaign.c.learner.in_(ids)).values(learner=None))
    connection.execute(
        update(chat_group).where(chat_group.c.found_by.in_(ids)).values(found_by=None)
    )


def _same(table: Table, chat: Any) -> list[ColumnElement[bool]]:
    return [table.c[name] == chat[name] for name in ("channel", "account", "chat")]


def _unname(connection: Connection, whose: ColumnElement[bool], *, at: datetime) -> None:
    connection.execute(
        update(credential).where(whose).values(name=None, learner=None, deleted_at=at)
    )


def _hash(learner_id: str) -> str:
    return hashlib.sha256(learner_id.encode()).hexdigest()
