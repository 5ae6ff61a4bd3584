"""What was learned, and what was found wrong: answers, results, records, steps that stop people."""

import json

from sqlalchemy import Connection

from bot.storage.database import insert
from bot.storage.record import EventRecord
from bot.storage.tables import answer, credential, quiz_result, step_stuck, wrong_report
from flows.events import AnswerRecorded, CredentialIssued, QuizFinished, StepStuck, WrongReported


class NotWitnessedError(Exception):
    """A record of grade `witnessed` was issued, but nothing can witness yet."""


def add_answer(connection: Connection, record: EventRecord, given: AnswerRecorded) -> None:
    """An answer of somebody who agreed to be remembered."""
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


def add_result(connection: Connection, record: EventRecord, done: QuizFinished) -> None:
    """How a quiz ended."""
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


def issue(connection: Connection, record: EventRecord, issued: CredentialIssued) -> None:
    """A record with the name on it. Raises NotWitnessedError."""
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


def report(connection: Connection, record: EventRecord, wrong: WrongReported) -> None:
    """A step is not what the phone shows; by whom is not kept."""
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


def count_stuck(connection: Connection, stuck: StepStuck) -> None:
    """One more for whom a step did not work."""
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
