"""What operators read: one line an event, with ids only.

No line ever holds what a person wrote, a name or a platform's id of a person. The message of an
exception may quote any of these, so a fault is logged by its kind and the places in the code.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

_ROOT = Path(__file__).parent.parent
_PLACES = 4
"""So many of the innermost places in our code tell where a fault arose."""


def configure(level: str) -> None:
    """Log to standard error, from this level on."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            _line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def fault(error: BaseException) -> dict[str, str]:
    """What may be logged of an exception: its kind and where it arose, never its message."""
    ours = [
        f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_ROOT) and ".venv" not in frame.filename
    ]
    return {"error": type(error).__name__, "places": ",".join(ours[-_PLACES:])}


def _line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    head = f"{event.pop('timestamp')} {event.pop('level')} {event.pop('event')}"
    return " ".join([head, *(f"{key}={value}" for key, value in event.items())])
