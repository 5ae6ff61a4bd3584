"""The console: a channel without a platform. What a reply looks like in a terminal, and its sender.

lines(reply)         a reply as lines
Console              the Sender: whatever is delivered is shown at once
"""

from collections.abc import Callable, Sequence

from bot.channels.mark import mark_of
from bot.delivery.send import Arrived, SendResult
from bot.storage.outbox import Delivery
from flows.replies import Reply

CHANNEL = "console"
ACCOUNT = "local"


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

    together = False

    def __init__(self, show: Callable[[Delivery], None]) -> None:
        self._show = show

    async def send(self, chat: str, batch: Sequence[Delivery]) -> SendResult:  # noqa: ARG002
        """Show one message."""
        for delivery in batch:
            self._show(delivery)
        return Arrived()
