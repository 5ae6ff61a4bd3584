"""Rights that the operator gives by a code (`bot/code.py`), and takes back.

Who sends the code in her own chat has the right from then on (`flows/role.py`); what she may do is
read anew with every message, so a right that is taken back ends at once.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Row, select, update

from bot.clock import in_city
from bot.code import hashed
from bot.storage import campaign, ticket
from bot.storage.tables import role
from flows.base32 import ALPHABET
from flows.snapshots import RoleKind

VALID = timedelta(days=7)
"""A code that nobody has sent by then is good for nothing."""

_ID = 6
"""Characters of a right's name in the operator's list."""

State = Literal["waiting", "expired", "held", "revoked"]
"""Of a right: the code is not yet used, was never used in time, is used, or was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A right as the operator sees it."""

    id: str
    kind: RoleKind
    ward: str
    """Code of the ward; empty for the operator."""
    name: str
    state: State
    at: datetime
    """When it got there; for a waiting one, when its code expires."""
    on_duty: bool


def grant(
    connection: Connection, kind: RoleKind, *, ward: str, name: str, code: str, now: datetime
) -> Granted:
    """Give a right to whoever sends this code within VALID."""
    row_id = "".join(secrets.choice(ALPHABET) for _ in range(_ID)).lower()
    connection.execute(
        role.insert(),
        {
            "id": row_id,
            "kind": kind,
            "ward": ward,
            "name": name,
            "code_hash": hashed(kind, code),
            "created_at": now,
            "expires_at": now + VALID,
            "on_duty": False,
        },
    )
    return next(one for one in granted(connection, kind, now=now) if one.id == row_id)


def granted(connection: Connection, kind: RoleKind, *, now: datetime) -> list[Granted]:
    """All rights of this kind, also those that ended, oldest first."""
    rows = connection.execute(
        select(role).where(role.c.kind == kind).order_by(role.c.created_at, role.c.id)
    )
    return [_granted(row, now) for row in rows]


def revoke(connection: Connection, kind: RoleKind, role_id: str, *, now: datetime) -> bool:
    """Take a right back, with what rests on it; False when there is no such right to take.

    A volunteer's help requests of that ward wait for another; what a host has not sent yet to the
    groups of that ward never is.
    """
    mine = (role.c.id == role_id, role.c.kind == kind, role.c.revoked_at.is_(None))
    row = connection.execute(
        update(role)
        .where(*mine)
        .values(revoked_at=now, on_duty=False)
        .returning(role.c.learner, role.c.ward)
    ).one_or_none()
    if row is None:
        return False
    if kind == "volunteer" and row.learner is not None:
        ticket.lose_right(connection, row.learner, row.ward, at=now)
    if kind == "host" and row.learner is not None:
        campaign.lose_right(connection, row.learner, row.ward, at=now)
    return True


def _granted(row: Row[*tuple[object, ...]], now: datetime) -> Granted:
    standing, at = _state(row, now)
    return Granted(
        id=row.id,
        kind=row.kind,
        ward=row.ward,
        name=row.name,
        state=standing,
        at=in_city(at),
        on_duty=row.on_duty,
    )


def _state(row: Row[*tuple[object, ...]], now: datetime) -> tuple[State, datetime]:
    if row.revoked_at is not None:
        return "revoked", row.revoked_at
    if row.claimed_at is not None:
        return "held", row.claimed_at
    return ("waiting" if row.expires_at > now else "expired"), row.expires_at
