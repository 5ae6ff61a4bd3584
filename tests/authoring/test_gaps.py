"""What people asked in vain is shown to authors: of those who agreed, and never of one alone."""

import json
from datetime import timedelta
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
from flows.events import ConsentGiven, ConsentPurpose, ConsentRefused, ConsentWithdrawn, Event
from nlu.engine import Engine
from tests.talk import MORNING, Clock, Talk, everything

WORDS = (
    "trả tiền điện hàng tháng trên mạng",
    "tra tien dien hang thang tren mang",
    "trả tiền điện hàng tháng trên mạng sao",
    "muốn trả tiền điện hàng tháng trên mạng",
)


@pytest.fixture
def evaluator(content: Content, engine: Engine) -> Evaluator:
    return Evaluator(engine, content)


def person(assistant: Assistant, database: Database, clock: Clock, name: str) -> Talk:
    """Somebody who has just met the bot."""
    return Talk(assistant, database, clock, name=name)


async def says(database: Database, who: Talk, *events: Event) -> None:
    """She answers what was asked about her words; one event a second."""

    def work(connection: Connection) -> None:
        sender = identity.c.sender == f"sender-{who.name}"
        learner_id = connection.execute(select(identity.c.learner).where(sender)).scalar_one()
        chat = Address("console", "console", f"chat-{who.name}")
        for number, event in enumerate(events):
            turn, at = f"{who.name}-{number}-{who.clock()}", MORNING + timedelta(seconds=number)
            apply_all(connection, turn, learner_id, chat, [event], at=at)

    await database.write(work)


def agrees(purpose: ConsentPurpose = "improve") -> ConsentGiven:
    return ConsentGiven(purpose=purpose, text_version="v1")


async def seen(database: Database, clock: Clock) -> Found:
    return await database.read(partial(unanswered, now=clock()))


async def test_only_words_of_people_who_agree_are_read(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    answers: dict[str, tuple[Event, ...]] = {
        "agrees": (agrees(),),
        "not-asked": (),
        "refuses": (ConsentRefused(purpose="improve", text_version="v1"),),
        "withdraws": (agrees(), ConsentWithdrawn(purpose="improve")),
        "changes-her-mind": (agrees(), ConsentRefused(purpose="improve", text_version="v2")),
        "agrees-to-reminders": (agrees("reminder"), agrees("learning")),
        "agrees-again": (agrees(), ConsentWithdrawn(purpose="improve"), agrees()),
    }
    for name, events in answers.items():
        who = person(assistant, database, clock, name)
        await who.says(f"trả tiền điện hàng tháng trên mạng của {name}")
        await says(database, who, *events)

    found = await seen(database, clock)

    assert found.agreed == 2
    assert sorted(one.text.rpartition(" ")[2] for one in found.texts) == ["agrees", "agrees-again"]


async def test_only_what_was_not_answered_is_read(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says(WORDS[0])
    await who.says("làm sao quét mã QR để trả tiền")
    await says(database, who, agrees())

    assert [one.text for one in (await seen(database, clock)).texts] == [WORDS[0]]


async def test_numbers_and_secrets_are_gone(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says("trả tiền điện hàng tháng trên mạng, gọi số 0912345678 mà không ai nghe")
    await says(database, who, agrees())

    (one,) = (await seen(database, clock)).texts
    assert "0912345678" not in one.text
    assert "[" not in one.text


async def test_a_fragment_that_waited_in_vain_is_read_too(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says("tiền điện")
    await says(database, who, agrees())
    assert (await seen(database, clock)).texts == ()

    clock.pass_(seconds=5)
    await assistant.fall_due(clock())

    assert [one.text for one in (await seen(database, clock)).texts] == ["tiền điện"]


async def test_after_seven_days_nothing_is_left_and_looking_stores_nothing(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    who = person(assistant, database, clock, "ba-hai")
    await who.says(WORDS[0])
    await says(database, who, agrees())
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
