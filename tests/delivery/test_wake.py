"""A turn's replies are sent at once, and one slow send holds up nobody else."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import text

from bot.assistant import Assistant
from bot.channels.incoming import Address
from bot.delivery.deliver import Outlet
from bot.delivery.schedule import Schedule
from bot.delivery.send import Arrived, SendResult
from bot.storage.outbox import LEASE, Delivery
from tests.delivery.post import ONE, TWO, Post
from tests.talk import Clock


class Slow:
    """A platform that answers for a chat when it is let."""

    together = False

    def __init__(self) -> None:
        self.got: list[str] = []
        self.news = asyncio.Condition()
        self.answers = {ONE.chat: asyncio.Event()}
        self.most_at_once = self._at_once = 0

    async def send(self, chat: str, batch: Sequence[Delivery]) -> SendResult:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        async with self.news:
            self.got.append(batch[0].reply.text)
            self.news.notify_all()
        if chat in self.answers:
            await self.answers[chat].wait()
        self._at_once -= 1
        return Arrived()

    async def has(self, *texts: str) -> None:
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(lambda: set(texts) <= set(self.got)), 30)


def scheduled(post: Post, assistant: Assistant, platform: Slow, at_once: int = 8) -> Schedule:
    outlet = Outlet.of("zalo", "q3", platform)
    return Schedule(assistant, post.database, post.clock, [outlet], at_once=at_once)


async def test_what_is_queued_while_another_is_sent_goes_at_once(
    post: Post, assistant: Assistant, clock: Clock
) -> None:
    platform = Slow()
    schedule = scheduled(post, assistant, platform)
    await post.queue("slow")
    schedule.nudge("zalo", "q3")
    await platform.has("slow")

    await post.queue("a", to=TWO)
    schedule.nudge("zalo", "q3")
    schedule.nudge("zalo", "q3")
    await platform.has("a")
    platform.answers[ONE.chat].set()
    await schedule.rest()

    assert platform.got == ["slow", "a"]


async def test_a_nudge_that_comes_while_it_looks_is_not_lost(
    post: Post, assistant: Assistant
) -> None:
    platform = Slow()
    platform.answers.clear()
    schedule = scheduled(post, assistant, platform)

    async def say(number: int) -> None:
        await post.queue(f"{number}", to=Address("zalo", "q3", f"chat {number}"))
        schedule.nudge("zalo", "q3")

    await asyncio.gather(*(say(number) for number in range(20)))
    await schedule.rest()

    assert sorted(platform.got, key=int) == [f"{number}" for number in range(20)]


# platforms.md 6, row 13
async def test_row_13_no_more_are_on_their_way_than_the_pool_holds(
    post: Post, assistant: Assistant
) -> None:
    platform = Slow()
    for number in range(12):
        await post.queue(f"{number}", to=Address("zalo", "q3", f"chat {number}"))
    schedule = scheduled(post, assistant, platform, at_once=3)

    schedule.nudge("zalo", "q3")
    await schedule.rest()

    assert platform.most_at_once <= 3
    assert len(platform.got) == 12


async def test_each_tick_looks_at_every_account(
    post: Post, assistant: Assistant, clock: Clock
) -> None:
    platform = Slow()
    platform.answers.clear()
    schedule = scheduled(post, assistant, platform)
    await post.queue("1")

    schedule.nudge("other", "account")
    await schedule.rest()
    assert platform.got == []
    await schedule.tick()
    await schedule.rest()

    assert platform.got == ["1"]


async def test_what_a_sender_that_died_left_is_settled_also_while_others_are_sent(
    post: Post, assistant: Assistant, clock: Clock
) -> None:
    platform = Slow()
    schedule = scheduled(post, assistant, platform)
    await post.queue("dead", to=TWO)
    await post.claim()
    await post.queue("slow")
    schedule.nudge("zalo", "q3")
    await platform.has("slow")

    await post.queue("next", to=TWO)
    clock.pass_(seconds=LEASE.total_seconds() + 1)
    await schedule.tick()
    await platform.has("next")
    platform.answers[ONE.chat].set()
    await schedule.rest()

    assert (await post.states())["dead"] == "uncertain"


async def test_a_service_that_stops_ends_what_it_sends_and_begins_nothing(
    post: Post, assistant: Assistant
) -> None:
    platform = Slow()
    schedule = scheduled(post, assistant, platform, at_once=1)
    schedule.start()
    await post.queue("slow")
    await post.queue("a", to=TWO)
    schedule.nudge("zalo", "q3")
    await platform.has("slow")

    stopping = asyncio.create_task(schedule.stop())
    await asyncio.sleep(0)
    platform.answers[ONE.chat].set()
    await stopping
    schedule.nudge("zalo", "q3")
    await schedule.rest()

    assert await post.states() == {"slow": "sent", "a": "queued"}


async def test_after_a_service_has_stopped_the_next_one_sends_to_groups_at_once(
    post: Post, assistant: Assistant
) -> None:
    platform = Slow()
    first, second = (scheduled(post, assistant, platform) for _ in range(2))
    for said, one in (("1", first), ("2", second)):
        await post.queue(said, to=TWO, to_group=True)
        one.start()
        one.nudge("zalo", "q3")
        await one.rest()
        await one.stop()

    assert platform.got == ["1", "2"]


async def test_a_fault_while_looking_for_more_breaks_off_nothing_that_is_on_its_way(
    post: Post, assistant: Assistant
) -> None:
    platform = Slow()
    schedule = scheduled(post, assistant, platform)
    await post.queue("slow")
    schedule.nudge("zalo", "q3")
    await platform.has("slow")

    broken = text("ALTER TABLE hold RENAME TO gone")
    await post.database.write(lambda connection: connection.execute(broken))
    schedule.nudge("zalo", "q3")
    for _ in range(20):
        await asyncio.sleep(0)
    await post.queue("later")  # by now it has looked
    platform.answers[ONE.chat].set()
    await schedule.rest()

    assert (await post.states())["slow"] == "sent"
