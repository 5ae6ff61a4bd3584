"""One message when a fault begins and one when it is over, however often and by whom it is seen."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select, update

from bot.operator import trouble
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.tables import delivery, role
from flows.content import Content
from tests.storage.world import grant, neighbour
from tests.talk import MORNING

TOKEN = "token:telegram"


def lan(connection: Connection) -> str:
    """The operator's own chat."""
    learner_id = neighbour(connection, "lan")
    grant(connection, "O1", "operator", learner_id, ward="")
    return learner_id


async def seen(database: Database, name: str, at: datetime) -> None:
    await database.write(partial(trouble.note, name=name, now=at))


async def well(database: Database, name: str, at: datetime) -> None:
    await database.write(partial(trouble.over, name=name, now=at))


async def told(database: Database, content: Content, at: datetime) -> list[str]:
    """Tell, and give everything that operators were ever told."""
    await database.write(partial(trouble.tell, content=content, now=at))
    rows = await database.read(lambda c: c.execute(select(delivery.c.turn).order_by(delivery.c.id)))
    found = [await database.read(partial(outbox.of_turn, turn=row.turn)) for row in rows]
    return [one.reply.text for rows in found for one in rows]


async def test_a_fault_is_told_once_and_its_end_once(database: Database, content: Content) -> None:
    await database.write(lan)
    begins = [content.sentence("vi", "alert.token", channel="Telegram")]
    ends = [content.sentence("vi", "alert.token_over", channel="Telegram")]
    for _ in range(3):
        await seen(database, TOKEN, MORNING)
        assert await told(database, content, MORNING) == begins

    await well(database, TOKEN, MORNING)
    assert await told(database, content, MORNING) == begins
    later = MORNING + trouble.CALM
    assert await told(database, content, later) == begins + ends
    assert await told(database, content, later + timedelta(days=1)) == begins + ends


async def test_a_fault_that_comes_and_goes_is_one_fault(
    database: Database, content: Content
) -> None:
    await database.write(lan)
    at = MORNING
    for _ in range(10):
        await seen(database, "disk", at)
        await told(database, content, at)
        await well(database, "disk", at + timedelta(minutes=1))
        at += timedelta(minutes=2)
        assert len(await told(database, content, at)) == 1


async def test_a_fault_of_another_day_is_told_again(database: Database, content: Content) -> None:
    await database.write(lan)
    for day in range(2):
        at = MORNING + timedelta(days=day)
        await seen(database, "clock", at)
        await told(database, content, at)
        await well(database, "clock", at)
        assert len(await told(database, content, at + trouble.CALM)) == 2 * (day + 1)


async def test_what_was_over_before_it_was_told_is_never_told(
    database: Database, content: Content
) -> None:
    await seen(database, "disk", MORNING)
    assert await told(database, content, MORNING) == []
    await well(database, "disk", MORNING)
    await told(database, content, MORNING + trouble.CALM)

    await database.write(lan)

    assert await told(database, content, MORNING + trouble.CALM) == []


async def test_who_becomes_operator_later_is_told_what_still_is_wrong(
    database: Database, content: Content
) -> None:
    await seen(database, "disk", MORNING)
    await told(database, content, MORNING)

    await database.write(lan)

    texts = [content.sentence("vi", "alert.disk")]
    assert await told(database, content, MORNING) == texts


async def test_who_lost_the_right_is_told_nothing(database: Database, content: Content) -> None:
    await database.write(lan)
    await database.write(lambda c: c.execute(update(role).values(revoked_at=MORNING)).rowcount)

    await seen(database, "disk", MORNING)

    assert await told(database, content, MORNING) == []


async def test_an_alert_is_no_reply_and_lies_in_the_operators_own_chat(
    database: Database, content: Content
) -> None:
    learner_id = await database.write(lan)
    await seen(database, "poison", MORNING)
    await told(database, content, MORNING)

    row = (await database.read(lambda c: c.execute(select(delivery)).mappings().all()))[0]
    kept = (row["kind"], row["learner"], row["chat"], row["state"])
    assert kept == ("alert", learner_id, "chat-lan", "queued")
