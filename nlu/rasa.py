"""Another model behind the engine's door: a Rasa server, asked over HTTP.

    Client    `rasa run --enable-api`: what it makes of a text, which model it serves
    Rasa      the model: the server's answer, or our own model's while there is none

The server only ever gets what the engine gives a model: masked, folded words. While it is away, or
answers what cannot be read, our own model answers at once and Rasa is tried again every few
seconds; the beginning and the end of such an outage are logged, once each.

Rasa's probabilities are DIET's softmax and not calibrated on unseen phrases as our own are.
"""

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import httpx
import structlog
from pydantic import BaseModel, Field, ValidationError

from nlu.classifier import Reading
from nlu.lexical import Lexical
from nlu.phrases import Label

AGAIN_S = 10.0
"""After a failure Rasa is left alone for so long, so that no message waits for a dead server."""
_CONNECT_S = 0.5
_ANSWER_S = 1.0
"""Rasa needs some 20 ms for a question, and people wait for this."""
_READ = 2_000
"""Characters of a text that Rasa reads (in some 0.15 s): its time grows with their square."""
_MOST_BYTES = 65_536
"""Of an answer: Rasa repeats the text and says the place of each word."""
_IDLE_S = 2.0
"""A connection is kept for so long; the server closes it after 5 s, perhaps as we write."""
_HOWTO = "ask_howto."

Shape = TypeVar("Shape", bound=BaseModel)
_log = structlog.get_logger()


class RasaError(Exception):
    """No usable answer; the message is a reason for the log and holds nobody's words."""


class Ranked(BaseModel):
    """One intent of Rasa's ranking."""

    name: str
    confidence: float = Field(ge=0, le=1 + 1e-6)
    """A softmax in single precision may stand a hair above 1."""


class _Parsed(BaseModel):
    intent_ranking: list[Ranked]


class Status(BaseModel):
    """What the server serves."""

    model_file: str


class Client:
    """Asks one Rasa server; may be used from several threads. Every method raises RasaError."""

    def __init__(self, url: str, *, answer_s: float = _ANSWER_S) -> None:
        """`answer_s`: how long the server may be silent, and how long its answer may take then."""
        self._answer_s = answer_s
        # httpx and httpcore log every request, which would be a line a message.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        # What people wrote goes to this address alone, whatever proxy the environment names.
        self._http = httpx.Client(
            base_url=url,
            timeout=httpx.Timeout(answer_s, connect=_CONNECT_S),
            limits=httpx.Limits(keepalive_expiry=_IDLE_S),
            trust_env=False,
        )

    def parse(self, text: str) -> list[Ranked]:
        """Every reading of the text's beginning that the server gives, ten by default."""
        return self._asked(_Parsed, "POST", "/model/parse", {"text": text[:_READ]}).intent_ranking

    def status(self) -> Status:
        """The model that is served; a server without one refuses."""
        return self._asked(Status, "GET", "/status", None)

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    def _asked(
        self, shape: type[Shape], method: str, path: str, given: dict[str, str] | None
    ) -> Shape:
        try:
            with self._http.stream(method, path, json=given) as answer:
                if answer.status_code != 200:
                    raise RasaError(f"status_{answer.status_code}")
                body = self._body(answer)
        except httpx.TimeoutException:
            raise RasaError("timeout") from None
        except httpx.HTTPError:
            raise RasaError("unreachable") from None
        try:
            return shape.model_validate_json(body)
        except ValidationError:
            raise RasaError("unreadable") from None

    def _body(self, answer: httpx.Response) -> bytes:
        """The whole body; not one that is too long or comes too slowly."""
        until = time.monotonic() + self._answer_s
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > _MOST_BYTES:
                raise RasaError("too_long")
            if time.monotonic() > until:
                raise RasaError("timeout")
        return bytes(body)


class Rasa:
    """The server's readings; our own model's while Rasa has none for us."""

    def __init__(
        self, client: Client, own: Lexical, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._own = own
        self._labels = {intent_of(label): label for label in own.labels}
        self._outage = _Outage(clock)

    def ranked(self, said: Reading) -> list[tuple[Label, float]]:
        """Give the labels for a text, best first; none for one without words."""
        if not said.expanded:
            return []
        if self._outage.rests():
            return self._own.ranked(said)
        try:
            ranked = [self._labelled(answer) for answer in self._client.parse(said.expanded)]
        except RasaError as error:
            self._outage.begins(str(error))
            return self._own.ranked(said)
        self._outage.ends()
        return sorted(ranked, key=lambda reading: -reading[1])

    def _labelled(self, answer: Ranked) -> tuple[Label, float]:
        """Raises RasaError for a label that we do not know: that model learned other phrases."""
        label = self._labels.get(answer.name)
        if label is None:
            raise RasaError("unknown_label")
        return label, min(answer.confidence, 1.0)


class _Outage:
    """Whether Rasa answers, and what is logged of it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._again_at: float | None = None
        """When it is asked again; None while it answers."""

    def rests(self) -> bool:
        """Whether Rasa is not to be asked now; of several who could try again one does."""
        with self._lock:
            if self._again_at is None:
                return False
            if self._clock() < self._again_at:
                return True
            self._again_at = self._clock() + AGAIN_S
            return False

    def begins(self, reason: str) -> None:
        """It did not answer, for the first time or still."""
        with self._lock:
            first = self._again_at is None
            self._again_at = self._clock() + AGAIN_S
        if first:
            _log.warning("rasa.away", reason=reason, answering="lexical")

    def ends(self) -> None:
        """It answered."""
        with self._lock:
            was_away = self._again_at is not None
            self._again_at = None
        if was_away:
            _log.info("rasa.back")


def intent_of(label: Label) -> str:
    """The intent's name in the project that Rasa learns (`bot/rasa/project.py`)."""
    return _HOWTO + label.topic.replace("/", ".") if label.topic else label.intent
