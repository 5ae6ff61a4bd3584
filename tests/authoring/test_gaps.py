"""What people asked in vain is shown to authors: of those who agreed, and never of one alone."""

import json
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from typer.testing import CliRunner

from bot import cli
from bot.assistant import Assistant
from bot.author import ROOT, Author
from bot.authoring import shown
from bot.authoring.gaps import PEOPLE, gaps
from bot.authoring.unanswered import Found, Text, unanswered
from bot.channels.incoming import Address
from bot.evaluation import Evaluator
from bot.storage.apply import apply_all
from bot.storage.database import Database
from bot.storage.retention import drop_texts
from bot.storage.tables import identity
from flows.content import Content
from flows.events import (
    ConsentGiven,
    ConsentPurpose,
    ConsentRefused,
    ConsentWithdrawn,
    DataDeleted,
    Event,
)
from nlu.engine import Engine
from tests.talk import Clock, Talk, everything

WORDS = (
    "trả tiền điện hàng tháng trên mạng",
    "tra tien dien hang thang tren mang",
    "trả tiền điện hàng tháng trên mạng sao",
    "muốn trả tiền điện hàng tháng trên mạng",
)

BEFORE = "hôm nay ăn gì ngon vậy máy"
"""Not answered, and said before anything was agreed to."""


@pytest.fixture
def evaluator(content: Content, engine: Engine) -> Evaluator:
    return Evaluator(engine, content)


def person(assistant: Assistant, database: Database, clock: Clock, name: str) -> Talk:
    """Somebody who has just met the bot."""
    return Talk(assistant, database, clock, name=name)


async def answers(database: Database, clock: Clock, who: Talk, *events: Event) -> None:
    """She answers what was asked about her words, a second each; what she says then is later."""
    for event in events:

        def work(connection: Connection, event: Event = event) -> None:
            sender = identity.c.sender == f"sender-{who.name}"
            learner_id = connection.execute(select(identity.c.learner).where(sender)).scalar_one()
            chat = Address("console", "console", f"chat-{who.name}")
            turn = f"{who.name}-{clock()}"
            apply_all(connection, turn, learner_id, chat, [event], at=clock())

        clock.pass_(seconds=1)
        await database.write(work)
    clock.pass_(seconds=1)


def agrees(purpose: ConsentPurpose = "improve") -> ConsentGiven:
    return ConsentGiven(purpose=purpose, text_version="v1")


REFUSES = ConsentRefused(purpose="improve", text_version="v1")
WITHDRAWS = ConsentWithdrawn(purpose="improve")


async def seen(database: Database, clock: Clock) -> Found:
    return await database.read(partial(unanswered, now=clock()))


async def test_only_words_of_people_who_agree_are_read(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    given: dict[str, tuple[Event, ...]] = {
        "agrees": (agrees(),),
        "not-asked": (),
        "refuses": (REFUSES,),
        "withdraws": (agrees(), WITHDRAWS),
        "changes-her-mind": (agrees(), REFUSES),
        "agrees-to-reminders": (agrees("reminder"), agrees("learning")),
        "agrees-again": (agrees(), WITHDRAWS, agrees()),
    }
    for name, events in given.items():
        who = person(assistant, database, clock, name)
        await who.says(BEFORE)
        await answers(database, clock, who, *events)
        await who.says(f"{WORDS[0]} của {name}")

    found = await seen(database, clock)

    assert found.agreed == 2
    assert [one.text.rpartition(" ")[2] for one in found.texts] == ["agrees", "agrees-again"]


async def test_only_words_from_after_the_yes_are_read_and_none_once_it_is_taken_back(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says(WORDS[0])
    await answers(database, clock, who, agrees())
    assert (await seen(database, clock)).texts == ()

    await who.says(WORDS[1])
    assert [one.text for one in (await seen(database, clock)).texts] == [WORDS[1]]

    await answers(database, clock, who, WITHDRAWS)
    await who.says(WORDS[2])
    assert await seen(database, clock) == Found(0, ())

    await answers(database, clock, who, agrees())
    assert await seen(database, clock) == Found(1, ())


async def test_what_somebody_agrees_to_in_the_chat_is_what_is_read(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says(BEFORE)
    asked = await who.says("1, 2, 1, 2")  # whatever the model has learned, it knows nothing of it
    clock.pass_(seconds=1)
    await who.chooses(asked, "Đồng ý")
    clock.pass_(seconds=1)
    await who.says(WORDS[0])
    assert [one.text for one in (await seen(database, clock)).texts] == [WORDS[0]]

    clock.pass_(seconds=1)
    kept = await who.says("máy đang giữ gì về tôi")
    assert "người soạn bài được xem" in kept[-1].text
    await who.chooses(kept, "Thôi cho xem câu đã gõ")
    assert await seen(database, clock) == Found(0, ())


async def test_who_is_forgotten_agrees_to_nothing(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says(BEFORE)
    await answers(database, clock, who, agrees())
    await who.says(WORDS[0])
    assert len((await seen(database, clock)).texts) == 1

    await answers(database, clock, who, DataDeleted())

    assert await seen(database, clock) == Found(0, ())
    assert (await everything(database))["consent"] == []


@pytest.mark.parametrize(("people", "groups", "smaller"), [(2, 0, 1), (PEOPLE, 1, 0)])
async def test_what_too_few_people_wrote_is_not_shown(
    assistant: Assistant,
    database: Database,
    clock: Clock,
    evaluator: Evaluator,
    people: int,
    groups: int,
    smaller: int,
) -> None:
    for n in range(people):
        who = person(assistant, database, clock, f"ba-{n}")
        await who.says(BEFORE)
        await answers(database, clock, who, agrees())
        await who.says(WORDS[n])
    refuses = person(assistant, database, clock, "ba-ba")
    await refuses.says(BEFORE)
    await answers(database, clock, refuses, REFUSES)
    await refuses.says(WORDS[3])

    found = gaps((await seen(database, clock)).texts, evaluator)

    assert (len(found.groups), found.smaller) == (groups, smaller)
    assert not any(WORDS[3] in one.phrases for one in found.groups)


async def test_only_what_was_not_answered_is_read(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says(BEFORE)
    await answers(database, clock, who, agrees())
    await who.says(WORDS[0])
    await who.says("làm sao quét mã QR để trả tiền")

    assert [one.text for one in (await seen(database, clock)).texts] == [WORDS[0]]


async def test_numbers_and_secrets_are_gone(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says(BEFORE)
    await answers(database, clock, who, agrees())
    await who.says("trả tiền điện hàng tháng trên mạng, gọi số 0912345678 mà không ai nghe")

    (one,) = (await seen(database, clock)).texts
    assert "0912345678" not in one.text
    assert "[" not in one.text


async def test_a_fragment_that_waited_in_vain_is_read_too(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says(WORDS[0])
    await answers(database, clock, who, agrees())
    await who.says("tiền điện")
    assert (await seen(database, clock)).texts == ()

    clock.pass_(seconds=5)
    await assistant.fall_due(clock())

    assert [one.text for one in (await seen(database, clock)).texts] == ["tiền điện"]


async def test_after_seven_days_nothing_is_left_and_looking_stores_nothing(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says(BEFORE)
    await answers(database, clock, who, agrees())
    await who.says(WORDS[0])
    before = await everything(database)
    assert len((await seen(database, clock)).texts) == 1
    assert await everything(database) == before

    clock.pass_(days=7, seconds=1)
    assert (await seen(database, clock)).texts == ()
    await database.write(partial(drop_texts, now=clock()))
    assert (await seen(database, clock)).texts == ()


def texts(*people: str, words: tuple[str, ...] = WORDS) -> list[Text]:
    return [Text(words[n % len(words)], who) for n, who in enumerate(people)]


def test_three_people_make_a_group_and_two_do_not(evaluator: Evaluator) -> None:
    three = gaps(texts("a", "b", "c"), evaluator)
    assert [(one.people, one.messages) for one in three.groups] == [(PEOPLE, 3)]
    assert three.groups[0].phrases[0] == WORDS[0]
    assert three.smaller == 0

    two = gaps(texts("a", "b", "a", "b"), evaluator)
    assert (two.groups, two.smaller) == ((), 1)


def test_the_same_wording_stands_once(evaluator: Evaluator) -> None:
    found = gaps(texts("a", "b", "c", words=WORDS[:2]), evaluator)
    assert found.groups[0].phrases == WORDS[:1]
    assert found.groups[0].messages == 3


def test_what_the_bot_of_today_answers_is_only_counted(evaluator: Evaluator) -> None:
    known = texts("a", "b", "c", words=("làm sao quét mã QR để trả tiền",))
    found = gaps(known, evaluator)
    assert (found.groups, found.answered_now) == ((), 3)


def test_a_group_is_written_as_an_entry_of_the_training_files(evaluator: Evaluator) -> None:
    given = texts("a", "b", "c")
    found = gaps(given, evaluator)
    lines = list(shown.gaps(found, Found(3, tuple(given)), Author.load(ROOT / "data")))
    at = lines.index("  examples: |")
    assert lines[at - 1].startswith("- intent: ")
    assert lines[at + 1] == f"    - {WORDS[0]}"
    as_json = json.dumps(shown.gaps_json(found, Found(3, tuple(given))), ensure_ascii=False)
    assert '"people": 3' in as_json
    assert not any(f'"{name}"' in as_json for name in ("a", "b", "c"))


def test_the_command_says_that_nobody_agreed_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_VAR_DIR", str(tmp_path))
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(cli.app, ["nlu", "gaps"], prog_name="bot")
    assert (done.exit_code, done.stdout) == (
        0,
        "Chưa có ai đồng ý cho dùng câu đã gõ để sửa bài, nên không xem câu nào cả.\n",
    )
