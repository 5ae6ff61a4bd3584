"""What whoever runs the bot types at night: every command, and what it says when it can't."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, create_engine, select, update
from typer.testing import CliRunner, Result

from bot import cli
from bot.clock import now
from bot.config import Settings
from bot.storage.outbox import enqueue
from bot.storage.tables import campaign, chat_group, delivery, help_request, hold, learner, role
from flows.replies import Reply
from tests.emulators.telegram import Telegram
from tests.emulators.zalo_bot import ZaloBot
from tests.storage.test_apply import live
from tests.storage.world import NEIGHBOUR, WARD
from tests.talk import COURSE, MORNING

T = TypeVar("T")
CODE = re.compile(r"[A-Z]{4}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Path:
    """The small course and a fresh database; nothing listens on the port."""
    shutil.copytree(COURSE, tmp_path / "data")
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var" / "bot.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_PORT", "1")
    return tmp_path


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Iterator[Telegram]:
    with Telegram(now) as emulated:
        bot_ = emulated.bot("2001:telegram")
        monkeypatch.setenv("BOT_TELEGRAM_TOKEN", bot_.token)
        monkeypatch.setenv("BOT_TELEGRAM_API", emulated.url)
        yield emulated


@pytest.fixture
def zalo(monkeypatch: pytest.MonkeyPatch) -> Iterator[ZaloBot]:
    with ZaloBot(now) as emulated:
        bot_ = emulated.bot("1001:zalo")
        monkeypatch.setenv("BOT_ZALO_BOT_TOKEN", bot_.token)
        monkeypatch.setenv("BOT_ZALO_BOT_API", emulated.url)
        yield emulated


def bot(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words), prog_name="bot")


def said(*words: str) -> str:
    done = bot(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(*words: str) -> str:
    done = bot(*words)
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    return done.stderr


def stored(work: Callable[[Connection], T]) -> T:
    engine = create_engine(Settings().database)
    with engine.begin() as connection:
        result = work(connection)
    engine.dispose()
    return result


def rows(table: Any) -> list[dict[str, Any]]:
    return stored(lambda c: [dict(row) for row in c.execute(select(table)).mappings()])


# rights


@pytest.mark.parametrize(("kind", "prefix"), [("host", "CAFE"), ("volunteer", "TRUC")])
def test_a_right_is_given_listed_and_taken_back(kind: str, prefix: str) -> None:
    told = said(kind, "add", "--ward", WARD, "--name", "Chị Lan")
    [code] = set(CODE.findall(told))
    assert code.startswith(prefix)
    assert "Chị Lan" in told
    assert code not in json.dumps(rows(role), default=str)

    listed = said(kind, "list")
    role_id = listed.split()[0]
    assert "Sài Gòn  Chị Lan  chưa dùng mã" in listed

    assert f"Đã thu hồi quyền {role_id}" in said(kind, "revoke", role_id)
    assert "đã thu hồi" in said(kind, "list")
    assert role_id in refused(kind, "revoke", role_id)


def test_an_operator_needs_no_name_and_is_listed_once_the_code_was_sent() -> None:
    stored(live)
    taken = {"learner": rows(learner)[0]["id"], "claimed_at": now()}
    said("operator", "add")
    mine = role.c.name == "Người vận hành"
    stored(lambda c: c.execute(update(role).where(mine).values(**taken)).rowcount)
    assert "Người vận hành  có quyền từ" in said("operator", "list")


def test_a_former_name_of_a_ward_is_explained_and_several_are_asked_about() -> None:
    told = said("host", "add", "--ward", "phường Bến Nghé", "--name", "Chị Lan")
    assert told.startswith("«phường Bến Nghé» nay thuộc Sài Gòn.\n")
    several = refused("host", "add", "--ward", "Đa Kao", "--name", "Chị Lan")
    assert "26734 Sài Gòn, 26737 Tân Định" in several
    assert "«Bến Tre»" in refused("host", "add", "--ward", "Bến Tre", "--name", "Chị Lan")


def test_a_volunteer_without_the_right_gives_her_requests_back() -> None:
    learner_id = stored(live)
    taken = {"state": "taken", "helper": learner_id, "helper_name": "Chị Lan"}
    stored(lambda c: c.execute(update(help_request).values(**taken)).rowcount)
    said("volunteer", "revoke", "V1")
    [ticket] = rows(help_request)
    assert (ticket["state"], ticket["helper"], ticket["helper_name"]) == ("waiting", None, None)
    assert ticket["waits_since"] > MORNING
    [told] = [row for row in rows(delivery) if row["chat"] == NEIGHBOUR.chat]
    assert "lại chờ người trực khác" in json.loads(told["reply"])["text"]


def test_a_host_without_the_right_sends_nothing_any_more() -> None:
    learner_id = stored(live)
    tomorrow = now() + timedelta(days=1)

    def schedule(connection: Connection) -> None:
        row = {"id": "C1", "learner": learner_id, "ward": WARD, "tip": "qr", "tip_version": "1"}
        connection.execute(campaign.insert(), row | {"due_at": tomorrow, "at": now()})
        here = NEIGHBOUR._asdict() | {"title": "Tổ 1", "state": "linked", "ward": WARD}
        connection.execute(chat_group.insert(), here | {"id": "G9", "at": now()})
        say = [Reply(text="Mẹo")]
        to_group = partial(enqueue, kind="tip", to_group=True, campaign="C1", due_at=tomorrow)
        to_group(connection, "t9", NEIGHBOUR, None, say, now=now())

    stored(schedule)
    said("host", "revoke", "H1")
    assert rows(campaign)[0]["taken_back_at"] is not None
    assert "C1" not in {row["campaign"] for row in rows(delivery)}


# help requests


def test_help_requests_are_listed_without_words_and_shown_with_them() -> None:
    assert said("ticket", "list") == "Không có lời nhờ nào đang mở.\n"
    stored(live)
    listed = said("ticket", "list")
    assert re.fullmatch(r"1  \d\d:\d\d \d\d/\d\d  Sài Gòn  —  đang chờ người trực\n", listed)
    assert "sao không mở được" in said("ticket", "show", "1")
    assert "mã 7" in refused("ticket", "show", "7")


def test_a_closed_help_request_is_told_to_who_asked() -> None:
    stored(live)
    assert said("ticket", "close", "1").startswith("Đã đóng lời nhờ mã 1.")
    assert rows(help_request)[0]["state"] == "closed"
    [told] = [row for row in rows(delivery) if row["chat"] == NEIGHBOUR.chat]
    assert "câu hỏi gửi người trực đã được đóng" in json.loads(told["reply"])["text"]
    assert "mã 1" in refused("ticket", "close", "1")


def test_the_volunteer_who_had_taken_it_is_told_too() -> None:
    learner_id = stored(live)
    taken = {"state": "taken", "helper": learner_id, "helper_name": "Chị Lan"}
    stored(lambda c: c.execute(update(help_request).values(**taken)).rowcount)
    said("ticket", "close", "1")
    told = [row["learner"] for row in rows(delivery) if row["kind"] == "staff"]
    assert len(told) == 2
    assert learner_id in told


# sending


def test_sending_is_held_and_goes_on() -> None:
    assert "Thẻ việc gấp vẫn đi" in said("pause", "sends")
    said("pause", "sends")
    assert [row["what"] for row in rows(hold)] == ["sends"]
    assert "đi trước" in said("resume", "sends")
    assert rows(hold) == []
    assert "không đổi gì" in refused("resume", "sends")


# forgetting, backups


def test_a_person_is_forgotten_by_the_number_of_her_request() -> None:
    stored(live)
    assert "Đã xóa hết" in said("forget", "1")
    assert rows(help_request) == []
    assert len(said("deletions").split()) == 1
    assert "«1»" in refused("forget", "1")
    assert "«7KQ2M-9XA4T»" in refused("forget", "7KQ2M-9XA4T")


def test_a_backup_is_not_written_over_another(folder: Path) -> None:
    stored(live)
    assert "đọc lại thấy đúng" in said("backup", "bot.zip")
    assert "đã có" in refused("backup", "bot.zip")
    said("backup", "bot.zip", "--force")
    assert "Tạo thư mục trước" in refused("backup", "gone/bot.zip")
    said("forget", "1")
    gone = said("deletions")
    shutil.copy(folder / "bot.zip", folder / "kept.zip")
    (folder / "var" / "bot.db").unlink()
    (folder / "gone.txt").write_text(gone, "utf-8")

    told = said("restore", "kept.zip", "--deletions", "gone.txt")

    assert "Đã xóa lại dữ liệu của 1 người" in told
    assert rows(help_request) == []


def test_a_backup_is_not_restored_under_a_running_bot(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything that listens on the port counts."""
    said("backup", "bot.zip")
    monkeypatch.setenv("BOT_PORT", telegram.url.rpartition(":")[2])
    assert "Dừng máy trước" in refused("restore", "bot.zip")


def test_what_is_no_backup_is_refused(folder: Path) -> None:
    (folder / "bot.zip").write_text("xin chào", "utf-8")
    assert "Không đổi gì cả" in refused("restore", "bot.zip")
    assert "Không có tệp" in refused("restore", "gone.zip")


# platforms


def test_a_webhook_is_set_shown_and_deleted_on_telegram(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "polling" in said("webhook", "show", "telegram")
    assert "https://" in refused("webhook", "set", "telegram")
    monkeypatch.setenv("BOT_BASE_URL", "https://hoi.example.vn")
    assert "BOT_WEBHOOK_SECRET" in refused("webhook", "set", "telegram")
    monkeypatch.setenv("BOT_WEBHOOK_SECRET", "khong-ai-doan-duoc")
    assert "https://hoi.example.vn/hook/telegram" in said("webhook", "set", "telegram")
    assert "đúng chỗ này" in said("webhook", "show", "telegram")
    monkeypatch.setenv("BOT_BASE_URL", "https://khac.example.vn")
    assert "nơi khác" in said("webhook", "show", "telegram")
    said("webhook", "delete", "telegram")
    assert "polling" in said("webhook", "show", "telegram")


def test_a_webhook_is_set_shown_and_deleted_on_zalo(
    zalo: ZaloBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_BASE_URL", "https://hoi.example.vn")
    monkeypatch.setenv("BOT_WEBHOOK_SECRET", "khong-ai-doan-duoc")
    assert "polling" in said("webhook", "show", "zalo_bot")
    assert "https://hoi.example.vn/hook/zalo_bot" in said("webhook", "set", "zalo_bot")
    said("webhook", "delete", "zalo_bot")
    zalo.verification = "webhook.err.tls"
    tried = bot("webhook", "set", "zalo_bot")
    assert tried.exit_code == 1
    assert "webhook.err.tls" in tried.stderr


@pytest.mark.parametrize("command", ["show", "delete"])
def test_a_platform_out_of_reach_is_told_without_the_token(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "BOT_TELEGRAM_TOKEN" in refused("webhook", command, "telegram")
    monkeypatch.setenv("BOT_TELEGRAM_TOKEN", "2001:secret-of-telegram")
    monkeypatch.setenv("BOT_TELEGRAM_API", "http://127.0.0.1:1")
    told = refused("webhook", command, "telegram")
    assert "Không gọi được telegram" in told
    assert "secret-of-telegram" not in told


def test_a_wrong_token_is_told(telegram: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TELEGRAM_TOKEN", "2001:another")
    assert "không nhận mã token" in refused("webhook", "show", "telegram")
