"""Rights: given by a code that one person sends once, read with every turn, taken back at once.

role     made with the hash of its code (never the code), claimed by the first who sends it,
         revoked by the operator
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select, update
from sqlalchemy.sql import ColumnElement

from bot.code import PREFIXES, hashed
from bot.storage.record import EventRecord, RightMissingError
from bot.storage.tables import role
from flows.snapshots import Invitation, Role, RoleKind


def held(connection: Connection, learner_id: str) -> tuple[Role, ...]:
    """The rights of this person, oldest first."""
    return tuple(_role(row) for row in connection.execute(_HELD, {"of": learner_id}))


def invitation(connection: Connection, code: str, *, now: datetime) -> Invitation | None:
    """The role whose code this is; None for a code that was never given out."""
    hashes = [hashed(kind, code) for kind in PREFIXES]
    row = connection.execute(_INVITATION.where(role.c.code_hash.in_(hashes))).one_or_none()
    if row is None:
        return None
    if row.revoked_at is not None:
        return Invitation(role=_role(row), state="revoked")
    if row.learner is not None:
        return Invitation(role=_role(row), state="used")
    return Invitation(role=_role(row), state="good" if now < row.expires_at else "expired")


def claim(connection: Connection, record: EventRecord, role_id: str) -> None:
    """Give the role to who sent its code. Raises RightMissingError when it is no longer free."""
    free = (role.c.learner.is_(None), role.c.revoked_at.is_(None), role.c.expires_at > record.at)
    claimed = connection.execute(
        update(role)
        .where(role.c.id == role_id, *free)
        .values(learner=record.learner, claimed_at=record.at)
    )
    if claimed.rowcount == 0:
        raise RightMissingError


def change_duty(connection: Connection, record: EventRecord, *, on: bool) -> None:
    """A volunteer comes or goes, in all her wards."""
    connection.execute(
        update(role).where(*holds(record.learner), role.c.kind == "volunteer").values(on_duty=on)
    )


def require(connection: Connection, learner_id: str, kind: RoleKind, ward: str) -> Role:
    """Her right of this kind in this ward. Raises RightMissingError."""
    for one in held(connection, learner_id):
        if one.kind == kind and one.ward == ward:
            return one
    raise RightMissingError


def holds(learner_id: str | BindParameter[str]) -> tuple[ColumnElement[bool], ...]:
    """Conditions on `role`: this person's, and not taken back."""
    return (role.c.learner == learner_id, role.c.revoked_at.is_(None))


def _role(row: Row[*tuple[Any, ...]]) -> Role:
    return Role(
        id=row.id,
        kind=row.kind,
        ward=row.ward,
        name=row.name,
        on_duty=row.on_duty,
    )


_ROLE = (role.c.id, role.c.kind, role.c.ward, role.c.name, role.c.on_duty)
_HELD = select(*_ROLE).where(*holds(bindparam("of"))).order_by(role.c.claimed_at, role.c.id)
_INVITATION = select(*_ROLE, role.c.learner, role.c.revoked_at, role.c.expires_at)
