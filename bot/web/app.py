"""The one ASGI app: it takes every page, every request of the chat page, and every webhook.

Faults are told in a sentence of `data/locales/vi.yaml`: as JSON to the chat page's script, as a
page to everybody else. No trace of an exception leaves the process.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
from bot.web.hooks import Hook, HookEndpoint
from bot.web.lessons import LessonEndpoints
from bot.web.pages import STATIC, Pages
from bot.web.poster import PosterEndpoints
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
    hooks: Mapping[str, Hook] | None = None,
    clock: Callable[[], datetime] = now,
) -> FastAPI:
    """Give the app; whoever serves it opens and closes the assistant and the database."""
    # Generated API pages would load scripts from elsewhere; a redirect to the address with a stroke
    # more or less would lead to whatever host the request names.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    bell = Bell(database, clock)
    pages = Pages(settings, content)
    app.include_router(pages.router())
    app.include_router(ChatEndpoints(assistant, database, bell, clock, settings.base_url).router())
    app.include_router(CertificateEndpoints(database, content, pages, clock).router())
    app.include_router(LessonEndpoints(assistant.taught, pages, clock).router())
    app.include_router(PosterEndpoints(database, settings, content).router())
    app.include_router(HealthEndpoints(database, bell).router())
    app.include_router(HookEndpoint(hooks or {}).router())
    app.mount(f"/static/{pages.version}", _Static(directory=STATIC), name="static")
    _tell_refusals(app, pages)
    app.add_middleware(_Faults, pages=pages)
    app.add_middleware(SecurityHeaders, https=settings.base_url.startswith("https:"))
    return app


class _Faults:
    """ASGI middleware: a fault of ours is told in a sentence, and ends here.

    A handler of FastAPI would hand the exception on to the server, which prints it with its
    message; and its answer would lack the headers that every answer has.
    """

    def __init__(self, app: ASGIApp, *, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, whatever is raised."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except ClientDisconnect:
            return  # nobody is there to be told
        except Exception as error:  # noqa: BLE001 - whatever it is, a sentence is shown
            _log.error("web.fault", route=_route(scope), **log.fault(error))
            if scope["type"] == "http" and not begun:
                await _told(self._pages, scope, "trouble.ours", 500)(scope, receive, send)


def _told(pages: Pages, scope: Scope, key: str, status: int) -> Response:
    """A sentence, as the one who asked can read it."""
    if str(scope["path"]).startswith("/chat/"):
        return JSONResponse({"error": pages.say(key)}, status)
    return pages.message(key, status=status)


def _tell_refusals(app: FastAPI, pages: Pages) -> None:
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)  # noqa: S101 - registered for no other
        return _told(pages, request.scope, error.key, error.status)

    async def no_such_page(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        key = "page.nothing_here" if status == 404 else "page.refused"
        return _told(pages, request.scope, key, status)

    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(HTTPException, no_such_page)
    app.add_exception_handler(RequestValidationError, no_such_page)


def _route(scope: Scope) -> str:
    """The route's pattern: the address itself may hold a record's code."""
    return str(getattr(scope.get("route"), "path", ""))
