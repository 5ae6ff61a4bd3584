"""A fragment waits for its sentence."""

from functools import partial

from sqlalchemy import update

from bot.assistant import Assistant
from bot.storage import key, outbox
from bot.storage.database import Database
from bot.storage.tables import learner
from flows.content import Content
from flows.turn import Pressed, Said
from tests.talk import Clock, Talk, everything


async def test_a_fragment_joins_what_the_person_writes_next(
    talk: Talk, database: Database, clock: Clock
) -> None:
    held, silence = await talk.hand_in(Said(text="xin chào"))
    clock.pass_(seconds=2)
    handled, said = await talk.hand_in(Said(text="quét mã qr"))

    assert held.held
    assert silence == []
    assert not handled.held
    assert said
    texts = [row["text"] for row in (await everything(database))["utterance"]]
    assert texts == ["xin chào quét mã qr"]


async def test_each_further_fragment_starts_the_wait_anew(
    talk: Talk, assistant: Assistant, database: Database, clock: Clock
) -> None:
    await talk.says("máy")
    clock.pass_(seconds=3)
    await talk.says("ơi")

    assert await assistant.fall_due(clock.pass_(seconds=3)) == 0
    assert await assistant.fall_due(clock.pass_(seconds=2)) == 1

    assert len(await talk.waiting()) == 1
    texts = [row["text"] for row in (await everything(database))["utterance"]]
    assert texts == ["máy ơi"]


async def test_a_fragment_that_waited_is_answered_once(
    talk: Talk, assistant: Assistant, clock: Clock
) -> None:
    await talk.says("xin chào")
    clock.pass_(seconds=4)

    assert await assistant.fall_due(clock()) == 1
    assert await assistant.fall_due(clock()) == 0
    assert len(await talk.waiting()) == 1


async def test_a_secret_that_begins_in_a_fragment_is_masked_in_the_next(
    talk: Talk, database: Database
) -> None:
    await talk.says("mật khẩu")
    await talk.says("77452")

    assert "77452" not in repr(await everything(database))


async def test_a_press_does_not_wait_and_does_not_swallow_the_fragment(
    talk: Talk, assistant: Assistant, clock: Clock
) -> None:
    await talk.says("xin chào")
    _, said = await talk.hand_in(Pressed(asking=1, option=0))

    assert said
    assert await assistant.fall_due(clock.pass_(seconds=5)) == 1


async def test_a_repeated_fragment_is_no_second_one(talk: Talk, database: Database) -> None:
    await talk.hand_in(Said(text="xin chào"), update="u1")
    again, _ = await talk.hand_in(Said(text="xin chào"), update="u1")

    assert again.duplicate
    [kept] = (await everything(database))["utterance"]
    assert kept["text"] == "xin chào"
    turn = key.turn_of("console", "console", "u1")
    assert await database.read(partial(outbox.of_turn, turn=turn)) == []


async def test_a_fragment_that_cannot_be_answered_is_set_aside_with_one_sentence(
    talk: Talk, assistant: Assistant, database: Database, content: Content, clock: Clock
) -> None:
    await talk.says("xin chào")
    clock.pass_(seconds=5)
    await database.write(lambda connection: connection.execute(update(learner).values(version=99)))

    assert [await assistant.fall_due(clock()) for _ in range(5)] == [0] * 5

    [apology] = await talk.waiting()
    assert apology.reply.text == content.sentence("vi", "trouble.ours", you="bạn")
