"""What is queued is sent once, in order; what nobody knows about is not sent again by itself."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest

from bot.delivery import deliver
from bot.delivery.send import Later, Refused, SendResult, Unknown
from bot.delivery.settle import EMERGENCY_AGAIN, EMERGENCY_TRIES
from bot.storage import outbox
from bot.storage.outbox import EXPIRES, LEASE, Delivery, Ending
from tests.delivery.post import CARD, ONE, TWO, Platform, Post
from tests.talk import Clock


async def test_a_chats_messages_arrive_once_and_in_order(post: Post) -> None:
    platform = Platform()
    await post.queue("1", "2")
    await post.queue("a", to=TWO)
    await post.queue("3")

    assert await post.deliver(platform) == 4
    assert await post.deliver(platform) == 0

    assert platform.texts() == ["1", "2", "3"]
    assert platform.texts("two") == ["a"]
    assert set((await post.states()).values()) == {"sent"}


async def test_two_senders_of_an_account_send_nothing_twice(post: Post) -> None:
    platform = Platform()
    for number in range(6):
        await post.queue(f"{number}", to=ONE if number % 2 else TWO)

    await asyncio.gather(*(post.deliver(platform, owner=f"p{n}") for n in range(3)))
    await post.deliver(platform)

    assert platform.texts("one") == ["1", "3", "5"]
    assert platform.texts("two") == ["0", "2", "4"]


async def test_an_emergency_card_goes_before_what_waits(post: Post) -> None:
    platform = Platform()
    await post.queue("1", "2")
    await post.queue(CARD)

    await post.deliver(platform)

    assert platform.texts() == ["card", "1", "2"]


async def test_a_lapsed_lease_makes_it_uncertain_and_what_follows_goes_on(
    post: Post, clock: Clock
) -> None:
    platform = Platform()
    await post.queue("1", "2")
    await post.claim()

    assert await post.deliver(platform) == 0, "the next waits while one is on its way"
    clock.pass_(seconds=LEASE.total_seconds() + 1)
    assert await post.deliver(platform) == 1

    assert platform.texts() == ["2"]
    assert await post.states() == {"1": "uncertain", "2": "sent"}


async def test_a_lapsed_emergency_card_is_sent_again(post: Post, clock: Clock) -> None:
    platform = Platform()
    await post.queue(CARD)
    await post.claim()
    clock.pass_(seconds=LEASE.total_seconds() + 1)

    await post.deliver(platform)

    assert platform.texts() == ["card"]
    assert await post.states() == {"card": "sent"}


async def test_a_sender_that_woke_up_too_late_settles_nothing(post: Post, clock: Clock) -> None:
    await post.queue("1")
    [[mine]] = await post.claim("slow")
    clock.pass_(seconds=LEASE.total_seconds() + 1)
    await post.deliver(Platform())

    settle = partial(outbox.settle, batches=[[mine.id]], owner="slow", ending=Ending(state="sent"))
    await post.database.write(partial(settle, now=clock()))

    assert await post.states() == {"1": "uncertain"}


@pytest.mark.parametrize(
    ("answer", "state"),
    [(Refused("blocked"), "failed"), (Unknown(), "uncertain"), (OSError("cut"), "uncertain")],
)
async def test_what_did_not_arrive_is_not_sent_again(
    post: Post, answer: SendResult | Exception, state: str
) -> None:
    platform = Platform(**{"1": answer})
    await post.queue("1", "2")

    await post.deliver(platform)
    await post.deliver(platform)

    assert platform.texts() == ["1", "2"]
    assert await post.states() == {"1": state, "2": "sent"}


async def test_an_emergency_card_of_which_nothing_is_known_is_tried_again(
    post: Post, clock: Clock
) -> None:
    platform = Platform(card=Unknown())
    await post.queue(CARD)

    await post.deliver(platform)
    await post.deliver(platform)
    assert platform.texts() == ["card"]
    clock.pass_(seconds=EMERGENCY_AGAIN.total_seconds())
    platform.answers.clear()
    await post.deliver(platform)

    assert platform.texts() == ["card", "card"]
    assert await post.states() == {"card": "sent"}


async def test_an_emergency_card_that_is_never_confirmed_does_not_hold_up_its_chat(
    post: Post, clock: Clock
) -> None:
    platform = Platform(card=Unknown())
    await post.queue(CARD, "1")
    for _ in range(EMERGENCY_TRIES + 1):
        await post.deliver(platform)
        clock.pass_(seconds=EMERGENCY_AGAIN.total_seconds())

    assert platform.texts() == ["card"] * EMERGENCY_TRIES + ["1"]
    assert await post.states() == {"card": "uncertain", "1": "sent"}


async def test_an_answer_that_never_ends_holds_no_place_for_ever(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless(Platform):
        async def send(self, chat: str, batch: Sequence[Delivery]) -> SendResult:
            await asyncio.Event().wait()
            return await super().send(chat, batch)

    monkeypatch.setattr(deliver, "LONGEST_S", 0)
    await post.queue("1")

    assert await post.deliver(Endless()) == 0
    assert await post.states() == {"1": "uncertain"}


async def test_later_keeps_the_chats_order(post: Post, clock: Clock) -> None:
    platform = Platform(**{"1": Later(clock() + timedelta(seconds=30))})
    await post.queue("1", "2")
    await post.queue("a", to=TWO)

    await post.deliver(platform)
    clock.pass_(seconds=30)
    platform.answers.clear()
    await post.deliver(platform)

    assert platform.texts() == ["1", "1", "2"]
    assert platform.texts("two") == ["a"]


async def test_a_limit_of_the_account_stops_every_sender_of_it(post: Post, clock: Clock) -> None:
    platform = Platform(**{"1": Later(clock() + timedelta(seconds=30), whole_account=True)})
    await post.queue("1")
    await post.deliver(platform)
    await post.queue("a", to=TWO)

    await post.deliver(platform, owner="other process")
    assert platform.texts("two") == []
    clock.pass_(seconds=30)
    platform.answers.clear()
    await post.deliver(platform)

    assert platform.texts("two") == ["a"]
    assert platform.texts() == ["1", "1"]


async def test_what_waited_a_day_expires(post: Post, clock: Clock) -> None:
    await post.queue("1")
    clock.pass_(seconds=EXPIRES.total_seconds() + 1)

    await post.deliver(Platform())

    assert await post.states() == {"1": "expired"}


async def test_a_fleeting_row_is_gone_once_it_was_sent(post: Post) -> None:
    await post.queue("1", fleeting=True)

    await post.deliver(Platform())

    assert await post.states() == {}


async def test_a_page_reads_its_rows_and_acknowledges_only_its_own(post: Post) -> None:
    await post.queue("1", "2")
    await post.queue("a", to=TWO)
    mine = await post.database.read(partial(outbox.waiting, address=ONE))

    everybodys = [*(one.id for one in mine), mine[-1].id + 1]
    seen = partial(outbox.acknowledge, address=ONE, ids=everybodys, now=post.clock())
    await post.database.write(seen)

    assert [one.reply.text for one in mine] == ["1", "2"]
    assert await post.states() == {"1": "sent", "2": "sent", "a": "queued"}
