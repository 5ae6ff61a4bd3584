"""When little of a month's quota is left, it is kept for what must arrive."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.channels.incoming import Address, Identity
from bot.clock import CITY
from bot.delivery.send import Arrived, Later, Refused, SendResult, Unknown
from bot.storage import person, quota
from bot.storage.outbox import LEASE
from bot.storage.tables import KINDS
from flows.replies import Reply
from tests.delivery.post import CARD, TWO, Platform, Post
from tests.talk import Clock

LINES = {"vi": Reply(text="mở trang này"), "en": Reply(text="open this page")}


@pytest.mark.parametrize(
    ("used", "stopped"),
    [
        (0, set()),
        (2_399, set()),
        (2_400, {"tip"}),
        (2_849, {"tip"}),
        (2_850, {"tip", "reminder", "alert", "staff", "reply"}),
        (2_999, {"tip", "reminder", "alert", "staff", "reply"}),
        (3_000, {"tip", "reminder", "alert", "staff", "reply", "guide"}),
    ],
)
def test_what_stops_at_which_share(used: int, stopped: set[str]) -> None:
    assert set(quota.stopped(used, 3_000)) == stopped
    assert quota.stopped(used, None) == ()


def test_a_month_is_one_of_the_city() -> None:
    last_minute = datetime(2026, 11, 30, 23, 59, tzinfo=CITY)

    assert quota.month_of(last_minute) == "2026-11"
    assert quota.month_of(last_minute + timedelta(minutes=1)) == "2026-12"


async def use(post: Post, messages: int) -> None:
    add = partial(quota.add, channel="zalo", account="q3", messages=messages)
    await post.database.write(partial(add, now=post.clock()))


async def used(post: Post) -> int:
    read = partial(quota.used, channel="zalo", account="q3", now=post.clock())
    return await post.database.read(read)


async def queue_one_of_each(post: Post) -> None:
    for kind in KINDS[1:]:
        await post.queue(kind, to=Address("zalo", "q3", kind), kind=kind)
    await post.queue(CARD, to=Address("zalo", "q3", "emergency"))


@pytest.mark.parametrize(
    ("before", "sent"),
    [
        (70, {"card", "guide", "reply", "staff", "alert", "reminder", "tip"}),
        (80, {"card", "guide", "reply", "staff", "alert", "reminder"}),
        (95, {"card", "guide"}),
        (100, {"card"}),
    ],
)
async def test_what_matters_less_stops_first(post: Post, before: int, sent: set[str]) -> None:
    post.messages_a_month = 100
    platform = Platform()
    await use(post, before)
    await queue_one_of_each(post)

    await post.deliver(platform)

    assert {text for _, text in platform.got} == sent
    states = await post.states()
    assert states["tip"] == ("sent" if "tip" in sent else "failed")
    assert {states[kind] for kind in states.keys() - sent - {"tip"}} <= {"queued"}


async def test_the_host_reads_why_a_tip_was_not_sent(post: Post) -> None:
    post.messages_a_month = 10
    await use(post, 8)
    await post.queue("tip", kind="tip", to_group=True)
    later = post.clock() + timedelta(hours=1)
    await post.queue("later", to=TWO, kind="tip", to_group=True, due_at=later)

    await post.deliver(Platform())

    [tip, not_due] = await post.rows()
    assert (tip["state"], tip["reason"]) == ("failed", "quota")
    assert not_due["state"] == "queued", "until then the month may be another"


async def test_the_last_message_before_a_threshold_is_one(post: Post) -> None:
    post.messages_a_month = 10
    platform = Platform()
    await use(post, 6)
    for number in range(5):
        await post.queue(f"{number}", to=Address("zalo", "q3", f"{number}"), kind="tip")

    await post.deliver(platform)

    assert len(platform.got) == 2
    assert await used(post) == 8


async def test_a_stopped_reply_holds_up_no_step_and_goes_in_the_next_month(
    post: Post, clock: Clock
) -> None:
    clock.time = datetime(2026, 11, 30, 20, 0, tzinfo=CITY)
    post.messages_a_month = 100
    platform = Platform()
    await use(post, 96)
    await post.queue("reply")
    await post.queue("guide", kind="guide")

    await post.deliver(platform)
    assert platform.texts() == ["guide"]
    clock.pass_(hours=5)
    await post.deliver(platform)

    assert platform.texts() == ["guide", "reply"]


async def test_who_gets_no_answer_is_told_once_a_month_where_else_to_ask(
    post: Post, clock: Clock
) -> None:
    post.messages_a_month, post.quota_over = 100, LINES
    platform = Platform()
    await use(post, 95)
    await post.queue("1")
    await post.queue("2", to=TWO)
    await post.deliver(platform)
    await post.queue("3")
    await post.deliver(platform)
    assert platform.texts() == ["mở trang này"]
    assert platform.texts("two") == ["mở trang này"]
    assert await used(post) == 97, "the line counts"

    clock.time = datetime(2026, 12, 1, 8, 0, tzinfo=CITY)
    await use(post, 95)
    await post.queue("4")
    await post.deliver(platform)

    assert platform.texts() == ["mở trang này"] * 2


async def test_who_follows_a_howto_is_told_while_its_steps_still_go(post: Post) -> None:
    post.messages_a_month, post.quota_over = 100, LINES
    platform = Platform()
    await use(post, 96)
    await post.queue("guide", kind="guide")
    await post.deliver(platform)
    await post.queue("next", kind="guide")
    await post.deliver(platform)

    assert platform.texts() == ["guide", "mở trang này", "next"]


async def test_the_line_is_in_the_persons_language(post: Post) -> None:
    def meet(connection: Any) -> str:
        who = Identity("zalo", "q3", "one")
        learner = person.enter(connection, who, lasting=True, now=post.clock()).learner
        person.save(connection, replace(learner, language="en"))
        return learner.id

    learner_id = await post.database.write(meet)
    post.messages_a_month, post.quota_over = 100, LINES
    platform = Platform()
    await use(post, 95)
    await post.queue("1", learner_id=learner_id)

    await post.deliver(platform)

    assert platform.texts() == ["open this page"]


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        (Arrived(), 1),
        (Arrived(parts=3), 3),
        (Unknown(), 1),
        (Unknown(parts=2), 2),
        (Refused("blocked"), 0),
    ],
)
async def test_what_may_have_arrived_counts(post: Post, answer: SendResult, counted: int) -> None:
    await post.queue("1")

    await post.deliver(Platform(**{"1": answer}))

    assert await used(post) == counted


async def test_parts_that_had_arrived_before_count_once(post: Post, clock: Clock) -> None:
    platform = Platform(**{"1": Later(clock() + timedelta(seconds=5), parts=2)})
    await post.queue("1")
    await post.deliver(platform)
    assert await used(post) == 2
    clock.pass_(seconds=5)
    platform.answers["1"] = Arrived(parts=3)

    await post.deliver(platform)

    assert await used(post) == 3


async def test_a_fault_after_parts_that_had_arrived_takes_none_of_them_back(
    post: Post, clock: Clock
) -> None:
    await post.queue("long")
    await post.deliver(Platform(long=Later(clock() + timedelta(seconds=5), parts=2)))
    clock.pass_(seconds=5)

    await post.deliver(Platform(long=ValueError()))

    assert await used(post) == 3
    assert [row["parts"] for row in await post.rows()] == [3]


async def test_of_a_card_in_parts_only_the_one_in_doubt_is_sent_again(post: Post) -> None:
    await post.queue(CARD)

    await post.deliver(Platform(card=Unknown(parts=3)))

    assert await used(post) == 3
    assert [(row["state"], row["parts"]) for row in await post.rows()] == [("queued", 2)]


async def test_what_a_dead_sender_had_on_its_way_counts(post: Post, clock: Clock) -> None:
    await post.queue("1")
    await post.claim("dead")
    clock.pass_(seconds=LEASE.total_seconds() + 1)

    await post.deliver(Platform())

    assert await used(post) == 1
