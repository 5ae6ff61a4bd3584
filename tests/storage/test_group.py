"""Groups: found by a host, linked by her word, left, and moved to another id."""

from functools import partial

import pytest
from sqlalchemy import Connection, insert

from bot.channels.incoming import Address
from bot.storage import group, outbox, place
from bot.storage.apply import apply_all
from bot.storage.database import Database
from bot.storage.record import RightMissingError
from bot.storage.tables import account
from flows.dialog import Dialog
from flows.events import Event, GroupLeft, GroupLinked, GroupNamed, GroupRefused, GroupSeen
from flows.replies import Reply
from flows.snapshots import Group
from tests.storage.world import GROUP, WARD, found, grant, neighbour
from tests.talk import MORNING, everything


@pytest.fixture
async def host(database: Database) -> str:
    def work(connection: Connection) -> str:
        learner_id = neighbour(connection, "host")
        grant(connection, "H1", "host", learner_id)
        return learner_id

    return await database.write(work)


async def happens(
    database: Database, learner_id: str, *events: Event, turn: str = "t", at: Address = GROUP
) -> None:
    write = partial(apply_all, turn=f"{turn}-{learner_id}", learner_id=learner_id, address=at)
    await database.write(partial(write, events=events, at=MORNING))


async def of(database: Database, learner_id: str) -> tuple[Group, ...]:
    return await database.read(partial(group.of_host, learner_id=learner_id))


async def test_a_group_is_found_by_the_host_who_was_there(database: Database, host: str) -> None:
    somebody = await database.write(partial(neighbour, name="somebody"))

    await happens(database, somebody, GroupSeen())
    before = await of(database, host)
    await happens(database, host, GroupSeen())
    await database.write(partial(group.name, address=GROUP, title="Khu phố 3", size=40))

    assert before == ()
    [waits] = await of(database, host)
    assert (waits.title, waits.size, waits.ward, waits.direct) == ("Khu phố 3", 40, None, True)


async def test_a_host_links_only_what_she_found_and_only_for_her_ward(
    database: Database, host: str
) -> None:
    other = await database.write(partial(neighbour, name="other"))
    await database.write(partial(grant, role_id="H2", kind="host", learner_id=other, ward="99"))
    await database.write(partial(found, learner_id=host))

    for who, ward in ((other, "99"), (other, WARD), (host, "99")):
        with pytest.raises(RightMissingError):
            await happens(database, who, GroupLinked(group="G1", ward=ward))
    await happens(database, host, GroupLinked(group="G1", ward=WARD))

    assert [one.ward for one in await of(database, host)] == [WARD]
    assert await database.read(partial(group.is_linked, address=GROUP))
    assert await database.read(partial(group.is_met, address=GROUP))
    await happens(database, host, GroupRefused(group="G1"), turn="t2")
    assert await of(database, host) == ()


async def test_what_a_host_calls_her_group_stays_where_the_platform_tells_no_title(
    database: Database, host: str
) -> None:
    other = await database.write(partial(neighbour, name="other"))
    await database.write(partial(grant, role_id="H2", kind="host", learner_id=other, ward="99"))
    await database.write(partial(found, learner_id=host))
    named = GroupNamed(group="G1", title="Tổ 12")

    with pytest.raises(RightMissingError):
        await happens(database, host, named, turn="too early")
    await happens(database, host, GroupLinked(group="G1", ward=WARD), named)
    with pytest.raises(RightMissingError):
        await happens(database, other, GroupNamed(group="G1", title="của tui"))
    await database.write(partial(group.name, address=GROUP, title="", size=None))

    assert [one.title for one in await of(database, host)] == ["Tổ 12"]
    await database.write(partial(group.name, address=GROUP, title="Tổ 12 mới", size=None))
    assert [one.title for one in await of(database, host)] == ["Tổ 12 mới"]


async def test_where_the_platform_lets_no_bot_into_groups_the_host_pastes(
    database: Database, host: str
) -> None:
    await database.write(partial(found, learner_id=host))
    closed = {"name": "Bot", "groups": False, "updates": "polling", "at": MORNING}
    row = {"channel": GROUP.channel, "account": GROUP.account, **closed}
    await database.write(lambda connection: connection.execute(insert(account), row))

    assert [one.direct for one in await of(database, host)] == [False]


async def test_what_is_queued_for_a_group_that_was_left_has_failed(
    database: Database, host: str
) -> None:
    await database.write(partial(found, learner_id=host))
    queue = partial(outbox.enqueue, turn="c", address=GROUP, learner_id=None, to_group=True)
    await database.write(partial(queue, said=[Reply(text="mẹo")], now=MORNING))

    await happens(database, host, GroupLeft())

    rows = await everything(database)
    assert [(row["state"], row["reason"]) for row in rows["delivery"]] == [("failed", "kicked")]
    assert not await database.read(partial(group.is_met, address=GROUP)), "said anew who it is"
    assert await of(database, host) == ()
    await happens(database, host, GroupSeen(), turn="t2")
    assert [one.id for one in await of(database, host)] == ["G1"], "let in again, asked again"


@pytest.mark.parametrize("already_seen", [False, True])
async def test_a_group_that_moved_is_the_same_group(
    database: Database, host: str, already_seen: bool
) -> None:
    new = GROUP._replace(chat="group-new")
    await database.write(partial(found, learner_id=host))
    await happens(database, host, GroupLinked(group="G1", ward=WARD))
    queue = partial(outbox.enqueue, turn="c", address=GROUP, learner_id=None, to_group=True)
    await database.write(partial(queue, said=[Reply(text="mẹo")], now=MORNING))
    save = partial(place.save, learner_id=host, opened=Dialog(), in_group=True, at=MORNING)
    await database.write(partial(save, address=GROUP))
    if already_seen:
        await happens(database, host, GroupSeen(), turn="t2", at=new)
        await database.write(partial(save, address=new))

    for _ in range(2):
        await database.write(partial(group.moved, old=GROUP, chat="group-new"))

    rows = await everything(database)
    assert [(row["id"], row["chat"]) for row in rows["chat_group"]] == [("G1", "group-new")]
    assert [row["chat"] for row in rows["delivery"]] == ["group-new"]
    assert GROUP.chat not in repr(rows)
    assert await database.read(partial(group.is_linked, address=new))


async def test_a_private_message_never_goes_to_a_group(database: Database, host: str) -> None:
    own = await database.read(partial(place.last, learner_id=host))
    save = partial(place.save, learner_id=host, opened=Dialog(), in_group=True)

    await database.write(partial(save, address=GROUP, at=MORNING.replace(hour=20)))

    assert own == Address("console", "console", "chat-host")
    assert await database.read(partial(place.last, learner_id=host)) == own
