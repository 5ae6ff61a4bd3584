"""Order by chance, the same for the same seed: the core draws no random numbers of its own."""

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def shuffled(
    things: Iterable[T], seed: int, salt: str, *, name: Callable[[T], str] = str
) -> list[T]:
    """The things in an order that depends on seed, salt and `name` alone; names may not repeat."""
    return sorted(things, key=lambda thing: _draw(f"{seed}:{salt}:{name(thing)}"))


def _draw(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
