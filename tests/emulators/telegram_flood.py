"""How much a bot may send: counted on the emulator's clock, told as 429 with `retry_after`."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(kw_only=True)
class Flood:
    """About 30 a second in all, one a second in a chat, 20 a minute in a group.

    A chat may get `burst` at once, but never more than that in as many seconds. Every count is a
    sliding window. Edits count, answers to a press do not.
    """

    overall: int = 30
    burst: int = 5
    a_minute_in_group: int = 20
    _sent: defaultdict[tuple[str, int], deque[datetime]] = field(
        default_factory=lambda: defaultdict(deque)
    )

    def wait_s(self, token: str, chat: int, now: datetime, *, in_group: bool) -> int:
        """Count one more and give 0; or count nothing and give the seconds to wait."""
        windows = [(0, self.overall, 1), (chat, self.burst, self.burst)]
        if in_group:
            windows = [(0, self.overall, 1), (chat, self.a_minute_in_group, 60)]
        waits = [
            _wait_s(self._sent[token, key], limit, timedelta(seconds=span), now)
            for key, limit, span in windows
        ]
        if not any(waits):
            for key, _, _ in windows:
                self._sent[token, key].append(now)
        return max(waits)


def _wait_s(sent: deque[datetime], limit: int, span: timedelta, now: datetime) -> int:
    while sent and sent[0] + span <= now:
        sent.popleft()
    if len(sent) < limit:
        return 0
    return math.ceil((sent[-limit] + span - now).total_seconds())
