"""What goes wrong on the way, told to an emulator beforehand.

    faults.add(Fault("flood", method="sendMessage", chat=5, retry_after=3))    the next such call
    faults.add(Fault("bad_gateway", times=2))                                  the next two calls
    faults.add(Fault("cut_after", method="sendMessage", after=4))              the fifth only
    faults.add(Fault("gateway_timeout", times=None))                           until `clear()`
    faults.chance(0.1, seed=7, kinds=("bad_gateway", "cut_after"))             a tenth of all calls
    held = faults.add(Fault("slow")); held.reached.wait(5); held.release()     held until released

RefusedError before it was accepted, nothing was sent:
    flood             429, with `retry_after` seconds or (None) without any
    internal          500 in the platform's envelope
    bad_gateway       502 with a page of HTML
    gateway_timeout   504 with a page of HTML
    wall              403 with a page of HTML: who blocks the way has not even passed it on
    unauthorized      401 whose body is no JSON
    refused           `ok: false` under HTTP 200 (Zalo)
    cut_before        the connection ends without an answer, nothing was sent
Accepted, the message is in the chat:
    cut_after         the connection ends without an answer; the client can't know
    slow              the answer waits for `release()`
"""

import random
import threading
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "flood",
    "internal",
    "bad_gateway",
    "gateway_timeout",
    "wall",
    "unauthorized",
    "refused",
    "cut_before",
    "cut_after",
    "slow",
]
ACCEPTED: frozenset[Kind] = frozenset({"cut_after", "slow"})
"""The kinds that come after the platform has done what it was asked."""


@dataclass(eq=False, kw_only=True)
class Fault:
    """One thing that goes wrong, for calls of `method` to `chat` (None: any)."""

    kind: Kind = field(kw_only=False)
    method: str | None = None
    chat: str | int | None = None
    times: int | None = 1
    """How often; None means until `Faults.clear`."""
    after: int = 0
    """How many calls that would fit go well first."""
    retry_after: int | None = None
    """Seconds, for a flood."""
    reached: threading.Event = field(default_factory=threading.Event)
    """Set as soon as a call has met this fault."""
    released: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        """Let the answers go that a slow fault holds back, and those to come."""
        self.released.set()

    def meets(self, method: str, chat: str) -> bool:
        """Whether this call goes wrong; counts it."""
        if self.method not in {None, method} or str(self.chat or chat) != chat or self.times == 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        self.reached.set()
        return True


@dataclass(frozen=True)
class _Chance:
    rate: float
    kinds: tuple[Kind, ...]
    method: str | None
    draw: random.Random

    def of(self, method: str) -> Fault | None:
        if self.method not in {None, method} or self.draw.random() >= self.rate:
            return None
        return Fault(self.draw.choice(self.kinds))


class Faults:
    """The faults an emulator has still to make. It takes them under its own lock."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._chances: list[_Chance] = []

    def add(self, fault: Fault) -> Fault:
        """Make this go wrong; given back so that it can be asked and released."""
        self._faults.append(fault)
        return fault

    def chance(
        self, rate: float, *, seed: int, kinds: tuple[Kind, ...], method: str | None = None
    ) -> None:
        """Make a share of all calls go wrong, the same ones for the same seed and calls."""
        if "slow" in kinds:
            raise ValueError("a slow answer by chance could never be released")
        self._chances.append(_Chance(rate, kinds, method, random.Random(seed)))

    def clear(self) -> None:
        """Nothing goes wrong from now on, and what was held back is released."""
        for fault in self._faults:
            fault.release()
        self._faults.clear()
        self._chances.clear()

    def take(self, method: str, chat: str) -> Fault | None:
        """The fault that this call meets."""
        for fault in self._faults:
            if fault.meets(method, chat):
                return fault
        return next((fault for chance in self._chances if (fault := chance.of(method))), None)
