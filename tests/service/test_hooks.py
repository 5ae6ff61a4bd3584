"""The address that platforms call: the size first, then the platform decides."""

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from bot.assistant import Assistant
from bot.config import Settings
from bot.storage.database import Database
from bot.web.app import create_app
from bot.web.hooks import MOST_BYTES
from flows.content import Content


class Hook:
    """Takes what it is given."""

    def __init__(self) -> None:
        self.got: list[tuple[str | None, bytes]] = []

    async def __call__(self, headers: Mapping[str, str], body: bytes) -> int:
        self.got.append((headers.get("x-bot-api-secret-token"), body))
        return 503 if body == b"fault" else 200


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
async def client(
    assistant: Assistant, database: Database, content: Content, hook: Hook
) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(assistant, database, Settings(), content, hooks={"zalo_bot": hook})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_platform_gets_headers_and_body_and_says_the_status(
    client: httpx.AsyncClient, hook: Hook
) -> None:
    headers = {"X-Bot-Api-Secret-Token": "s"}

    taken = await client.post("/hook/zalo_bot", content=b"{}", headers=headers)
    failed = await client.post("/hook/zalo_bot", content=b"fault")

    assert (taken.status_code, failed.status_code) == (200, 503)
    assert hook.got == [("s", b"{}"), (None, b"fault")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("method", "path", "size", "status"),
    [
        ("POST", "/hook/zalo_bot", MOST_BYTES, 200),
        ("POST", "/hook/zalo_bot", MOST_BYTES + 1, 413),
        ("POST", "/hook/telegram", 2, 404),  # it is off, or polls
        ("GET", "/hook/zalo_bot", 0, 405),
    ],
)
async def test_what_is_refused_before_any_platform_sees_it(
    client: httpx.AsyncClient, hook: Hook, method: str, path: str, size: int, status: int
) -> None:
    answer = await client.request(method, path, content=b"x" * size)

    assert answer.status_code == status
    assert len(hook.got) == (status == 200)
