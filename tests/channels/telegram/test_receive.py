"""Receiving with the real aiogram from an emulated Telegram: polling and webhook."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from bot.assistant import TurnFailedError
from bot.channels.incoming import Incoming, Moved
from bot.channels.platform import (
    AccountFacts,
    ConflictError,
    RefusedTokenError,
    WebhookElsewhereError,
)
from bot.channels.telegram.poll import Poller
from bot.channels.telegram.receive import Telegram as Channel
from bot.channels.telegram.update import ALLOWED
from flows.turn import Admitted, Pressed, Said
from tests.channels.telegram.conftest import BASE, RATES, SECRET, close, settings
from tests.emulators.faults import Fault
from tests.emulators.telegram import Telegram
from tests.emulators.telegram_chats import Person
from tests.talk import Clock

HEADERS = {"x-telegram-bot-api-secret-token": SECRET}


class Taken:
    """Stores what it is handed, and may be told to fail; `until` waits for so many."""

    def __init__(self) -> None:
        self.all: list[Incoming] = []
        self.faults: list[Exception] = []
        self.heard = 0
        self._news = asyncio.Condition()

    async def __call__(self, incoming: Incoming) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.all.append(incoming)
        await self.tell()

    async def hears(self) -> None:
        self.heard += 1
        await self.tell()

    async def until(self, met: Callable[[], bool]) -> None:
        async with self._news, asyncio.timeout(20):
            await self._news.wait_for(met)

    @property
    def said(self) -> list[str]:
        return [one.input.text for one in self.all if isinstance(one.input, Said)]

    async def tell(self) -> None:
        async with self._news:
            self._news.notify_all()


@pytest.fixture
async def taken() -> Taken:
    return Taken()


@pytest.fixture
def hai(telegram: Telegram) -> Person:
    return telegram.person("Bà Hai")


@asynccontextmanager
async def polling(channel: Channel, taken: Taken) -> AsyncIterator[list[float]]:
    """The channel's own loop, with rests that are noted and not made."""
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        await taken.tell()

    poller = Poller(channel._bot, ALLOWED, rest=rest, chance=lambda: 1.0)
    task = asyncio.create_task(poller.run(channel._read, taken, taken.hears))
    try:
        yield rests
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_preparing_tells_who_we_are_and_offers_the_commands(
    channel: Channel, telegram: Telegram
) -> None:
    facts = await channel.prepare()

    assert facts == AccountFacts(name="@binhdan_bot", link="https://t.me/binhdan_bot", groups=True)
    assert channel.account == "2001"
    scopes = {(call.parameters["scope"], call.parameters.get("language_code"))
              for call in telegram.called("setMyCommands")}  # fmt: skip
    assert len(scopes) == 6


async def test_what_is_no_token_is_said_so(telegram: Telegram, clock: Clock) -> None:
    with pytest.raises(RefusedTokenError):
        Channel(settings(telegram, telegram_token="no token at all"), RATES, clock)


async def test_a_token_that_telegram_does_not_know_is_said_so(
    telegram: Telegram, clock: Clock
) -> None:
    channel = Channel(settings(telegram, telegram_token="2001:wrong"), RATES, clock)

    with pytest.raises(RefusedTokenError):
        await channel.prepare()
    await close(channel)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_row_28_a_webhook_set_elsewhere_is_named_and_stays(
    telegram: Telegram, clock: Clock, mode: str
) -> None:
    await _set_webhook(
        telegram, clock, "https://u:pass@elsewhere.example/bot/2001:AAF-rest_of-it?key=1"
    )
    channel = Channel(settings(telegram, telegram_updates=mode), RATES, clock)

    with pytest.raises(WebhookElsewhereError) as refused:
        await channel.prepare()

    assert refused.value.url == "elsewhere.example/bot/…"
    webhook = telegram.account().webhook
    assert webhook is not None
    assert webhook.url == "https://u:pass@elsewhere.example/bot/2001:AAF-rest_of-it?key=1"
    await close(channel)


async def test_row_5_in_webhook_mode_our_webhook_is_set_with_its_secret_and_asked_about(
    telegram: Telegram, clock: Clock
) -> None:
    channel = Channel(settings(telegram, telegram_updates="webhook"), RATES, clock)

    await channel.prepare()
    await channel.prepare()

    (call, _) = telegram.called("setWebhook")
    assert call.parameters["url"] == f"{BASE}/hook/telegram"
    assert call.parameters["secret_token"] == SECRET
    assert "my_chat_member" in json.loads(call.parameters["allowed_updates"])
    assert len(telegram.called("getWebhookInfo")) == 2
    await close(channel)


async def test_what_a_person_writes_is_taken_and_each_answered_poll_is_heard(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    telegram.says(hai, "quét mã QR")

    async with polling(channel, taken) as rests:
        await taken.until(lambda: taken.said == ["quét mã QR"] and taken.heard > 2)

    assert taken.all[0].sender == str(hai.id)
    assert rests == []


async def test_row_1_an_update_is_confirmed_only_after_it_was_stored(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    telegram.says(hai, "một")
    taken.faults = [TurnFailedError("t"), TurnFailedError("t")]

    async with polling(channel, taken) as rests:
        await taken.until(lambda: taken.said == ["một"])
        before = len(telegram.called("getUpdates"))
        await taken.until(lambda: taken.heard > 1)

    assert before == 1
    assert rests == [2.0, 4.0]
    assert int(telegram.called("getUpdates")[1].parameters["offset"]) > 0


async def test_row_27_what_was_not_confirmed_comes_again_with_its_id(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    telegram.says(hai, "một")

    for _ in range(2):  # a process that dies after it has stored and before it has confirmed
        (update,) = await _raw_updates(channel)
        incoming = await channel._read(update)
        assert incoming is not None
        await taken(incoming)

    assert len({one.update_id for one in taken.all}) == 1


async def test_row_7_an_update_that_always_fails_does_not_hold_up_the_next_one(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    telegram.says(hai, "hỏng")
    telegram.says(hai, "lành")
    taken.faults = [RuntimeError(), RuntimeError(), RuntimeError()]

    async with polling(channel, taken):
        await taken.until(lambda: taken.said == ["lành"])


async def test_row_7_an_update_that_cannot_be_read_is_left_behind(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    telegram.redeliver({"update_id": 400, "message": {"message_id": "?"}})
    telegram.says(hai, "lành")

    async with polling(channel, taken):
        await taken.until(lambda: taken.said == ["lành"])


async def test_rows_25_and_26_polling_goes_on_after_every_fault_and_rests_longer_each_time(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    for kind in ("bad_gateway", "cut_before", "gateway_timeout"):
        telegram.faults.add(Fault(kind, method="getUpdates"))
    telegram.faults.add(Fault("flood", method="getUpdates", retry_after=90))
    telegram.says(hai, "còn đó không")

    async with polling(channel, taken) as rests:
        await taken.until(lambda: taken.said == ["còn đó không"])

    assert rests == [2.0, 4.0, 8.0, 90.0]


async def test_row_25_a_fault_while_noting_that_it_was_heard_does_not_end_the_polling(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    telegram.says(hai, "một")
    hears, faults = taken.hears, [OSError()]

    async def heard() -> None:
        if faults:
            raise faults.pop()
        await hears()

    taken.hears = heard  # pyright: ignore[reportAttributeAccessIssue]
    async with polling(channel, taken):
        await taken.until(lambda: taken.said == ["một"])


async def test_row_24_a_second_poller_is_told(
    channel: Channel, clock: Clock, telegram: Telegram, taken: Taken
) -> None:
    await channel.prepare()
    telegram.idle_at_once = False
    second = Channel(settings(telegram), RATES, clock)
    first_polls = asyncio.create_task(channel.poll(taken, taken.hears))
    second_polls = asyncio.create_task(second.poll(taken, taken.hears))

    done, rest = await asyncio.wait(
        {first_polls, second_polls}, timeout=30, return_when=asyncio.FIRST_EXCEPTION
    )
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await close(second)

    assert [type(task.exception()) for task in done] == [ConflictError]


async def test_a_webhook_that_was_set_meanwhile_is_named(
    channel: Channel, telegram: Telegram, clock: Clock, taken: Taken
) -> None:
    await channel.prepare()
    await _set_webhook(telegram, clock, "https://elsewhere.example/bot")

    with pytest.raises(WebhookElsewhereError, match="elsewhere"):
        await channel.poll(taken, taken.hears)


async def test_a_token_refused_while_polling_is_told(
    channel: Channel, telegram: Telegram, taken: Taken
) -> None:
    await channel.prepare()
    telegram.faults.add(Fault("unauthorized", method="getUpdates"))

    with pytest.raises(RefusedTokenError):
        await channel.poll(taken, taken.hears)


async def test_the_words_of_one_chat_are_stored_in_their_order(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    for number in range(20):
        telegram.says(hai, f"câu {number}")

    async with polling(channel, taken):
        await taken.until(lambda: len(taken.said) == 20)

    assert taken.said == [f"câu {number}" for number in range(20)]


async def test_a_press_is_answered_and_taken(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    press = await _pressed(channel, telegram, hai, taken, data="7.0")

    assert press.answered
    assert taken.all[-1].input == Pressed(asking=7, option=0)


async def test_a_press_that_cannot_be_read_is_answered_and_goes_nowhere(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    press = await _pressed(channel, telegram, hai, taken, data="quiz:next")

    assert press.answered
    assert all(not isinstance(one.input, Pressed) for one in taken.all)


async def test_rows_15_and_16_a_press_too_old_to_be_answered_still_counts(
    channel: Channel, telegram: Telegram, clock: Clock, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    telegram.says(hai, "/start")
    await channel._bot.send_message(hai.id, "Chọn:")
    shown = telegram.messages(hai)[-1]
    telegram.presses(hai, shown, data="7.0")
    telegram.presses(hai, shown, data="7.0")
    clock.pass_(hours=3)

    async with polling(channel, taken):
        await taken.until(lambda: len(taken.all) == 3)
        await _sees(telegram, lambda: len(telegram.called("answerCallbackQuery")) == 2)

    assert [one.input for one in taken.all[1:]] == [Pressed(asking=7, option=0)] * 2
    assert {call.status for call in telegram.called("answerCallbackQuery")} == {400}


async def test_a_group_is_admitted_with_its_size(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    group = telegram.group("Tổ 5", hai, telegram.person("Chú Năm"))
    telegram.adds_bot(hai, group)

    async with polling(channel, taken):
        await taken.until(lambda: len(taken.all) == 1)

    assert taken.all[0].input == Admitted()
    assert taken.all[0].group is not None
    assert taken.all[0].group.size == 2


async def test_a_group_whose_size_is_not_told_is_admitted_all_the_same(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    telegram.adds_bot(hai, telegram.group("Tổ 5", hai))
    telegram.faults.add(Fault("bad_gateway", method="getChatMemberCount"))

    async with polling(channel, taken):
        await taken.until(lambda: len(taken.all) == 1)

    assert taken.all[0].group is not None
    assert taken.all[0].group.size is None


async def test_row_17_a_group_that_moved_is_told_with_both_ids(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    await channel.prepare()
    group = telegram.group("Tổ 5", hai)
    telegram.adds_bot(hai, group)
    moved = telegram.migrates(group)

    async with polling(channel, taken):
        await taken.until(lambda: len(taken.all) == 3)

    assert [(one.chat, one.input) for one in taken.all[1:]] == [
        (str(group.id), Moved(str(moved.id)))
    ] * 2


async def test_a_group_that_talks_among_itself_is_not_heard(
    channel: Channel, telegram: Telegram, clock: Clock, taken: Taken
) -> None:
    telegram.account().can_read_all = True  # privacy mode switched off: everything comes
    await channel.prepare()
    hai = telegram.person("Bà Hai")
    group = telegram.group("Tổ 5", hai)
    telegram.adds_bot(hai, group)
    telegram.says(hai, "mai họp tổ nha", group)
    telegram.says(hai, "2", group)
    telegram.says(hai, "@binhdan_bot quét mã QR", group)

    async with polling(channel, taken):
        await taken.until(lambda: len(taken.all) == 2)

    assert taken.said == ["quét mã QR"]


# the webhook


async def test_row_2_a_webhook_is_answered_after_the_update_was_stored(
    hooked: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    telegram.says(hai, "quét mã QR")

    assert await telegram.delivered(_post(hooked, taken)) == [200]
    assert taken.said == ["quét mã QR"]


async def test_before_the_bot_knows_its_own_name_nothing_is_taken_and_nothing_lost(
    telegram: Telegram, clock: Clock, hooked: Channel, hai: Person, taken: Taken
) -> None:
    telegram.says(hai, "quét mã QR")
    just_started = Channel(settings(telegram, telegram_updates="webhook"), RATES, clock)

    assert await telegram.delivered(_post(just_started, taken)) == [503]
    assert await telegram.delivered(_post(hooked, taken)) == [200]
    await close(just_started)
    assert taken.said == ["quét mã QR"]


async def test_row_3_what_was_not_stored_is_503_and_comes_again(
    hooked: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    telegram.says(hai, "quét mã QR")
    taken.faults = [TurnFailedError("t")]

    assert await telegram.delivered(_post(hooked, taken)) == [503]
    assert await telegram.delivered(_post(hooked, taken)) == [200]
    assert taken.said == ["quét mã QR"]


async def test_rows_4_and_6_an_update_that_cannot_be_read_is_200_and_does_not_come_again(
    hooked: Channel, taken: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "quên mật khẩu của bà Hai"
    body = json.dumps({"update_id": 1, "message": {"message_id": secret, "text": secret}})

    assert await hooked.hook(HEADERS, body.encode(), taken) == 200
    told = capsys.readouterr().out
    assert "telegram.unreadable" in told
    assert secret not in told


async def test_row_8_the_answer_to_a_webhook_says_nothing_and_sends_nothing(
    hooked: Channel, telegram: Telegram, hai: Person, taken: Taken
) -> None:
    telegram.says(hai, "quét mã QR")
    await telegram.delivered(_post(hooked, taken))

    assert telegram.from_bot(hai) == []


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"{}", 401),
        ({"x-telegram-bot-api-secret-token": "sai"}, b"{}", 401),
        ({"x-telegram-bot-api-secret-token": "sai bét ạ"}, b"{}", 401),
        (HEADERS, b"x" * (1024 * 1024 + 1), 413),
        (HEADERS, b"{", 400),
        (HEADERS, b"\xff", 400),
        (HEADERS, b"[" * 100_000, 400),
        (HEADERS, b"[]", 200),
        (HEADERS, b'{"update_id": 1}', 200),
        (HEADERS, b'{"update_id": 1, "message": "\\ud83d"}', 200),
    ],
)
async def test_what_is_no_update_of_telegrams_is_refused(
    hooked: Channel, taken: Taken, headers: dict[str, str], body: bytes, status: int
) -> None:
    assert await hooked.hook(headers, body, taken) == status
    assert taken.all == []


async def test_without_a_secret_of_ours_nobody_is_let_in(
    telegram: Telegram, clock: Clock, taken: Taken
) -> None:
    channel = Channel(settings(telegram, webhook_secret=""), RATES, clock)

    assert await channel.hook({"x-telegram-bot-api-secret-token": ""}, b"{}", taken) == 401
    await close(channel)


@pytest.fixture
async def hooked(telegram: Telegram, clock: Clock) -> AsyncIterator[Channel]:
    channel = Channel(settings(telegram, telegram_updates="webhook"), RATES, clock)
    await channel.prepare()
    yield channel
    await close(channel)


def _post(
    channel: Channel, taken: Taken
) -> Callable[[str, dict[str, str], bytes], Awaitable[int | None]]:
    async def post(url: str, headers: dict[str, str], body: bytes) -> int:
        assert url == f"{BASE}/hook/telegram"
        lower = {name.lower(): value for name, value in headers.items()}
        return await channel.hook(lower, body, taken)

    return post


async def _pressed(
    channel: Channel, telegram: Telegram, hai: Person, taken: Taken, *, data: str
) -> Any:
    await channel.prepare()
    telegram.says(hai, "/start")
    await channel._bot.send_message(hai.id, "Chọn:")
    press = telegram.presses(hai, telegram.messages(hai)[-1], data=data)
    async with polling(channel, taken):
        await _sees(telegram, lambda: press.answered)
        await taken.until(lambda: taken.heard > 2)
    return press


async def _sees(telegram: Telegram, met: Callable[[], bool]) -> None:
    """Wait for what happens on the platform."""
    assert await asyncio.to_thread(telegram.until, met)


async def _raw_updates(channel: Channel) -> list[dict[str, Any]]:
    poller = Poller(channel._bot, ALLOWED)
    return await poller._ask(None)


async def _set_webhook(telegram: Telegram, clock: Clock, url: str) -> None:
    somebody = Channel(settings(telegram), RATES, clock)
    await somebody._bot.set_webhook(url)
    await close(somebody)
