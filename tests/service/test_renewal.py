"""Lessons changed on disk while people are in the middle of them: nobody loses place or points."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.config import Settings
from bot.content import load
from bot.renewal import Renewal
from bot.storage.database import Database
from nlu.engine import Engine
from tests.talk import COURSE, Clock, Talk, everything

HOWTO = "howto/phone/scan_qr.yaml"
QUIZ = "quiz/phone/scan_qr.yaml"


class Edited:
    """A copy of the course that is edited under a running assistant."""

    def __init__(self, data: Path, assistant: Assistant) -> None:
        self.data = data
        self.renewal = Renewal(data, assistant.use)

    async def replace(self, file: str, old: str, new: str) -> None:
        path = self.data / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        await self.renewal.look()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(COURSE, tmp_path / "data"))


@pytest.fixture
async def assistant(
    data: Path, engine: Engine, database: Database, clock: Clock
) -> AsyncIterator[Assistant]:
    assistant = Assistant(Settings(parse_threads=1), load(data), engine, database, clock)
    yield assistant
    assistant.close()


@pytest.fixture
def edited(data: Path, assistant: Assistant) -> Edited:
    return Edited(data, assistant)


@pytest.fixture
def talk(assistant: Assistant, database: Database, clock: Clock) -> Talk:
    return Talk(assistant, database, clock)


async def test_a_changed_step_is_told_and_the_place_is_kept(talk: Talk, edited: Edited) -> None:
    first = await talk.says("quét mã qr")
    asked = await talk.chooses(first, "Xong, bước tiếp")
    second = await talk.chooses(asked, "iPhone")
    third = await talk.chooses(second, "Xong, bước tiếp")
    assert "Bước 3/3" in third[-1].text

    await edited.replace(HOWTO, "Đưa khung vào giữa mã", "Đưa khung thật gần mã")
    again = await talk.chooses(third, "Quay lại")

    assert "Bước 3/3. Đưa khung thật gần mã" in again[-1].text
    assert "mới được sửa" in again[-1].text


async def test_an_answer_to_a_question_that_was_changed_is_asked_again_and_none_is_lost(
    talk: Talk, edited: Edited, database: Database
) -> None:
    first = await talk.says("làm câu hỏi")
    question = first[-1]
    assert question.choices is not None
    second = await talk.chooses(first, question.choices.options[0].label)
    answered = len((await everything(database))["learner"])

    await edited.replace(HOWTO, "title: Quét mã QR", "title: Quét mã vuông")
    choices = [reply.choices for reply in second if reply.choices][-1]
    third = await talk.chooses(second, choices.options[0].label)

    assert "Câu" in third[-1].text or "Xong bài" in third[-1].text
    assert len((await everything(database))["learner"]) == answered


async def test_a_file_with_a_fault_takes_its_lesson_away_and_nothing_else(
    talk: Talk, edited: Edited
) -> None:
    await edited.replace(HOWTO, "confidence: high", "confidence: sure")
    gone = await talk.says("quét mã qr")
    assert "Bước 1" not in gone[-1].text
    other = await talk.says("không nhận được mã otp")
    assert "Bước 1/2" in other[-1].text
    await edited.replace(HOWTO, "confidence: sure", "confidence: high")
    back = await talk.says("quét mã qr")
    assert "Bước 1/3" in back[-1].text


async def test_where_everything_rests_on_a_faulty_file_the_old_content_stays(
    talk: Talk, edited: Edited
) -> None:
    await edited.replace("framework.yaml", "version:", "versoin:")
    kept = await talk.says("quét mã qr")
    assert "Bước 1/3" in kept[-1].text


async def test_nothing_is_read_anew_while_nothing_changed(data: Path) -> None:
    used: list[object] = []
    renewal = Renewal(data, used.append)
    await renewal.look()
    assert used == []
    (data / "nlu" / "howto" / "more.yml").write_text("nlu: []\n", "utf-8")
    await renewal.look()
    assert used == []
