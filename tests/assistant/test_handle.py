"""One message's way: answered once, stored whole or not at all, on both databases."""

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, update

from bot.assistant import MOST_A_MINUTE, Assistant, TurnFailedError
from bot.storage import person, withdrawn
from bot.storage.database import Database
from bot.storage.tables import delivery, learner
from flows.content import Content
from flows.turn import Pressed, Said, Sent
from nlu.engine import LONGEST
from tests.talk import Clock, Talk, everything


async def test_a_repeated_update_does_nothing_and_names_the_stored_replies(
    talk: Talk, database: Database
) -> None:
    first, said = await talk.hand_in(Said(text="quét mã qr"), update="u1")
    stored = await everything(database)

    second, again = await talk.hand_in(Said(text="quét mã qr"), update="u1")

    assert second.duplicate
    assert not first.duplicate
    assert second.delivery_ids == first.delivery_ids
    assert again == said
    assert await everything(database) == stored


async def test_updates_that_come_at_once_are_answered_once(
    assistant: Assistant, talk: Talk, database: Database
) -> None:
    incoming = talk.incoming(Said(text="quét mã qr"), update="u1")

    handled = await asyncio.gather(*(assistant.handle(incoming) for _ in range(5)))

    assert sorted(one.duplicate for one in handled) == [False, True, True, True, True]
    rows = await everything(database)
    assert len(rows["utterance"]) == len(rows["learner"]) == 1


async def test_a_persons_messages_at_once_are_answered_one_after_the_other(
    assistant: Assistant, talk: Talk, database: Database
) -> None:
    await talk.says("quét mã qr")
    steps = [talk.incoming(Said(text="xong")) for _ in range(2)]

    await asyncio.gather(*(assistant.handle(step) for step in steps))

    rows = await everything(database)
    assert len(rows["learner"]) == len(rows["identity"]) == len(rows["dialog"]) == 1
    texts = [row["reply"] for row in rows["delivery"]]
    assert len(texts) == len(set(texts)) == 3, "each step is shown once"


async def test_words_are_masked_before_they_are_stored_or_logged(
    talk: Talk, database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    await talk.says("mã otp 482913, số tôi 0912345678, quét mã qr sao")
    await talk.hand_in(Sent(kind="photo", caption="thẻ 9704 0512 3456 7890"))

    stored = repr(await everything(database))
    logged = capfd.readouterr()
    for secret in ("482913", "0912345678", "3456 7890"):
        assert secret not in stored
        assert secret not in logged.out + logged.err


async def test_bare_digits_are_masked_while_a_step_expects_a_code(
    talk: Talk, database: Database
) -> None:
    await talk.says("không nhận được mã")
    await talk.says("mẫu 8264")  # at the first step, which expects none
    await talk.says("xong")
    await talk.says("mẫu 8264")

    texts = [row["text"] for row in (await everything(database))["utterance"]]
    assert sum("8264" in text for text in texts) == 1


async def test_an_oversize_text_is_cut_and_no_half_of_a_number_is_kept(
    talk: Talk, database: Database
) -> None:
    head = "a" * (LONGEST - 10)

    await talk.says(f"{head} 0912 345 678 và nữa")

    [kept] = (await everything(database))["utterance"]
    assert len(kept["text"]) <= LONGEST
    assert "0912" not in kept["text"]


async def test_a_flood_gets_one_sentence_then_silence_until_the_minute_is_over(
    talk: Talk, content: Content, clock: Clock
) -> None:
    for _ in range(MOST_A_MINUTE):
        assert await talk.says("quét mã qr")

    too_fast = await talk.says("quét mã qr")
    silent = await talk.says("quét mã qr")
    emergency = await talk.says("tôi bị lừa chuyển tiền rồi")
    clock.pass_(seconds=61)

    assert [reply.text for reply in too_fast] == [
        content.sentence("vi", "trouble.too_fast", you="bạn")
    ]
    assert silent == []
    assert emergency[0].emergency
    assert await talk.says("quét mã qr")


async def test_a_fault_rolls_back_and_the_third_is_answered_with_one_sentence(
    talk: Talk, database: Database, content: Content
) -> None:
    await talk.says("quét mã qr")
    await database.write(partial(break_state, broken=True))
    before = await everything(database)

    for _ in range(2):
        with pytest.raises(TurnFailedError):
            await talk.hand_in(Said(text="xong"), update="u9")
    assert {**await everything(database), "failed_update": []} == {
        **before,
        "failed_update": [],
    }
    handled, said = await talk.hand_in(Said(text="xong"), update="u9")
    repeated, _ = await talk.hand_in(Said(text="xong"), update="u9")

    assert not handled.duplicate
    assert [reply.text for reply in said] == [content.sentence("vi", "trouble.ours", you="bạn")]
    assert repeated.duplicate
    await database.write(partial(break_state, broken=False))
    assert await talk.says("xong"), "what was open is still open"


def break_state(connection: Connection, *, broken: bool) -> None:
    """As after going back to an older version of the bot."""
    connection.execute(update(learner).values(version=99 if broken else 1))


async def test_withdrawn_content_vanishes_with_the_next_turn(
    talk: Talk, database: Database, clock: Clock
) -> None:
    shown = await talk.says("quét mã qr")

    await database.write(
        partial(withdrawn.withdraw, slug="phone/scan_qr", why="sai", at=clock.time)
    )
    during = await talk.says("xong")
    anew = await talk.says("quét mã qr")
    await database.write(partial(withdrawn.restore, slug="phone/scan_qr"))
    back = await talk.says("quét mã qr")

    assert not {reply.text for reply in shown} & {reply.text for reply in (*during, *anew)}
    assert shown[-1].text.endswith(back[-1].text)


async def test_an_uncertain_message_is_shown_once_more_when_the_person_writes(
    talk: Talk, database: Database, content: Content
) -> None:
    lost = await talk.says("quét mã qr")
    await database.write(
        lambda connection: connection.execute(update(delivery).values(state="uncertain"))
    )

    next_ = await talk.says("xong")
    after = await talk.says("xong")

    unseen = content.sentence("vi", "trouble.maybe_unseen", you="bạn")
    assert [reply.text for reply in next_[:2]] == [unseen, lost[0].text]
    assert next_[1].choices is None, "its list is no longer the open one"
    assert len(next_) == 3
    assert unseen not in [reply.text for reply in after]


async def test_two_processes_may_meet_a_new_person_at_once(
    database: Database, talk: Talk, clock: Clock
) -> None:
    who = talk.incoming(Said(text=""), update="-").identity
    enter = partial(person.enter, who=who, lasting=True, now=clock.time)

    entered = await asyncio.gather(*(database.write(enter) for _ in range(4)))

    assert len({one.learner.id for one in entered}) == 1
    assert len((await everything(database))["learner"]) == 1


async def test_a_persons_deletion_leaves_nothing_but_its_confirmation(
    talk: Talk, database: Database, clock: Clock
) -> None:
    await talk.says("nhắc tôi uống thuốc 9 giờ sáng mai")
    confirmed = await talk.chooses(await talk.says("xóa dữ liệu của tôi"), "Xóa hết")

    rows = await everything(database)
    [queued] = rows["delivery"]
    assert confirmed
    assert queued["learner"] is None
    assert rows["learner"] == rows["identity"] == rows["dialog"] == rows["utterance"] == []
    assert "uống thuốc" not in repr(rows)
    await talk.seen()
    assert f"chat-{talk.name}" not in repr(await everything(database))


async def test_a_borrowed_phone_is_forgotten_when_the_visit_ends(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    visit = Talk(assistant, database, clock, name="muon-may", lasting=False)
    await visit.says("tôi muốn quét mã qr")

    assert await assistant.forget("console", "console", f"sender-{visit.name}")

    rows: dict[str, list[dict[str, Any]]] = await everything(database)
    assert visit.name not in repr(rows)
    assert rows["learner"] == []


async def test_a_lasting_person_is_not_forgotten_by_the_end_of_a_visit(
    talk: Talk, assistant: Assistant, database: Database
) -> None:
    await talk.says("quét mã qr")

    assert not await assistant.forget("console", "console", f"sender-{talk.name}")

    assert len((await everything(database))["learner"]) == 1


async def test_a_press_of_an_old_list_marks_nothing(talk: Talk) -> None:
    await talk.says("quét mã qr")

    _, said = await talk.hand_in(Pressed(asking=99, option=0))

    assert said
