"""Letting time pass in a chat, stopping wherever something falls due."""

from datetime import datetime, timedelta

from bot.delivery.retain import retain
from bot.script import next_stop
from tests.channels.chats import Chat
from tests.channels.shown import Heard


async def pass_(chat: Chat, length: timedelta) -> list[tuple[datetime, Heard]]:
    """What is heard meanwhile, with its moment, as the running service would say it."""
    clock, database = chat.stage.clock, chat.stage.database
    until = clock.time + length
    heard: list[tuple[datetime, Heard]] = []
    while clock.time < until:
        clock.time = min(await next_stop(database, clock.time), until)
        heard += [(clock.time, one) for one in await chat.due()]
    if length >= timedelta(minutes=1):
        await retain(database, now=clock.time)
    return heard
