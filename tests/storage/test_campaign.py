"""Campaigns: scheduled, taken back in time, reported, sent again where they failed, withdrawn."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, insert, update

from bot.rights import revoke
from bot.storage import campaign, outgoing, withdrawn
from bot.storage.apply import apply_all
from bot.storage.database import Database
from bot.storage.forget import forget
from bot.storage.record import RightMissingError
from bot.storage.tables import chat_group, delivery, role
from flows.events import Event, GroupLinked, GroupRefused, TipResent, TipScheduled, TipTakenBack
from flows.replies import Reply
from flows.snapshots import Campaign
from flows.turn import Outgoing, ToGroup
from tests.storage.world import GROUP, WARD, found, grant, neighbour
from tests.talk import MORNING, everything

DUE = MORNING + timedelta(minutes=1)
TIP = TipScheduled(
    campaign="C1", tip="phone/scan_qr:look_twice", tip_version="ab", ward=WARD, due_at=DUE
)


async def happens(
    database: Database, host: str, *events: Event, at: datetime = MORNING, turn: str = "t"
) -> None:
    write = partial(apply_all, turn=turn, learner_id=host, address=GROUP)
    await database.write(partial(write, events=events, at=at))


@pytest.fixture
async def host(database: Database) -> str:
    """She has sent a tip to one group."""

    def work(connection: Connection) -> str:
        learner_id = neighbour(connection, "host")
        grant(connection, "H1", "host", learner_id)
        found(connection, learner_id)
        return learner_id

    learner_id = await database.write(work)
    await happens(database, learner_id, GroupLinked(group="G1", ward=WARD), TIP)
    tip = Outgoing(to=ToGroup(group="G1"), reply=Reply(text="mẹo"), due_at=DUE, campaign="C1")

    def queue(connection: Connection) -> None:
        ways = outgoing.bound(connection, [tip], "t")
        outgoing.enqueue(connection, "t", ways, now=MORNING)

    await database.write(queue)
    return learner_id


async def fails(database: Database, state: str, reason: str | None = None) -> None:
    failed = update(delivery).values(state=state, reason=reason, attempts=3)
    await database.write(lambda connection: connection.execute(failed))


async def sent(database: Database, host: str) -> Campaign:
    [found] = await database.read(partial(campaign.of_host, learner_id=host))
    return found


async def test_its_message_waits_in_the_outbox_until_it_is_due(
    database: Database, host: str
) -> None:
    [row] = (await everything(database))["delivery"]

    assert (row["kind"], row["to_group"], row["campaign"]) == ("tip", True, "C1")
    assert (row["chat"], row["learner"]) == (GROUP.chat, None)
    assert row["queued_at"] == row["again_at"] == DUE
    result = (await sent(database, host)).results
    assert [(one.group.title, one.state) for one in result] == [("Khu phố 3", "queued")]


@pytest.mark.parametrize(("after", "gone"), [(59, True), (60, False)])
async def test_it_is_taken_back_before_it_is_due_and_not_afterwards(
    database: Database, host: str, after: int, gone: bool
) -> None:
    later = MORNING + timedelta(seconds=after)

    await happens(database, host, TipTakenBack(campaign="C1"), at=later, turn="t2")

    assert ((await everything(database))["delivery"] == []) == gone
    assert (await sent(database, host)).taken_back == gone


@pytest.mark.parametrize(
    ("state", "reason", "again"),
    [
        ("failed", "kicked", True),
        ("expired", None, True),
        ("sent", None, False),
        ("uncertain", None, False),
        ("failed", "withdrawn", False),
    ],
)
async def test_only_what_never_arrived_is_sent_again(
    database: Database, host: str, state: str, reason: str | None, again: bool
) -> None:
    await fails(database, state, reason)

    with nullcontext() if again else pytest.raises(RightMissingError):
        await happens(database, host, TipResent(campaign="C1"), at=DUE, turn="t2")

    [row] = (await everything(database))["delivery"]
    assert (row["state"] == "queued" and row["attempts"] == 0) == again


async def test_what_left_before_its_time_is_not_said_to_be_taken_back(
    database: Database, host: str
) -> None:
    await fails(database, "sending")

    with pytest.raises(RightMissingError):
        await happens(database, host, TipTakenBack(campaign="C1"), turn="t2")

    assert not (await sent(database, host)).taken_back


async def test_who_lost_the_right_in_that_ward_sends_nothing_again(
    database: Database, host: str
) -> None:
    await fails(database, "failed")
    elsewhere = partial(grant, role_id="H2", kind="host", learner_id=host, ward="99999")
    await database.write(elsewhere)
    gone = update(role).where(role.c.id == "H1").values(revoked_at=MORNING)
    await database.write(lambda connection: connection.execute(gone))

    with pytest.raises(RightMissingError):
        await happens(database, host, TipResent(campaign="C1"), at=DUE, turn="t2")


async def sends_elsewhere(database: Database, host: str) -> None:
    """The same tip goes to a group of another ward of hers, too."""

    def work(connection: Connection) -> None:
        grant(connection, "H2", "host", host, ward="26737")
        there = {"id": "G2", **GROUP._replace(chat="group-2")._asdict(), "title": "Tổ 2"}
        linked = {"state": "linked", "ward": "26737", "at": MORNING}
        connection.execute(insert(chat_group), {**there, **linked})
        tip = Outgoing(to=ToGroup(group="G2"), reply=Reply(text="mẹo"), due_at=DUE, campaign="C1")
        outgoing.enqueue(connection, "t2", outgoing.bound(connection, [tip], "t2"), now=MORNING)

    await database.write(work)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=2)])
async def test_with_the_right_goes_what_was_not_sent_yet_also_where_it_is_due_but_held(
    database: Database, host: str, late: timedelta
) -> None:
    gone = partial(revoke, kind="host", role_id="H1", now=MORNING + late)

    assert await database.write(gone)

    assert (await everything(database))["delivery"] == []
    assert (await sent(database, host)).taken_back


@pytest.mark.parametrize(("role_id", "left"), [("H1", "Tổ 2"), ("H2", "Khu phố 3")])
async def test_of_a_tip_for_two_wards_only_what_goes_to_the_lost_one_is_taken_back(
    database: Database, host: str, role_id: str, left: str
) -> None:
    await sends_elsewhere(database, host)

    await database.write(partial(revoke, kind="host", role_id=role_id, now=MORNING))

    campaign = await sent(database, host)
    assert [one.group.title for one in campaign.results] == [left]
    assert not campaign.taken_back


async def test_it_is_sent_again_only_to_groups_of_wards_that_are_still_hers(
    database: Database, host: str
) -> None:
    await sends_elsewhere(database, host)
    await fails(database, "failed")
    await database.write(partial(revoke, kind="host", role_id="H1", now=DUE))

    await happens(database, host, TipResent(campaign="C1"), at=DUE, turn="t3")

    results = (await sent(database, host)).results
    assert [(one.group.title, one.state) for one in results] == [
        ("Khu phố 3", "failed"),
        ("Tổ 2", "queued"),
    ]


async def test_a_group_that_was_taken_out_gets_no_tip_that_was_scheduled(
    database: Database, host: str
) -> None:
    await happens(database, host, GroupRefused(group="G1"), turn="t2")
    [result] = (await sent(database, host)).results
    assert (result.state, result.reason) == ("failed", "taken_out")

    with pytest.raises(RightMissingError):
        await happens(database, host, TipResent(campaign="C1"), at=DUE, turn="t3")
    [result] = (await sent(database, host)).results
    assert result.state == "failed"


async def test_of_a_withdrawn_topic_nothing_more_is_sent(database: Database, host: str) -> None:
    stop = partial(withdrawn.withdraw, slug="phone/scan_qr", why="sai", at=MORNING)

    await database.write(stop)

    [result] = (await sent(database, host)).results
    assert (result.state, result.reason) == ("failed", "withdrawn")


async def test_who_is_no_host_of_the_ward_sends_nothing(database: Database) -> None:
    stranger = await database.write(neighbour)

    with pytest.raises(RightMissingError):
        await happens(database, stranger, TIP)


async def test_of_a_forgotten_host_nothing_more_is_sent(database: Database, host: str) -> None:
    await database.write(partial(forget, learner_id=host, at=MORNING))

    rows = await everything(database)
    assert rows["delivery"] == rows["role"] == []
    assert [row["learner"] for row in rows["campaign"]] == [None]
    assert [row["found_by"] for row in rows["chat_group"]] == [None]
    assert host not in repr(rows)
