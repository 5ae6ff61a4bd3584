"""An emulated platform to play with by hand.

    python -m tests.emulators zalo --port 8081 --webhook http://127.0.0.1:8080/zalo
    python -m tests.emulators telegram --port 8082          # the bot polls

What is typed is said by a person; what the bot writes is printed, its buttons numbered. One line
a message, read from standard input, so a script can drive it. Other commands, such as /start, go
to the bot.

    /as name        go on as somebody else           /press 1      tap that button
    /group title    go on in a group with the bot    /private      back to one's own chat
    /photo caption  send a picture                   /block        block the bot
    /kick           throw the bot out of the group   /wait         for the bot's next word

In a group the bot hears only what mentions it: "@Bot Bình Dân 2", "@binhdan_bot 2".
"""

import argparse
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import httpx

from bot.clock import CITY
from tests.emulators.telegram import Telegram
from tests.emulators.telegram_chats import Message as TelegramMessage
from tests.emulators.zalo_bot import ZaloBot

SECRET = "by-hand-only"
PATIENCE_S = 30


class Terminal:
    """One person at a time, in one chat, before either platform."""

    def __init__(self, platform: Telegram | ZaloBot) -> None:
        self.platform: Any = platform  # what people do has the same names on both
        self._people: dict[str, Any] = {}
        self._groups: dict[str, Any] = {}
        self._group: Any = None
        self._keys: list[tuple[TelegramMessage, str]] = []
        self._printed: set[tuple[int, str]] = set()
        self._known = 0  # how much was printed when the person last did something
        self._as("Bà Hai")

    def read(self, line: str) -> None:
        """Do what a line says."""
        commands: dict[str, Callable[[str], None]] = {
            "/as": self._as,
            "/group": self._in_group,
            "/private": self._in_private,
            "/press": self._press,
            "/photo": self._photo,
            "/block": self._block,
            "/kick": self._kick,
            "/wait": self._wait,
        }
        word, _, rest = line.strip().partition(" ")
        if word != "/wait":
            self._known = len(self._printed)
        try:
            if word in commands:
                commands[word](rest.strip())
            elif word:
                self.platform.says(self._me, line.strip(), self._group)
        except (LookupError, ValueError) as error:
            print(f"no: {error}", flush=True)

    def show(self) -> int:
        """Print what the bot has written or changed since; how much that is in all."""
        with self.platform.lock:
            for name, chat in (self._people | self._groups).items():
                for message in self.platform.messages(chat):
                    if message.by_bot and (id(message), message.text) not in self._printed:
                        self._printed.add((id(message), message.text))
                        self._print(name, message)
            return len(self._printed)

    def _print(self, chat: str, message: Any) -> None:
        kind = "" if message.kind == "text" else f"[{message.kind}] "
        print(f"bot > {chat}: {kind}{message.text}", flush=True)
        if isinstance(message, TelegramMessage) and message.labels:
            self._keys = [(message, label) for label in message.labels]
            keys = "  ".join(f"[{n}] {label}" for n, (_, label) in enumerate(self._keys, start=1))
            print(f"    {keys}", flush=True)

    def _as(self, name: str) -> None:
        if name not in self._people:
            self._people[name] = self.platform.person(name)
        self._me = self._people[name]

    def _in_group(self, title: str) -> None:
        title = title or "Tổ 5"
        if title not in self._groups:
            self._groups[title] = self.platform.group(title, self._me)
            if isinstance(self.platform, Telegram):
                self.platform.adds_bot(self._me, self._groups[title])
        self._group = self._groups[title]

    def _in_private(self, _: str) -> None:
        self._group = None

    def _press(self, number: str) -> None:
        message, label = self._keys[int(number) - 1]
        self.platform.presses(self._me, message, label)

    def _photo(self, caption: str) -> None:
        self.platform.sends_photo(self._me, caption, self._group)

    def _block(self, _: str) -> None:
        self.platform.blocks_bot(self._me)

    def _kick(self, _: str) -> None:
        if self._group is None:
            raise LookupError("first /group")
        if isinstance(self.platform, Telegram):
            self.platform.kicks_bot(self._me, self._group)
        else:
            self.platform.removes_bot(self._group)

    def _wait(self, _: str) -> None:
        if not self.platform.until(lambda: self.show() > self._known, PATIENCE_S):
            print("nothing came", flush=True)
        self._known = len(self._printed)


def main() -> None:
    """Serve a platform until standard input ends."""
    platform, webhook = _platform()
    with ExitStack() as stack:
        stack.enter_context(platform)
        account = platform.bot()
        print(f"{platform.url}  token {account.token}  secret {SECRET}", flush=True)
        if webhook:
            values = {"url": webhook, "secret_token": SECRET}
            httpx.post(f"{platform.url}/bot{account.token}/setWebhook", json=values)
        stack.enter_context(platform.pump())
        terminal = Terminal(platform)
        printer = threading.Thread(target=_print_on, args=(terminal, platform), daemon=True)
        printer.start()
        for line in sys.stdin:
            terminal.read(line)
        terminal.show()


def _print_on(terminal: Terminal, platform: Telegram | ZaloBot) -> None:
    def look() -> bool:
        terminal.show()
        return platform.closing

    while not platform.closing:
        platform.until(look, PATIENCE_S)


def _platform() -> tuple[Telegram | ZaloBot, str]:
    parser = argparse.ArgumentParser(prog="python -m tests.emulators")
    parser.add_argument("platform", choices=["zalo", "telegram"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook", default="", help="where updates are posted; http is allowed")
    given = parser.parse_args()
    made = {"zalo": ZaloBot, "telegram": Telegram}[given.platform]
    platform = made(lambda: datetime.now(CITY), port=given.port)
    platform.http_webhooks = True
    return platform, given.webhook


if __name__ == "__main__":
    main()
