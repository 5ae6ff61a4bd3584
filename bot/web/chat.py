"""The JSON that the chat page reads and writes.

    POST /chat/messages   one update in; its replies out (of a repeated one the stored replies)
    GET  /chat/replies    what was said after an id; waits for it when asked to
    POST /chat/seen       these replies were shown
    POST /chat/forget     the visit on a borrowed phone is over

The page's key comes in the header X-Browser. Faults are told in a sentence: `{"error": "…"}`.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, cast

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection

from bot.assistant import Assistant, TurnFailedError
from bot.channels import web
from bot.channels.incoming import Incoming
from bot.channels.preview import shown
from bot.channels.web import RefusedError
from bot.clock import in_city
from bot.storage import key, outbox
from bot.storage.database import Database
from bot.web import body, thread
from bot.web.bell import WAIT_S, Bell
from bot.web.thread import Stored, Thread
from flows.turn import Said
from nlu.mask import mask
from nlu.normalise import compose

Browser = Annotated[str | None, Header(alias="X-Browser")]
_NO_ID_AFTER = 2**62


class ChatEndpoints:
    """The four addresses that the chat page talks to."""

    def __init__(
        self,
        assistant: Assistant,
        database: Database,
        bell: Bell,
        clock: Callable[[], datetime],
        base_url: str,
    ) -> None:
        self._assistant = assistant
        self._database = database
        self._bell = bell
        self._clock = clock
        self._base_url = base_url

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(prefix="/chat")
        router.add_api_route("/messages", self.message, methods=["POST"])
        router.add_api_route("/replies", self.replies, methods=["GET"])
        router.add_api_route("/seen", self.seen, methods=["POST"])
        router.add_api_route("/forget", self.forget, methods=["POST"])
        return router

    async def message(self, request: Request, browser: Browser = None) -> Response:
        """Answer one update."""
        chat = web.chat_of(browser)
        incoming = web.parse(await _payload(request), chat=chat, now=self._clock())
        try:
            handled = await self._assistant.handle(incoming)
        except TurnFailedError:
            raise RefusedError("trouble.ours", 503) from None
        read = partial(_answered, incoming=incoming, ids=handled.delivery_ids, now=self._clock())
        found, said = await self._database.read(read)
        return JSONResponse(
            {
                **self._shown(found),
                "at": self._clock().isoformat(),
                "said": said,
                "held": handled.held,
                "duplicate": handled.duplicate,
            }
        )

    async def replies(
        self,
        request: Request,
        browser: Browser = None,
        after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
        wait: Annotated[bool, Query()] = False,
    ) -> Response:
        """What was said after this id; with `wait`, not before there is something."""
        chat = web.chat_of(browser)
        if not wait:
            return JSONResponse(self._shown(await self._read(chat, after)))
        async with self._bell.listening(chat) as rung:
            found = await self._read(chat, after)
            # What came due is given until it was seen: it must not end the wait each time.
            if not any(one.id > after for one in found.replies):
                await _rung_or_gone(request, rung)
                found = await self._read(chat, after)
        return JSONResponse(self._shown(found))

    async def seen(self, request: Request, browser: Browser = None) -> Response:
        """Note that these replies were shown."""
        address = web.address_of(web.chat_of(browser))
        ids = web.parse_seen(await _payload(request))
        now = self._clock()
        await self._database.write(partial(outbox.acknowledge, address=address, ids=ids, now=now))
        return Response(status_code=204)

    async def forget(self, browser: Browser = None) -> Response:
        """Forget a visit on a borrowed phone; on one's own phone only the page forgets."""
        await self._assistant.forget(web.CHANNEL, web.ACCOUNT, web.chat_of(browser))
        return Response(status_code=204)

    async def _read(self, chat: str, after: int) -> Thread:
        load = partial(thread.load, address=web.address_of(chat), after=after, now=self._clock())
        return await self._database.read(load)

    def _shown(self, found: Thread) -> dict[str, object]:
        return {
            "replies": [_reply(one, self._base_url) for one in found.replies],
            "oldest": found.oldest,
            "newest": found.newest,
            "asking": found.asking,
        }


async def _payload(request: Request) -> object:
    """The JSON sent. Raises RefusedError."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise RefusedError("page.refused", 415)
    try:
        return cast("object", json.loads(await body.read(request)))
    except (ValueError, RecursionError):
        raise RefusedError("page.refused", 400) from None


async def _rung_or_gone(request: Request, rung: asyncio.Event) -> None:
    """Wait for the bell, but not for a page that was closed, and not longer than WAIT_S."""
    waiting = [asyncio.create_task(rung.wait()), asyncio.create_task(_gone(request))]
    # A server that stops cancels who still waits: there is nothing new, which is an answer too.
    with suppress(asyncio.CancelledError):
        await asyncio.wait(waiting, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def _gone(request: Request) -> bool:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return True


def _answered(
    connection: Connection, incoming: Incoming, ids: Sequence[int], now: datetime
) -> tuple[Thread, str | None]:
    """The replies to an update, and what was kept of its words if that differs from them."""
    after = min(ids) - 1 if ids else _NO_ID_AFTER
    found = thread.load(connection, web.address_of(incoming.chat), after=after, now=now)
    # What came due meanwhile answers nothing.
    found = replace(found, replies=tuple(one for one in found.replies if one.id > after))
    if not isinstance(incoming.input, Said):
        return found, None
    turn = key.turn_of(incoming.channel, incoming.account, incoming.update_id)
    kept = thread.masked(connection, turn) or mask(incoming.input.text).text
    # A fragment's sentence is kept as a whole: what was typed last is its end.
    unchanged = compose(kept).endswith(compose(incoming.input.text))
    return found, None if unchanged else kept


def _reply(one: Stored, base_url: str) -> dict[str, object]:
    return {
        **web.render(shown(one.reply, base_url)),
        "id": one.id,
        "at": in_city(one.at).isoformat(),
        "seen": one.sent,
    }
