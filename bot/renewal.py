"""Takes up lessons that were changed on disk, while the service runs.

A file with a fault keeps its lesson away and nothing else; where everything rests on the file, the
content of before stays. What was understood and learned from `data/nlu` changes at the next start.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.content import load
from bot.fault import ContentFaults
from flows.content import Content

_log = structlog.get_logger()
_NOT_LESSONS = frozenset({"nlu", "template"})

Signature = frozenset[tuple[str, int, int]]
"""Every file with its time and its size."""


class Renewal:
    """Looks for changed files, and hands what they hold to who uses it."""

    def __init__(self, data: Path, use: Callable[[Content], None]) -> None:
        self._data = data
        self._use = use
        self._seen = signature(data)

    async def look(self) -> None:
        """Read everything anew when a file was changed, added or removed."""
        found = await asyncio.to_thread(signature, self._data)
        if found == self._seen:
            return
        self._seen = found
        try:
            content = await asyncio.to_thread(load, self._data)
        except ContentFaults as faults:
            _log.error("content.kept", faults=len(faults.faults))
            return
        self._use(content)
        _log.info("content.renewed", topics=len(content.topics), howtos=len(content.howtos))


def signature(data: Path) -> Signature:
    """What changes when any lesson does."""
    files = (
        file
        for file in data.rglob("*.*")
        if file.is_file() and file.relative_to(data).parts[0] not in _NOT_LESSONS
    )
    return frozenset(
        (file.relative_to(data).as_posix(), stat.st_mtime_ns, stat.st_size)
        for file in files
        for stat in (file.stat(),)
    )
