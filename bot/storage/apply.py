"""What an event means for the tables. The only place that writes them; twice is the same as once.

Every event goes into the log first, under the name of its turn and its place there; an event whose
name is there already changes nothing more. The log holds no words of a person (a reminder's subject
and the name on a record or of a group stand in their own tables only), and names the learner only
where the event is about one person: a stuck step, a wrong report or an emergency card is counted,
not remembered.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import assert_never

from sqlalchemy import Connection, Executable

from bot.channels.incoming import Address
from bot.storage import campaign, consent, document, group, learning, reminder, role, ticket
from bot.storage.database import insert_for
from bot.storage.forget import forget, withdraw
from bot.storage.record import EventRecord
from bot.storage.tables import event
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
    GroupNamed,
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
            learning.add_answer(connection, record, happened)
        case QuizFinished():
            learning.add_result(connection, record, happened)
        case CredentialIssued():
            learning.issue(connection, record, happened)
        case ReminderSet():
            reminder.put(connection, record, happened)
        case ReminderCancelled():
            reminder.drop(connection, record, happened.reminder)
        case ReminderSent():
            reminder.move(connection, record, happened)
        case ConsentGiven() | ConsentRefused():
            consent.add(connection, record, happened)
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
        case GroupNamed():
            group.call(connection, record, happened)
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
            learning.report(connection, record, happened)
        case StepStuck():
            learning.count_stuck(connection, happened)
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
        case GroupNamed():
            return replace(happened, title="")
        case _:
            return happened


@cache
def _log(dialect: str) -> Executable:
    new = insert_for(dialect, event).on_conflict_do_nothing()
    return new.execution_options(preserve_rowcount=True)
