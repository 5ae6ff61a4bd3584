"""No platform ever gets more than it allows in any span of its own time."""

import asyncio
from datetime import timedelta
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import capability
from bot.channels.capability import Rates
from bot.channels.incoming import Address
from bot.delivery.send import Arrived, Unknown
from bot.storage.rate import Counted, Windows
from flows.campaign import A_MINUTE
from tests.delivery.post import ONE, TWO, Platform, Post
from tests.talk import MORNING, Clock

DATA = Path(__file__).parents[2] / "data"
GROUP = Address("zalo", "q3", "group")


@given(
    tries=st.lists(
        st.tuples(
            st.floats(0, 15),  # seconds since the last try
            st.floats(0, 1),  # when within the call the platform counts it
            st.floats(0, 40),  # how long the call takes
        ),
        max_size=120,
    ),
    most=st.integers(1, 20),
)
def test_any_sixty_seconds_hold_no_more_than_a_group_takes(
    tries: list[tuple[float, float, float]], most: int
) -> None:
    now = MORNING
    sent: list[tuple[float, float]] = []  # when it counted, when it was answered
    for pause, share, length in tries:
        now += timedelta(seconds=pause)
        at = (now - MORNING).total_seconds()
        known = [
            Counted("g", True, MORNING + timedelta(seconds=end) if end <= at else None)
            for _, end in sent
        ]
        if Windows(Rates(group_per_min=most), known, now).take("g", to_group=True):
            sent.append((at + share * length, at + length))

    arrivals = sorted(arrival for arrival, _ in sent)
    for first, last in zip(arrivals, arrivals[most:], strict=False):
        assert last - first >= 60 - 1e-6


@given(most=st.integers(1, 30), wanted=st.integers(0, 60))
def test_what_is_taken_counts_at_once(most: int, wanted: int) -> None:
    windows = Windows(Rates(account_per_s=most), [], MORNING)
    taken = [windows.take(str(number), to_group=False) for number in range(wanted)]

    assert sum(taken) == min(most, wanted)


async def test_a_group_gets_twenty_a_minute(post: Post, clock: Clock) -> None:
    post.rates = Rates(group_per_min=20)
    platform = Platform()
    for number in range(30):
        await post.queue(f"{number}", to=GROUP, to_group=True)
    await post.queue("private")

    assert await post.deliver(platform) == 21
    clock.pass_(seconds=59)
    assert await post.deliver(platform) == 0
    clock.pass_(seconds=1)
    assert await post.deliver(platform) == 10


async def test_topics_of_a_forum_share_its_limit(post: Post) -> None:
    post.rates = Rates(group_per_min=3)
    platform = Platform()
    for number in range(6):
        topic = GROUP._replace(chat=f"group/{number}")
        await post.queue(f"{number}", to=topic, to_group=True)

    assert await post.deliver(platform) == 3


async def test_a_chat_gets_one_a_second_and_holds_up_no_other(post: Post, clock: Clock) -> None:
    post.rates = Rates(chat_per_s=1)
    platform = Platform()
    await post.queue("1", "2", "3")
    await post.queue("a", to=TWO)

    seen = []
    for _ in range(4):
        await post.deliver(platform)
        seen.append(platform.texts())
        clock.pass_(seconds=1)

    assert seen == [["1"], ["1", "2"], ["1", "2", "3"], ["1", "2", "3"]]
    assert platform.texts("two") == ["a"]


async def test_a_turns_replies_come_at_once_and_a_flood_does_not(post: Post, clock: Clock) -> None:
    post.rates = Rates(chat_per_s=1, chat_burst=3)
    platform = Platform()
    await post.queue("1", "2", "3")
    await post.queue("4", "5")

    assert await post.deliver(platform) == 3
    clock.pass_(seconds=2.9)
    assert await post.deliver(platform) == 0
    clock.pass_(seconds=0.1)
    assert await post.deliver(platform) == 2

    assert platform.texts() == ["1", "2", "3", "4", "5"]


@given(pauses=st.lists(st.floats(0, 2), max_size=60), burst=st.integers(1, 5))
def test_no_span_holds_more_than_a_chats_burst(pauses: list[float], burst: int) -> None:
    now = MORNING
    sent: list[float] = []
    for pause in pauses:
        now += timedelta(seconds=pause)
        known = [Counted("c", False, MORNING + timedelta(seconds=at)) for at in sent]
        rates = Rates(chat_per_s=1, chat_burst=burst)
        if Windows(rates, known, now).take("c", to_group=False):
            sent.append((now - MORNING).total_seconds())

    for first, last in zip(sent, sent[burst:], strict=False):
        assert last - first >= burst - 1e-6


@pytest.mark.parametrize("channel", ["zalo_bot", "telegram"])
async def test_fifty_groups_are_reached_in_the_minute_of_which_the_host_was_told(
    post: Post, clock: Clock, channel: str
) -> None:
    post.rates = capability.load(DATA)[channel].rates
    platform = Platform()
    for number in range(50):
        to = Address("zalo", "q3", f"group {number}")
        await post.queue("tip", to=to, to_group=True, kind="tip")

    begun = clock()
    while await post.deliver(platform):
        clock.pass_(seconds=1)

    assert len(platform.got) == 50
    assert clock() - begun <= timedelta(minutes=ceil(50 / A_MINUTE))


@pytest.mark.parametrize(
    ("rates", "at_once", "after_a_second"),
    [(Rates(account_per_s=5), 5, 10), (Rates(account_per_min=5), 5, 5), (Rates(), 12, 12)],
)
async def test_two_processes_share_what_an_account_may_send(
    post: Post, clock: Clock, rates: Rates, at_once: int, after_a_second: int
) -> None:

    post.rates = rates
    platform = Platform()
    for number in range(12):
        await post.queue(f"{number}", to=Address("zalo", "q3", f"chat {number}"))

    await asyncio.gather(*(post.deliver(platform, owner=f"p{n}") for n in range(3)))
    assert len(platform.got) == at_once
    clock.pass_(seconds=1)
    await post.deliver(platform)
    assert len(platform.got) == after_a_second


async def test_a_message_of_several_parts_counts_as_many(post: Post, clock: Clock) -> None:

    post.rates = Rates(account_per_min=4)
    platform = Platform(long=Arrived(parts=3))
    await post.queue("long")
    await post.queue("1", to=TWO)
    await post.queue("2", to=Address("zalo", "q3", "three"))

    await post.deliver(platform, at_once=1)

    assert [text for _, text in platform.got] == ["long", "1"]


async def test_what_nobody_knows_about_counts_too(post: Post) -> None:

    post.rates = Rates(account_per_s=1)
    platform = Platform(**{"1": Unknown()})
    await post.queue("1")
    await post.queue("a", to=TWO)

    await post.deliver(platform)

    assert platform.got == [(ONE.chat, "1")]
