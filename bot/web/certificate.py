"""The page of a «Giấy ghi nhận tự học»: anybody who holds the paper can check it.

A code that was never given and one that cannot be a code get the same answer by the same work, so
that nothing is learned by trying. The name stands there in initials until it is typed from the
paper; tries are limited for each code and for each address that asks.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Literal, cast
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection, Row, select

from bot.clock import in_city
from bot.storage.database import Database
from bot.storage.tables import credential
from bot.web import body
from bot.web.limit import Limit
from bot.web.pages import Pages
from flows import base32
from flows.content import Content
from nlu.normalise import compose, fold

State = Literal["valid", "withdrawn", "deleted"]
_LONGEST_CODE = 40
_LONGEST_NAME = 200
_SPAN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Paper:
    """A record as its page shows it."""

    code: str
    """In two groups of five, as it is read aloud."""
    state: State
    holder: str
    """Initials, or the name once it was typed."""
    topics: list[str]
    """Titles."""
    issued_on: date
    rule: str
    named: Literal["asked", "matches", "differs"]


class CertificateEndpoints:
    """One address, read and asked."""

    def __init__(
        self, database: Database, content: Content, pages: Pages, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._content = content
        self._pages = pages
        self._clock = clock
        self._tries_of_code = Limit(5, _SPAN)
        self._tries_of_address = Limit(30, _SPAN)

    def router(self) -> APIRouter:
        """The routes. Whatever follows `/c/` is looked up, so that every wrong code is alike."""
        router = APIRouter()
        router.add_api_route("/c/{code:path}", self.show, methods=["GET"])
        router.add_api_route("/c/{code:path}", self.check, methods=["POST"])
        return router

    async def show(self, code: str) -> Response:
        """The record, its holder's name in initials."""
        return await self._page(code, name=None)

    async def check(self, request: Request, code: str) -> Response:
        """The record with its holder's name, if that name was typed."""
        form = parse_qs((await body.read(request)).decode(errors="replace"))
        now = self._clock()
        who = request.client.host if request.client else ""
        allowed = (
            self._tries_of_code.allows(read_code(code), now),
            self._tries_of_address.allows(who, now),
        )
        if not all(allowed):
            return self._pages.message("page.too_many_tries", status=429)
        return await self._page(code, name=form.get("name", [""])[0])

    async def _page(self, code: str, *, name: str | None) -> Response:
        row = await self._database.read(partial(_find, code=read_code(code)))
        if row is None:
            return self._pages.message("certificate_page.unknown", status=404)
        topics = [self._topic(slug) for slug in cast("list[str]", json.loads(row.topics))]
        return self._pages.page(
            "certificate.html", paper=_paper(row, topics, self._rule(row.rule), name)
        )

    def _topic(self, slug: str) -> str:
        topic = self._content.topics.get(slug)
        return slug if topic is None else topic.title

    def _rule(self, rule_id: str) -> str:
        rule = self._content.rules.get(rule_id)
        return rule_id if rule is None else f"{rule_id}. {rule.why}"


def read_code(typed: str) -> str:
    """The code as stored; empty for what cannot be one."""
    return base32.read(typed[:_LONGEST_CODE])


def same_name(typed: str, name: str) -> bool:
    """Whether this is the name, whatever its case, accents and blanks; in constant time."""
    digests = [hashlib.sha256(_comparable(one).encode()).digest() for one in (typed, name)]
    return hmac.compare_digest(*digests)


def _comparable(name: str) -> str:
    """The name folded; in another script, of which folding leaves nothing, as it is."""
    shown = compose(name)
    return fold(shown) or shown.casefold()


def _find(connection: Connection, code: str) -> Row[Any] | None:
    return connection.execute(select(credential).where(credential.c.code == code)).one_or_none()


def _paper(row: Row[Any], topics: list[str], rule: str, typed: str | None) -> Paper:
    name: str = row.name or ""
    matches = typed is not None and same_name(typed[:_LONGEST_NAME], name)
    return Paper(
        code=f"{row.code[:5]}-{row.code[5:]}",
        state=_state(row),
        holder=name if matches else " ".join(f"{part[0].upper()}." for part in name.split()),
        topics=topics,
        issued_on=in_city(row.issued_at).date(),
        rule=rule,
        named="asked" if typed is None else "matches" if matches else "differs",
    )


def _state(row: Row[Any]) -> State:
    if row.deleted_at is not None or row.name is None:
        return "deleted"
    return "valid" if row.withdrawn_at is None else "withdrawn"
