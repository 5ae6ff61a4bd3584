"""Moment 28: somebody asks for a person in the evening, and is answered the next morning."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot import rights
from bot.clock import CITY
from flows.content import Content
from nlu.engine import Engine
from tests.channels.chats import PLATFORMS, staged
from tests.channels.house import House, housed
from tests.journeys.people import Person

EVENING = datetime(2026, 11, 25, 20, 40, tzinfo=CITY)
MORNING = datetime(2026, 11, 26, 7, 30, tzinfo=CITY)
CITIZEN_NUMBER = "079155001234"


@pytest.fixture
async def house(
    tmp_path: Path, empty: Path, trained: Engine, taught: Content
) -> AsyncIterator[House]:
    async with (
        staged(tmp_path, empty, trained, EVENING) as stage,
        housed(stage, taught, *PLATFORMS) as house,
    ):
        yield house


PAIRS = [("zalo_bot", "telegram"), ("telegram", "zalo_bot"), ("web", "telegram")]


@pytest.fixture(params=PAIRS, ids=lambda pair: f"{pair[0]}-asks")
def pair(request: pytest.FixtureRequest, house: House) -> tuple[Person, Person]:
    """Who asks on one channel, and the volunteer on another."""
    asks, answers = request.param
    return Person(house, asks, "Bà Hai"), Person(house, answers, "Chị Lan")


async def test_moment_28(pair: tuple[Person, Person], house: House) -> None:
    ba_hai, lan = pair
    assert "người trực của phường Sài Gòn" in await lan.becomes("volunteer")

    # In the evening nobody is on duty: said so, the request waits, the guide goes on.
    assert "Bước 1/" in await ba_hai.says("trả tiền bằng mã qr sao vậy")
    assert "phường, xã nào" in await ba_hai.says("cho tôi gặp người thật")
    told = await ba_hai.says("phường Bến Nghé")
    assert "phường Sài Gòn chưa có ai trực" in told
    assert "bước đang kẹt cho người trực của phường Sài Gòn" in told
    assert "Người trực đầu tiên" in await ba_hai.taps("Gửi")
    assert "Bước 2/" in await ba_hai.says("tiếp")
    await house.due()
    assert await lan.hears() == ""

    # In the morning the first on duty gets it, in at most five lines.
    house.stage.clock.time = MORNING
    assert "đang trực ở phường Sài Gòn" in await lan.says("đang trực")
    await house.due()
    await lan.hears()
    summary = lan.shown[-1]
    assert len(summary.text.splitlines()) <= 5
    assert "Mã 1, phường Sài Gòn" in summary.text
    assert "bước 1" in summary.text
    assert "mã 1 đã nhận" in await lan.taps("Nhận")
    assert "Chị Lan nhận câu hỏi rồi" in await ba_hai.hears()

    # Now she talks with the volunteer, and the bot is silent.
    assert await ba_hai.says("tôi dùng máy cũ nha") == ""
    assert "mã 1: tôi dùng máy cũ nha" in await lan.hears()
    assert await ba_hai.says("tôi quét hoài mà không thấy tên quán") == ""
    assert "mã 1: tôi quét hoài mà không thấy tên quán" in await lan.hears()
    await lan.says("bác đưa điện thoại ra xa một gang tay nha")
    assert (await ba_hai.hears()).strip() == (
        "bác đưa điện thoại ra xa một gang tay nha\nNgười trả lời: Chị Lan"
    )
    assert "đường dẫn lạ" in await lan.says("bác vô trang http://qua-tang.example lấy nha")
    assert await ba_hai.hears() == ""

    # Closed: the next words are for the bot, and not for the queue.
    assert "đã đóng" in await lan.says("xong")
    assert "Máy nghe lại đây" in await ba_hai.hears()
    assert "Bước 2/" in await ba_hai.says("trả tiền bằng mã qr sao vậy")
    await house.due()
    assert await lan.hears() == ""


async def talking(house: House, asker: Person, volunteer: Person) -> None:
    """The one has asked for a person, the other has taken it."""
    house.stage.clock.time = MORNING
    await volunteer.becomes("volunteer")
    await volunteer.says("đang trực")
    await asker.says("cho tôi gặp người thật")
    await asker.says("phường Sài Gòn")
    await asker.taps("Gửi")
    await house.due()
    await volunteer.hears()
    await volunteer.taps("Nhận")
    await asker.hears()


async def test_a_number_never_reaches_the_volunteer(
    pair: tuple[Person, Person], house: House, tmp_path: Path
) -> None:
    ba_hai, lan = pair
    await talking(house, ba_hai, lan)

    await ba_hai.says(f"căn cước của tôi {CITIZEN_NUMBER} nè")

    assert "căn cước của tôi" in await lan.hears()
    assert CITIZEN_NUMBER not in repr(lan.shown + ba_hai.shown)
    assert not in_files(CITIZEN_NUMBER, tmp_path)


async def test_an_emergency_is_answered_at_once_while_a_volunteer_writes(
    pair: tuple[Person, Person], house: House
) -> None:
    ba_hai, lan = pair
    await talking(house, ba_hai, lan)

    assert "GỌI NGÂN HÀNG" in await ba_hai.says("tôi lỡ chuyển tiền cho kẻ lừa đảo rồi")
    assert "lỡ chuyển tiền" in await lan.hears()


async def test_a_right_that_is_taken_back_ends_with_the_next_message(
    pair: tuple[Person, Person], house: House
) -> None:
    _, lan = pair
    await lan.becomes("volunteer")
    assert "đang trực ở" in await lan.says("đang trực")

    await house.stage.database.write(_revoke_all)

    assert "đang trực ở" not in await lan.says("đang trực")


def in_files(text: str, folder: Path) -> bool:
    return any(text.encode() in file.read_bytes() for file in folder.glob("bot.db*"))


def _revoke_all(connection: Connection) -> None:
    for one in rights.granted(connection, "volunteer", now=EVENING):
        rights.revoke(connection, "volunteer", one.id, now=EVENING)
