"""What a person agreed to or refused, each time with the version of the words she saw."""

from sqlalchemy import Connection

from bot.storage.record import EventRecord
from bot.storage.tables import consent
from flows.events import ConsentGiven, ConsentRefused


def add(connection: Connection, record: EventRecord, told: ConsentGiven | ConsentRefused) -> None:
    """One yes or no."""
    connection.execute(
        consent.insert(),
        {
            "id": record.id,
            "learner": record.learner,
            "purpose": told.purpose,
            "agreed": isinstance(told, ConsentGiven),
            "text_version": told.text_version,
            "at": record.at,
        },
    )
