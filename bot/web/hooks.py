"""Where platforms hand in their updates: `POST /hook/<channel>`.

The size is looked at first; all else (the secret, the shape, storing) is the platform's affair. A
channel that is off or polls has no such page.
"""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.web import body

Hook = Callable[[Mapping[str, str], bytes], Awaitable[int]]
"""Takes the headers, their names in lower case, and the body; gives the HTTP status."""
MOST_BYTES = 1024 * 1024
"""More than an update of any platform; each keeps a limit of its own below this."""


class HookEndpoint:
    """One address a channel whose updates come by webhook."""

    def __init__(self, hooks: Mapping[str, Hook]) -> None:
        self._hooks = hooks

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter()
        router.add_api_route("/hook/{channel}", self.take, methods=["POST"])
        return router

    async def take(self, request: Request, channel: str) -> Response:
        """Hand it in; platforms read nothing but the status."""
        hook = self._hooks.get(channel)
        if hook is None:
            raise HTTPException(404)
        given = await body.read(request, MOST_BYTES)
        return Response(status_code=await hook(request.headers, given))
