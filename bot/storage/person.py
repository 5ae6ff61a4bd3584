"""Learners and the identities that lead to them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from bot.channels.incoming import Identity
from bot.storage import document
from bot.storage.database import insert
from bot.storage.tables import Moment, identity, learner
from flows.dialog import Learner
from nlu.understanding import Language

COUNTED = timedelta(minutes=1)
"""Messages of one person are counted by the minute, so that a flood can be told."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A learner whose row is locked until the transaction ends."""

    learner: Learner
    messages: int
    """So many within the counted minute, this one included."""


def enter(connection: Connection, who: Identity, *, lasting: bool, now: datetime) -> Entered:
    """Lock and load the learner now active on this identity; a new one for a new person."""
    while True:
        row = connection.execute(
            _VISIT, {**_key(who), "now": now, "window_start": now - COUNTED}
        ).one_or_none()
        if row is not None:
            return Entered(document.learners.read(row.document, row.version), row.window_count)
        new = Learner(id=uuid.uuid4().hex)
        if _introduce(connection, who, new, lasting=lasting, now=now):
            return Entered(new, 1)


def locked(connection: Connection, learner_id: str) -> Learner | None:
    """Lock and load one learner by id, for a turn that nobody's message began."""
    row = connection.execute(_LOCK, {"learner_id": learner_id}).one_or_none()
    return None if row is None else document.learners.read(row.document, row.version)


def language(connection: Connection, learner_id: str | None) -> Language:
    """What this person reads; Vietnamese for nobody, and for one who is gone."""
    row = connection.execute(select(*_COLUMNS).where(learner.c.id == learner_id)).one_or_none()
    return "vi" if row is None else document.learners.read(row.document, row.version).language


def active(connection: Connection, who: Identity) -> str | None:
    """The id of the learner now active on this identity, without a lock."""
    return connection.execute(select(_ACTIVE), _key(who)).scalar_one()


def count(connection: Connection, channel: str, account: str) -> int:
    """How many people this account of ours serves."""
    ours = (identity.c.channel == channel, identity.c.account == account)
    return connection.execute(select(func.count()).select_from(identity).where(*ours)).scalar_one()


def save(connection: Connection, changed: Learner) -> None:
    """Store changed preferences."""
    connection.execute(_SAVE, {"learner_id": changed.id, **_stored(changed)})


def _introduce(
    connection: Connection, who: Identity, new: Learner, *, lasting: bool, now: datetime
) -> bool:
    """Store a new learner; False when another process met the same person just now."""
    connection.execute(
        learner.insert(),
        {
            "id": new.id,
            **_stored(new),
            "lasting": lasting,
            "since": now,
            "last_at": now,
            "window_at": now,
            "window_count": 1,
        },
    )
    link = (
        insert(connection, identity)
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )
    row = {"channel": who.channel, "account": who.account, "sender": who.sender}
    if connection.execute(link, {**row, "learner": new.id}).rowcount == 1:
        return True
    connection.execute(delete(learner).where(learner.c.id == new.id))
    return False


def _stored(state: Learner) -> dict[str, object]:
    return {
        "document": document.learners.write(state),
        "version": document.learners.version,
        "consented": any(state.consents.values()),
        "pushes": state.pushes,
    }


def _key(who: Identity) -> dict[str, str]:
    return {"of_channel": who.channel, "of_account": who.account, "of_sender": who.sender}


_ACTIVE = (
    select(identity.c.learner)
    .where(
        identity.c.channel == bindparam("of_channel"),
        identity.c.account == bindparam("of_account"),
        identity.c.sender == bindparam("of_sender"),
    )
    .scalar_subquery()
)
_COLUMNS = (learner.c.document, learner.c.version)
_NOW = bindparam("now", type_=Moment)
_fresh = learner.c.window_at < bindparam("window_start")
_VISIT = (
    # The update is the lock: on PostgreSQL what is read after it is as the last turn left it.
    update(learner)
    .where(learner.c.id == _ACTIVE)
    .values(
        last_at=_NOW,
        window_at=case((_fresh, _NOW), else_=learner.c.window_at),
        window_count=case((_fresh, 1), else_=learner.c.window_count + 1),
    )
    .returning(*_COLUMNS, learner.c.window_count)
)
_LOCK = (
    select(*_COLUMNS).where(learner.c.id == bindparam("learner_id")).with_for_update(key_share=True)
)
_SAVE = (
    update(learner)
    .where(learner.c.id == bindparam("learner_id"))
    .values(
        document=bindparam("document"),
        version=bindparam("version"),
        consented=bindparam("consented"),
        pushes=bindparam("pushes"),
    )
)
