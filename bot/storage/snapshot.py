"""Snapshots: what `flows.interpret.needs` asked for, and nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, select

from bot.channels.incoming import Address
from bot.clock import in_city
from bot.storage import account, campaign, group, role, ticket
from bot.storage.account import MonthlyQuotas
from bot.storage.tables import answer, credential, learner, reminder, utterance
from bot.storage.tables import role as roles
from flows.snapshots import AnswerSeen, Credential, Known, Need, Reminder, Snapshots, Staff

_SAID = 3
"""So many of a person's last words are shown to a volunteer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a turn needs to be shown, and of what."""

    needs: Collection[Need]
    address: Address
    code: str = ""
    """The code of a role that was sent."""
    now: datetime
    quotas: MonthlyQuotas


def load(connection: Connection, learner_id: str, wanted: Wanted) -> Snapshots:
    """Load these for one learner; times in the city's zone."""
    loaded: dict[str, object] = {}
    for need in wanted.needs:
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
                loaded["staff"] = _staff(connection)
            case "said":
                loaded["said"] = _said(connection, learner_id, wanted.address)
            case "invitation":
                loaded["invitation"] = role.invitation(connection, wanted.code, now=wanted.now)
            case "tickets":
                loaded["tickets"] = ticket.of_wards(connection, learner_id)
            case "groups":
                loaded["groups"] = group.of_host(connection, learner_id)
            case "accounts":
                loaded["accounts"] = account.ours(connection, wanted.quotas, now=wanted.now)
            case "campaigns":
                loaded["campaigns"] = campaign.of_host(connection, learner_id)
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


def _staff(connection: Connection) -> dict[str, Staff]:
    return {
        ward: Staff(volunteers=volunteers, on_duty=on_duty)
        for ward, volunteers, on_duty in connection.execute(_STAFF)
    }


def _said(connection: Connection, learner_id: str, address: Address) -> tuple[str, ...]:
    here = {"of": learner_id, **address._asdict()}
    newest = connection.execute(_LAST_SAID, here).scalars().all()
    return tuple(reversed(newest))


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
_STAFF = (
    select(
        roles.c.ward,
        func.count(roles.c.learner.distinct()),
        func.count(case((roles.c.on_duty, roles.c.learner)).distinct()),
    )
    .where(roles.c.kind == "volunteer", roles.c.revoked_at.is_(None), roles.c.learner.is_not(None))
    .group_by(roles.c.ward)
)
_LAST_SAID = (
    select(utterance.c.text)
    .where(
        utterance.c.learner == bindparam("of"),
        utterance.c.channel == bindparam("channel"),
        utterance.c.account == bindparam("account"),
        utterance.c.chat == bindparam("chat"),
        # A fragment that still waits is part of what is being said.
        utterance.c.hold_until.is_(None),
    )
    .order_by(utterance.c.at.desc(), utterance.c.turn)
    .limit(_SAID)
)
