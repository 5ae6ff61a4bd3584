"""The pages of lessons: every topic with its steps, where each was read and when it was checked.

/bai                     all topics by domain
/bai/<domain>/<topic>    one how-to to read or print; a topic without says its official place
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from bot.sourced import cited
from bot.web.pages import Pages
from flows.ageing import due_on
from flows.content import Content
from flows.lesson import Topic


@dataclass(frozen=True, slots=True)
class Shelf:
    """The topics of one domain."""

    label: str
    topics: list[Topic]


class LessonEndpoints:
    """What is taught, as pages."""

    def __init__(
        self,
        taught: Callable[[], Awaitable[Content]],
        pages: Pages,
        clock: Callable[[], datetime],
    ) -> None:
        self._taught = taught
        self._pages = pages
        self._clock = clock

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.add_api_route("/bai", self.all, methods=["GET"])
        router.add_api_route("/bai/{domain}/{topic}", self.one, methods=["GET"])
        return router

    async def all(self) -> Response:
        """Every topic, by domain."""
        content = await self._taught()
        shelves: dict[str, Shelf] = {}
        for slug, topic in content.topics.items():
            domain = slug.partition("/")[0]
            label = self._pages.say(f"lesson_page.domain.{domain}")
            shelves.setdefault(domain, Shelf(label, [])).topics.append(topic)
        return self._pages.page("lessons.html", shelves=shelves.values())

    async def one(self, domain: str, topic: str) -> Response:
        """One topic: its how-to with sources, or its official place."""
        content = await self._taught()
        known = content.topics.get(f"{domain}/{topic}")
        if known is None:
            return self._pages.message("page.nothing_here", status=404)
        howto = content.howto(known.slug)
        return self._pages.page(
            "lesson.html",
            topic=known,
            howto=howto,
            withdrawn=known.slug in content.withdrawn,
            due=howto is not None and due_on(howto) <= self._clock().date(),
            head=[] if howto is None else [one for one in cited(howto, {}) if not one.step],
        )
