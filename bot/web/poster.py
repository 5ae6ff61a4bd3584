"""The address of the printable sheet: `/to-gioi-thieu.pdf`, and one for each ward."""

import asyncio
from functools import partial

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection, select
from starlette.exceptions import HTTPException

from bot import poster
from bot.config import Settings
from bot.poster import Way
from bot.storage.database import Database
from bot.storage.tables import account
from flows.content import Content

PATH = "/to-gioi-thieu"
_FIRST = ("zalo_oa", "zalo_bot")
"""What people have on their phones. Telegram stands on no sheet: carriers hamper it."""
_MOST_KEPT = 200
"""A sheet a ward, and a few more."""


class PosterEndpoints:
    """Makes a sheet when it is first asked for, and keeps it."""

    def __init__(self, database: Database, settings: Settings, content: Content) -> None:
        self._database = database
        self._settings = settings
        self._content = content
        self._wards = {ward.code: ward for ward in content.wards}
        self._kept: dict[tuple[str, Way], bytes] = {}

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.add_api_route(f"{PATH}.pdf", self.of_the_city, methods=["GET"])
        router.add_api_route(f"{PATH}/{{code}}.pdf", self.of_a_ward, methods=["GET"])
        return router

    async def of_the_city(self) -> Response:
        """The sheet without a ward's name."""
        return await self._sheet("")

    async def of_a_ward(self, code: str) -> Response:
        """The sheet of one ward; 404 for a code that is none."""
        if code not in self._wards:
            raise HTTPException(404)
        return await self._sheet(code)

    async def _sheet(self, code: str) -> Response:
        page = self._settings.base_url.rstrip("/")
        way = await self._database.read(_way) or Way("web", page)
        made = self._kept.get((code, way))
        if made is None:
            make = partial(
                poster.make, self._content, way=way, page=page, ward=self._wards.get(code)
            )
            operator = "" if self._settings.trial else self._settings.operator_name
            made = await asyncio.to_thread(make, operator=operator)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[code, way] = made
        shown_as = f'inline; filename="to-gioi-thieu{f"-{code}" if code else ""}.pdf"'
        return Response(
            made, media_type="application/pdf", headers={"Content-Disposition": shown_as}
        )


def _way(connection: Connection) -> Way | None:
    """The chat to open on a phone, where there is one with a link."""
    rows = connection.execute(
        select(account.c.channel, account.c.link).where(
            account.c.channel.in_(_FIRST), account.c.link.is_not(None)
        )
    )
    found = sorted((_FIRST.index(row.channel), row.channel, row.link) for row in rows)
    return Way(found[0][1], found[0][2]) if found else None
