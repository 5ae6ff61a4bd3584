"""An emulator can be played with from a terminal, or by a script."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


def test_a_script_talks_to_a_bot_and_taps_its_button() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.emulators", "telegram"],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as terminal:  # fmt: skip
        assert terminal.stdin is not None
        assert terminal.stdout is not None

        def type_(line: str) -> None:
            assert terminal.stdin is not None
            terminal.stdin.write(line + "\n")
            terminal.stdin.flush()

        url, _, token, *_ = terminal.stdout.readline().split()
        with httpx.Client(base_url=f"{url}/bot{token}/", timeout=20) as bot:
            type_("/start")
            message = _update(bot)["message"]
            keys = [[{"text": "Có", "callback_data": "1.1"}]]
            values = {"chat_id": message["chat"]["id"], "text": "Học không ạ?"}
            bot.post("sendMessage", json=values | {"reply_markup": {"inline_keyboard": keys}})
            assert terminal.stdout.readline() == "bot > Bà Hai: Học không ạ?\n"
            assert terminal.stdout.readline().strip() == "[1] Có"
            type_("/press 1")
            assert _update(bot)["callback_query"]["data"] == "1.1"
        terminal.stdin.close()
        assert terminal.wait(10) == 0


def _update(bot: httpx.Client) -> dict[str, Any]:
    """The next update, confirmed."""
    (update,) = bot.get("getUpdates", params={"timeout": 10}).json()["result"]
    bot.get("getUpdates", params={"offset": update["update_id"] + 1})
    return update
