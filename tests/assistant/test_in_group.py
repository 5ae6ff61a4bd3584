"""In a group: nothing of its talk is kept, nothing private is shown; and it may get another id."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.assistant import Assistant, Handled
from bot.channels.incoming import Incoming, InGroup, Moved
from bot.storage.database import Database
from bot.storage.tables import delivery
from flows.turn import Admitted, Removed, Said
from tests.talk import Talk, everything

CHAT = "group-khu-pho-3"


class Group:
    """A group in which somebody writes to the bot."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    def incoming(self, given: Said | Admitted | Removed | Moved, chat: str = CHAT) -> Incoming:
        private = self.talk.incoming(Said(text=""))
        here = InGroup(chat=CHAT, title="Khu phố 3", size=40)
        return replace(private, chat=chat, group=here, input=given)

    async def hears(self, given: Said | Admitted | Removed | Moved, chat: str = CHAT) -> Handled:
        return await self.talk.assistant.handle(self.incoming(given, chat))

    async def rows(self, table: str) -> list[dict[str, Any]]:
        return (await everything(self.talk.database))[table]


@pytest.fixture
def group(talk: Talk) -> Group:
    return Group(talk)


async def test_what_is_said_there_is_answered_there_and_not_kept(group: Group) -> None:
    handled = await group.hears(Said(text="quét mã qr"), chat=f"{CHAT}/12")

    assert handled.delivery_ids
    [row] = await group.rows("delivery")
    assert (row["chat"], row["to_group"]) == (f"{CHAT}/12", True)
    assert await group.rows("utterance") == []
    [seen] = await group.rows("chat_group")
    assert (seen["chat"], seen["title"], seen["size"]) == (CHAT, "Khu phố 3", 40)


async def test_a_greeting_does_not_wait_for_its_sentence(group: Group) -> None:
    handled = await group.hears(Said(text="alo"))

    assert not handled.held
    assert await group.rows("utterance") == []


async def test_the_first_words_are_said_in_her_own_chat_also_after_a_group(
    group: Group, talk: Talk
) -> None:
    await group.hears(Said(text="quét mã qr"))

    [first] = await talk.says("quét mã qr")

    [row] = [row for row in await group.rows("delivery") if row["to_group"]]
    assert first.text.split("\n\n")[0] not in row["reply"]


async def test_what_is_open_in_private_is_not_answered_from_the_group(
    group: Group, talk: Talk
) -> None:
    shown = await talk.says("quét mã qr")
    await group.hears(Said(text="1"))

    again = await talk.says("1")

    assert shown[-1].choices
    assert again[-1].text != shown[-1].text, "the step was still open, and goes on only now"
    private = [row for row in await group.rows("delivery") if not row["to_group"]]
    assert len(private) == 2


async def test_what_may_not_have_arrived_is_not_repeated_in_a_group(
    group: Group, database: Database
) -> None:
    await group.hears(Said(text="quét mã qr"))
    lost = update(delivery).values(state="uncertain")
    await database.write(lambda connection: connection.execute(lost))

    handled = await group.hears(Said(text="quét mã qr"))

    assert len(handled.delivery_ids) == 1


async def test_a_group_that_moved_makes_no_turn_and_is_known_again(group: Group) -> None:
    await group.hears(Admitted())
    moved = group.incoming(Moved("group-new"))

    first = await group.talk.assistant.handle(moved)
    second = await group.talk.assistant.handle(moved)

    assert (first.duplicate, second.duplicate) == (False, True)
    assert first.delivery_ids == ()
    assert [row["chat"] for row in await group.rows("chat_group")] == ["group-new"]
    assert {row["chat"] for row in await group.rows("delivery")} <= {"group-new"}


async def test_put_out_of_a_group_the_bot_knows_that_it_left(group: Group) -> None:
    await group.hears(Admitted())
    await group.hears(Removed())

    assert [row["state"] for row in await group.rows("chat_group")] == ["left"]


async def test_beyond_the_users_of_an_account_a_new_person_gets_the_page_or_the_card(
    assistant: Assistant, talk: Talk, database: Database
) -> None:
    def on_zalo(name: str, update: str, words: str = "quét mã qr") -> Incoming:
        said = talk.incoming(Said(text=words), update=update)
        return replace(said, channel="zalo_bot", account="1", chat=name, sender=name)

    for number in range(50):
        await assistant.handle(on_zalo(f"p{number}", f"u{number}"))

    await assistant.handle(on_zalo("p50", "u50"))
    await assistant.handle(on_zalo("p50", "u50b"))
    await assistant.handle(on_zalo("p0", "u51"))
    await assistant.handle(on_zalo("p51", "u52", "lỡ chuyển tiền cho tụi nó rồi"))

    rows = await everything(database)
    assert len(rows["learner"]) == 50
    [refused] = [row for row in rows["delivery"] if row["chat"] == "p50"]
    assert "http://127.0.0.1:8080" in refused["reply"]
    assert refused["learner"] is None
    [urgent] = [row for row in rows["delivery"] if row["chat"] == "p51"]
    assert urgent["kind"] == "emergency"
    assert "GỌI NGÂN HÀNG NGAY" in urgent["reply"]
    assert len([row for row in rows["delivery"] if row["chat"] == "p0"]) == 2
