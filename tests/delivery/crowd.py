"""A process that sends everything an account owes, and may be killed at any moment.

Lives in tests only. Its clock stands still while something may be sent and then moves on, so that
hours of waiting pass in seconds; it stands in a file, for it must outlive the process.
"""

import asyncio
import os
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bot.channels.capability import Rates
from bot.channels.incoming import Address
from bot.channels.platform import Platform
from bot.channels.telegram.receive import Telegram
from bot.channels.zalo_bot.receive import ZaloBot
from bot.config import Settings
from bot.delivery.deliver import Outlet, deliver_due
from bot.delivery.tidy import tidy
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.tables import delivery
from flows.replies import Reply
from tests.talk import MORNING

TOKENS = {"zalo_bot": "1001:zalo-bi-mat", "telegram": "2001:telegram-token"}
ACCOUNTS = {"zalo_bot": "1001", "telegram": "2001"}
STEP = timedelta(seconds=5)


class FileClock:
    """Stands in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text()) if self.path.exists() else MORNING

    def pass_(self, length: timedelta) -> None:
        new = self.path.with_suffix(".new")
        new.write_text((self() + length).isoformat())
        os.replace(new, self.path)


def queue(
    connection: Connection, channel: str, people: list[str], groups: list[str], total: int
) -> None:
    """Queue so many messages for these chats, in a random but fixed order."""
    chance = random.Random(11)
    for number in range(total):
        group = chance.random() < 0.1
        chat = chance.choice(groups if group else people)
        emergency = not group and chance.random() < 0.03
        outbox.enqueue(
            connection,
            f"turn {number}",
            Address(channel, ACCOUNTS[channel], chat),
            None,
            [Reply(text=f"{'gấp' if emergency else 'tin'} {number}", emergency=emergency)],
            now=MORNING,
            kind="tip" if group else chance.choice(("reply", "reminder")),
            to_group=group,
        )


def send_all(channel: str, api: str, url: str, clock: Path) -> None:
    """Send until nothing is queued or on its way."""
    asyncio.run(_send_all(channel, api, url, FileClock(clock)))
    os._exit(0)  # connections of clients are left to the end of the process


async def _send_all(channel: str, api: str, url: str, clock: FileClock) -> None:
    database = Database(url)
    outlet = Outlet.of(channel, ACCOUNTS[channel], _platform(channel, api, clock).sender)
    owner = str(os.getpid())
    while await database.read(_open):
        await tidy(database, outlet, now=clock())
        await deliver_due(database, outlet, owner=owner, clock=clock)
        clock.pass_(STEP)


def _platform(channel: str, api: str, clock: FileClock) -> Platform:
    given: dict[str, Any] = {f"{channel}_token": TOKENS[channel], f"{channel}_api": api}
    settings = Settings(**given)
    if channel == "zalo_bot":
        return ZaloBot(settings, clock)
    return Telegram(settings, Rates(), clock)


def _open(connection: Connection) -> int:
    waiting = select(func.count()).where(delivery.c.state.in_(("queued", "sending")))
    return connection.execute(waiting).scalar_one()
