"""Journeys from real typing to the right help, on every channel: tests/journeys/*.yaml.

The console plays every wording, each other channel one of them, not all the same.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.content import Content
from nlu.engine import Engine
from tests.channels.chats import CHANNELS, PLATFORMS, opened, staged
from tests.journeys.conftest import DATA
from tests.journeys.journey import Journey, begins, read, wordings

HERE = Path(__file__).parent


def cases() -> Iterator[object]:
    for path in sorted(HERE.glob("*.yaml")):
        written = read(path)
        reason = written.get("not_yet", "")
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        count = wordings(written)
        for channel in written.get("channels", CHANNELS):
            one = CHANNELS.index(channel) % count
            for wording in range(count) if channel == "console" else (one,):
                name = f"{path.stem}-{wording + 1}" if count > 1 else path.stem
                yield pytest.param(path, channel, wording, marks=marks, id=f"{name}-{channel}")


@pytest.mark.parametrize(("path", "channel", "wording"), list(cases()))
async def test_journey(
    path: Path,
    channel: str,
    wording: int,
    tmp_path: Path,
    empty: Path,
    trained: Engine,
    taught: Content,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    written = read(path)
    caplog.set_level(logging.DEBUG)
    async with (
        staged(tmp_path, empty, trained, begins(written)) as stage,
        opened(channel, stage, taught) as chat,
    ):
        await Journey(written, wording, chat, taught, DATA, tmp_path).play()
    printed = "".join([caplog.text, *capfd.readouterr()])
    assert not [secret for secret in written.get("nowhere", ()) if secret in printed]


@pytest.mark.parametrize("channel", PLATFORMS)
async def test_a_journey_is_the_same_where_updates_are_polled(
    channel: str, tmp_path: Path, empty: Path, trained: Engine, taught: Content
) -> None:
    written = read(HERE / "m01_activate_level2.yaml")
    async with (
        staged(tmp_path, empty, trained, begins(written)) as stage,
        opened(channel, stage, taught, polling=True) as chat,
    ):
        await Journey(written, 0, chat, taught, DATA, tmp_path).play()


FALSE = [
    {"says": "xin chào", "silent": False, "replies": 1},
    {"says": "quét mã qr", "shows": ["Chuyển tiền ngay"]},
    {"says": "quét mã qr", "never": ["/Bước \\d/"]},
    {"says": "quét mã qr", "act": "quiz.start"},
    {"says": "quét mã qr", "topic": "vneid/activate_level2"},
    {"says": "quét mã qr", "events": []},
    {"says": "quét mã qr", "choices": 2},
    {"says": "quét mã qr", "lines": 2},
    {"says": "quét mã qr", "forgotten": ["qr"]},
]


@pytest.mark.parametrize("turn", FALSE, ids=lambda turn: next(reversed(turn)))
@pytest.mark.parametrize("channel", CHANNELS)
async def test_what_was_not_met_is_told(
    turn: dict[str, object],
    channel: str,
    tmp_path: Path,
    empty: Path,
    trained: Engine,
    taught: Content,
) -> None:
    written = {"turns": [turn]}
    async with (
        staged(tmp_path, empty, trained, begins(written)) as stage,
        opened(channel, stage, taught) as chat,
    ):
        with pytest.raises(AssertionError, match="turn 1: "):
            await Journey(written, 0, chat, taught, DATA, tmp_path).play()


@pytest.mark.parametrize("channel", CHANNELS)
async def test_words_that_should_be_nowhere_are_found(
    channel: str, tmp_path: Path, empty: Path, trained: Engine, taught: Content
) -> None:
    """The same look for words that are no secret, and so are kept."""
    written = {"nowhere": ["mã qr"], "turns": [{"says": "quét mã qr"}]}
    async with (
        staged(tmp_path, empty, trained, begins(written)) as stage,
        opened(channel, stage, taught) as chat,
    ):
        with pytest.raises(AssertionError) as told:
            await Journey(written, 0, chat, taught, DATA, tmp_path).play()
    assert "«mã qr» stands in a table" in str(told.value)
    assert "«mã qr» stands in a file" in str(told.value)
