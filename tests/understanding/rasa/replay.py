"""A server that answers as a real Rasa server was recorded to, or as no Rasa server should."""

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from tests.emulators.server import Answer, CutError, Request, Served

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Recorded:
    """One answer of the real server."""

    status: int
    type: str
    body: str

    @staticmethod
    def of(name: str) -> "Recorded":
        """The recording of this name, as `record.py` wrote it."""
        stored = json.loads((HERE / f"{name}.json").read_text("utf-8"))
        return Recorded(stored["status"], stored["type"], stored["body"])


class Replay(Served):
    """Gives one answer to whatever is asked, until it is given another."""

    def __init__(self, name: str) -> None:
        self.asked: list[Request] = []
        self.silent = False
        self.cut = False
        self.released = threading.Event()
        self.recorded = Recorded.of(name)
        super().__init__()

    def play(self, name: str) -> None:
        """Answer with this recording from now on."""
        self.recorded = Recorded.of(name)

    def says(self, body: str, *, status: int = 200) -> None:
        """Answer with this from now on."""
        self.recorded = Recorded(status, "application/json", body)

    def answer(self, request: Request) -> Answer:
        """Remember what was asked, and answer, or say nothing until the test is over."""
        self.asked.append(request)
        if self.silent:
            self.released.wait(10)
        if self.cut or self.silent:
            raise CutError
        recorded = self.recorded
        return Answer(
            status=recorded.status, type=recorded.type, body=recorded.body.encode("utf-8")
        )

    def stop(self) -> None:
        """Also let go of who waits for an answer."""
        self.released.set()
        super().stop()
