"""What a machine can ask of the app, and what it is told when it asks wrongly."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.channels import web
from bot.channels.web import MOST_BYTES
from bot.storage import outbox
from bot.web.bell import Bell
from flows.replies import Reply
from tests.talk import everything
from tests.web.conftest import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEY = "0123456789abcdef0123456789abcdef"


@pytest_asyncio.fixture(loop_scope="session")
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served.url, headers={"X-Browser": KEY}) as client:
        yield client


async def post(client: httpx.AsyncClient, **payload: Any) -> httpx.Response:
    return await client.post("/chat/messages", json={"update": "u-0000001", **payload})


async def test_a_message_is_answered(client: httpx.AsyncClient) -> None:
    answer = (await post(client, text="quét mã QR")).json()

    assert not answer["duplicate"]
    assert not answer["held"]
    assert answer["said"] is None
    assert answer["asking"] == answer["replies"][0]["choices"]["asking"]
    assert answer["oldest"] == answer["replies"][0]["id"]


async def test_the_same_update_is_answered_with_the_stored_replies(
    client: httpx.AsyncClient, served: Served
) -> None:
    first = (await post(client, text="quét mã QR")).json()
    again = (await post(client, text="quét mã QR")).json()

    assert again["duplicate"]
    assert again["replies"] == first["replies"]
    assert len((await everything(served.database))["utterance"]) == 1


async def test_numbers_that_point_to_a_person_come_back_hidden(client: httpx.AsyncClient) -> None:
    said = (await post(client, text="mã OTP là 482913")).json()["said"]

    assert said.startswith("mã OTP là")
    assert "482913" not in said


async def test_a_stranger_reads_nothing(client: httpx.AsyncClient) -> None:
    await post(client, text="quét mã QR")
    mine = (await client.get("/chat/replies")).json()
    other = (await client.get("/chat/replies", headers={"X-Browser": "f" * 32})).json()

    assert len(mine["replies"]) == 1
    assert other == {"replies": [], "oldest": None, "newest": None, "asking": None}


async def test_a_stranger_acknowledges_nothing(client: httpx.AsyncClient, served: Served) -> None:
    reply = (await post(client, text="quét mã QR")).json()["replies"][0]["id"]
    seen = {"seen": [reply]}
    await client.post("/chat/seen", json=seen, headers={"X-Browser": "f" * 32})
    assert (await everything(served.database))["delivery"][0]["state"] == "queued"

    assert (await client.post("/chat/seen", json=seen)).status_code == 204
    assert (await everything(served.database))["delivery"][0]["state"] == "sent"


async def test_pages_that_come_at_once_are_served_by_one_look(served: Served) -> None:
    bell = Bell(served.database, served.clock)
    async with AsyncExitStack() as pages:
        listening = (bell.listening(f"chat-{n}") for n in range(20))
        await asyncio.gather(*(pages.enter_async_context(page) for page in listening))
        looks = [task for task in asyncio.all_tasks() if "Bell._look" in str(task.get_coro())]
        assert bell.pages == 20
        assert len(looks) == 1
    assert bell.pages == 0
    looks[0].cancel()


async def test_a_reply_with_an_hour_of_its_own_is_there_from_that_hour_on(
    client: httpx.AsyncClient, served: Served
) -> None:
    address = web.address_of(web.chat_of(KEY))
    at = served.clock() + timedelta(hours=1)
    paste = partial(outbox.enqueue, turn="tip", address=address, learner_id=None, due_at=at)
    await served.database.write(
        lambda connection: paste(connection, said=[Reply(text="Mẹo")], now=served.clock())
    )
    newest = (await post(client, text="quét mã QR")).json()["newest"]
    stored = (await client.get("/chat/replies")).json()
    assert "Mẹo" not in [one["text"] for one in stored["replies"]]

    waiting = asyncio.create_task(client.get(f"/chat/replies?after={newest}&wait=1"))
    while not await serving(client):
        pass
    served.clock.pass_(hours=1)
    answer = (await waiting).json()

    assert [one["text"] for one in answer["replies"]] == ["Mẹo"]
    seen = {"seen": [answer["replies"][0]["id"]]}
    await client.post("/chat/seen", json=seen)
    again = (await client.get(f"/chat/replies?after={newest}")).json()
    assert again["replies"] == []


async def serving(client: httpx.AsyncClient) -> bool:
    """Whether a page waits."""
    return "bot_web_pages 1.0" in (await client.get("/metrics")).text


async def test_ones_own_visit_is_not_forgotten_by_the_server(
    client: httpx.AsyncClient, served: Served
) -> None:
    await post(client, text="quét mã QR")
    await client.post("/chat/forget")
    assert len((await everything(served.database))["learner"]) == 1


@pytest.mark.parametrize(
    ("request_", "status", "key"),
    [
        ({"json": {"update": "u-0000001"}}, 400, "page.refused"),
        ({"json": {"update": "u-0000001", "text": 1}}, 400, "page.refused"),
        ({"json": {"update": "u-0000001", "text": "a" * 4_001}}, 413, "page.too_long"),
        ({"json": {"update": "u-0000001", "text": "ắ" * 20_000}}, 413, "page.too_long"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "page.refused"),
        (
            {"content": b"[" * MOST_BYTES, "headers": {"Content-Type": "application/json"}},
            400,
            "page.refused",
        ),
        (
            {"content": b'"\xff"', "headers": {"Content-Type": "application/json"}},
            400,
            "page.refused",
        ),
        ({"data": {"update": "u-0000001", "text": "x"}}, 415, "page.refused"),
        ({"json": {"update": "u-0000001"}, "headers": {"X-Browser": "me"}}, 400, "page.refused"),
    ],
)
async def test_a_wrong_request_is_told_in_a_sentence(
    client: httpx.AsyncClient, served: Served, request_: Any, status: int, key: str
) -> None:
    answer = await client.post("/chat/messages", **request_)

    assert answer.status_code == status
    assert answer.json() == {"error": served.content.sentence("vi", key)}
    assert (await everything(served.database))["update_key"] == []


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=99999999999999999999", "wait=so"])
async def test_a_wrong_question_is_told_in_a_sentence(
    client: httpx.AsyncClient, served: Served, query: str
) -> None:
    answer = await client.get(f"/chat/replies?{query}")

    assert answer.status_code == 400
    assert answer.json() == {"error": served.content.sentence("vi", "page.refused")}


async def test_a_fault_of_ours_is_told_without_its_trace(
    client: httpx.AsyncClient, served: Served
) -> None:
    await served.database.write(
        lambda connection: connection.exec_driver_sql("ALTER TABLE learner RENAME TO away")
    )
    told = {"error": served.content.sentence("vi", "trouble.ours")}
    answer = await post(client, text="quét mã QR")
    assert (answer.status_code, answer.json()) == (503, told)
    await served.database.write(
        lambda connection: connection.exec_driver_sql("ALTER TABLE away RENAME TO learner")
    )

    assert (await post(client, text="quét mã QR")).json()["replies"]


@pytest.mark.parametrize("path", ["/c/7KQ2M9XA4T", "/chat/replies"])
async def test_an_unforeseen_fault_shows_its_message_to_nobody(
    client: httpx.AsyncClient, served: Served, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    await served.database.write(
        lambda connection: connection.exec_driver_sql("ALTER TABLE credential RENAME TO away")
    )
    await served.database.write(
        lambda connection: connection.exec_driver_sql("ALTER TABLE delivery RENAME TO away_too")
    )
    answer = await client.get(path)
    printed = "".join(capfd.readouterr())

    assert answer.status_code == 500
    assert served.content.sentence("vi", "trouble.ours") in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert "web.fault" in printed
    assert "7KQ2M9XA4T" not in printed
    assert "no such table" not in printed


@pytest.mark.parametrize("path", ["/", "/rieng-tu", "/c/7KQ2M9XA4T", "/nowhere", "/chat/replies"])
async def test_every_answer_forbids_what_is_foreign(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers
    assert "strict-transport-security" not in headers


async def test_an_unknown_page_is_told_as_a_page(client: httpx.AsyncClient, served: Served) -> None:
    answer = await client.get("/nowhere")

    assert answer.status_code == 404
    assert served.content.sentence("vi", "page.nothing_here") in answer.text


@pytest.mark.parametrize("path", ["/c", "/rieng-tu/", "/chat/replies/"])
async def test_no_answer_leads_to_the_host_that_a_request_names(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path, headers={"Host": "example.org"})

    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_no_generated_pages_that_load_scripts_from_elsewhere(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await client.get(path)).status_code == 404


async def test_files_may_be_kept_for_good(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = await client.get(address)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


async def test_the_words_for_the_script_are_data(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    words = json.loads(page.partition('id="words">')[2].partition("</script>")[0])

    assert words["waiting"] == "Chưa gửi, đang chờ mạng."
    assert "<script>" not in page


async def test_health_is_told(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).text == "ready\n"


async def test_numbers_name_nobody(client: httpx.AsyncClient) -> None:
    await post(client, text="quét mã QR, tôi là Nguyễn Thị Hoa")
    numbers = (await client.get("/metrics")).text

    assert 'bot_outbox_rows{state="queued"} 1.0' in numbers
    assert "bot_turns_total" in numbers
    assert "Hoa" not in numbers
    assert KEY not in numbers
