"""The page of a record: for whoever holds the paper, and for nobody who guesses."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.storage.tables import credential
from bot.web.certificate import read_code, same_name
from tests.talk import MORNING
from tests.web.conftest import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")
CODE = "7KQ2M9XA4T"
NAME = "Nguyễn Thị Hoa"


async def issue(served: Served, **changes: Any) -> None:
    row = {
        "code": CODE,
        "learner": None,
        "name": NAME,
        "grade": "self",
        "rule": "practice/1",
        "topics": '["phone/scan_qr"]',
        "issued_at": MORNING,
        **changes,
    }
    await served.database.write(lambda connection: connection.execute(credential.insert(), row))


@pytest_asyncio.fixture(loop_scope="session")
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served.url) as client:
        yield client


def word(served: Served, name: str) -> str:
    return served.content.sentence("vi", f"certificate_page.{name}")


@pytest.mark.parametrize(
    "typed", [CODE, CODE.lower(), "7kq2m-9xa4t", "7KQ2M%209XA4T", "7KQ-2M9-XA4T"]
)
async def test_a_code_is_read_however_it_is_typed(
    client: httpx.AsyncClient, served: Served, typed: str
) -> None:
    await issue(served)
    page = await client.get(f"/c/{typed}")

    assert page.status_code == 200
    assert "7KQ2M-9XA4T" in page.text


async def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert read_code("OIL2M9XA4T") == "0112M9XA4T"


async def test_the_page_says_what_when_how_and_that_it_is_nothing_official(
    client: httpx.AsyncClient, served: Served
) -> None:
    await issue(served)
    page = (await client.get(f"/c/{CODE}")).text

    for said in (
        "Quét mã QR",
        "24/11/2026",
        word(served, "grade_self"),
        word(served, "valid"),
        word(served, "not_official"),
        "N. T. H.",
    ):
        assert said in page
    assert "Hoa" not in page


@pytest.mark.parametrize(
    "typed", [NAME, "nguyen thi hoa", "  NGUYỄN   THỊ HOA ", "Nguyê\u0303n Thi\u0323 Hoa"]
)
async def test_the_name_is_shown_to_whoever_types_it(
    client: httpx.AsyncClient, served: Served, typed: str
) -> None:
    await issue(served)
    page = await client.post(f"/c/{CODE}", data={"name": typed})

    assert page.status_code == 200
    assert NAME in page.text
    assert word(served, "match") in page.text


@pytest.mark.parametrize("typed", ["Nguyễn Thị Hòa Bình", "N. T. H.", "", " ", "Hoa", "x" * 9_000])
async def test_another_name_shows_nothing(
    client: httpx.AsyncClient, served: Served, typed: str
) -> None:
    await issue(served)
    page = await client.post(f"/c/{CODE}", data={"name": typed})

    assert page.status_code == 200
    assert "N. T. H." in page.text
    assert NAME not in page.text
    assert word(served, "no_match") in page.text


async def test_a_name_without_letters_matches_no_name() -> None:
    assert not same_name("", "Hoa")
    assert not same_name("!!!", "Hoa")
    assert not same_name("!!!", "李明")
    assert same_name(" 李明 ", "李明")


async def test_names_cannot_be_tried_without_end(client: httpx.AsyncClient, served: Served) -> None:
    await issue(served)
    for _ in range(5):
        assert (await client.post(f"/c/{CODE}", data={"name": "Lan"})).status_code == 200

    refused = await client.post(f"/c/{CODE}", data={"name": NAME})
    assert refused.status_code == 429
    assert NAME not in refused.text
    assert served.content.sentence("vi", "page.too_many_tries") in refused.text

    served.clock.pass_(minutes=16)
    assert NAME in (await client.post(f"/c/{CODE}", data={"name": NAME})).text


@pytest.mark.parametrize(
    "code",
    ["0000000000", "short", "ZZZZZZZZZZZZZZ", "7KQ2M9XA4U", "a/b/c", "<b>", "%00", "7KQ2M9XA4T/x"],
)
async def test_every_wrong_code_gets_one_answer(
    client: httpx.AsyncClient, served: Served, code: str
) -> None:
    await issue(served)
    unknown = await client.get("/c/1111111111")
    page = await client.get(f"/c/{code}")
    asked = await client.post(f"/c/{code}", data={"name": NAME})

    assert word(served, "unknown") in unknown.text
    assert (page.status_code, page.text) == (unknown.status_code, unknown.text)
    assert (asked.status_code, asked.text) == (unknown.status_code, unknown.text)
    assert unknown.status_code == 404


async def test_a_withdrawn_record_says_so(client: httpx.AsyncClient, served: Served) -> None:
    await issue(served, withdrawn_at=MORNING + timedelta(days=1))
    page = (await client.get(f"/c/{CODE}")).text

    assert word(served, "withdrawn") in page
    assert word(served, "valid") not in page


async def test_a_deleted_record_says_only_that_its_holder_deleted_it(
    client: httpx.AsyncClient, served: Served
) -> None:
    await issue(served, name=None, deleted_at=MORNING + timedelta(days=1))
    page = (await client.get(f"/c/{CODE}")).text

    assert word(served, "deleted") in page
    assert "Quét mã QR" not in page
    assert "<form" not in page


async def test_a_form_that_is_too_large_is_not_read(
    client: httpx.AsyncClient, served: Served
) -> None:
    await issue(served)
    assert (await client.post(f"/c/{CODE}", data={"name": "x" * 20_000})).status_code == 413
