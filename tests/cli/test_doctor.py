"""`bot doctor` says in words what is well, what is not, and what to type next."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from bot.author import ROOT
from bot.clock import now
from bot.storage import outbox, quota
from bot.storage.tables import account, identity
from flows.replies import Reply
from tests.cli.test_operator_commands import bot, folder, said, stored, telegram, zalo
from tests.content_check.conftest import COURSE as SOUND
from tests.emulators.faults import Fault
from tests.emulators.telegram import Telegram
from tests.emulators.zalo_bot import ZaloBot
from tests.storage.test_apply import live
from tests.storage.world import grant, neighbour
from tests.understanding.rasa.replay import Replay

__all__ = ["folder", "telegram", "zalo"]


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody answers for it, and it can be reached."""
    for name in ("OPERATOR_NAME", "OPERATOR_CONTACT", "PRIVACY_TEXT"):
        monkeypatch.setenv(f"BOT_{name}", "UBND phường")
    monkeypatch.setenv("BOT_BASE_URL", "https://hoi.example.vn")


@pytest.fixture(autouse=True)
def whole(folder: Path) -> None:
    """The limits of the platforms, which the small course does not have."""
    if not (folder / "data" / "channels.yaml").exists():
        shutil.copy(ROOT / "data" / "channels.yaml", folder / "data")


def found(about: str) -> list[tuple[str, str, str]]:
    """What it says about one thing: state, words, the next command."""
    read = json.loads(bot("doctor", "--json").stdout)
    return [(one["state"], one["text"], one["then"]) for one in read if one["about"] == about]


def an_account(connection: Connection, channel: str = "zalo_bot", *, minutes: int = 0) -> None:
    row = {"channel": channel, "account": "1001", "name": "Bot", "groups": False}
    heard = now() - timedelta(minutes=minutes)
    more = {"updates": "polling", "at": now(), "heard_at": heard}
    connection.execute(insert(account), row | more)


def test_what_is_bad_comes_with_the_next_command_and_code_1() -> None:
    done = bot("doctor")
    assert done.exit_code == 1
    assert "HỎNG    Máy không chạy ở http://127.0.0.1:1.\n        → bot serve\n" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("chỗ cần sửa.")


def test_a_trial_run_without_platforms_is_no_fault() -> None:
    states = {state for state, _, _ in found("configuration")}
    assert states == {"note", "good"}


def test_a_token_without_an_operator_is_one(telegram: Telegram) -> None:
    texts = [text for state, text, _ in found("configuration") if state == "bad"]
    assert len(texts) == 2
    assert "operator_name" in texts[0]


@pytest.mark.usefixtures("public")
def test_tokens_that_are_taken(telegram: Telegram, zalo: ZaloBot) -> None:
    assert [text for _, text, _ in found("token")] == [
        "zalo_bot: mã token được nhận, tên là bot.BinhDan.",
        "telegram: mã token được nhận, tên là binhdan_bot.",
    ]
    assert [state for state, _, _ in found("updates")] == ["good", "good"]
    assert {text for _, text, _ in found("clock")} == {
        "Đồng hồ khớp với zalo_bot.",
        "Đồng hồ khớp với telegram.",
    }


@pytest.mark.usefixtures("public")
def test_a_token_that_is_refused(telegram: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    telegram.faults.add(Fault("unauthorized"))
    [(state, text, then)] = found("token")
    assert (state, text) == ("bad", "telegram: mã token không được nhận (401).")
    assert "A token leaked" in then
    monkeypatch.setenv("BOT_TELEGRAM_API", "http://127.0.0.1:1")
    assert [state for state, _, _ in found("token")] == ["bad"]


@pytest.mark.usefixtures("public")
def test_a_webhook_left_over_is_named(telegram: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_WEBHOOK_SECRET", "khong-ai-doan-duoc")
    said("webhook", "set", "telegram")
    [(state, text, then)] = found("updates")
    assert (state, then) == ("bad", "bot webhook delete telegram")
    assert "https://hoi.example.vn/hook/telegram" in text
    monkeypatch.setenv("BOT_TELEGRAM_UPDATES", "webhook")
    assert [state for state, _, _ in found("updates")] == ["good"]
    said("webhook", "delete", "telegram")
    assert found("updates")[0][2] == "bot webhook set telegram"


@pytest.mark.parametrize(("minutes", "state"), [(1, "good"), (16, "bad")])
def test_when_a_platform_was_last_heard(minutes: int, state: str) -> None:
    stored(lambda c: an_account(c, minutes=minutes))
    assert [one[0] for one in found("heard")] == [state]


def test_how_many_people_and_messages_are_left() -> None:
    def used(connection: Connection) -> None:
        an_account(connection)
        learner_id = neighbour(connection)
        for number in range(49):
            row = {"channel": "zalo_bot", "account": "1001", "sender": f"{number}"}
            connection.execute(insert(identity), row | {"learner": learner_id})
        quota.add(connection, "zalo_bot", "1001", 2_800, now=now())

    stored(used)
    assert found("users") == [("good", "zalo_bot: 49/50 người dùng.", "")]
    [(state, text, _)] = found("month")
    assert (state, text[:44]) == ("note", "zalo_bot: tháng này chỉ còn 200/3000 tin. Mẹ")


def test_what_waits_and_what_is_held() -> None:
    def late(connection: Connection) -> None:
        an_account(connection)
        there = outbox.Address("zalo_bot", "1001", "chat")
        at = now() - timedelta(minutes=9)
        outbox.enqueue(connection, "t1", there, None, [Reply(text="Dạ")], now=at)

    stored(late)
    assert [text for _, text, _ in found("queue")] == ["zalo_bot: có tin chờ gửi 9 phút rồi."]
    said("pause", "sends")
    assert [state for state, _, _ in found("queue")] == ["note", "good"]


def test_somebody_must_be_told() -> None:
    stored(an_account)
    assert found("alerted") == [("bad", "Khi có sự cố, không ai được báo.", "bot operator add")]
    stored(lambda c: grant(c, "O1", "operator", live(c), ward=""))
    assert [state for state, _, _ in found("alerted")] == ["good"]


@pytest.mark.parametrize(
    ("break_it", "key"),
    [
        (lambda folder: (folder / "var" / "bot.db").unlink(), "còn trống"),
        (lambda folder: (folder / "var" / "bot.db").write_text("no database " * 99), "Không mở"),
    ],
)
def test_a_database_that_is_not_there(
    folder: Path, break_it: Callable[[Path], object], key: str
) -> None:
    break_it(folder)
    [(_, text, _)] = found("database")
    assert key in text


def test_broken_content_is_counted() -> None:
    Path("data/rubric.yaml").write_text("- id: [", "utf-8")
    [(state, _, then)] = found("content")
    assert (state, then) == ("bad", "bot content check")


def test_lessons_that_wait_to_be_checked_are_counted(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "data")
    data = Path(shutil.copytree(SOUND, tmp_path / "data"))
    shutil.copy(ROOT / "data" / "channels.yaml", data)
    assert [state for state, _, _ in found("content")] == ["good"]
    values = data / "values.yaml"
    text = values.read_text("utf-8")
    values.write_text(text.replace("check_by: 2030-01-01", "check_by: 2025-01-01"), "utf-8")

    [_, (state, said_so, _)] = found("content")

    assert (state, said_so[:6]) == ("note", "1 bài ")


def test_it_says_which_engine_understands(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("engine") == [("good", "Máy tự hiểu câu hỏi (nlu_engine: lexical).", "")]

    monkeypatch.setenv("BOT_NLU_ENGINE", "rasa")
    with Replay("status") as server:
        monkeypatch.setenv("BOT_RASA_URL", server.url)
        [(state, text, _)] = found("engine")
        assert (state, ".tar.gz (nlu_engine: rasa)." in text) == ("good", True)

        server.play("status_without_model")
        [(state, text, then)] = found("engine")
    assert (state, "(status_409)" in text) == ("bad", True)
    assert "nlu_engine: lexical" in then
