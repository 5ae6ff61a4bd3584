"""A chat in this terminal, with the clock on the wall; what is pushed appears by itself."""

import asyncio
import sys
import threading
from collections.abc import Callable

from bot.author import Author
from bot.channels.console import lines as lines_of
from bot.channels.preview import shown
from bot.clock import now
from bot.config import Settings
from bot.conversation import Conversation, conversation
from bot.explain import explained
from bot.steering import ACTIONS, ScriptError, given, lines
from flows.content import Content
from flows.replies import Reply
from nlu.engine import Engine

PERSON = "me"
QUIT = (":q", ":quit")
TICK_S = 0.5
RETAIN_S = 60.0
PROMPT = "› "

Write = Callable[[str], None]


async def chat(
    settings: Settings,
    content: Content,
    engine: Engine,
    author: Author,
    *,
    write: Write,
    explain: bool,
) -> None:
    """Talk until `:q` or the end of input."""
    typed = _typed_lines(asyncio.get_running_loop())
    seen: list[Reply] = []
    async with conversation(settings, content, engine, now) as talk:
        pushing = asyncio.create_task(_push(talk, seen, settings.base_url, write))
        write(f"{author.tell('chat.hello')}\n{PROMPT}")
        while (text := await typed.get()) is not None and text.strip() not in QUIT:
            await _answer(talk, text, seen, author, settings.base_url, write=write, explain=explain)
            write(PROMPT)
        pushing.cancel()
        await asyncio.gather(pushing, return_exceptions=True)


async def _answer(
    talk: Conversation,
    text: str,
    seen: list[Reply],
    author: Author,
    base_url: str,
    *,
    write: Write,
    explain: bool,
) -> None:
    before = len(talk.decided)
    try:
        for line in lines(text, ACTIONS):
            action = given(line, seen)
            update = str(len(seen) + before)
            handled = await talk.hand_in(PERSON, action, f"{update}/{now().timestamp()}", now())
            if handled.held:
                write(f"{author.tell('chat.held')}\n")
    except ScriptError as error:
        write(f"{author.tell(error.key, **error.places)}\n")
    _show(talk, seen, base_url, write)
    if explain and len(talk.decided) > before:
        last = next(reversed(talk.decided.values()))
        write("".join(f"┆ {line}\n" for line in explained(last.turn, last.outcome)))


async def _push(talk: Conversation, seen: list[Reply], base_url: str, write: Write) -> None:
    """Show what falls due while nobody types."""
    waited = 0.0
    while True:
        await asyncio.sleep(TICK_S)
        waited += TICK_S
        await talk.tick()
        if waited >= RETAIN_S:
            waited = 0.0
            await talk.forget_old()
        if _show(talk, seen, base_url, write):
            write(PROMPT)


def _show(talk: Conversation, seen: list[Reply], base_url: str, write: Write) -> bool:
    delivered = talk.taken()
    for delivery in delivered:
        seen.append(delivery.reply)
        written = "\n".join(lines_of(shown(delivery.reply, base_url), base_url))
        write(f"\r\n{written}\n\n")
    return bool(delivered)


def _typed_lines(loop: asyncio.AbstractEventLoop) -> asyncio.Queue[str | None]:
    """What is typed, line by line, then None. A thread of its own, which never holds up leaving."""
    typed: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(typed.put_nowait, line)
        loop.call_soon_threadsafe(typed.put_nowait, None)

    threading.Thread(target=read, name="keyboard", daemon=True).start()
    return typed
