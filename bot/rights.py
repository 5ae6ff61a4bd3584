"""Rights that the operator gives: a code that is used once, and the row it stands for.

    CAFE-7KQ2M-9XA4T   a host            (leads a Cà phê sáng, sends tips to the groups of her ward)
    TRUC-7KQ2M-9XA4T   a volunteer       (answers help requests of her ward)
    NHAN-7KQ2M-9XA4T   the operator      (is told of faults)

Ten characters of Crockford's base32, in two groups that each hold a letter, so that no mask takes
one for a number. Only a hash is stored. Who sends the code in her own chat has the right from then
on (`flows/role.py`); what she may do is read anew with every message, so a right that is taken back
ends at once.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Row, select, update

from bot.clock import in_city
from bot.storage.tables import campaign, delivery, help_request, role, state
from flows.snapshots import RoleKind

PREFIXES: dict[RoleKind, str] = {"host": "CAFE", "volunteer": "TRUC", "operator": "NHAN"}
VALID = timedelta(days=7)
"""A code that nobody has sent by then is good for nothing."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUP = 5

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


def fresh_code() -> str:
    """Ten characters that nobody guesses: about 50 bits."""
    return _fresh_group() + _fresh_group()


def shown(kind: RoleKind, code: str) -> str:
    """As it is handed to the person: CAFE-7KQ2M-9XA4T."""
    return f"{PREFIXES[kind]}-{code[:_GROUP]}-{code[_GROUP:]}"


def hashed(kind: RoleKind, code: str) -> str:
    """What is stored of a code: ten characters, upper case, without hyphens."""
    return hashlib.sha256(f"{PREFIXES[kind]}{code}".encode()).hexdigest()


def grant(
    connection: Connection, kind: RoleKind, *, ward: str, name: str, code: str, now: datetime
) -> Granted:
    """Give a right to whoever sends this code within VALID."""
    row_id = "".join(secrets.choice(_CROCKFORD) for _ in range(_GROUP + 1)).lower()
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

    A volunteer's help requests of that ward wait for another; a host's tips of that ward that were
    not sent yet are taken back.
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
        _give_back(connection, row.learner, row.ward, now=now)
    if kind == "host" and row.learner is not None:
        _take_back_tips(connection, row.learner, row.ward, now=now)
    return True


def _give_back(connection: Connection, learner_id: str | None, ward: str, *, now: datetime) -> None:
    none = dict.fromkeys(("helper", "helper_name", "taken_at", "helper_at"))
    connection.execute(
        update(help_request)
        .where(
            help_request.c.helper == learner_id,
            help_request.c.ward == ward,
            help_request.c.state == "taken",
        )
        .values(state="waiting", waits_since=now, **none)
    )


def _take_back_tips(connection: Connection, learner_id: str, ward: str, *, now: datetime) -> None:
    stopped = connection.execute(
        update(campaign)
        .where(
            campaign.c.learner == learner_id,
            campaign.c.ward == ward,
            campaign.c.due_at > now,
            campaign.c.taken_back_at.is_(None),
        )
        .values(taken_back_at=now)
        .returning(campaign.c.id)
    )
    campaigns = list(stopped.scalars())
    waiting = (delivery.c.campaign.in_(campaigns), delivery.c.state == state("queued"))
    connection.execute(delivery.delete().where(*waiting))


def _fresh_group() -> str:
    while True:
        drawn = "".join(secrets.choice(_CROCKFORD) for _ in range(_GROUP))
        if not drawn.isdigit():
            return drawn


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
