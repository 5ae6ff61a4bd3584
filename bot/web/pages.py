"""The pages people look at: the chat, what is done with what they write, and plain messages.

Every word comes from `data/locales/vi.yaml`; templates hold none.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web import MOST_CHARACTERS
from bot.config import Settings
from flows.content import Content

HERE = Path(__file__).parent
STATIC = HERE / "static"
IDLE_MINUTES = 15
"""After so long without a word a visit on a borrowed phone is over (DESIGN, retention)."""
_SCRIPT_WORDS = "page.script."
SUGGESTIONS = ("first", "second", "third", "fourth")


class Pages:
    """Makes pages from templates, words and settings."""

    def __init__(self, settings: Settings, content: Content) -> None:
        self._content = content
        self.version = _version()
        """Part of the address of every static file; scripts import by relative names."""
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._everywhere = {
            "say": self.say,
            "settings": settings,
            "version": self.version,
            "idle_minutes": IDLE_MINUTES,
        }

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.add_api_route("/", self.chat, methods=["GET"])
        router.add_api_route("/rieng-tu", self.privacy, methods=["GET"])
        return router

    async def chat(self) -> Response:
        """The chat page."""
        suggestions = [self.say(f"page.suggestion.{one}") for one in SUGGESTIONS]
        return self.page(
            "chat.html",
            suggestions=suggestions,
            words=self._script_words(),
            most_characters=MOST_CHARACTERS,
        )

    async def privacy(self) -> Response:
        """What is kept, for how long, and who answers for it."""
        return self.page("privacy.html")

    def say(self, key: str, /, **values: object) -> str:
        """The Vietnamese sentence under this key."""
        return self._content.sentence("vi", key, **values)

    def page(self, template: str, /, status: int = 200, **values: object) -> Response:
        """A page made from a template."""
        text = self._templates.get_template(template).render({**self._everywhere, **values})
        return HTMLResponse(text, status)

    def message(self, key: str, /, *, status: int) -> Response:
        """A page with one sentence."""
        return self.page("message.html", status=status, sentence=self.say(key))

    def _script_words(self) -> Mapping[str, str]:
        """The sentences that the page's script shows, without filling their places."""
        sentences = self._content.locales["vi"].sentences
        return {
            key.removeprefix(_SCRIPT_WORDS): sentence
            for key, sentence in sentences.items()
            if key.startswith(_SCRIPT_WORDS)
        }


def _version() -> str:
    """Changes when any file of `static/` changes, so that browsers may keep them for good."""
    files = sorted(path for path in STATIC.iterdir() if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
