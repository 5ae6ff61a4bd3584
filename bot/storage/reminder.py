"""Reminders: set or changed, moved to their next time, dropped."""

from sqlalchemy import Connection, delete, update

from bot.storage.database import insert
from bot.storage.record import EventRecord
from bot.storage.tables import reminder
from flows.events import ReminderSent, ReminderSet


def put(connection: Connection, record: EventRecord, wanted: ReminderSet) -> None:
    """A new one, or a new time for one of hers."""
    new = insert(connection, reminder)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=[reminder.c.id],
            set_={
                name: new.excluded[name] for name in ("subject", "due_at", "every", "hour_chosen")
            },
            where=reminder.c.learner == record.learner,
        ),
        {
            "id": wanted.reminder,
            "learner": record.learner,
            "subject": wanted.subject,
            "due_at": wanted.due_at,
            "every": wanted.every,
            "hour_chosen": wanted.hour_chosen,
        },
    )


def drop(connection: Connection, record: EventRecord, reminder_id: str) -> None:
    """It is no longer wanted."""
    connection.execute(
        delete(reminder).where(reminder.c.id == reminder_id, reminder.c.learner == record.learner)
    )


def move(connection: Connection, record: EventRecord, sent: ReminderSent) -> None:
    """It was said: its next time, or its end."""
    if sent.next_at is None:
        drop(connection, record, sent.reminder)
        return
    connection.execute(
        update(reminder)
        .where(reminder.c.id == sent.reminder, reminder.c.learner == record.learner)
        .values(due_at=sent.next_at)
    )
