"""The smallest bots that can be written: each update is answered with one fixed sentence.

    python -m tests.bench.echo telegram|zalo_bot PORT API TOKEN SECRET

Nothing is understood, remembered or stored. What they take is the way there and back alone, with
the packages that one would take for it: aiogram with its own web server, and httpx under uvicorn.
"""

import sys

import httpx
import uvicorn
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SENTENCE = "Heard. Say what you would like to learn, and it is shown step by step."


def telegram(port: int, api: str, token: str, secret: str) -> None:
    """As aiogram comes: it says "received" first, then answers."""
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer(SENTENCE)

    app = web.Application()
    handler = SimpleRequestHandler(dispatcher, bot, secret_token=secret)
    handler.register(app, path="/hook/telegram")
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


def zalo_bot(port: int, api: str, token: str, secret: str) -> None:
    """The same order as aiogram's."""
    client = httpx.AsyncClient(base_url=f"{api}/bot{token}/")

    async def answer(chat: str) -> None:
        await client.post("sendMessage", json={"chat_id": chat, "text": SENTENCE})

    async def take(request: Request) -> Response:
        if request.headers.get("X-Bot-Api-Secret-Token") != secret:
            return Response(status_code=403)
        update = await request.json()
        return Response(background=BackgroundTask(answer, update["message"]["chat"]["id"]))

    app = Starlette(routes=[Route("/hook/zalo_bot", take, methods=["POST"])])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)


if __name__ == "__main__":
    _, channel, port, *rest = sys.argv
    {"telegram": telegram, "zalo_bot": zalo_bot}[channel](int(port), *rest)
