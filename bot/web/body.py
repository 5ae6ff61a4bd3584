"""Reading what was sent, no further than a limit."""

from fastapi import Request

from bot.channels.web import MOST_BYTES, RefusedError


async def read(request: Request, most: int = MOST_BYTES) -> bytes:
    """The body. Raises RefusedError when it is longer, by itself than any of our pages sends."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise RefusedError("page.too_long", 413)
    return bytes(body)
