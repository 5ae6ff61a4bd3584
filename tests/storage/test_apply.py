"""Events written into tables: every kind, on both databases, once and twice."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.channels.incoming import Address, Identity
from bot.storage import outbox, person, place, said, snapshot
from bot.storage.apply import apply, apply_all
from bot.storage.database import Database
from bot.storage.learning import NotWitnessedError
from bot.storage.record import EventRecord
from bot.storage.tables import credential
from flows.dialog import Dialog
from flows.events import ConsentPurpose, ConsentWithdrawn, CredentialIssued, Event
from flows.replies import Reply
from flows.snapshots import Credential, Known, Need, Snapshots
from tests.storage.samples import EVENTS, NAME, QUESTION, SUBJECT
from tests.storage.world import GROUP, surround
from tests.talk import MORNING, everything

WHO = Identity("console", "console", "sender-0912345678")
WHERE = Address("console", "console", "chat-0912345678")
DEVICE = "iphone"


def live(connection: Connection) -> str:
    """A person with a dialog, words and replies among others; her id."""
    learner = person.enter(connection, WHO, lasting=True, now=MORNING).learner
    place.save(connection, learner.id, WHERE, Dialog(), at=MORNING)
    said.keep(connection, "t0", learner.id, WHERE, f"nhắc {SUBJECT}", at=MORNING, hold_until=None)
    outbox.enqueue(
        connection, "t0", WHERE, learner.id, [Reply(text=f"Sẽ nhắc {SUBJECT}")], now=MORNING
    )
    surround(connection, learner.id)
    return learner.id


def where(event: Event) -> Address:
    """What is about a group happens there."""
    return GROUP if event.type.startswith("group_") else WHERE


async def happen(database: Database, learner_id: str, events: Sequence[Event]) -> None:
    for number, event in enumerate(events):
        turn, chat = f"t1-{number}", where(event)
        write = partial(apply_all, turn=turn, learner_id=learner_id, address=chat, at=MORNING)
        await database.write(partial(write, events=[event]))


async def shown(database: Database, learner_id: str, *needs: Need) -> Snapshots:
    wanted = snapshot.Wanted(needs=needs, address=WHERE, now=MORNING, quotas={})
    return await database.read(partial(snapshot.load, learner_id=learner_id, wanted=wanted))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
async def test_the_same_event_twice_is_once(database: Database, event: Event) -> None:
    learner_id = await database.write(live)
    record = EventRecord("t1:0", learner_id, where(event), MORNING)

    await database.write(partial(apply, record=record, happened=event))
    once = await everything(database)
    await database.write(partial(apply, record=record, happened=event))

    assert await everything(database) == once


async def test_what_happened_can_be_asked_for(database: Database) -> None:
    learner_id = await database.write(live)

    await happen(database, learner_id, EVENTS[:-2])

    seen = await shown(database, learner_id, "answers", "reminders", "credentials", "known")
    assert [(one.item, one.correct, one.attempt) for one in seen.answers] == [
        ("phone/scan_qr:unknown_poster", True, 1)
    ]
    assert [(one.id, one.subject, one.due_at) for one in seen.reminders] == [
        ("R1", SUBJECT, MORNING + timedelta(days=1))
    ]
    assert seen.credentials == (
        Credential(code="7KQ2M9XA4T", rule="practice/1", name=NAME, issued_at=MORNING),
    )
    assert seen.known == Known(since=MORNING, messages=1, answers=1, reminders=1, credentials=1)


async def test_what_was_not_asked_for_is_not_loaded(database: Database) -> None:
    learner_id = await database.write(live)
    await happen(database, learner_id, EVENTS[:-2])

    assert await shown(database, learner_id) == Snapshots()


async def test_the_log_holds_no_words_and_names_nobody_who_was_only_counted(
    database: Database,
) -> None:
    learner_id = await database.write(live)

    await happen(database, learner_id, EVENTS[:-2])

    log = (await everything(database))["event"]
    assert len(log) == len(EVENTS) - 2
    assert not any(word in row["body"] for row in log for word in (SUBJECT, NAME, QUESTION))
    counted = {row["type"] for row in log if row["learner"] is None}
    assert counted == {
        "howto_started",
        "howto_finished",
        "step_stuck",
        "wrong_reported",
        "quiz_started",
        "emergency_shown",
        "secret_seen",
        "unanswered",
        "misuse_tried",
        "group_seen",
        "group_linked",
        "group_named",
        "group_refused",
        "group_left",
    }


async def test_nobody_can_be_witnessed_yet(database: Database) -> None:
    learner_id = await database.write(live)
    issued = CredentialIssued(
        code="0", name=NAME, grade="witnessed", rule="practice/1", topics=(), earned_on=MORNING
    )

    with pytest.raises(NotWitnessedError):
        await happen(database, learner_id, [issued])
    with pytest.raises(IntegrityError):
        await database.write(
            lambda connection: connection.execute(
                credential.insert().values(
                    code="0", grade="witnessed", rule="r", topics="[]", issued_at=MORNING
                )
            )
        )


def hers(rows: dict[str, list[dict[str, Any]]], table: str) -> bool:
    """Whether something of the person is in this table; a record stays without its holder."""
    learner_id = next(row["learner"] for row in rows["identity"] if row["sender"] == WHO.sender)
    return table != "credential" and any(row.get("learner") == learner_id for row in rows[table])


@pytest.mark.parametrize(
    ("purpose", "emptied"),
    [
        ("learning", {"answer", "quiz_result"}),
        ("reminder", {"reminder"}),
        ("help", {"help_request"}),
        ("certificate", set[str]()),
        ("improve", set[str]()),
    ],
)
async def test_withdrawing_deletes_what_rested_on_it_and_nothing_else(
    database: Database, purpose: ConsentPurpose, emptied: set[str]
) -> None:
    learner_id = await database.write(live)
    await happen(database, learner_id, EVENTS[:-2])
    before = await everything(database)

    record = EventRecord("t2:0", learner_id, WHERE, MORNING)
    withdrawn = ConsentWithdrawn(purpose=purpose)
    await database.write(partial(apply, record=record, happened=withdrawn))

    after = await everything(database)
    gone = {name for name in before if hers(before, name) and not hers(after, name)}
    assert gone == emptied
    holder = after["credential"][0]
    assert (holder["name"] is None) == (purpose == "certificate")
    assert [row["purpose"] for row in after["consent"] if row["withdrawn_at"]] == (
        [purpose] if purpose in ("learning", "reminder", "certificate") else []
    )
