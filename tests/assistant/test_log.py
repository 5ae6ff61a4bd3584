"""What operators read: one line an event, never a person's words."""

import pytest
import structlog

from bot import log


def test_a_fault_is_logged_by_kind_and_place_without_its_message() -> None:
    try:
        log.fault(None)  # pyright: ignore[reportArgumentType]
    except AttributeError as error:
        told = log.fault(error)

    assert told["error"] == "AttributeError"
    assert "bot/log.py:" in told["places"]
    assert "NoneType" not in repr(told)


def test_a_line_is_the_event_and_its_ids(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("INFO")

    structlog.get_logger().info("turn.answered", turn="t1", p=0.93)
    structlog.get_logger().debug("turn.detail", turn="t1")

    line = capsys.readouterr().err.strip()
    structlog.reset_defaults()
    assert line.split(" ", 1)[1] == "info turn.answered turn=t1 p=0.93"
