"""The one ASGI app: it takes every page, every request of the chat page, and every webhook.

Faults are told in a sentence of `data/locales/vi.yaml`: as JSON to the chat page's script, as a
page to everybody else. No trace of an exception leaves the process.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Scope

from bot import log
from bot.assistant import Assistant
from bot.channels.web import RefusedError
from bot.clock import now
from bot.config import Settings
from bot.storage.database import Database
from bot.web.bell import Bell
from bot.web.certificate import CertificateEndpoints
from bot.web.chat import ChatEndpoints
from bot.web.headers import SecurityHeaders
from bot.web.health import HealthEndpoints
from bot.web.pages import STATIC, Pages
from flows.content import Content

_log = structlog.get_logger()


class _Static(StaticFiles):
    """Files named with their version never change under that name."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(
    assistant: Assistant,
    database: Database,
    settings: Settings,
    content: Content,
    *,
    clock: Callable[[], datetime] = now,
) -> FastAPI:
    """Give the app; whoever serves it opens and closes the assistant and the database."""
    # Generated API pages would load scripts from elsewhere.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    bell = Bell(database)
    pages = Pages(settings, content)
    app.include_router(pages.router())
    app.include_router(ChatEndpoints(assistant, database, bell, clock).router())
    app.include_router(CertificateEndpoints(database, content, pages, clock).router())
    app.include_router(HealthEndpoints(database, bell).router())
    app.mount(f"/static/{pages.version}", _Static(directory=STATIC), name="static")
    app.add_middleware(SecurityHeaders, https=settings.base_url.startswith("https:"))
    _tell_faults(app, pages)
    return app


def _tell_faults(app: FastAPI, pages: Pages) -> None:
    def tell(request: Request, key: str, status: int) -> Response:
        if request.url.path.startswith("/chat/"):
            return JSONResponse({"error": pages.say(key)}, status)
        return pages.message(key, status=status)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)  # noqa: S101 - registered for no other
        return tell(request, error.key, error.status)

    async def no_such_page(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        return tell(request, "page.nothing_here" if status == 404 else "page.refused", status)

    async def fault(request: Request, error: Exception) -> Response:
        _log.error("web.fault", route=_route(request), **log.fault(error))
        return tell(request, "trouble.ours", 500)

    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(HTTPException, no_such_page)
    app.add_exception_handler(RequestValidationError, no_such_page)
    app.add_exception_handler(Exception, fault)


def _route(request: Request) -> str:
    """The route's pattern: the address itself may hold a record's code."""
    return str(getattr(request.scope.get("route"), "path", ""))
