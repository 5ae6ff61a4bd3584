"""What falls due for volunteers and hosts makes one turn each, in their own chats."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, update

from bot.assistant import Assistant
from bot.channels.incoming import Address
from bot.storage import campaign, outgoing
from bot.storage.database import Database
from bot.storage.forget import forget
from bot.storage.record import EventRecord
from bot.storage.tables import chat_group, delivery, role
from bot.storage.ticket import give_back, take
from flows.events import TipScheduled
from flows.replies import Reply
from flows.turn import Outgoing, ToGroup
from tests.storage.world import NEIGHBOUR, WARD, found, grant, neighbour, request
from tests.talk import MORNING, Clock, Talk, everything

LAN = Address("console", "console", "chat-lan")


@pytest.fixture
async def lan(database: Database) -> str:
    """A volunteer on duty and host of the ward in which a neighbour waits for help."""

    def work(connection: Connection) -> str:
        request(connection, "T0", neighbour(connection), NEIGHBOUR)
        learner_id = neighbour(connection, "lan")
        grant(connection, "V1", "volunteer", learner_id, on_duty=True)
        grant(connection, "H1", "host", learner_id)
        return learner_id

    return await database.write(work)


async def told(database: Database, chat: str = LAN.chat) -> int:
    """How many messages wait in this chat."""
    return len([row for row in (await everything(database))["delivery"] if row["chat"] == chat])


async def test_who_is_on_duty_is_offered_a_request_once(
    assistant: Assistant, database: Database, clock: Clock, lan: str
) -> None:
    made = await asyncio.gather(*(assistant.fall_due(clock()) for _ in range(3)))
    again = await assistant.fall_due(clock.pass_(hours=1))

    assert sum(made) == 1
    assert again == 0
    assert await told(database) == 1
    [row] = (await everything(database))["delivery"]
    assert row["kind"] == "staff"


@pytest.mark.parametrize("changed", [{"on_duty": False}, {"ward": "99"}, {"revoked_at": MORNING}])
async def test_nobody_else_is(
    assistant: Assistant, database: Database, clock: Clock, lan: str, changed: dict[str, object]
) -> None:
    other = update(role).where(role.c.id == "V1").values(**changed)
    await database.write(lambda connection: connection.execute(other))

    assert await assistant.fall_due(clock()) == 0


async def test_who_asks_is_not_offered_her_own(
    assistant: Assistant, database: Database, clock: Clock, lan: str
) -> None:
    await database.write(partial(request, ticket="T1", learner_id=lan, address=LAN))

    assert await assistant.fall_due(clock()) == 1


async def test_given_back_it_is_offered_to_the_others_again(
    assistant: Assistant, database: Database, clock: Clock, lan: str
) -> None:
    mai = await database.write(partial(neighbour, name="mai"))
    right = partial(grant, role_id="V2", kind="volunteer", learner_id=mai, on_duty=True)
    await database.write(right)
    await assistant.fall_due(clock())

    def given_back(connection: Connection) -> None:
        record = EventRecord("", lan, LAN, clock.pass_(minutes=5))
        take(connection, record, "T0")
        give_back(connection, record, "T0")

    await database.write(given_back)

    assert await assistant.fall_due(clock()) == 1
    assert await told(database, "chat-mai") == 2
    assert await told(database) == 1


async def test_a_volunteers_silence_gives_the_request_back(
    assistant: Assistant, database: Database, clock: Clock, lan: str
) -> None:
    await database.write(
        lambda connection: take(connection, EventRecord("", lan, LAN, clock()), "T0")
    )

    early = await assistant.fall_due(clock.pass_(minutes=29))
    late = await assistant.fall_due(clock.pass_(minutes=1))

    assert (early, late) == (0, 1)
    [row] = (await everything(database))["help_request"]
    assert (row["state"], row["helper"]) == ("waiting", None)
    assert await told(database, NEIGHBOUR.chat) == 1, "who asked is told"
    assert await assistant.fall_due(clock.pass_(minutes=1)) == 0, "she is not asked again"


async def test_a_host_is_asked_once_about_a_group(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    def work(connection: Connection) -> None:
        learner_id = neighbour(connection, "lan")
        grant(connection, "H1", "host", learner_id)
        found(connection, learner_id)

    await database.write(work)

    assert await assistant.fall_due(clock()) == 1
    assert await assistant.fall_due(clock.pass_(minutes=1)) == 0
    [row] = (await everything(database))["chat_group"]
    assert row["asked_at"] == MORNING
    assert await told(database) == 1


async def test_a_host_is_told_once_how_her_tip_fared_when_nothing_is_on_its_way(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    due_at = MORNING + timedelta(minutes=1)
    tip = TipScheduled(
        campaign="C1",
        tip="phone/scan_qr:look_twice",
        tip_version="ab",
        ward=WARD,
        due_at=due_at,
    )

    def work(connection: Connection) -> None:
        learner_id = neighbour(connection, "lan")
        grant(connection, "H1", "host", learner_id)
        found(connection, learner_id)
        linked = update(chat_group).values(state="linked", ward=WARD, asked_at=MORNING)
        connection.execute(linked)
        campaign.schedule(connection, EventRecord("", learner_id, LAN, MORNING), tip)
        queue(connection)

    await database.write(work)

    assert await assistant.fall_due(clock()) == 0
    assert await assistant.fall_due(clock.pass_(minutes=2)) == 0, "still on its way"
    arrived = update(delivery).values(state="sent")
    await database.write(lambda connection: connection.execute(arrived))
    assert await assistant.fall_due(clock()) == 1
    assert await assistant.fall_due(clock.pass_(minutes=1)) == 0
    assert await told(database) >= 1


def queue(connection: Connection) -> None:
    """One message of it, to one group."""
    tip = Outgoing(to=ToGroup(group="G1"), reply=Reply(text="mẹo"), campaign="C1")
    outgoing.enqueue(connection, "t", outgoing.bound(connection, [tip], "t"), now=MORNING)


async def test_who_asked_is_told_after_a_week_that_nobody_answered(
    assistant: Assistant, database: Database, clock: Clock, lan: str
) -> None:
    await assistant.fall_due(clock())
    take_it = partial(take, record=EventRecord("", lan, LAN, clock.pass_(days=6.99)), ticket="T0")
    await database.write(take_it)

    made = [await assistant.fall_due(clock.pass_(minutes=minutes)) for minutes in (1, 20, 1)]

    assert made == [0, 1, 0]
    assert await told(database, NEIGHBOUR.chat) == 1
    [row] = (await everything(database))["help_request"]
    assert row["state"] == "closed"
    await Talk(assistant, database, clock, name="lan").says("xong")
    assert "không giữ mã nào" in (await everything(database))["delivery"][-1]["reply"]


@pytest.mark.parametrize(
    ("state", "made"), [("failed", 1), ("expired", 1), ("uncertain", 0), ("sent", 0)]
)
async def test_a_volunteer_is_told_once_of_answers_that_never_arrived(
    assistant: Assistant, database: Database, clock: Clock, lan: str, state: str, made: int
) -> None:
    volunteer = Talk(assistant, database, clock, name="lan")
    await assistant.fall_due(clock())
    for words in ("nhận", "Bấm nút giữa màn hình", "Rồi đưa lên mã", "xong"):
        await volunteer.says(words)
    ends = update(delivery).where(delivery.c.chat == NEIGHBOUR.chat).values(state=state)
    await database.write(lambda connection: connection.execute(ends))
    before = await told(database)

    falling = [await assistant.fall_due(clock.pass_(minutes=1)) for _ in range(2)]

    assert falling == [made, 0]
    assert await told(database) == before + made


async def test_what_is_only_said_about_a_request_is_no_answer_that_is_lost(
    assistant: Assistant, database: Database, clock: Clock, lan: str
) -> None:
    volunteer = Talk(assistant, database, clock, name="lan")
    await assistant.fall_due(clock())
    for words in ("nhận", "xong"):
        await volunteer.says(words)
    ends = update(delivery).where(delivery.c.chat == NEIGHBOUR.chat).values(state="failed")
    await database.write(lambda connection: connection.execute(ends))

    assert await assistant.fall_due(clock.pass_(minutes=1)) == 0


async def test_an_answer_outlives_the_volunteer_without_her_name(
    assistant: Assistant, database: Database, clock: Clock, lan: str
) -> None:
    volunteer = Talk(assistant, database, clock, name="lan")
    await assistant.fall_due(clock())
    for words in ("nhận", "Bấm nút giữa màn hình"):
        await volunteer.says(words)

    await database.write(partial(forget, learner_id=lan, at=clock()))

    rows = await everything(database)
    assert "Bấm nút giữa màn hình" in repr(rows["delivery"])
    assert lan not in repr(rows)
