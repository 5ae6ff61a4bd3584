"""docs/operations.md says what the commands print: each is run in the page's order and compared."""

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import joblib
import pytest
from sqlalchemy import Connection, create_engine, insert
from typer.testing import CliRunner, Result

from bot import cli
from bot.author import ROOT
from bot.clock import now
from bot.config import Settings
from bot.storage.record import EventRecord
from bot.storage.tables import account, credential
from bot.storage.ticket import ask
from flows.events import HelpRequested
from nlu.lexical import stored_at
from tests.emulators.telegram import Telegram
from tests.emulators.zalo_bot import ZaloBot
from tests.storage.world import NEIGHBOUR, neighbour
from tests.talk import MORNING, small_engine

PAGE = ROOT / "docs" / "operations.md"
SAI_GON = "26740"
VARIES = {
    r"[A-Z]{4}-[0-9A-Z]{5}-[0-9A-Z]{5}": "<code>",
    r"\d\d:\d\d \d\d/\d\d(/\d{4})?": "<time>",
    r"(?m)^[0-9a-hjkmnp-tv-z]{6}(?=  )|(?<=quyền )[0-9a-hjkmnp-tv-z]{6}": "<id>",
    r"(?m)^[0-9a-f]+…$|^[0-9a-f]{64}$": "<hash>",
    r"[\d.]+ GB \(\d+%\)": "<size>",
    r"\d+ dòng": "<rows>",
    r"\d+ bài, \d+ câu hỏi": "<content>",
    r"127\.0\.0\.1:\d+": "<port>",
}
"""What is an example on the page."""


@dataclass(frozen=True)
class Example:
    """A command of the page, and what it is said to print; None where nothing is said."""

    line: int
    command: str
    prints: str | None


def examples() -> Iterator[Example]:
    blocks = list(_blocks(PAGE.read_text("utf-8").splitlines()))
    for (start, end, text), following in zip(blocks, [*blocks[1:], (0, 0, "")], strict=True):
        if not text.startswith("bot "):
            continue
        *before, last = text.splitlines()
        for command in before:
            yield Example(start, command, None)
        yield Example(start, last, following[2] if following[0] == end + 1 else None)


def _blocks(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """First and last line of every fenced block, and what stands in it; also in a list."""
    start: int | None = None
    for number, line in enumerate(lines):
        if not line.strip().removeprefix("2. ").startswith("```"):
            continue
        if start is None:
            start = number
            continue
        indent = len(line) - len(line.lstrip())
        yield start, number, "\n".join(text[indent:] for text in lines[start + 1 : number])
        start = None


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Path:
    """A bot that runs for a ward, as the page assumes: two platforms, a help request, a record."""
    (tmp_path / "backup").mkdir()
    (tmp_path / "var" / "model").mkdir(parents=True)
    shutil.copy(sqlite_template, tmp_path / "var" / "bot.db")
    # It is only looked at, so any trained model will do.
    joblib.dump(small_engine()._model, stored_at(ROOT / "data", tmp_path / "var" / "model"))
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATA_DIR": str(ROOT / "data"),
        "OPERATOR_NAME": "UBND phường Sài Gòn",
        "OPERATOR_CONTACT": "số 1",
        "PRIVACY_TEXT": "Phường giữ.",
        "BASE_URL": "https://hoi.example.gov.vn",
        "WEBHOOK_SECRET": "khong-ai-doan-duoc",
    }.items():
        monkeypatch.setenv(f"BOT_{name}", value)
    engine = create_engine(Settings().database)
    with engine.begin() as connection:
        _live(connection)
    engine.dispose()
    return tmp_path


def _live(connection: Connection) -> None:
    for channel, account_id in (("telegram", "2001"), ("zalo_bot", "1001")):
        row = {"channel": channel, "account": account_id, "name": "Bot", "groups": True}
        more = {"updates": "polling", "at": MORNING, "heard_at": now() + timedelta(seconds=20)}
        connection.execute(insert(account), row | more)
    asker, learner_id = neighbour(connection), neighbour(connection, "other")
    asked = HelpRequested(
        ticket="T1", topic=None, step=None, device=None, ward=SAI_GON, question="sao không mở được"
    )
    ask(connection, EventRecord("", asker, NEIGHBOUR, MORNING), asked)
    record = {"code": "7KQ2M9XA4T", "name": "Bà Hai", "grade": "self", "rule": "practice/1"}
    issued = {"topics": "[]", "issued_at": MORNING, "learner": learner_id}
    connection.execute(insert(credential), record | issued)


def run(command: str, folder: Path, role_id: str) -> Result:
    """Run it here: the page's folder is ours, and the id is the one that was really given."""
    command = command.replace("/backup/", f"{folder}/backup/").replace("k3m9qa", role_id)
    running = "1" if command.startswith("bot restore") else None  # the page says: stop it first
    env = {"BOT_PORT": running} if running else {}
    done = CliRunner().invoke(cli.app, shlex.split(command)[1:], prog_name="bot", env=env)
    if command == "bot deletions":
        (folder / "backup" / "deletions.txt").write_text(done.stdout, "utf-8")
    return done


def bare(text: str, folder: Path) -> str:
    """Without what varies."""
    text = text.replace(f"{folder}/backup/", "/backup/").strip()
    for pattern, name in VARIES.items():
        text = re.sub(pattern, name, text)
    return text


def test_every_command_of_the_page_prints_what_it_says(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    role_id = "k3m9qa"
    with Telegram(now) as telegram, ZaloBot(now) as zalo:
        monkeypatch.setenv("BOT_TELEGRAM_TOKEN", telegram.bot("2001:telegram").token)
        monkeypatch.setenv("BOT_TELEGRAM_API", telegram.url)
        monkeypatch.setenv("BOT_ZALO_BOT_TOKEN", zalo.bot("1001:zalo").token)
        monkeypatch.setenv("BOT_ZALO_BOT_API", zalo.url)
        monkeypatch.setenv("BOT_PORT", telegram.url.rpartition(":")[2])  # something runs
        ran = 0
        for example in examples():
            done = run(example.command, installed, role_id)
            where = f"{PAGE.name}:{example.line}  {example.command}"
            assert done.exit_code == (1 if example.command == "bot doctor" else 0), (
                where,
                done.output,
            )
            if example.prints is not None:
                printed = bare(done.stdout, installed)
                assert printed == bare(example.prints, installed), where
            if example.command == "bot host list":
                role_id = done.stdout.split()[0]
            ran += 1
    assert ran > 15


def test_the_page_leads_only_to_its_own_headings() -> None:
    text = PAGE.read_text("utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line[3:].lower()).replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("## ")
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings
