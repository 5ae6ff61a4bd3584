"""Reminders that have fallen due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, tuple_

from bot.storage.tables import learner, reminder

Mark = tuple[datetime, str]
"""Where a reading of what is due stopped."""


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder that has fallen due, and whose it is."""

    id: str
    learner: str
    due_at: datetime
    hour_chosen: bool


def reminders(
    connection: Connection, *, now: datetime, quiet: bool, after: Mark | None, most: int
) -> list[DueReminder]:
    """What is due, oldest first; in quiet hours only where the person named the hour."""
    due = (
        select(reminder.c.id, reminder.c.learner, reminder.c.due_at, reminder.c.hour_chosen)
        .join(learner, learner.c.id == reminder.c.learner)
        .where(reminder.c.due_at <= now, learner.c.pushes, learner.c.lasting)
        .order_by(reminder.c.due_at, reminder.c.id)
        .limit(most)
    )
    if quiet:
        due = due.where(reminder.c.hour_chosen)
    if after is not None:
        due = due.where(tuple_(reminder.c.due_at, reminder.c.id) > after)
    return [DueReminder(*row) for row in connection.execute(due)]
