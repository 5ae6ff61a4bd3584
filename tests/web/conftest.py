"""A real server with the real assistant, and a real browser that may load nothing foreign."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright

from bot.assistant import Assistant
from bot.config import Settings
from bot.storage.database import Database
from bot.web.app import create_app
from flows.content import Content
from nlu.engine import Engine
from tests.talk import Clock

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOW_TO_GET_IT = "no Chromium: install it with `apt-get install chromium`"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 800},
    "is_mobile": False,
    "has_touch": False,
}


@dataclass
class Served:
    """A running server and what stands behind it."""

    url: str
    assistant: Assistant
    database: Database
    clock: Clock
    content: Content


@dataclass
class Watched:
    """A browser's context, and all in it that must not be."""

    context: BrowserContext
    faults: list[str] = field(default_factory=list[str])


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def settings() -> Settings:
    return Settings(parse_threads=1)


@pytest_asyncio.fixture(loop_scope="session")
async def served(
    tmp_path: Path, content: Content, engine: Engine, settings: Settings
) -> AsyncIterator[Served]:
    clock = Clock()
    database = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    await database.migrate()
    assistant = Assistant(settings, content, engine, database, clock)
    app = create_app(assistant, database, settings, content, clock=clock)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    yield Served(url, assistant, database, clock, content)
    server.should_exit = True
    await serving
    listening.close()
    assistant.close()
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, served: Served) -> AsyncIterator[Callable[..., Any]]:
    """Opens a page of the server, as on a small phone.

    Fails the test for a foreign request, a fault of a script, and for anything that the page's own
    policy had to refuse.
    """
    opened: list[Watched] = []

    async def open_page(
        path: str = "/", *, context: BrowserContext | None = None, **kind: Any
    ) -> Page:
        if context is None:
            watched = Watched(await browser.new_context(**{**PHONE, "locale": "vi-VN", **kind}))
            opened.append(watched)
            watch(watched, served.url)
            context = watched.context
        page = await context.new_page()
        await page.goto(served.url + path)
        return page

    yield open_page
    for watched in opened:
        await watched.context.close()
        assert watched.faults == []


def watch(watched: Watched, url: str) -> None:
    """Note what must not be."""

    def request(made: Request) -> None:
        if not made.url.startswith(url):
            watched.faults.append(f"foreign request: {made.url}")

    def page(opened: Page) -> None:
        opened.on("pageerror", lambda error: watched.faults.append(f"script: {error}"))
        opened.on(
            "console",
            lambda said: (
                watched.faults.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )

    watched.context.on("request", request)
    watched.context.on("page", page)
