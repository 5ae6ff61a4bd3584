"""An account with its outbox, and a platform that answers as it is told."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from bot.channels.capability import Rates
from bot.channels.incoming import Address
from bot.delivery.deliver import Outlet, deliver_due
from bot.delivery.send import Arrived, SendResult
from bot.delivery.tidy import tidy
from bot.storage import document, outbox
from bot.storage.claim import Batch, Terms, claim
from bot.storage.database import Database
from bot.storage.outbox import Delivery
from bot.storage.tables import delivery
from flows.replies import Reply
from tests.talk import Clock

ONE = Address("zalo", "q3", "one")
TWO = Address("zalo", "q3", "two")
CARD = Reply(text="card", emergency=True)


class Platform:
    """Takes what is sent; answers as told for a text, else that it arrived."""

    def __init__(self, *, together: bool = False, **answers: SendResult | Exception) -> None:
        self.together = together
        self.got: list[tuple[str, str]] = []
        self.answers = answers

    async def send(self, chat: str, batch: Sequence[Delivery]) -> SendResult:
        await asyncio.sleep(0)
        text = "+".join(one.reply.text for one in batch)
        self.got.append((chat, text))
        answer = self.answers.get(text, Arrived())
        if isinstance(answer, Exception):
            raise answer
        return answer

    def texts(self, chat: str = "one") -> list[str]:
        return [text for to, text in self.got if to == chat]


class Post:
    """The outbox of one account."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.rates = Rates()
        self.messages_a_month: int | None = None
        self.quota_over: Mapping[str, Reply] = {}
        self.turns = 0

    async def queue(self, *said: str | Reply, to: Address = ONE, **how: Any) -> None:
        self.turns += 1
        replies = [Reply(text=one) if isinstance(one, str) else one for one in said]
        how = {"learner_id": None, "now": self.clock(), **how}
        enqueue = partial(outbox.enqueue, turn=f"t{self.turns}", address=to, said=replies)
        await self.database.write(partial(enqueue, **how))

    def terms(self, *, together: bool = False) -> Terms:
        return Terms(
            channel="zalo",
            account="q3",
            rates=self.rates,
            messages_a_month=self.messages_a_month,
            together=together,
        )

    async def deliver(self, platform: Platform, owner: str = "me", at_once: int = 8) -> int:
        outlet = Outlet(self.terms(together=platform.together), platform, self.quota_over)
        await tidy(self.database, outlet, now=self.clock())
        return await deliver_due(
            self.database, outlet, owner=owner, clock=self.clock, at_once=at_once
        )

    async def claim(self, owner: str = "dead", limit: int = 10) -> list[Batch]:
        take = partial(claim, terms=self.terms(), owner=owner, limit=limit)
        return await self.database.write(partial(take, now=self.clock()))

    async def rows(self) -> list[dict[str, Any]]:
        rows = await self.database.read(
            lambda connection: (
                connection.execute(select(delivery).order_by(delivery.c.id)).mappings().all()
            )
        )
        return [{**row, "text": text_of(row["reply"])} for row in rows]

    async def states(self) -> dict[str, str]:
        return {row["text"]: row["state"] for row in await self.rows()}

    async def set(self, text: str, **values: datetime) -> None:
        """Change a row behind the back of everybody."""
        [row] = [row for row in await self.rows() if row["text"] == text]
        change = delivery.update().where(delivery.c.id == row["id"]).values(**values)
        await self.database.write(lambda connection: connection.execute(change))


def text_of(stored: str) -> str:
    return document.replies.validate_json(stored).text
