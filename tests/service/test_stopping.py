"""`bot serve` is stopped while it sends: what runs ends, nobody sees a traceback."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import now
from bot.storage.database import Database
from bot.storage.tables import delivery
from nlu.engine import Engine
from tests.emulators.faults import Fault
from tests.emulators.telegram import Telegram

ROOT = Path(__file__).parents[2]
TOKEN = "2001:telegram-token"
PATIENCE_S = 120


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where it runs: with the real content, and the model that was trained for it."""
    Engine.load(ROOT / "data", ROOT / "var/model")
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "var").mkdir()
    (tmp_path / "var/model").symlink_to(ROOT / "var/model")
    return tmp_path


@pytest.mark.parametrize(
    ("how", "is_answered", "state"),
    [(signal.SIGTERM, True, "sent"), (signal.SIGINT, False, "sending")],
)
async def test_a_service_that_is_stopped_while_it_sends_ends_in_peace(
    folder: Path, database_url: str, how: signal.Signals, is_answered: bool, state: str
) -> None:
    with Telegram(now) as telegram:
        telegram.bot(TOKEN)
        sending = telegram.faults.add(Fault("slow", method="sendMessage"))
        telegram.says(telegram.person("Bà Hai"), "chào")
        with serving(folder, database_url, telegram.url) as service:
            assert sending.reached.wait(PATIENCE_S)
            service.send_signal(how)
            if is_answered:
                sending.release()
            _, errors = service.communicate(timeout=PATIENCE_S)
        sending.release()

    assert (errors, service.returncode) == ("", 0)
    assert await first_state(database_url) == state


@contextmanager
def serving(folder: Path, database_url: str, telegram: str) -> Generator[subprocess.Popen[str]]:
    """`bot serve`, which does not outlive a test that failed."""
    given = {
        "operator_name": "Hội A",
        "operator_contact": "028 1234",
        "privacy_text": "Máy giữ rất ít.",
        "port": str(free_port()),
        "database_url": database_url,
        "log_level": "ERROR",
        "telegram_token": TOKEN,
        "telegram_api": telegram,
        "telegram_updates": "polling",
    }
    with subprocess.Popen(
        [Path(sys.executable).parent / "bot", "serve"],
        cwd=folder,
        env=os.environ | {f"BOT_{name.upper()}": value for name, value in given.items()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as service:
        try:
            yield service
        finally:
            service.kill()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def first_state(database_url: str) -> str:
    database = Database(database_url)
    first = select(delivery.c.state).order_by(delivery.c.id).limit(1)
    state = await database.read(lambda connection: connection.execute(first).scalar_one())
    await database.close()
    return state
