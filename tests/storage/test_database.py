"""One function a transaction: whole or not at all, whoever else writes at the same time."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection, func, select

from bot.storage import key
from bot.storage.database import Database
from bot.storage.tables import update_key
from tests.talk import MORNING


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(update_key)).scalar_one()


def take(connection: Connection, turn: str, *, fails: bool = False) -> str:
    assert key.take(connection, turn, MORNING)
    if fails:
        raise RuntimeError(turn)
    return turn


async def test_a_job_that_raises_is_undone_alone(database: Database) -> None:
    jobs = [partial(take, turn=f"t{number}", fails=number == 2) for number in range(5)]

    done = await asyncio.gather(*map(database.write, jobs), return_exceptions=True)

    assert [one for one in done if isinstance(one, str)] == ["t0", "t1", "t3", "t4"]
    assert isinstance(done[2], RuntimeError)
    assert await database.read(count) == 4
    assert await database.write(partial(take, turn="t2")) == "t2"


async def test_two_processes_write_at_once(database: Database, database_url: str) -> None:
    other = Database(database_url)

    await asyncio.gather(
        *(
            one.write(partial(take, turn=f"{name}{number}"))
            for number in range(10)
            for name, one in (("a", database), ("b", other))
        )
    )

    assert await database.read(count) == 20
    await other.close()


async def test_a_write_that_was_given_up_harms_nobody(database: Database) -> None:
    given_up = asyncio.ensure_future(database.write(partial(take, turn="t1")))
    await asyncio.sleep(0)
    given_up.cancel()

    assert await database.write(partial(take, turn="t2")) == "t2"


@pytest.mark.parametrize("url", ["mysql://localhost/bot", "sqlite://", "sqlite:///:memory:"])
def test_what_cannot_work_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match="database_url: "):
        Database(url)
