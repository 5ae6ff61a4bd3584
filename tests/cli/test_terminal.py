"""The chat in a terminal answers what is typed and leaves without a trace."""

import io
import sys

import pytest

from bot import terminal
from bot.author import ROOT, Author
from bot.config import Settings
from flows.content import Content
from nlu.engine import Engine


async def typed(
    text: str, content: Content, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    written: list[str] = []
    await terminal.chat(
        Settings(parse_threads=1),
        content,
        engine,
        Author.load(ROOT / "data"),
        write=written.append,
        explain=True,
    )
    return "".join(written)


async def test_what_is_typed_is_answered_with_choices_and_explained(
    content: Content, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await typed("quet ma qr\n:press 2\n:q\nquet ma qr\n", content, engine, monkeypatch)
    assert shown.count("  1. Xong, bước tiếp\n  2. Bị kẹt\n  3. Quay lại\n") == 1
    assert "  2. Vẫn chưa được\n" in shown
    assert "┆ act howto.open(phone/scan_qr) p=" in shown
    assert "┆ act step.stuck() p=1.00\n" in shown


async def test_steering_that_is_no_use_here_lists_what_is(
    content: Content, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await typed(":wait 2h\n:press 1\n", content, engine, monkeypatch)
    assert "Không có lệnh :wait. Các lệnh: :press :photo :voice :sticker.\n" in shown
    assert "(không có lựa chọn đó để bấm)\n" in shown
