"""Forgetting a person who asks by letter: by her record's code, or a help request's number.

The bot knows neither names nor phone numbers, so nothing else leads to a person.
"""

import re
from datetime import datetime

from sqlalchemy import Connection, select

from bot.storage import person
from bot.storage.forget import forget
from bot.storage.tables import credential, deletion, help_request
from flows import base32


def forget_by(connection: Connection, given: str, *, now: datetime) -> bool:
    """Delete all of the person that this leads to; False when it leads to nobody."""
    numbered = re.fullmatch(r"[0-9]{1,6}", given)
    found = _of_ticket(connection, int(given)) if numbered else _of_record(connection, given)
    # Locked first, like in a turn of hers: what she writes at this moment is there, or comes after.
    if found is None or person.locked(connection, found) is None:
        return False
    forget(connection, found, at=now)
    return True


def deletions(connection: Connection) -> list[str]:
    """A hash for each person who was forgotten; it names nobody."""
    rows = connection.execute(select(deletion.c.learner_hash).order_by(deletion.c.learner_hash))
    return list(rows.scalars())


def _of_record(connection: Connection, given: str) -> str | None:
    return connection.execute(
        select(credential.c.learner).where(credential.c.code == base32.read(given))
    ).scalar_one_or_none()


def _of_ticket(connection: Connection, number: int) -> str | None:
    """Of an open one: a number is given again once its request has ended."""
    return connection.execute(
        select(help_request.c.learner).where(
            help_request.c.number == number, help_request.c.state != "closed"
        )
    ).scalar_one_or_none()
