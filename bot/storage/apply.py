"""What an event means for the tables. The only place that writes them; twice is the same as once.

Every event goes into the log first, under the name of its turn and its place there; an event whose
name is there already changes nothing more. The log holds no words of a person (a reminder's subject
and the name on a record stand in their own tables only), and names the learner only where the event
is about one person: a stuck step, a wrong report or an emergency card is counted, not remembered.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import assert_never

from sqlalchemy import Connection, Executable, delete, update

from bot.channels.incoming import Address
from bot.storage import campaign, document, group, role, ticket
from bot.storage.database import insert, insert_for
from bot.storage.forget import forget, withdraw
from bot.storage.record import EventRecord
from bot.storage.tables import (
    answer,
    consent,
    credential,
    event,
    quiz_result,
    reminder,
    step_stuck,
    wrong_report,
)
from flows.events import (
    AnswerRecorded,
    ConsentGiven,
    ConsentRefused,
    ConsentWithdrawn,
    CredentialIssued,
    DataDeleted,
    DataExported,
    DutyChanged,
    EmergencyShown,
    Event,
    GroupLeft,
    GroupLinked,
    GroupRefused,
    GroupSeen,
    HelpRequested,
    HowtoFinished,
    HowtoStarted,
    MisuseTried,
    PushesResumed,
    PushesStopped,
    QuizFinished,
    QuizStarted,
    ReminderCancelled,
    ReminderSent,
    ReminderSet,
    RoleClaimed,
    SecretSeen,
    StepStuck,
    TicketAnswered,
    TicketClosed,
    TicketGivenBack,
    TicketTaken,
    TipResent,
    TipResultsTold,
    TipScheduled,
    TipTakenBack,
    Unanswered,
    WrongReported,
)

_ABOUT_A_PERSON = (
    AnswerRecorded,
    ConsentGiven,
    ConsentRefused,
    ConsentWithdrawn,
    CredentialIssued,
    DataExported,
    DutyChanged,
    HelpRequested,
    PushesResumed,
    PushesStopped,
    QuizFinished,
    ReminderCancelled,
    ReminderSent,
    ReminderSet,
    RoleClaimed,
    TicketAnswered,
    TicketClosed,
    TicketGivenBack,
    TicketTaken,
    TipResent,
    TipResultsTold,
    TipScheduled,
    TipTakenBack,
)


class NotWitnessedError(Exception):
    """A record of grade `witnessed` was issued, but nothing can witness yet."""


def apply_all(
    connection: Connection,
    turn: str,
    learner_id: str,
    address: Address,
    events: Sequence[Event],
    *,
    at: datetime,
) -> None:
    """Write what the events of one turn mean."""
    for number, happened in enumerate(events):
        record = EventRecord(f"{turn}:{number}", learner_id, address, at)
        apply(connection, record, happened)


def apply(connection: Connection, record: EventRecord, happened: Event) -> None:
    """Write what an event means into the tables others query; twice is the same as once.

    Raises NotWitnessedError, and RightMissingError where a right or a chance is gone meanwhile.
    """
    if not _logged(connection, record, happened):
        return
    match happened:
        case AnswerRecorded():
            _add_answer(connection, record, happened)
        case QuizFinished():
            _add_result(connection, record, happened)
        case CredentialIssued():
            _issue(connection, record, happened)
        case ReminderSet():
            _set_reminder(connection, record, happened)
        case ReminderCancelled():
            _drop_reminder(connection, record, happened.reminder)
        case ReminderSent():
            _move_reminder(connection, record, happened)
        case ConsentGiven() | ConsentRefused():
            _add_consent(connection, record, happened)
        case ConsentWithdrawn():
            withdraw(connection, record.learner, happened.purpose, at=record.at)
        case HelpRequested():
            ticket.ask(connection, record, happened)
        case TicketTaken():
            ticket.take(connection, record, happened.ticket)
        case TicketAnswered():
            ticket.answered(connection, record, happened.ticket)
        case TicketGivenBack():
            ticket.give_back(connection, record, happened.ticket)
        case TicketClosed():
            ticket.close(connection, record, happened.ticket)
        case RoleClaimed():
            role.claim(connection, record, happened.role)
        case DutyChanged():
            role.change_duty(connection, record, on=happened.on)
        case GroupSeen():
            group.seen(connection, record)
        case GroupLinked():
            group.link(connection, record, happened.group, happened.ward)
        case GroupRefused():
            group.refuse(connection, record, happened.group)
        case GroupLeft():
            group.left(connection, record.address, at=record.at)
        case TipScheduled():
            campaign.schedule(connection, record, happened)
        case TipTakenBack():
            campaign.take_back(connection, record, happened.campaign)
        case TipResent():
            campaign.resend(connection, record, happened.campaign)
        case TipResultsTold():
            campaign.told(connection, record, happened.campaign)
        case WrongReported():
            _report(connection, record, happened)
        case StepStuck():
            _count_stuck(connection, happened)
        case DataDeleted():
            forget(connection, record.learner, at=record.at)
        case (
            HowtoStarted()
            | HowtoFinished()
            | QuizStarted()
            | PushesStopped()
            | PushesResumed()
            | DataExported()
            | EmergencyShown()
            | SecretSeen()
            | Unanswered()
            | MisuseTried()
        ):
            pass  # the log says it all
        case _:
            assert_never(happened)


def _logged(connection: Connection, record: EventRecord, happened: Event) -> bool:
    personal = isinstance(happened, _ABOUT_A_PERSON)
    done = connection.execute(
        _log(connection.dialect.name),
        {
            "id": record.id,
            "type": happened.type,
            "body": document.events.dump_json(_without_words(happened)).decode(),
            "learner": record.learner if personal else None,
            "at": record.at,
        },
    )
    return done.rowcount == 1


def _without_words(happened: Event) -> Event:
    match happened:
        case ReminderSet():
            return replace(happened, subject="")
        case CredentialIssued():
            return replace(happened, name="")
        case HelpRequested():
            return replace(happened, question="")
        case _:
            return happened


def _add_answer(connection: Connection, record: EventRecord, given: AnswerRecorded) -> None:
    connection.execute(
        answer.insert(),
        {
            "id": record.id,
            "learner": record.learner,
            "item": given.item,
            "item_version": given.item_version,
            "purpose": given.purpose,
            "attempt": given.attempt,
            "answer": json.dumps(given.answer),
            "correct": given.correct,
            "asked_at": given.asked_at,
            "answered_at": given.answered_at,
        },
    )


def _add_result(connection: Connection, record: EventRecord, done: QuizFinished) -> None:
    connection.execute(
        quiz_result.insert(),
        {
            "id": record.id,
            "learner": record.learner,
            "topic": done.topic,
            "purpose": done.purpose,
            "asked": done.asked,
            "right_at_first": done.right_at_first,
            "stopped": done.stopped,
            "at": record.at,
        },
    )


def _issue(connection: Connection, record: EventRecord, issued: CredentialIssued) -> None:
    if issued.grade != "self":
        raise NotWitnessedError
    connection.execute(
        credential.insert(),
        {
            "code": issued.code,
            "learner": record.learner,
            "name": issued.name,
            "grade": issued.grade,
            "rule": issued.rule,
            "topics": json.dumps(issued.topics),
            "issued_at": record.at,
        },
    )


def _set_reminder(connection: Connection, record: EventRecord, wanted: ReminderSet) -> None:
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


def _drop_reminder(connection: Connection, record: EventRecord, reminder_id: str) -> None:
    connection.execute(
        delete(reminder).where(reminder.c.id == reminder_id, reminder.c.learner == record.learner)
    )


def _move_reminder(connection: Connection, record: EventRecord, sent: ReminderSent) -> None:
    if sent.next_at is None:
        _drop_reminder(connection, record, sent.reminder)
        return
    connection.execute(
        update(reminder)
        .where(reminder.c.id == sent.reminder, reminder.c.learner == record.learner)
        .values(due_at=sent.next_at)
    )


def _add_consent(
    connection: Connection, record: EventRecord, told: ConsentGiven | ConsentRefused
) -> None:
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


def _report(connection: Connection, record: EventRecord, wrong: WrongReported) -> None:
    connection.execute(
        wrong_report.insert(),
        {
            "id": record.id,
            "topic": wrong.topic,
            "step": wrong.step,
            "step_version": wrong.step_version,
            "device": wrong.device,
            "at": record.at,
        },
    )


def _count_stuck(connection: Connection, stuck: StepStuck) -> None:
    new = insert(connection, step_stuck)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=list(step_stuck.primary_key.columns),
            set_={"count": step_stuck.c.count + 1},
        ),
        {
            "topic": stuck.topic,
            "step": stuck.step,
            "step_version": stuck.step_version,
            "device": stuck.device or "",
            "count": 1,
        },
    )


@cache
def _log(dialect: str) -> Executable:
    new = insert_for(dialect, event).on_conflict_do_nothing()
    return new.execution_options(preserve_rowcount=True)
