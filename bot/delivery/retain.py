"""The job that lets time take away what may not be kept (`bot/storage/retention.py`)."""

from datetime import datetime
from functools import partial

from bot.storage import retention
from bot.storage.database import Database


async def retain(database: Database, *, now: datetime) -> int:
    """Forget what is too old, in short transactions, also in the raw files; how many people."""
    people = 0
    while gone := await database.write(partial(retention.drop_people, now=now)):
        people += gone
    await database.write(partial(retention.drop_texts, now=now))
    await database.scrub()
    return people
