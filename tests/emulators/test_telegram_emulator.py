"""The emulated Bot API answers its real clients as `facts/platforms.md` 5 says."""

import asyncio
import html
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from typing import Any

import httpx
import pytest
import telegram as ptb
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.emulators.faults import Fault, Kind
from tests.emulators.telegram import Telegram
from tests.emulators.telegram_chats import Person
from tests.emulators.telegram_text import from_html, units
from tests.talk import Clock

TOKEN = "2001:telegram"
HOOK = "https://bot.example/telegram"
PNG = b"\x89PNG\r\n\x1a\n\r\n--no-boundary\r\n"


@pytest.fixture
def telegram(clock: Clock) -> Iterator[Telegram]:
    with Telegram(clock) as telegram:
        telegram.bot(TOKEN, "binhdan_bot")
        yield telegram


@pytest.fixture
async def aio(telegram: Telegram) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url), timeout=5)
    yield Bot(TOKEN, session=session)
    await (await session.create_session()).close()  # aiogram's own `close` sleeps


@pytest.fixture
def ba_hai(telegram: Telegram) -> Person:
    """Somebody who has pressed start, which the bot has taken."""
    person = telegram.person("Bà Hai")
    telegram.says(person, "/start")
    telegram.account().pending.clear()
    return person


def keyboard(**labels: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text=text, callback_data=data) for text, data in labels.items()]
    return InlineKeyboardMarkup(inline_keyboard=[row])


def call(telegram: Telegram, method: str, **values: Any) -> dict[str, Any]:
    answer = httpx.post(f"{telegram.url}/bot{TOKEN}/{method}", json=values, timeout=5)
    return answer.json()


def waits(telegram: Telegram) -> None:
    """Come back as soon as a poll waits."""
    assert telegram.until(lambda: telegram.account().polls > 0)


def updates(telegram: Telegram) -> list[dict[str, Any]]:
    return telegram.account().pending


async def test_aiogram_talks_with_a_person(telegram: Telegram, aio: Bot, ba_hai: Person) -> None:
    assert (await aio.me()).username == "binhdan_bot"
    telegram.says(ba_hai, "/quiz phone/scan_qr")
    (update,) = await aio.get_updates()
    assert update.message is not None
    assert update.message.entities is not None
    assert update.message.entities[0].extract_from(update.message.text or "") == "/quiz"
    sent = await aio.send_message(
        ba_hai.id, "Chọn <b>một</b> &amp; bấm 😀 <i>đi</i>", parse_mode="HTML",
        reply_markup=keyboard(Có="7.1", Không="7.2"),
    )  # fmt: skip
    message = telegram.messages(ba_hai)[-1]
    assert message.id == sent.message_id
    assert message.text == "Chọn một & bấm 😀 đi"
    assert [(e["type"], e["offset"], e["length"]) for e in message.entities] == [
        ("bold", 5, 3),
        ("italic", 18, 2),
    ]
    assert message.labels == ["Có", "Không"]
    press = telegram.presses(ba_hai, message, "Không")
    update = (await aio.get_updates(offset=update.update_id + 1))[0]
    assert update.callback_query is not None
    assert update.callback_query.data == "7.2"
    await aio.answer_callback_query(update.callback_query.id, text="Dạ")
    await aio.edit_message_text("Rồi ạ", chat_id=ba_hai.id, message_id=sent.message_id)
    assert (press.answered, press.notice) == (True, "Dạ")
    assert telegram.from_bot(ba_hai) == ["Rồi ạ"]
    assert telegram.messages(ba_hai)[-1].buttons == []
    await aio.delete_message(ba_hai.id, sent.message_id)
    assert telegram.from_bot(ba_hai) == []


async def test_python_telegram_bot_talks_with_a_person(
    telegram: Telegram, ba_hai: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with ptb.Bot(TOKEN, base_url=telegram.url + "/bot") as bot:
        await bot.send_message(ba_hai.id, "Nhắc: 8 giờ họp")
        sent = await bot.send_document(ba_hai.id, PNG, filename="mã.png", caption="Mã QR")
        with pytest.raises(ptb.error.BadRequest, match="Chat not found"):
            await bot.send_message(5, "Dạ")
        telegram.blocks_bot(ba_hai)
        with pytest.raises(ptb.error.Forbidden, match="blocked by the user"):
            await bot.send_message(ba_hai.id, "Dạ")
        telegram.faults.add(Fault("flood", retry_after=4))
        with pytest.raises(ptb.error.RetryAfter):
            await bot.send_message(ba_hai.id, "Dạ")
    assert sent.document is not None
    file = telegram.messages(ba_hai)[-1].file
    assert file is not None
    assert (file.name, file.body) == ("mã.png", PNG)


async def test_aiogram_uploads_a_picture_in_chunks(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    await aio.send_photo(ba_hai.id, BufferedInputFile(PNG, "qr.png"), caption="Mã QR")
    message = telegram.messages(ba_hai)[-1]
    assert message.file is not None
    assert (message.kind, message.text, message.file.body) == ("photo", "Mã QR", PNG)
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await aio.send_photo(ba_hai.id, BufferedInputFile(b"words", "qr.png"))


async def test_an_offset_confirms_and_nothing_comes_twice(telegram: Telegram, aio: Bot) -> None:
    person = telegram.person("Ông Tư")
    for text in ("1", "2", "3"):
        telegram.says(person, text)
    first = await aio.get_updates(limit=2)
    assert len(first) == 2
    assert await aio.get_updates(limit=2) == first
    (third,) = await aio.get_updates(offset=first[-1].update_id + 1)
    assert third.message is not None
    assert third.message.text == "3"
    assert await aio.get_updates(offset=third.update_id + 1) == []


async def test_only_the_kinds_that_were_asked_for_come(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    await aio.get_updates(allowed_updates=["message"])
    message = telegram.says(ba_hai, "sai")
    telegram.edits(ba_hai, message, "đúng")
    assert [update.message is not None for update in await aio.get_updates()] == [True]


async def test_of_two_polls_the_older_is_ended(telegram: Telegram, aio: Bot) -> None:
    older = asyncio.create_task(aio.get_updates(timeout=30, request_timeout=40))
    await asyncio.to_thread(waits, telegram)
    assert await aio.get_updates(timeout=0) == []
    with pytest.raises(TelegramConflictError, match="other getUpdates request"):
        await older


async def test_a_poll_that_waits_gets_what_comes_meanwhile(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    poll = asyncio.create_task(aio.get_updates(timeout=30, request_timeout=40))
    await asyncio.to_thread(waits, telegram)
    telegram.says(ba_hai, "2")
    assert len(await poll) == 1


async def test_the_webhook_gets_each_update_until_it_took_it(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    await aio.set_webhook(HOOK, secret_token="mot_bi_mat")
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await aio.get_updates()
    telegram.says(ba_hai, "1")
    telegram.says(ba_hai, "2")
    got: list[tuple[str, str, str]] = []
    statuses = iter([200, 500, None, 200, 200])

    async def post(url: str, headers: dict[str, str], body: bytes) -> int | None:
        secret = headers["X-Telegram-Bot-Api-Secret-Token"]
        got.append((url, secret, json.loads(body)["message"]["text"]))
        return next(statuses)

    assert await telegram.delivered(post) == [200, 500]
    info = await aio.get_webhook_info()
    assert info.pending_update_count == 1
    assert info.last_error_message == "Wrong response from the webhook: 500"
    assert await telegram.delivered(post) == [None]
    telegram.redeliver()
    assert await telegram.delivered(post) == [200, 200]
    assert [text for _, _, text in got] == ["1", "2", "2", "2", "2"]
    assert {(url, secret) for url, secret, _ in got} == {(HOOK, "mot_bi_mat")}
    telegram.says(ba_hai, "3")
    await aio.delete_webhook(drop_pending_updates=True)
    assert await aio.get_updates() == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"url": "http://bot.example/"}, "HTTPS URL must be provided"),
        ({"url": HOOK, "secret_token": "dấu"}, "secret token"),
    ],
)
def test_a_webhook_it_does_not_like_is_refused(
    telegram: Telegram, values: dict[str, str], says: str
) -> None:
    assert says in call(telegram, "setWebhook", **values)["description"]


def test_the_pump_posts_over_real_http(telegram: Telegram, ba_hai: Person, clock: Clock) -> None:
    telegram.http_webhooks = True
    with Telegram(clock) as listener:
        call(telegram, "setWebhook", url=listener.url + "/bot1:x/getMe")
        telegram.says(ba_hai, "chào")
        with telegram.pump():
            assert listener.until(lambda: bool(listener.calls))
    assert listener.calls[0].parameters["message"]["text"] == "chào"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "1 < 2", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "Lý & Trần", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "<h1>To</h1>", "parse_mode": "HTML"}, 'Unsupported start tag "h1"'),
        ({"text": "é<b>đậm</i>", "parse_mode": "HTML"}, "Unmatched end tag at byte offset 11"),
        ({"text": "<b>đậm", "parse_mode": "HTML"}, "Can't find end tag"),
        ({"text": "a", "parse_mode": "MarkdownV3"}, "unsupported parse_mode"),
        ({"text": "a", "chat_id": 77}, "chat not found"),
        ({"text": "a", "chat_id": -77}, "chat not found"),
        ({"text": "a", "message_thread_id": 9}, "message thread not found"),
        ({"text": "a", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "a", "reply_markup": "{"}, "can't parse JSON object"),
    ],
)
def test_what_is_wrong_is_said_in_the_platforms_words(
    telegram: Telegram, ba_hai: Person, values: dict[str, Any], says: str
) -> None:
    answer = call(telegram, "sendMessage", **({"chat_id": ba_hai.id} | values))
    assert answer["error_code"] == 400
    assert says in answer["description"]
    assert telegram.from_bot(ba_hai) == []


@given(st.text(max_size=30), st.text(max_size=10))
def test_what_was_escaped_is_read_as_it_was_written(plain: str, bold: str) -> None:
    read = from_html(f"{html.escape(plain)}<b>{html.escape(bold)}</b>")
    assert read.text == plain + bold
    marked = {"type": "bold", "offset": units(plain), "length": units(bold)}
    assert read.entities == ((marked,) if bold else ())


def test_half_a_surrogate_pair_is_refused(telegram: Telegram, ba_hai: Person) -> None:
    body = json.dumps({"chat_id": ba_hai.id, "text": "😀"[:1]}).replace("\\ude00", "")
    headers = {"Content-Type": "application/json"}
    url = f"{telegram.url}/bot{TOKEN}/sendMessage"
    answer = httpx.post(url, content=body, headers=headers).json()
    assert answer["description"] == "Bad Request: strings must be encoded in UTF-8"


@pytest.mark.parametrize(
    ("offset", "length", "fine"), [(0, 2, True), (0, 1, False), (1, 1, False), (3, 4, False)]
)
async def test_entities_count_in_utf16_units(
    telegram: Telegram, aio: Bot, ba_hai: Person, offset: int, length: int, fine: bool
) -> None:
    bold = MessageEntity(type="bold", offset=offset, length=length)
    outcome = nullcontext() if fine else pytest.raises(TelegramBadRequest, match="UTF-16")
    with outcome:
        await aio.send_message(ba_hai.id, "😀 mở", entities=[bold])


async def test_callback_data_is_measured_in_bytes(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    await aio.send_message(ba_hai.id, "a", reply_markup=keyboard(A="đ" * 32))
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await aio.send_message(ba_hai.id, "b", reply_markup=keyboard(A="đ" * 33))


async def test_an_edit_that_changes_nothing_is_refused(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    same: dict[str, Any] = {
        "text": "Câu 1",
        "chat_id": ba_hai.id,
        "reply_markup": keyboard(A="1.1"),
    }
    sent = await aio.send_message(**same)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await aio.edit_message_text(message_id=sent.message_id, **same)
    await aio.edit_message_reply_markup(chat_id=ba_hai.id, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await aio.edit_message_reply_markup(chat_id=ba_hai.id, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await aio.edit_message_text("a", chat_id=ba_hai.id, message_id=99)
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await aio.edit_message_text("a", chat_id=ba_hai.id, message_id=2)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await aio.delete_message(ba_hai.id, 99)


async def test_a_press_must_be_answered_soon(
    telegram: Telegram, aio: Bot, ba_hai: Person, clock: Clock
) -> None:
    await aio.send_message(ba_hai.id, "Có không ạ?", reply_markup=keyboard(Có="1.1"))
    press = telegram.presses(ba_hai, telegram.messages(ba_hai)[-1], "Có")
    clock.pass_(minutes=2)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await aio.answer_callback_query(press.id)
    with pytest.raises(LookupError):
        telegram.presses(ba_hai, telegram.messages(ba_hai)[-1], "Không")


async def test_who_can_not_be_written_to(telegram: Telegram, aio: Bot, ba_hai: Person) -> None:
    stranger = telegram.person("Ông Tư")
    group = telegram.group("Tổ 5", ba_hai, stranger, supergroup=True)
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await aio.send_message(stranger.id, "Dạ")
    telegram.adds_bot(ba_hai, group)
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await aio.send_message(stranger.id, "Dạ")
    telegram.blocks_bot(ba_hai)
    with pytest.raises(TelegramForbiddenError, match="blocked by the user"):
        await aio.send_message(ba_hai.id, "Dạ")
    telegram.says(ba_hai, "mở lại")
    await aio.send_message(ba_hai.id, "Dạ")
    telegram.deletes_account(ba_hai)
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await aio.send_message(ba_hai.id, "Dạ")
    telegram.kicks_bot(ba_hai, group)
    with pytest.raises(TelegramForbiddenError, match="kicked from the supergroup chat"):
        await aio.send_message(group.id, "Dạ")
    moves = [update["my_chat_member"] for update in updates(telegram) if "my_chat_member" in update]
    assert [move["new_chat_member"]["status"] for move in moves] == [
        "member", "kicked", "member", "kicked",
    ]  # fmt: skip


async def test_a_group_that_became_a_supergroup_names_its_new_id(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    group = telegram.group("Tổ 5", ba_hai)
    telegram.adds_bot(ba_hai, group)
    moved = telegram.migrates(group)
    with pytest.raises(TelegramMigrateToChat) as refused:
        await aio.send_message(group.id, "Dạ")
    assert refused.value.migrate_to_chat_id == moved.id
    await aio.send_message(moved.id, "Dạ")
    assert updates(telegram)[-2]["message"]["migrate_to_chat_id"] == moved.id
    assert telegram.from_bot(moved) == ["Dạ"]


async def test_privacy_mode_hides_the_talk_of_a_group(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    group = telegram.group("Tổ 5", ba_hai, supergroup=True)
    telegram.adds_bot(ba_hai, group)
    updates(telegram).clear()
    await aio.send_message(group.id, "Câu 1")
    question = telegram.messages(group)[-1]
    telegram.says(ba_hai, "nói riêng", group)
    telegram.says(ba_hai, "/diem", group)
    telegram.says(ba_hai, "/diem@other_bot", group)
    telegram.says(ba_hai, "@binhdan_bot 2", group)
    telegram.says(ba_hai, "B", group, reply_to=question)
    heard = [update["message"]["text"] for update in updates(telegram)]
    assert heard == ["/diem", "@binhdan_bot 2", "B"]
    telegram.makes_admin(ba_hai, group)
    telegram.says(ba_hai, "ai cũng nghe", group)
    assert updates(telegram)[-1]["message"]["text"] == "ai cũng nghe"


async def test_a_topic_keeps_its_thread(telegram: Telegram, aio: Bot, ba_hai: Person) -> None:
    forum = telegram.group("Phường", ba_hai, forum=True)
    telegram.adds_bot(ba_hai, forum)
    thread = telegram.topic(ba_hai, forum, "Lớp tối")
    telegram.says(ba_hai, "/hoc", forum, thread=thread)
    update = (await aio.get_updates())[-1]
    assert update.message is not None
    assert (update.message.message_thread_id, update.message.is_topic_message) == (thread, True)
    await aio.send_message(forum.id, "Dạ", message_thread_id=thread)
    assert telegram.messages(forum)[-1].thread == thread


async def test_a_bot_can_ask_about_a_group_and_leave(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    group = telegram.group("Tổ 5", ba_hai, telegram.person("Ông Tư"))
    telegram.adds_bot(ba_hai, group)
    assert (await aio.get_chat(group.id)).title == "Tổ 5"
    assert await aio.get_chat_member_count(group.id) == 3
    telegram.makes_admin(ba_hai, group)
    admins = [member.user.id for member in await aio.get_chat_administrators(group.id)]
    assert admins == [ba_hai.id, aio.id]
    assert (await aio.get_chat_member(group.id, ba_hai.id)).status == "creator"
    await aio.leave_chat(group.id)
    with pytest.raises(TelegramForbiddenError, match="not a member"):
        await aio.send_message(group.id, "Dạ")


async def test_commands_and_descriptions_are_kept(telegram: Telegram, aio: Bot) -> None:
    command = BotCommand(command="hoc", description="Học một bài")
    await aio.set_my_commands([command], language_code="vi")
    (kept,) = await aio.get_my_commands(language_code="vi")
    assert (kept.command, kept.description) == ("hoc", "Học một bài")
    assert await aio.get_my_commands() == []
    await aio.set_my_description("Máy giúp dùng điện thoại")
    await aio.set_my_short_description("Bình dân học vụ số")
    assert telegram.account().settings["description"] == "Máy giúp dùng điện thoại"
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await aio.set_my_commands([BotCommand(command="Học", description="a")])


async def test_other_kinds_of_message_arrive(telegram: Telegram, aio: Bot, ba_hai: Person) -> None:
    telegram.sends_photo(ba_hai, "hình gì đây")
    telegram.sends_sticker(ba_hai)
    telegram.sends_voice(ba_hai)
    telegram.sends_document(ba_hai, "giấy tờ")
    telegram.edits(ba_hai, telegram.says(ba_hai, "sai"), "đúng")
    got = await aio.get_updates()
    messages = [update.message or update.edited_message for update in got]
    kinds = [message.content_type for message in messages if message]
    assert kinds == ["photo", "sticker", "voice", "document", "text", "text"]
    assert messages[0] is not None
    assert messages[0].caption == "hình gì đây"


async def test_too_fast_is_a_429_with_the_seconds_to_wait(
    telegram: Telegram, aio: Bot, ba_hai: Person, clock: Clock
) -> None:
    for n in range(5):
        await aio.send_message(ba_hai.id, str(n))
    clock.pass_(seconds=2)
    with pytest.raises(TelegramRetryAfter) as refused:
        await aio.send_message(ba_hai.id, "5")
    assert refused.value.retry_after == 3
    clock.pass_(seconds=3)
    await aio.send_message(ba_hai.id, "5")
    group = telegram.group("Tổ 5", ba_hai)
    telegram.adds_bot(ba_hai, group)
    clock.pass_(seconds=1)
    for n in range(20):
        await aio.send_message(group.id, str(n))
    clock.pass_(seconds=10)
    with pytest.raises(TelegramRetryAfter) as refused:
        await aio.send_message(group.id, "20")
    assert refused.value.retry_after == 50
    telegram.flood = None
    await aio.send_message(group.id, "20")


async def test_setting_a_webhook_ends_the_poll_that_waits(telegram: Telegram, aio: Bot) -> None:
    poll = asyncio.create_task(aio.get_updates(timeout=30, request_timeout=40))
    await asyncio.to_thread(waits, telegram)
    await aio.set_webhook(HOOK)
    with pytest.raises(TelegramConflictError, match="setWebhook request"):
        await poll


async def test_a_429_may_say_nothing_of_how_long(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    telegram.faults.add(Fault("flood"))
    with pytest.raises(TelegramAPIError, match="Too Many Requests") as refused:
        await aio.send_message(ba_hai.id, "Dạ")
    assert not isinstance(refused.value, TelegramRetryAfter)


@pytest.mark.parametrize(
    ("kind", "raised", "shown"),
    [
        ("flood", TelegramRetryAfter, []),
        ("internal", TelegramServerError, []),
        ("bad_gateway", ClientDecodeError, []),
        ("gateway_timeout", ClientDecodeError, []),
        ("cut_before", TelegramNetworkError, []),
        ("cut_after", TelegramNetworkError, ["Dạ"]),
    ],
)
async def test_what_the_client_makes_of_a_fault(
    telegram: Telegram,
    aio: Bot,
    ba_hai: Person,
    kind: Kind,
    raised: type[Exception],
    shown: list[str],
) -> None:
    telegram.faults.add(Fault(kind, method="sendMessage", chat=ba_hai.id, retry_after=3))
    with pytest.raises(raised):
        await aio.send_message(ba_hai.id, "Dạ")
    assert telegram.from_bot(ba_hai) == shown
    await aio.send_message(ba_hai.id, "Dạ")
    assert telegram.called("sendMessage")[0].fault == kind


async def test_a_slow_answer_is_held_until_it_is_released(
    telegram: Telegram, aio: Bot, ba_hai: Person
) -> None:
    held = telegram.faults.add(Fault("slow"))
    sending = asyncio.create_task(aio.send_message(ba_hai.id, "Dạ"))
    await asyncio.to_thread(held.reached.wait, 5)
    held.release()
    await sending


def test_a_wrong_token_and_an_unknown_method_are_refused(telegram: Telegram) -> None:
    assert httpx.get(f"{telegram.url}/bot1:other/getMe").json()["error_code"] == 401
    assert call(telegram, "sendTelepathy")["error_code"] == 404
    assert call(telegram, "getme")["ok"]


def test_many_threads_at_once_lose_nothing(telegram: Telegram, ba_hai: Person) -> None:
    telegram.flood = None

    def send() -> None:
        with httpx.Client(base_url=f"{telegram.url}/bot{TOKEN}/", timeout=5) as client:
            for _ in range(20):
                client.post("sendMessage", json={"chat_id": ba_hai.id, "text": "Dạ"})

    senders = [threading.Thread(target=send) for _ in range(5)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(telegram.from_bot(ba_hai)) == 100
