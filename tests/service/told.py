"""What whoever started the service was told, what was taken in, how long it rested."""

import asyncio
from typing import Any

from bot.channels.incoming import Incoming


class Told:
    """Everything that was said, and waiting for what comes."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.taken: list[Incoming] = []
        self.rests: list[float] = []
        self._news = asyncio.Event()

    def tell(self, key: str, /, **places: object) -> None:
        self.said.append((key, places))
        self._news.set()

    async def take(self, incoming: Incoming) -> None:
        self.taken.append(incoming)
        self._news.set()

    async def rest(self, seconds: float) -> None:
        """Takes no time."""
        self.rests.append(seconds)
        self._news.set()
        await asyncio.sleep(0)

    def keys(self) -> list[str]:
        return [key for key, _ in self.said]

    def places(self, key: str) -> dict[str, Any]:
        return next(places for said, places in self.said if said == key)

    async def until_said(self, key: str) -> dict[str, Any]:
        while key not in self.keys():
            await self._next()
        return self.places(key)

    async def until_taken(self, count: int = 1) -> None:
        while len(self.taken) < count:
            await self._next()

    async def until_rested(self, count: int) -> None:
        while len(self.rests) < count:
            await self._next()

    async def _next(self) -> None:
        self._news.clear()
        await asyncio.wait_for(self._news.wait(), 30)
