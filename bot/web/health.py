"""What machines read: is it alive, can it answer, and the numbers.

`/metrics` names nobody. Whoever runs the bot decides at the proxy who may read it.
"""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.database import Database
from bot.storage.tables import delivery
from bot.web.bell import Bell

_OPEN = ("queued", "sending", "uncertain")
OUTBOX = Gauge("bot_outbox_rows", "Replies not yet known to have arrived", ("state",))
PAGES = Gauge("bot_web_pages", "Chat pages that wait for something new, this process")


class HealthEndpoints:
    """Three addresses for operators."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.add_api_route("/healthz", self.alive, methods=["GET"])
        router.add_api_route("/readyz", self.ready, methods=["GET"])
        router.add_api_route("/metrics", self.metrics, methods=["GET"])
        return router

    async def alive(self) -> Response:
        """The process runs."""
        return PlainTextResponse("alive\n")

    async def ready(self) -> Response:
        """The database answers too; 503 when it does not."""
        try:
            await self._database.read(_answers)
        except (SQLAlchemyError, OSError):
            return PlainTextResponse("database\n", status_code=503)
        return PlainTextResponse("ready\n")

    async def metrics(self) -> Response:
        """Counters of this process, and the outbox as it stands."""
        rows = await self._database.read(_open_rows)
        for state in _OPEN:
            OUTBOX.labels(state).set(rows.get(state, 0))
        PAGES.set(self._bell.pages)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _open_rows(connection: Connection) -> dict[str, int]:
    """Only what is open: an index knows these, and the rest may be millions."""
    rows = connection.execute(
        select(delivery.c.state, func.count().label("rows"))
        .where(delivery.c.state.in_(_OPEN))
        .group_by(delivery.c.state)
    )
    return {row.state: row.rows for row in rows}


def _answers(connection: Connection) -> None:
    connection.execute(select(1))
