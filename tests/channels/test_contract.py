"""What every channel owes a person, held by one suite over all four.

The bot, the database and the clients are real, the platforms emulated, the course frozen.
"""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import Connection, func, select

from bot.channels.incoming import Address
from bot.channels.text import utf16
from bot.storage import outbox
from bot.storage.tables import delivery, dialog, utterance
from flows.content import Content
from flows.replies import Act, Choice, Choices, Reply
from nlu.engine import Engine
from tests.channels.chats import CHANNELS, PLATFORMS, Chat, TelegramChat, ZaloChat, opened, staged
from tests.channels.house import BASE
from tests.channels.shown import Heard
from tests.emulators.telegram import Telegram
from tests.emulators.zalo_bot import ZaloBot
from tests.talk import MORNING, everything

PlatformChat = ZaloChat | TelegramChat
CODE = "482913"
SCAM = "tôi bị lừa chuyển tiền rồi"


@pytest.fixture(params=CHANNELS)
def channel(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def chat(
    channel: str, tmp_path: Path, sqlite_template: Path, engine: Engine, content: Content
) -> AsyncIterator[Chat]:
    async with (
        staged(tmp_path, sqlite_template, engine, MORNING) as stage,
        opened(channel, stage, content) as chat,
    ):
        yield chat


@pytest.fixture
def on_platform(chat: Chat) -> PlatformChat:
    assert isinstance(chat, PlatformChat)
    return chat


only_platforms = pytest.mark.parametrize("channel", PLATFORMS, indirect=True)
"""Where messages come from a platform and go out to it."""
with_presses = pytest.mark.parametrize("channel", ["console", "web", "telegram"], indirect=True)
"""Where an option can be pressed; on Zalo it is typed."""


def words(heard: list[Heard]) -> str:
    return "\n".join(one.text for one in heard)


async def count(chat: Chat, table: Any) -> int:
    counted = select(func.count()).select_from(table)
    return await chat.stage.database.read(lambda c: c.execute(counted).scalar_one())


async def quiz(chat: Chat) -> dict[str, Any]:
    """The quiz of her private chat, open or put aside."""
    read = select(dialog.c.document).where(~dialog.c.in_group)
    stored = await chat.stage.database.read(lambda c: c.execute(read).scalar_one())
    kept = json.loads(stored)
    [found] = [one for one in (kept["open"], *kept["paused"]) if one and "items" in one]
    return found


async def queue(chat: Chat, *said: Reply) -> None:
    """Queue replies of one turn to her, who has written before."""

    def work(connection: Connection) -> None:
        row = connection.execute(
            select(delivery.c.channel, delivery.c.account, delivery.c.chat).limit(1)
        ).one()
        number = connection.execute(select(func.count()).select_from(delivery)).scalar_one()
        now = chat.stage.clock()
        outbox.enqueue(connection, f"t{number}", Address(*row), None, said, now=now)

    await chat.stage.database.write(work)


async def states(chat: Chat) -> list[tuple[str, str | None]]:
    rows = select(delivery.c.state, delivery.c.reason).order_by(delivery.c.id)
    return await chat.stage.database.read(lambda c: [tuple(row) for row in c.execute(rows)])


# what a person says


async def test_words_are_answered_in_the_chat_they_came_from(chat: Chat) -> None:
    [heard] = await chat.say("quét mã qr")

    assert "Bước 1/3. Mở Zalo, bấm hình ô vuông quét mã." in heard.text
    assert heard.marks == ("1", "2", "3")[: len(heard.labels)]


async def test_an_option_is_chosen_by_its_mark(chat: Chat) -> None:
    [asked] = await chat.say("quét mã qr")

    [heard] = await chat.say(asked.marks[asked.labels.index("Bị kẹt")])

    assert "Kéo thanh trên cùng xuống rồi tìm lại." in heard.text


@with_presses
async def test_an_option_is_chosen_by_a_press(chat: Chat) -> None:
    [asked] = await chat.say("quét mã qr")

    [heard] = await chat.press(asked, asked.labels.index("Bị kẹt"))

    assert "Kéo thanh trên cùng xuống rồi tìm lại." in heard.text


async def test_a_question_is_answered_by_its_letter_and_an_ordering_by_letters(
    chat: Chat, content: Content
) -> None:
    [asked] = await chat.say("làm bài")
    seen: list[str] = []
    while {"single", "order"} - set(seen):
        item = next(one for one in content.practice() if one.ask in asked.text)
        seen.append(item.kind)
        assert asked.marks == tuple("ABCDE"[: len(item.options)])
        right = [asked.marks[asked.labels.index(item.options[n].text)] for n in item.answer]
        heard = await chat.say(" ".join(right))
        assert item.options[item.answer[0]].why in words(heard)
        asked = heard[-1]


@with_presses
async def test_a_press_on_an_older_list_marks_nothing(chat: Chat) -> None:
    [older] = await chat.say("làm bài")
    await chat.say("quét mã qr")
    await chat.say("làm tiếp")
    before = await quiz(chat)

    await chat.press(older, 0)

    assert await quiz(chat) == before


async def test_the_newest_list_is_the_one_a_mark_answers(chat: Chat) -> None:
    await chat.say("làm bài")
    before = await quiz(chat)
    [asked] = await chat.say("quét mã qr")

    heard = await chat.say(asked.marks[asked.labels.index("Bị kẹt")])

    assert "Kéo thanh trên cùng xuống rồi tìm lại." in words(heard)
    assert await quiz(chat) == before


async def test_an_update_that_comes_again_is_not_answered_again(chat: Chat) -> None:
    first = await chat.say("làm bài")
    before = await everything(chat.stage.database)

    again = await chat.repeat()

    assert again in ([], first)  # a page that asks again is shown the same once more
    after = await everything(chat.stage.database)
    for table in ("event", "utterance", "dialog", "update_key", "learner"):
        assert after[table] == before[table]
    assert len(after["delivery"]) == len(before["delivery"])


async def test_a_secret_is_nowhere_but_in_her_own_message(chat: Chat, tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logged:
        heard = await chat.say(f"mã otp là {CODE}")

    assert "OTP" in words(heard)
    assert CODE not in words(heard)
    assert CODE not in repr(logged)
    assert CODE not in repr(await everything(chat.stage.database))
    assert not in_files(CODE, tmp_path)
    if isinstance(chat, PlatformChat):
        assert CODE not in repr(emulator(chat).calls)


def in_files(text: str, folder: Path) -> bool:
    return any(text.encode() in file.read_bytes() for file in folder.glob("bot.db*"))


@pytest.mark.parametrize("channel", ["console", *PLATFORMS], indirect=True)
async def test_a_photo_is_answered_without_being_looked_at(chat: Chat) -> None:
    called = len(emulator(chat).calls) if isinstance(chat, PlatformChat) else 0

    heard = await chat.send("photo", "")

    assert "không xem được hình" in words(heard)
    if isinstance(chat, PlatformChat):
        methods = {call.method for call in emulator(chat).calls[called:]}
        assert methods == {"sendMessage"}


# what the bot says


async def test_replies_are_seen_in_their_order(chat: Chat) -> None:
    await chat.say("quét mã qr")
    await queue(chat, Reply(text="Một."), Reply(text="Hai."), Reply(text="Ba."))
    await queue(chat, Reply(text="Bốn."))

    heard = words(await chat.due())

    assert re.findall(r"\w+", heard) == ["Một", "Hai", "Ba", "Bốn"]


async def test_a_link_is_shown_so_that_it_can_be_opened(chat: Chat) -> None:
    [heard] = await chat.say("tờ giới thiệu")

    if isinstance(chat, PlatformChat):
        assert heard.link == f"{BASE}/to-gioi-thieu.pdf"
    else:
        assert heard.link == "/to-gioi-thieu.pdf"  # its own page, or printed with the base


def long_reply() -> Reply:
    """3,400 characters, as in moment 9."""
    sentence = "Mở ứng dụng 😀, xem kỹ tên người nhận rồi mới bấm nút trả tiền nha bà con."
    text = " ".join(f"{n}) {sentence}" for n in range(1, 60))[:3_360].rpartition(".")[0] + "."
    options = (Choice("Bước tiếp", Act("step.next")), Choice("Bị kẹt", Act("step.stuck")))
    choices = Choices(asking=99, style="numbered", options=options, at=MORNING)
    return Reply(text=text, choices=choices, link="/to-gioi-thieu.pdf")


async def test_moment_9_a_long_answer_arrives_whole(chat: Chat) -> None:
    await chat.say("quét mã qr")
    reply = long_reply()
    await queue(chat, reply)

    heard = await chat.due()

    parts = len(heard)
    assert parts == (2 if chat.channel == "zalo_bot" else 1)
    assert heard[-1].labels == ("Bước tiếp", "Bị kẹt")
    assert (heard[-1].link or "").endswith("/to-gioi-thieu.pdf")
    texts = [re.sub(rf"^\d/{parts}\n", "", one.text) for one in heard]
    assert " ".join(texts) == reply.text
    assert all(text.endswith(".") for text in texts)


@only_platforms
async def test_moment_9_each_part_is_one_the_platform_takes(on_platform: PlatformChat) -> None:
    await on_platform.say("quét mã qr")
    await queue(on_platform, long_reply())
    await on_platform.due()

    sent = [call.parameters["text"] for call in emulator(on_platform).called("sendMessage")][1:]
    if isinstance(on_platform, TelegramChat):
        assert len(sent) == 1
        assert on_platform.house.telegram.messages(on_platform.person)[-1].labels
        return
    assert [text.split("\n")[0] for text in sent] == ["1/2", "2/2"]
    assert all(utf16(text) <= 2_000 for text in sent)


@pytest.mark.parametrize("channel", ["console", *PLATFORMS], indirect=True)
async def test_an_emergency_card_goes_before_all_that_waits(chat: Chat) -> None:
    """The web page shows all that waits at once, and moves to the card."""
    await chat.say("quét mã qr")
    await queue(chat, Reply(text="Một."))
    await queue(chat, Reply(text="Thẻ.", emergency=True))

    heard = await chat.due()

    assert [one.text for one in heard] == ["Thẻ.", "Một."]


async def test_an_emergency_is_answered_by_its_card_alone(chat: Chat) -> None:
    [heard] = await chat.say(SCAM)

    assert "GỌI NGÂN HÀNG" in heard.text
    assert heard.labels == ()


# what goes wrong


@only_platforms
async def test_who_shut_the_bot_out_is_written_down_and_disturbs_nobody(
    on_platform: PlatformChat, content: Content
) -> None:
    await on_platform.say("quét mã qr")
    if isinstance(on_platform, ZaloChat):
        on_platform.house.zalo.blocked = 403
        on_platform.house.zalo.blocks_bot(on_platform.person)
    else:
        on_platform.house.telegram.blocks_bot(on_platform.person)
    await queue(on_platform, Reply(text="Một."))

    for _ in range(3):  # Zalo's 403 is tried once more: what it means is not documented
        assert await on_platform.due() == []
        on_platform.stage.clock.pass_(seconds=60)

    reason = "blocked" if on_platform.channel == "telegram" else "not_allowed"
    assert await states(on_platform) == [("sent", None), ("failed", reason)]
    other = type(on_platform)(on_platform.house, "Ông Tư")
    assert await other.say("quét mã qr")


@only_platforms
async def test_who_is_gone_is_written_down(on_platform: PlatformChat) -> None:
    await on_platform.say("quét mã qr")
    if isinstance(on_platform, ZaloChat):
        del on_platform.house.zalo.account().chats[on_platform.person.id]
    else:
        on_platform.house.telegram.deletes_account(on_platform.person)
    await queue(on_platform, Reply(text="Một."))

    await on_platform.house.due()

    assert await states(on_platform) == [("sent", None), ("failed", "gone")]


@only_platforms
async def test_updates_that_nobody_foresaw_stop_nothing(on_platform: PlatformChat) -> None:
    if isinstance(on_platform, ZaloChat):
        on_platform.house.zalo.sends_unknown(on_platform.person)
        pending = on_platform.house.zalo.account().pending
        pending.append({"event_name": "message.text.received", "message": {"text": 7}})
        pending.append({"event": "?"})
    else:
        waiting = on_platform.house.telegram.account().pending
        waiting.append({"update_id": 1, "something_new": {"id": 1}})
        waiting.append({"update_id": 2, "message": {"text": 7}})

    [heard] = await on_platform.say("quét mã qr")

    assert "Bước 1/3." in heard.text


# groups


def bot_name(chat: PlatformChat) -> str:
    return "@Bot Bình Dân" if isinstance(chat, ZaloChat) else "@binhdan_bot"


async def in_group(chat: PlatformChat) -> Any:
    """A group of hers that the bot was let into."""
    if isinstance(chat, ZaloChat):
        return chat.house.zalo.group("Tổ 5", chat.person)
    group = chat.house.telegram.group("Tổ 5", chat.person)
    chat.house.telegram.adds_bot(chat.person, group)
    await chat.house.happen()
    return group


async def says_in(chat: PlatformChat, group: Any, text: str) -> list[str]:
    """She writes in the group; what the bot answers there."""
    before = len(emulator(chat).from_bot(group))
    emulator(chat).says(chat.person, text, group)  # pyright: ignore[reportArgumentType]
    await chat.house.happen()
    return emulator(chat).from_bot(group)[before:]


@only_platforms
async def test_what_a_group_writes_among_itself_is_neither_answered_nor_stored(
    on_platform: PlatformChat,
) -> None:
    group = await in_group(on_platform)
    if isinstance(on_platform, TelegramChat):
        # An administrator hears everything; the bot must leave it unread all the same.
        on_platform.house.telegram.makes_admin(on_platform.person, group)
        await on_platform.house.happen()
    before = await everything(on_platform.stage.database)

    assert await says_in(on_platform, group, "chiều nay họp tổ nha bà con") == []

    after = await everything(on_platform.stage.database)
    ours = {"account"}  # notes when the platform was last heard
    assert {k: v for k, v in after.items() if k not in ours} == {
        k: v for k, v in before.items() if k not in ours
    }


@only_platforms
async def test_who_addresses_the_bot_in_a_group_is_answered_there(
    on_platform: PlatformChat,
) -> None:
    group = await in_group(on_platform)

    [answer] = await says_in(on_platform, group, f"{bot_name(on_platform)} quét mã qr")

    assert "Bước 1/3." in answer
    assert await on_platform.new() == []
    assert await count(on_platform, utterance) == 0


@only_platforms
async def test_a_number_in_a_group_answers_no_question_of_the_private_chat(
    on_platform: PlatformChat,
) -> None:
    group = await in_group(on_platform)
    [asked] = await on_platform.say("làm bài")
    before = await quiz(on_platform)

    assert await says_in(on_platform, group, f"{bot_name(on_platform)} A") == []
    assert await says_in(on_platform, group, f"{bot_name(on_platform)} 2") == []

    assert await quiz(on_platform) == before
    await on_platform.say(asked.marks[0])
    await on_platform.say(" ".join(asked.marks))  # an ordering wants all of them
    assert await quiz(on_platform) != before


def emulator(chat: PlatformChat) -> ZaloBot | Telegram:
    return chat.house.zalo if isinstance(chat, ZaloChat) else chat.house.telegram
