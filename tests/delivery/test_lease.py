"""Something that only one process may do at a time."""

import asyncio
from datetime import timedelta
from functools import partial

from bot.channels.incoming import Address
from bot.storage import lease
from bot.storage.claim import GROUPS
from bot.storage.database import Database
from tests.delivery.post import Platform, Post
from tests.talk import Clock

MINUTE = timedelta(minutes=1)
GROUP = Address("zalo", "q3", "group")
OTHER_GROUP = Address("zalo", "q3", "other group")


async def take(database: Database, owner: str, clock: Clock, name: str = "poll") -> bool:
    taking = partial(lease.take, name=name, owner=owner, length=MINUTE)
    return await database.write(partial(taking, now=clock()))


async def test_one_holds_it_until_it_runs_out(database: Database, clock: Clock) -> None:
    assert await take(database, "a", clock)
    assert not await take(database, "b", clock)
    assert await take(database, "b", clock, name="another")
    clock.pass_(seconds=59)
    assert not await take(database, "b", clock)
    clock.pass_(seconds=1)
    assert await take(database, "b", clock)
    assert not await take(database, "a", clock)


async def test_who_holds_it_keeps_it_for_longer(database: Database, clock: Clock) -> None:
    await take(database, "a", clock)
    clock.pass_(seconds=50)
    assert await take(database, "a", clock)
    clock.pass_(seconds=50)
    assert not await take(database, "b", clock)


async def test_only_who_holds_it_lets_it_go(database: Database, clock: Clock) -> None:
    await take(database, "a", clock)
    await database.write(partial(lease.release, name="poll", owner="b"))
    assert not await take(database, "b", clock)
    await database.write(partial(lease.release, name="poll", owner="a"))
    assert await take(database, "b", clock)


async def test_of_many_at_once_one_gets_it(database: Database, clock: Clock) -> None:
    got = await asyncio.gather(*(take(database, f"p{n}", clock) for n in range(5)))

    assert sum(got) == 1


async def test_one_process_alone_sends_to_groups(post: Post, clock: Clock) -> None:
    first, second = Platform(), Platform()
    await post.queue("1", to=GROUP, to_group=True)
    await post.deliver(first, owner="first")
    await post.queue("2", to=OTHER_GROUP, to_group=True)
    await post.queue("private")

    await post.deliver(second, owner="second")
    assert second.got == [("one", "private")]
    clock.pass_(seconds=GROUPS.total_seconds())
    await post.deliver(second, owner="second")

    assert second.texts("other group") == ["2"], "the first one has died"
