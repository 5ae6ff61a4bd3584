"""The pages of lessons: what is said, where it was read, and what is withheld."""

from functools import partial

import httpx
import pytest

from bot.storage import withdrawn
from tests.web.conftest import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def get(served: Served, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=served.url) as client:
        return await client.get(path)


async def test_all_topics_are_listed_by_domain(served: Served) -> None:
    page = (await get(served, "/bai")).text
    for slug, topic in served.content.topics.items():
        assert f'href="/bai/{slug}"' in page
        assert topic.title in page
    assert "An toàn, chống lừa đảo" in page


async def test_a_lesson_shows_each_step_with_its_source_and_the_day_of_checking(
    served: Served,
) -> None:
    page = (await get(served, "/bai/phone/scan_qr")).text
    howto = served.content.howtos["phone/scan_qr"]
    for step in howto.steps:
        assert step.do in page
        assert step.stuck in page
    assert page.count(howto.sources["thu"].url) > len(howto.steps)
    assert "Kiểm ngày 20/11/2026" in page
    assert "Trên iPhone:" in page


async def test_a_topic_without_lesson_shows_its_official_place(served: Served) -> None:
    page = (await get(served, "/bai/vneid/forgot_password")).text
    place = served.content.topics["vneid/forgot_password"].place
    assert place is not None
    assert place.say in page


async def test_a_withdrawn_lesson_shows_no_step(served: Served) -> None:
    slug = "safety/spot_scam_call"
    note = partial(withdrawn.withdraw, slug=slug, why="sai", at=served.clock())
    await served.database.write(note)
    page = (await get(served, f"/bai/{slug}")).text
    assert "Cúp máy." not in page
    await served.database.write(partial(withdrawn.restore, slug=slug))
    assert "Cúp máy." in (await get(served, f"/bai/{slug}")).text


@pytest.mark.parametrize("path", ["/bai/phone/nothing", "/bai/x/y", "/bai/phone/..%2f..%2fetc"])
async def test_another_address_is_no_lesson(served: Served, path: str) -> None:
    answer = await get(served, path)
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text
