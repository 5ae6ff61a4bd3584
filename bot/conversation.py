"""One conversation on this machine: the real assistant on a database that is thrown away.

    async with conversation(settings, content, engine, clock) as talk:
        await talk.hand_in(person, input, update_id)   answered as on any channel
        await talk.tick()                              what is due is made and sent
        talk.taken()                                   what was delivered since, with its turn

`bot chat` speaks to it with the clock on the wall, `bot chat --script` with one it moves itself.
"""

import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from bot import rights
from bot.assistant import MOST_FAULTS, Assistant, Handled, TurnFailedError
from bot.channels.console import ACCOUNT, CHANNEL, Console
from bot.channels.incoming import Incoming, InGroup
from bot.code import fresh_code, shown
from bot.config import Settings
from bot.delivery.deliver import Outlet, deliver_due
from bot.delivery.retain import retain
from bot.storage.database import Database
from bot.storage.outbox import Delivery
from flows.content import Content
from flows.snapshots import RoleKind
from flows.turn import Admitted, Outcome, Pressed, Said, Sent, Turn
from nlu.engine import Engine


@dataclass(frozen=True, slots=True)
class Decided:
    """One turn: what went in, what came out."""

    turn: Turn
    outcome: Outcome


@dataclass
class Conversation:
    """Several people may take part, each in a private chat named like the person, and in groups."""

    database: Database
    clock: Callable[[], datetime]
    assistant: Assistant = field(init=False)
    decided: dict[str, Decided] = field(default_factory=dict[str, Decided])
    """Every turn so far by its key, in the order in which they were answered."""
    _delivered: list[Delivery] = field(default_factory=list[Delivery])

    def note(self, key: str, turn: Turn, outcome: Outcome) -> None:
        """Remember what was decided."""
        self.decided[key] = Decided(turn, outcome)

    async def hand_in(
        self,
        person: str,
        given: Said | Pressed | Sent | Admitted,
        update_id: str,
        at: datetime,
        *,
        group: str | None = None,
    ) -> Handled:
        """Hand in one update as a platform does, again after a fault, and send what it answers.

        In a group it is addressed to the bot. The last fault is answered with a sentence, so this
        raises for none.
        """
        here = InGroup(chat=group, title=group) if group is not None else None
        incoming = Incoming(
            CHANNEL, ACCOUNT, group or person, person, update_id, given, at, group=here
        )
        for _ in range(MOST_FAULTS - 1):
            try:
                handled = await self.assistant.handle(incoming)
                break
            except TurnFailedError:
                continue
        else:
            handled = await self.assistant.handle(incoming)
        await self._send()
        return handled

    async def invite(self, kind: RoleKind, ward: str, name: str) -> str:
        """Give a right as the operator does; the code that is to be sent."""
        code = fresh_code()
        grant = partial(rights.grant, kind=kind, ward=ward, name=name, code=code, now=self.clock())
        await self.database.write(grant)
        return shown(kind, code)

    async def tick(self) -> None:
        """Make turns of what is due, and send them."""
        await self.assistant.fall_due(self.clock())
        await self._send()

    async def forget_old(self) -> None:
        """What the running service does each minute: drop what may be kept no longer."""
        await retain(self.database, now=self.clock())

    def taken(self) -> list[Delivery]:
        """What was delivered since this was last asked."""
        delivered, self._delivered = self._delivered, []
        return delivered

    async def _send(self) -> None:
        console = Outlet.of(CHANNEL, ACCOUNT, Console(self._delivered.append))
        await deliver_due(self.database, console, owner="console", clock=self.clock)


@asynccontextmanager
async def conversation(
    settings: Settings, content: Content, engine: Engine, clock: Callable[[], datetime]
) -> AsyncGenerator[Conversation]:
    """Begin one; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="bot-chat-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'chat.db'}")
        await database.migrate()
        talk = Conversation(database, clock)
        talk.assistant = Assistant(settings, content, engine, database, clock, talk.note)
        try:
            yield talk
        finally:
            talk.assistant.close()
            await database.close()
