"""What a platform's answer means for the message, its chat and its account."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.channels.incoming import Address
from bot.delivery.send import Later, MovedTo, Refused, Trouble, Unknown
from bot.delivery.settle import EMERGENCY_AGAIN, TROUBLE_AGAIN
from bot.operator import hold, trouble
from bot.storage import outbox
from bot.storage.outbox import EXPIRES
from bot.storage.tables import chat_group
from tests.delivery.post import CARD, TWO, Platform, Post
from tests.talk import Clock

GROUP = Address("zalo", "q3", "group")


async def add_group(post: Post, state: str = "linked") -> None:
    row = {
        "id": "g1",
        **GROUP._asdict(),
        "title": "Tổ 5",
        "ward": "26734",
        "state": state,
        "at": post.clock(),
    }
    await post.database.write(lambda connection: connection.execute(insert(chat_group), row))


async def groups(post: Post) -> dict[str, str]:
    rows = await post.database.read(
        lambda connection: connection.execute(select(chat_group.c.chat, chat_group.c.state)).all()
    )
    return {row.chat: row.state for row in rows}


async def wrong(post: Post) -> set[str]:
    return set(await post.database.read(trouble.open_names))


# platforms.md 6, row 11
async def test_row_11_a_pause_keeps_the_latest_deadline(post: Post, clock: Clock) -> None:
    now = clock()
    for seconds in (60, 5, 30):
        pausing = partial(outbox.hold_account, channel="zalo", account="q3")
        await post.database.write(partial(pausing, until=now + timedelta(seconds=seconds)))
    platform = Platform()
    await post.queue("1")

    clock.pass_(seconds=59)
    assert await post.deliver(platform) == 0
    clock.pass_(seconds=1)
    assert await post.deliver(platform) == 1


# platforms.md 6, rows 10 and 12
async def test_row_10_one_chats_flood_stops_no_other_and_fails_nobody(
    post: Post, clock: Clock
) -> None:
    platform = Platform(**{"1": Later(clock() + timedelta(seconds=30))})
    await post.queue("1")
    for number in range(20):
        await post.queue(f"to {number}", to=Address("zalo", "q3", f"chat {number}"))

    assert await post.deliver(platform) == 20
    assert (await post.states())["1"] == "queued"


# platforms.md 6, row 14
async def test_row_14_a_fault_of_the_server_after_a_flood_is_tried_again(
    post: Post, clock: Clock
) -> None:
    platform = Platform(**{"1": Later(clock() + timedelta(seconds=30))})
    await post.queue("1")
    await post.deliver(platform)
    clock.pass_(seconds=30)
    platform.answers["1"] = Later(clock() + timedelta(seconds=15))  # 502
    await post.deliver(platform)
    clock.pass_(seconds=15)
    platform.answers.clear()
    await post.deliver(platform)

    assert platform.texts() == ["1"] * 3
    assert await post.states() == {"1": "sent"}


# platforms.md 6, row 17
async def test_row_17_a_group_that_moved_is_tried_once_under_its_new_id(post: Post) -> None:
    await add_group(post)
    platform = Platform(tip=MovedTo("supergroup"))
    answers = platform.answers
    await post.queue("tip", to=GROUP, to_group=True, kind="tip")
    await post.queue("next", to=GROUP, to_group=True)

    class Moving(Platform):
        async def send(self, chat: str, batch: Any) -> Any:
            self.answers = answers if chat == "group" else {}
            return await super().send(chat, batch)

    moving = Moving()
    await post.deliver(moving)

    assert moving.got == [("group", "tip"), ("supergroup", "tip"), ("supergroup", "next")]
    assert await groups(post) == {"supergroup": "linked"}
    assert set((await post.states()).values()) == {"sent"}


async def test_a_group_that_moves_on_and_on_is_given_up(post: Post) -> None:
    await add_group(post)
    platform = Platform(tip=MovedTo("elsewhere"))
    await post.queue("tip", to=GROUP, to_group=True, kind="tip")

    await post.deliver(platform)

    [row] = await post.rows()
    assert len(platform.got) == 2
    assert (row["state"], row["reason"]) == ("failed", "gone")


# platforms.md 6, row 18
async def test_row_18_a_group_that_put_the_bot_out_is_left(post: Post) -> None:
    await add_group(post)
    platform = Platform(tip=Refused("kicked", chat_gone=True))
    await post.queue("tip", to=GROUP, to_group=True, kind="tip")
    await post.queue("another", to=GROUP, to_group=True, kind="tip")
    await post.queue("private")

    await post.deliver(platform)

    rows = {row["text"]: (row["state"], row["reason"]) for row in await post.rows()}
    assert rows["tip"] == rows["another"] == ("failed", "kicked")
    assert rows["private"] == ("sent", None)
    assert platform.texts("group") == ["tip"]
    assert await groups(post) == {"group": "left"}


async def test_a_refused_message_leaves_its_group_alone(post: Post) -> None:
    await add_group(post)
    platform = Platform(tip=Refused("too_long"))
    await post.queue("tip", "next", to=GROUP, to_group=True)

    await post.deliver(platform)

    assert await post.states() == {"tip": "failed", "next": "sent"}
    assert await groups(post) == {"group": "linked"}


@pytest.mark.parametrize("name", ["token", "quota"])
async def test_an_account_that_is_refused_rests_and_the_operator_is_to_be_told(
    post: Post, clock: Clock, name: Any
) -> None:
    platform = Platform(**{"1": Trouble(name)})
    await post.queue("1")
    await post.deliver(platform)
    await post.queue("a", to=TWO)
    await post.deliver(platform)
    assert platform.got == [("one", "1")], "the whole account rests"
    assert await wrong(post) == {f"{name}:zalo"}

    clock.pass_(seconds=TROUBLE_AGAIN.total_seconds())
    platform.answers.clear()
    await post.deliver(platform)

    assert set((await post.states()).values()) == {"sent"}, "nothing is lost"


async def test_held_by_the_operator_only_emergency_cards_go(post: Post) -> None:
    platform = Platform()
    await post.database.write(partial(hold.put, now=post.clock()))
    await post.queue("1", CARD)
    await post.queue("a", to=TWO)

    await post.deliver(platform)
    assert [text for _, text in platform.got] == ["card"]
    await post.database.write(hold.lift)
    await post.deliver(platform)

    assert platform.texts() == ["card", "1"]
    assert platform.texts("two") == ["a"]


async def test_what_is_due_later_holds_up_nothing_and_does_not_expire_before(
    post: Post, clock: Clock
) -> None:
    platform = Platform()
    await post.queue("tomorrow", due_at=clock() + 2 * EXPIRES)
    await post.queue("now")

    await post.deliver(platform)
    assert platform.texts() == ["now"]
    clock.pass_(seconds=2 * EXPIRES.total_seconds())
    await post.deliver(platform)

    assert platform.texts() == ["now", "tomorrow"]


async def test_replies_of_a_turn_go_as_one_where_messages_are_counted(post: Post) -> None:
    platform = Platform(together=True)
    await post.queue("1", "2")
    await post.queue("a", to=TWO)
    await post.queue("3")

    assert await post.deliver(platform) == 3

    assert platform.texts() == ["1+2", "3"]
    assert platform.texts("two") == ["a"]
    assert set((await post.states()).values()) == {"sent"}


async def test_what_goes_as_one_waits_and_fails_as_one(post: Post, clock: Clock) -> None:
    again_at = clock() + timedelta(seconds=30)
    platform = Platform(together=True, **{"1+2": Later(again_at, parts=1)})
    await post.queue("1", "2")
    await post.deliver(platform)
    assert [row["parts"] for row in await post.rows()] == [1, 0]
    clock.pass_(seconds=30)
    platform.answers["1+2"] = Unknown(parts=2)

    await post.deliver(platform)

    assert platform.texts() == ["1+2", "1+2"]
    assert await post.states() == {"1": "uncertain", "2": "uncertain"}


async def test_an_emergency_card_takes_what_follows_it_along(post: Post, clock: Clock) -> None:
    platform = Platform(together=True, **{"card+2": Unknown()})
    await post.queue("0")
    await post.queue("1", CARD, "2")
    await post.deliver(platform)
    assert platform.texts()[:1] == ["card+2"], "what was said before it waits"
    clock.pass_(seconds=EMERGENCY_AGAIN.total_seconds())
    platform.answers.clear()

    await post.deliver(platform)

    assert platform.texts() == ["card+2", "card+2", "0", "1"]
