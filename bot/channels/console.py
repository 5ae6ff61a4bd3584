"""The console: a channel without a platform. What a reply looks like in a terminal, and its sender.

lines(reply)         a reply as lines
Console              the Sender: whatever is delivered is shown at once
Watched              the same assistant, which also tells what it decided
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from bot.assistant import Assistant
from bot.channels.mark import mark_of
from bot.config import Settings
from bot.delivery.send import Arrived, SendResult
from bot.storage.database import Database
from bot.storage.outbox import Delivery
from bot.turn import Answered, Answering, Call
from flows.content import Content
from flows.replies import Reply
from flows.turn import Outcome, Turn
from nlu.engine import Engine

CHANNEL = "console"
ACCOUNT = "local"

Watch = Callable[[str, Turn, Outcome], None]
"""Told of every turn: the update's key, what went in, what came out."""


def lines(reply: Reply, base_url: str = "") -> list[str]:
    """The text, then one option a line, then the link."""
    shown = reply.text.splitlines()
    if reply.choices is not None:
        style = reply.choices.style
        options = enumerate(reply.choices.options)
        shown += [f"  {mark_of(style, n)}. {option.label}" for n, option in options]
    if reply.link is not None:
        shown.append(f"  {base_url.rstrip('/')}{reply.link}")
    return shown


class Console:
    """Sends by showing: a terminal always takes what it is given."""

    def __init__(self, show: Callable[[Delivery], None]) -> None:
        self._show = show

    async def send(self, chat: str, delivery: Delivery) -> SendResult:  # noqa: ARG002 - in the delivery
        """Show one message."""
        self._show(delivery)
        return Arrived()


class Watched(Assistant):
    """Answers like every Assistant and tells a listener what went into a turn and came out."""

    def __init__(
        self,
        settings: Settings,
        content: Content,
        engine: Engine,
        database: Database,
        clock: Callable[[], datetime],
        watch: Watch,
    ) -> None:
        super().__init__(settings, content, engine, database, clock)
        self._answering = _Telling(settings.operator_name, content, watch)


class _Telling(Answering):
    def __init__(self, operator: str, content: Content, watch: Watch) -> None:
        super().__init__(operator, content)
        self._watch = watch

    def _store(
        self, connection: Connection, call: Call, turn: Turn, outcome: Outcome, *, uncertain: int
    ) -> Answered:
        stored = super()._store(connection, call, turn, outcome, uncertain=uncertain)
        self._watch(call.turn, turn, outcome)
        return stored
