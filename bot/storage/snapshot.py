"""Snapshots: what `flows.interpret.needs` asked for, and nothing else."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from bot.clock import in_city
from bot.storage.tables import answer, credential, learner, reminder, utterance
from flows.snapshots import AnswerSeen, Credential, Known, Need, Reminder, Snapshots


def load(connection: Connection, learner_id: str, needs: Collection[Need]) -> Snapshots:
    """Load these for one learner; times in the city's zone."""
    loaded: dict[str, object] = {}
    for need in needs:
        match need:
            case "answers":
                loaded["answers"] = _answers(connection, learner_id)
            case "reminders":
                loaded["reminders"] = _reminders(connection, learner_id)
            case "credentials":
                loaded["credentials"] = _credentials(connection, learner_id)
            case "known":
                loaded["known"] = _known(connection, learner_id)
            case "staff":
                loaded["staff"] = {}
            case _:
                continue
    return Snapshots(**loaded)  # pyright: ignore[reportArgumentType]


def reminder_of(connection: Connection, reminder_id: str, learner_id: str) -> Reminder | None:
    """One reminder of this learner; None when it is gone."""
    row = connection.execute(
        _REMINDER.where(reminder.c.id == reminder_id), {"of": learner_id}
    ).one_or_none()
    return None if row is None else _reminder(*row)


def _answers(connection: Connection, learner_id: str) -> tuple[AnswerSeen, ...]:
    return tuple(
        AnswerSeen(item=item, purpose=purpose, attempt=attempt, correct=correct, at=in_city(at))
        for item, purpose, attempt, correct, at in connection.execute(_ANSWERS, {"of": learner_id})
    )


def _reminders(connection: Connection, learner_id: str) -> tuple[Reminder, ...]:
    rows = connection.execute(_REMINDER.order_by(reminder.c.due_at), {"of": learner_id})
    return tuple(_reminder(*row) for row in rows)


def _reminder(
    reminder_id: str, subject: str, due_at: datetime, every: str | None, hour_chosen: bool
) -> Reminder:
    return Reminder(
        id=reminder_id,
        subject=subject,
        due_at=in_city(due_at),
        every=every,
        hour_chosen=hour_chosen,
    )


def _credentials(connection: Connection, learner_id: str) -> tuple[Credential, ...]:
    return tuple(
        Credential(code=code, rule=rule, name=name, issued_at=in_city(issued_at))
        for code, rule, name, issued_at in connection.execute(_CREDENTIALS, {"of": learner_id})
    )


def _known(connection: Connection, learner_id: str) -> Known:
    row = connection.execute(_KNOWN, {"of": learner_id}).one()
    return Known(
        since=in_city(row.since),
        messages=row.messages,
        answers=row.answers,
        reminders=row.reminders,
        credentials=row.credentials,
    )


_ANSWERS = (
    select(
        answer.c.item, answer.c.purpose, answer.c.attempt, answer.c.correct, answer.c.answered_at
    )
    .where(answer.c.learner == bindparam("of"))
    .order_by(answer.c.answered_at, answer.c.id)
)
_REMINDER = select(
    reminder.c.id,
    reminder.c.subject,
    reminder.c.due_at,
    reminder.c.every,
    reminder.c.hour_chosen,
).where(reminder.c.learner == bindparam("of"))
_CREDENTIALS = (
    select(credential.c.code, credential.c.rule, credential.c.name, credential.c.issued_at)
    .where(
        credential.c.learner == bindparam("of"),
        credential.c.withdrawn_at.is_(None),
        credential.c.deleted_at.is_(None),
    )
    .order_by(credential.c.issued_at)
)
_KNOWN = select(
    learner.c.since,
    *(
        select(func.count())
        .select_from(table)
        .where(table.c.learner == bindparam("of"))
        .scalar_subquery()
        .label(label)
        for table, label in (
            (utterance, "messages"),
            (answer, "answers"),
            (reminder, "reminders"),
            (credential, "credentials"),
        )
    ),
).where(learner.c.id == bindparam("of"))
