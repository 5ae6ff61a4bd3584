"""The sender on the emulated platform: what each fault means for what was to be sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.channels.incoming import Address
from bot.channels.zalo_bot.client import Client
from bot.channels.zalo_bot.send import FLOOD, FULL, LATEST, SOON, ZaloSender
from bot.delivery.send import Arrived, Later, Refused, SendResult, Trouble, Unknown
from bot.storage.outbox import Delivery
from flows.replies import Reply
from tests.channels.zalo_bot.conftest import TOKEN
from tests.emulators.faults import Fault, Kind
from tests.emulators.zalo_bot import ZaloBot
from tests.emulators.zalo_chats import Person
from tests.talk import Clock

SITE = "https://binhdan.example"
LONG = "Dài lắm. " * 500
"""Three messages."""


@pytest.fixture
def sender(client: Client, clock: Clock) -> ZaloSender:
    return ZaloSender(client, clock, SITE)


def batch(chat: str, *texts: str, attempts: int = 0, parts: int = 0) -> Sequence[Delivery]:
    return [
        Delivery(
            id=number,
            turn="turn",
            address=Address("zalo_bot", "1001", chat),
            reply=Reply(text=text),
            emergency=False,
            attempts=attempts,
            parts=parts,
        )
        for number, text in enumerate(texts, start=1)
    ]


async def test_the_replies_of_a_turn_arrive_as_one_message(
    zalo: ZaloBot, sender: ZaloSender, ba_hai: Person
) -> None:
    result = await sender.send(ba_hai.id, batch(ba_hai.id, "Đúng rồi ạ!", "Làm tiếp không ạ?"))
    assert result == Arrived(parts=1)
    assert zalo.from_bot(ba_hai) == ["Đúng rồi ạ!\n\nLàm tiếp không ạ?"]


async def test_what_is_to_be_copied_arrives_alone(
    zalo: ZaloBot, sender: ZaloSender, ba_hai: Person
) -> None:
    lead, tip, after, more = batch(ba_hai.id, "Chép tin này.", "Mẹo.", "Lúc nào ạ?", "Ví dụ.")
    tip = replace(tip, reply=Reply(text="Mẹo.", as_on="zalo_bot"))

    assert await sender.send(ba_hai.id, [lead, tip, after, more]) == Arrived(parts=3)
    assert zalo.from_bot(ba_hai) == ["Chép tin này.", "Mẹo.", "Lúc nào ạ?\n\nVí dụ."]


async def test_a_long_text_arrives_in_parts(
    zalo: ZaloBot, sender: ZaloSender, ba_hai: Person
) -> None:
    assert await sender.send(ba_hai.id, batch(ba_hai.id, LONG)) == Arrived(parts=3)
    heads = [text.partition("\n")[0] for text in zalo.from_bot(ba_hai)]
    assert heads == ["1/3", "2/3", "3/3"]


async def test_a_part_that_arrived_is_not_sent_again(
    zalo: ZaloBot, sender: ZaloSender, clock: Clock, ba_hai: Person
) -> None:
    zalo.faults.add(Fault("bad_gateway", after=1))
    result = await sender.send(ba_hai.id, batch(ba_hai.id, LONG))
    assert result == Later(clock() + SOON, parts=1)
    again = batch(ba_hai.id, LONG, attempts=1, parts=1)
    assert await sender.send(ba_hai.id, again) == Arrived(parts=3)
    heads = [text.partition("\n")[0] for text in zalo.from_bot(ba_hai)]
    assert heads == ["1/3", "2/3", "3/3"]


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "gateway_timeout"])
async def test_row_29_what_may_have_arrived_is_uncertain_and_not_sent_again(
    zalo: ZaloBot, sender: ZaloSender, ba_hai: Person, kind: Kind
) -> None:
    zalo.faults.add(Fault(kind, method="sendMessage", after=1))
    assert await sender.send(ba_hai.id, batch(ba_hai.id, LONG)) == Unknown(parts=2)
    assert len(zalo.called("sendMessage")) == 2


async def test_row_26_a_fault_of_zalos_is_waited_out_longer_and_longer(
    zalo: ZaloBot, sender: ZaloSender, clock: Clock, ba_hai: Person
) -> None:
    zalo.faults.add(Fault("bad_gateway", times=None))
    waits: list[timedelta] = []
    for attempts in (0, 1, 2, 50):
        result = await sender.send(ba_hai.id, batch(ba_hai.id, "Dạ", attempts=attempts))
        assert isinstance(result, Later)
        assert not result.whole_account
        waits.append(result.again_at - clock())
    assert waits == [SOON, SOON * 2, SOON * 4, LATEST]


async def test_row_14_a_502_after_a_429_is_tried_again_too(
    zalo: ZaloBot, sender: ZaloSender, clock: Clock, ba_hai: Person
) -> None:
    zalo.faults.add(Fault("flood"))
    zalo.faults.add(Fault("bad_gateway"))
    flooded = await sender.send(ba_hai.id, batch(ba_hai.id, "Dạ"))
    assert flooded == Later(clock() + FLOOD, whole_account=True)
    failed = await sender.send(ba_hai.id, batch(ba_hai.id, "Dạ", attempts=1))
    assert failed == Later(clock() + SOON * 2)
    last = await sender.send(ba_hai.id, batch(ba_hai.id, "Dạ", attempts=2))
    assert last == Arrived()


async def test_nobody_there_is_tried_again(zalo: ZaloBot, clock: Clock) -> None:
    client = Client(SecretStr(TOKEN), zalo.url)
    zalo.stop()
    result = await ZaloSender(client, clock, SITE).send("1", batch("1", "Dạ"))
    assert result == Later(clock() + SOON)
    await client.close()


async def test_the_51st_person_does_not_silence_the_others(
    zalo: ZaloBot, sender: ZaloSender, clock: Clock
) -> None:
    people = [zalo.person(f"Người {n}") for n in range(51)]
    for person in people:
        zalo.says(person, "chào")
    first, last = people[0].id, people[-1].id

    refused = await sender.send(last, batch(last, "Dạ"))
    assert refused == Later(clock() + FLOOD, whole_account=True)

    clock.pass_(seconds=60)
    assert await sender.send(first, batch(first, "Dạ")) == Arrived()
    alone = await sender.send(last, batch(last, "Dạ", attempts=1))
    assert alone == Later(clock() + FULL)
    assert await sender.send(last, batch(last, "Dạ, nữa")) == Later(clock() + FULL)


async def test_when_the_month_is_used_up_the_account_rests(
    zalo: ZaloBot, sender: ZaloSender, clock: Clock, ba_hai: Person
) -> None:
    assert await sender.send(ba_hai.id, batch(ba_hai.id, "Dạ")) == Arrived()
    clock.pass_(seconds=1)
    zalo.account().sent[f"{clock():%Y-%m}"] = 3000
    for attempts in (0, 1, 2):
        result = await sender.send(ba_hai.id, batch(ba_hai.id, "Dạ", attempts=attempts))
        assert result == Later(clock() + FLOOD, whole_account=True)
        clock.pass_(seconds=60)


async def test_a_chat_zalo_does_not_know_is_gone(
    zalo: ZaloBot, sender: ZaloSender, ba_hai: Person
) -> None:
    gone = Refused("gone", chat_gone=True)
    assert await sender.send("nobody", batch("nobody", "Dạ")) == gone
    zalo.unknown_chat = 404
    assert await sender.send("nobody", batch("nobody", "Dạ")) == gone


async def test_an_empty_text_is_refused_and_its_chat_is_not_gone(
    sender: ZaloSender, ba_hai: Person
) -> None:
    assert await sender.send(ba_hai.id, batch(ba_hai.id, " ")) == Refused("other")


async def test_a_403_is_tried_once_more_and_then_believed(
    zalo: ZaloBot, sender: ZaloSender, clock: Clock, ba_hai: Person
) -> None:
    zalo.blocked = 403
    zalo.blocks_bot(ba_hai)
    first = await sender.send(ba_hai.id, batch(ba_hai.id, "Dạ"))
    assert first == Later(clock() + SOON)
    second = await sender.send(ba_hai.id, batch(ba_hai.id, "Dạ", attempts=1))
    assert second == Refused("not_allowed")


async def test_a_token_that_was_reset_is_trouble_and_loses_no_part(
    zalo: ZaloBot, sender: ZaloSender, clock: Clock, ba_hai: Person
) -> None:
    zalo.faults.add(Fault("unauthorized", after=1, times=2))
    results: list[SendResult] = [await sender.send(ba_hai.id, batch(ba_hai.id, LONG))]
    again = batch(ba_hai.id, LONG, attempts=1, parts=1)
    results.append(await sender.send(ba_hai.id, again))
    results.append(await sender.send(ba_hai.id, again))
    assert results == [Later(clock(), parts=1), Trouble("token"), Arrived(parts=3)]


async def test_no_part_is_begun_when_the_lease_might_run_out(
    client: Client, clock: Clock, ba_hai: Person
) -> None:
    sender = ZaloSender(client, lambda: clock.pass_(seconds=9), SITE)
    result = await sender.send(ba_hai.id, batch(ba_hai.id, LONG))
    assert isinstance(result, Later)
    assert result.parts == 1
