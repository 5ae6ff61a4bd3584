"""Sending through the real aiogram and python-telegram-bot to an emulated Telegram."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.incoming import Address
from bot.channels.telegram.receive import Telegram as Channel
from bot.delivery.send import Arrived, Later, MovedTo, Refused, Trouble, Unknown
from bot.storage.outbox import Delivery
from flows.replies import Act, Choice, Choices, Reply
from tests.channels.telegram.conftest import RATES, TOKEN, close, settings
from tests.emulators.faults import Fault
from tests.emulators.telegram import Telegram
from tests.emulators.telegram_chats import Chat, Person
from tests.talk import MORNING, Clock

WAYS = pytest.mark.parametrize("kind", ["reply", "reminder"], ids=["aiogram", "ptb"])
"""A reply goes through one package, a reminder through the other."""


@pytest.fixture
def hai(telegram: Telegram) -> Person:
    hai = telegram.person("Bà Hai")
    telegram.says(hai, "/start")
    return hai


@pytest.fixture
def group(telegram: Telegram, hai: Person) -> Chat:
    group = telegram.group("Tổ 5", hai)
    telegram.adds_bot(hai, group)
    return group


def delivery(chat: str, text: str = "Dạ, máy nghe đây ạ.", **given: Any) -> Delivery:
    reply = given.pop("reply", Reply(text=text))
    return Delivery(
        id=1,
        turn="t",
        address=Address("telegram", "2001", chat),
        reply=reply,
        emergency=False,
        attempts=given.pop("attempts", 1),
        **given,
    )


async def send(channel: Channel, chat: int | str, *args: Any, **given: Any) -> Any:
    return await channel.sender.send(str(chat), [delivery(str(chat), *args, **given)])


@WAYS
async def test_a_message_arrives_with_its_buttons(
    channel: Channel, telegram: Telegram, hai: Person, kind: str
) -> None:
    options = (Choice("Có", Act("menu")), Choice("Thôi", Act("decline")))
    choices = Choices(asking=7, style="numbered", options=options, at=MORNING)
    reply = Reply(text="Làm thử không ạ?", choices=choices)

    assert await send(channel, hai.id, reply=reply, kind=kind) == Arrived()

    shown = telegram.messages(hai)[-1]
    assert shown.text == "Làm thử không ạ?"
    assert shown.labels == ["1 · Có", "2 · Thôi"]
    assert [row[0].data for row in shown.buttons] == ["7.0", "7.1"]


@pytest.mark.parametrize(
    ("given", "package"),
    [
        ({"kind": "reply"}, "aiogram"),
        ({"kind": "emergency"}, "aiogram"),
        ({"kind": "staff"}, "aiogram"),
        ({"kind": "alert"}, "ptb"),
        ({"kind": "reminder"}, "ptb"),
        ({"kind": "tip"}, "ptb"),
        ({"kind": "reply", "to_group": True}, "ptb"),
    ],
)
async def test_what_nobody_asked_for_and_what_a_group_reads_goes_through_the_limiter(
    channel: Channel,
    hai: Person,
    given: dict[str, Any],
    package: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limited: list[str] = []
    limiter = channel._pushes.rate_limiter
    process = limiter.process_request

    async def watched(*args: Any, **named: Any) -> Any:
        limited.append("ptb")
        return await process(*args, **named)

    monkeypatch.setattr(type(limiter), "process_request", lambda _, *a, **n: watched(*a, **n))

    assert await send(channel, hai.id, **given) == Arrived()
    assert (limited or ["aiogram"]) == [package]


@WAYS
async def test_row_21_words_that_look_like_markup_arrive_as_they_are(
    channel: Channel, telegram: Telegram, hai: Person, kind: str
) -> None:
    text = "1 < 2 & <b>đậm</b> *sao* _gạch_ [x](y)"

    assert await send(channel, hai.id, text, kind=kind) == Arrived()
    assert telegram.from_bot(hai) == [text]


async def test_the_answer_in_a_forum_stays_in_its_topic(
    channel: Channel, telegram: Telegram, hai: Person
) -> None:
    forum = telegram.group("Lớp số", hai, forum=True)
    telegram.adds_bot(hai, forum)
    thread = telegram.topic(hai, forum, "Lớp tối")

    assert await send(channel, f"{forum.id}/{thread}", to_group=True) == Arrived()
    assert telegram.messages(forum)[-1].thread == thread


async def test_a_long_text_arrives_in_parts_and_a_part_that_arrived_is_not_sent_again(
    channel: Channel, telegram: Telegram, hai: Person
) -> None:
    text = "Câu này dài lắm. " * 600
    telegram.faults.add(Fault("bad_gateway", method="sendMessage", after=1))

    first = await send(channel, hai.id, text)
    assert first == Later(MORNING + timedelta(seconds=2), parts=1)

    assert await send(channel, hai.id, text, parts=1) == Arrived(parts=3)
    assert [shown[:3] for shown in telegram.from_bot(hai)] == ["1/3", "2/3", "3/3"]


async def test_a_preview_shows_the_other_channels_look(
    channel: Channel, telegram: Telegram, hai: Person
) -> None:
    options = (Choice("Có", Act("menu")), Choice("Thôi", Act("decline")))
    choices = Choices(asking=7, style="numbered", options=options, at=MORNING)

    for other in ("telegram", "zalo_bot"):
        reply = Reply(text="Làm thử không ạ?", choices=choices, as_on=other)
        await send(channel, hai.id, reply=reply)

    on_telegram, on_zalo = telegram.messages(hai)[-2:]
    assert on_telegram.text == "Làm thử không ạ?\n[1 · Có]\n[2 · Thôi]"
    assert "1. Có" in on_zalo.text
    assert on_telegram.labels == on_zalo.labels == []


async def test_trouble_between_two_parts_is_told_after_the_first_one_was_noted(
    channel: Channel, telegram: Telegram, hai: Person
) -> None:
    text = "Câu này dài lắm. " * 400
    telegram.faults.add(Fault("unauthorized", after=1, times=2))

    assert await send(channel, hai.id, text) == Later(MORNING, parts=1)
    assert await send(channel, hai.id, text, parts=1) == Trouble("token")
    assert await send(channel, hai.id, text, parts=1) == Arrived(parts=2)
    assert [shown[:3] for shown in telegram.from_bot(hai)] == ["1/2", "2/2"]


@WAYS
async def test_row_10_a_chat_that_was_too_fast_waits_alone(
    channel: Channel, telegram: Telegram, hai: Person, kind: str
) -> None:
    telegram.faults.add(Fault("flood", chat=hai.id, retry_after=7))

    assert await send(channel, hai.id, kind=kind) == Later(MORNING + timedelta(seconds=7))

    nam = telegram.person("Chú Năm")
    telegram.says(nam, "chào")
    assert await send(channel, nam.id, kind=kind) == Arrived()


@WAYS
async def test_a_second_chat_that_was_too_fast_meanwhile_means_the_whole_account(
    channel: Channel, telegram: Telegram, clock: Clock, hai: Person, group: Chat, kind: str
) -> None:
    telegram.faults.add(Fault("flood", retry_after=7, times=3))

    assert not (await send(channel, hai.id, kind=kind)).whole_account
    assert (await send(channel, group.id, kind=kind)).whole_account
    clock.pass_(seconds=8)
    assert not (await send(channel, hai.id, kind=kind)).whole_account


@WAYS
async def test_row_12_a_flood_that_names_no_time_is_later_and_no_refusal(
    channel: Channel, telegram: Telegram, hai: Person, kind: str
) -> None:
    telegram.faults.add(Fault("flood", retry_after=None))

    assert await send(channel, hai.id, kind=kind) == Later(MORNING + timedelta(seconds=30))


@WAYS
async def test_row_14_a_502_after_a_429_is_later_too(
    channel: Channel, telegram: Telegram, hai: Person, kind: str
) -> None:
    telegram.faults.add(Fault("flood", retry_after=3))
    telegram.faults.add(Fault("bad_gateway"))

    assert isinstance(await send(channel, hai.id, kind=kind), Later)
    again = await send(channel, hai.id, kind=kind, attempts=2)
    assert again == Later(MORNING + timedelta(seconds=4))
    assert await send(channel, hai.id, kind=kind) == Arrived()


@WAYS
async def test_a_wall_in_between_blames_no_chat(
    channel: Channel, telegram: Telegram, hai: Person, kind: str
) -> None:
    telegram.faults.add(Fault("wall"))

    assert await send(channel, hai.id, kind=kind) == Later(MORNING + timedelta(seconds=2))
    assert await send(channel, hai.id, kind=kind) == Arrived()


async def test_row_26_the_pause_grows_with_each_try_and_has_an_end(
    channel: Channel, telegram: Telegram, hai: Person
) -> None:
    telegram.faults.add(Fault("bad_gateway", times=None))
    pauses = [
        (await send(channel, hai.id, attempts=tries)).again_at - MORNING for tries in (1, 2, 3, 99)
    ]

    assert [pause.total_seconds() for pause in pauses] == [2, 4, 8, 300]


@WAYS
async def test_row_17_a_group_that_moved_is_named_by_its_new_id(
    channel: Channel, telegram: Telegram, group: Chat, kind: str
) -> None:
    moved = telegram.migrates(group)

    assert await send(channel, group.id, kind=kind) == MovedTo(str(moved.id))
    assert await send(channel, moved.id, kind=kind) == Arrived()


Happens = Callable[[Telegram, Person, Chat], None]


@WAYS
@pytest.mark.parametrize(
    ("happens", "to_group", "reason"),
    [
        (lambda telegram, hai, _: telegram.blocks_bot(hai), False, "blocked"),
        (lambda telegram, hai, _: telegram.deletes_account(hai), False, "gone"),
        (lambda telegram, hai, group: telegram.kicks_bot(hai, group), True, "kicked"),
    ],
    ids=["blocked", "deactivated", "kicked"],
)
async def test_row_18_a_chat_that_is_gone_is_refused_for_good(
    channel: Channel,
    telegram: Telegram,
    hai: Person,
    group: Chat,
    happens: Happens,
    to_group: bool,
    reason: Any,
    kind: str,
) -> None:
    happens(telegram, hai, group)

    chat = group.id if to_group else hai.id
    assert await send(channel, chat, kind=kind) == Refused(reason, chat_gone=True)


@WAYS
async def test_a_chat_that_never_was_is_refused_for_good(
    channel: Channel, telegram: Telegram, kind: str
) -> None:
    assert await send(channel, 424242, kind=kind) == Refused("gone", chat_gone=True)


@WAYS
@pytest.mark.parametrize("fault", [Fault("unauthorized", times=None), None], ids=["page", "json"])
async def test_a_refused_token_is_trouble_of_the_account(
    channel: Channel, telegram: Telegram, hai: Person, kind: str, fault: Fault | None
) -> None:
    if fault is None:
        telegram.accounts.pop(TOKEN)
    else:
        telegram.faults.add(fault)

    assert await send(channel, hai.id, kind=kind) == Trouble("token")


@WAYS
@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "gateway_timeout"])
async def test_row_29_what_may_have_arrived_is_unknown(
    channel: Channel, telegram: Telegram, hai: Person, kind: str, fault: Any
) -> None:
    telegram.faults.add(Fault(fault, method="sendMessage"))

    assert await send(channel, hai.id, kind=kind) == Unknown()


@WAYS
async def test_row_13_a_platform_out_of_reach_was_sent_nothing(clock: Clock, kind: str) -> None:
    with Telegram(clock) as gone:
        given = settings(gone)
    channel = Channel(given, RATES, clock)

    assert isinstance(await send(channel, 5, kind=kind), Later)
    await close(channel)


async def test_row_13_there_are_more_connections_than_messages_at_once(
    telegram: Telegram, clock: Clock
) -> None:
    channel = Channel(settings(telegram, sends_at_once=8), RATES, clock)

    pool = channel._pushes.request._client_kwargs["limits"].max_connections
    assert pool > 8
    await close(channel)
