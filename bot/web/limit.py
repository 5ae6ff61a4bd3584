"""A limit on tries, kept in the memory of this process: N processes allow N times as many."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

_MOST_KEYS = 10_000
"""Keys that are remembered; the one used longest ago goes first."""


class Limit:
    """At most so many tries a key in a span of time."""

    def __init__(self, most: int, span: timedelta) -> None:
        self._most = most
        self._span = span
        self._tries: OrderedDict[str, deque[datetime]] = OrderedDict()

    def allows(self, key: str, now: datetime) -> bool:
        """Count one try; False when there were too many. A refused try counts too."""
        tries = self._tries.setdefault(key, deque(maxlen=self._most + 1))
        self._tries.move_to_end(key)
        if len(self._tries) > _MOST_KEYS:
            self._tries.popitem(last=False)
        tries.append(now)
        while tries[0] <= now - self._span:
            tries.popleft()
        return len(tries) <= self._most
