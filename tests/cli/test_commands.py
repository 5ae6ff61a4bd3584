"""What the commands print and write; the service itself is tested by its pages."""

import asyncio
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import cli, docs
from bot.author import ROOT
from bot.config import Settings
from bot.content import load
from bot.storage import withdrawn
from bot.storage.database import Database
from tests.content_check.conftest import COURSE

SLUG = "phone/scan_qr"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small course in a folder of its own, with a database of its own."""
    copied = Path(shutil.copytree(COURSE, tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return copied.relative_to(tmp_path)


def bot(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words), prog_name="bot")


def test_check_counts_what_is_there(data: Path) -> None:
    shutil.rmtree(data / "locales")
    shutil.copytree(ROOT / "data" / "locales", data / "locales", ignore=_translations)
    done = bot("content", "check")
    assert (done.exit_code, done.stdout) == (
        0,
        "Không có lỗi. 2 việc, 1 bài, 4 câu hỏi, 1 mẹo.\n",
    )


def test_check_fails_with_the_faults_on_the_other_stream(data: Path) -> None:
    file = data / "tips" / f"{SLUG}.yaml"
    file.write_text(file.read_text("utf-8").replace("  today: Quét", "  todya: Quét"), "utf-8")
    done = bot("content", "check")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[:2] == [
        f"{file}:1  tips[0].today: thiếu. Viết một việc làm được ngay hôm nay.",
        f"{file}:3  tips[0].todya: không có mục nào tên như vậy. "
        "Xem lại chính tả của tên, hoặc bỏ dòng này.",
    ]


def test_new_writes_three_files_and_never_over_one(data: Path) -> None:
    done = bot("content", "new", "phone/video_call")
    assert done.exit_code == 0
    files = [data / folder / "phone" / "video_call.yaml" for folder in ("howto", "quiz", "tips")]
    assert done.stdout.splitlines()[:3] == [f"Đã tạo {file}." for file in files]
    assert all("Gọi video qua Zalo" in file.read_text("utf-8") for file in files)

    files[0].unlink()
    files[1].write_text("của tôi", "utf-8")
    again = bot("content", "new", "phone/video_call")
    assert again.exit_code == 1
    assert str(files[1]) in again.stderr
    assert not files[0].exists()
    assert files[1].read_text("utf-8") == "của tôi"


def test_what_new_writes_is_checked_until_it_is_filled_in(data: Path) -> None:
    bot("content", "new", "phone/video_call")
    lines = bot("content", "check").stderr.splitlines()
    howto = data / "howto" / "phone" / "video_call.yaml"
    assert lines[0] == f"{howto}:6  for: thiếu. Viết bài này dành cho ai."
    assert all(": thiếu." in line or ".url:" in line for line in lines[:-1])


@pytest.mark.parametrize("slug", ["scan_qr", "Phone/scan", "phone/scan/qr", "../phone/x"])
def test_new_takes_slugs_only(data: Path, slug: str) -> None:
    assert bot("content", "new", slug).exit_code == 1
    assert not list(data.parent.glob("phone"))


def test_preview_shows_every_step_help_and_question_on_a_narrow_screen(data: Path) -> None:
    shown = bot("content", "preview", SLUG).stdout
    screens = [line for line in shown.splitlines() if line.startswith(("╭", "│", "╰"))]
    assert {len(line) for line in screens} == {40}
    for words in (
        "— Máy Android —",
        "— iPhone —",
        "│ Bước 1/2. Bấm hình ô vuông quét mã   │",
        "Kéo thanh",
        "Dạ, còn cách khác. Mở máy ảnh của",
        "Mở Cài đặt,",
        "— Câu hỏi poster (để tập) —",
        "│ B. Không quét                        │",
        "Đúng: B",
        "— Mẹo read_first —",
    ):
        assert words in shown
    assert bot("content", "preview", "phone/video_call").exit_code == 1


async def withdrawn_topics() -> frozenset[str]:
    database = Database(Settings().database)
    try:
        return await database.read(withdrawn.slugs)
    finally:
        await database.close()


def test_withdraw_and_restore_work_while_other_files_have_faults(data: Path) -> None:
    (data / "rubric.yaml").write_text("- id: [", "utf-8")
    assert bot("content", "withdraw", SLUG, "--why", "nút đã đổi").exit_code == 0
    assert asyncio.run(withdrawn_topics()) == {SLUG}
    again = bot("content", "restore", SLUG)
    assert (again.exit_code, again.stdout) == (0, f"Đã cho lại «{SLUG}».\n")
    assert bot("content", "restore", SLUG).exit_code == 1
    assert bot("content", "withdraw", "phone/gone", "--why", "x").exit_code == 1


def test_sources_show_where_each_step_was_read(data: Path) -> None:
    shown = bot("content", "sources", SLUG).stdout
    assert "Bước «open» (chắc): Bấm hình ô vuông" in shown
    assert "Nhà thử: Trang thử. Đọc ngày 20/11/2026. https://example.org/thu" in shown
    assert bot("content", "sources", "phone/video_call").exit_code == 1


def test_stale_lists_what_is_due_with_the_sources_to_reopen(data: Path) -> None:
    assert bot("content", "stale").stdout.startswith("Chưa có gì tới hạn kiểm.")
    howto = data / "howto" / f"{SLUG}.yaml"
    howto.write_text(howto.read_text("utf-8").replace("2026-11-20", "2025-01-01"), "utf-8")
    values = data / "values.yaml"
    values.write_text(values.read_text("utf-8").replace("2030-01-01", "2025-02-01"), "utf-8")

    lines = bot("content", "stale").stdout.splitlines()

    assert lines[0].startswith("hotline: giá trị hết hạn từ 02/02/2025")
    assert lines[2].startswith(f"{SLUG}: ĐÃ THÔI CHỈ, tới hạn từ 02/05/2025")
    assert "https://example.org/thu" in lines[3]
    assert lines[-1].startswith("2 thứ cần kiểm.")


def test_the_generated_pages_say_what_the_code_says() -> None:
    assert docs.stale(cli.app, load(ROOT / "data")) == {}


def test_every_command_and_setting_is_on_its_page() -> None:
    page = docs.commands(cli.app)
    for command in ("serve", "chat", "docs", "content check", "content new", "content preview",
                    "content sources", "content stale", "content withdraw", "content restore",
                    "nlu evaluate", "nlu confusions",
                    "nlu why", "nlu gaps", "nlu report"):  # fmt: skip
        assert f"## `bot {command}`" in page
    assert all(f"`BOT_{name.upper()}`" in docs.settings() for name in Settings.model_fields)


def _translations(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in ("en.yaml", "fr.yaml")]


def test_a_database_out_of_reach_is_told_in_words(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    done = bot("content", "withdraw", SLUG, "--why", "sai")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Không mở được cơ sở dữ liệu.")
