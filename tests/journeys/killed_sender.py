"""A process of the service that sends what is owed to one platform, and is killed on its way.

Lives in tests only: it wraps one function of the real service in this process.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.channels import capability
from bot.config import Settings
from bot.delivery import deliver
from bot.delivery.deliver import Outlet, deliver_due
from bot.platforms import platforms
from bot.storage.database import Database


def send_until_killed(settings: Settings, url: str, now: datetime, messages: int) -> None:
    """Send one message after the other, killed when so many are out and the last is not noted."""
    deliver._sent = _deadly(deliver._sent, messages)  # pyright: ignore[reportPrivateUsage]
    asyncio.run(_send(settings, url, now))


async def _send(settings: Settings, url: str, now: datetime) -> None:
    capabilities = capability.load(settings.data_dir)
    [platform] = platforms(settings, capabilities, lambda: now, lambda *_, **__: None)
    can = capabilities[platform.channel]
    outlet = Outlet.of(platform.channel, platform.account, platform.sender, can)
    await deliver_due(Database(url), outlet, owner="killed", clock=lambda: now, at_once=1)


def _deadly(send: Callable[..., Any], messages: int) -> Callable[..., Any]:
    sent = 0

    async def wrapped(*args: Any) -> Any:
        nonlocal sent
        result = await send(*args)
        sent += 1
        if sent == messages:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped
