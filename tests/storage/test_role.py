"""Rights: claimed once, seen with the next turn, gone as soon as they are taken back."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from bot.channels.incoming import Address
from bot.rights import revoke
from bot.storage import place, role
from bot.storage.apply import apply_all
from bot.storage.database import Database
from bot.storage.record import RightMissingError
from flows.events import DutyChanged, RoleClaimed
from flows.snapshots import Standing
from tests.storage.world import CODE, WARD, grant, neighbour
from tests.talk import MORNING

WHERE = Address("console", "console", "chat-a")


async def standing(database: Database, learner_id: str, name: str) -> Standing:
    where = Address("console", "console", f"chat-{name}")
    load = partial(place.load, learner_id=learner_id, address=where)
    return (await database.read(load)).standing


async def claim(database: Database, learner_id: str, *, turn: str = "t1") -> None:
    claimed = partial(apply_all, turn=turn, learner_id=learner_id, address=WHERE, at=MORNING)
    await database.write(partial(claimed, events=[RoleClaimed(role="R")]))


async def test_a_code_is_known_by_its_hash_alone(database: Database) -> None:
    await database.write(partial(grant, role_id="R", kind="host", learner_id=None, code=CODE))

    async def seen(code: str, **later: float) -> str | None:
        look = partial(role.invitation, code=code, now=MORNING + timedelta(**later))
        found = await database.read(look)
        return found and found.state

    assert await seen(CODE) == "good"
    assert await seen("0000000000") is None
    assert await seen(CODE, days=7) == "expired"
    await claim(database, await database.write(neighbour))
    assert await seen(CODE) == "used"
    assert await database.write(partial(revoke, kind="host", role_id="R", now=MORNING))
    assert await seen(CODE) == "revoked"


async def test_of_two_who_send_a_code_at_once_one_has_the_right(database: Database) -> None:
    await database.write(partial(grant, role_id="R", kind="host", learner_id=None))
    both = [await database.write(partial(neighbour, name=name)) for name in ("a", "b")]

    claims = (claim(database, one, turn=f"t-{one}") for one in both)
    results = await asyncio.gather(*claims, return_exceptions=True)

    assert sorted(type(one) for one in results if one is not None) == [RightMissingError]
    held = [bool((await standing(database, one, "a")).roles) for one in both]
    assert sorted(held) == [False, True]


async def test_a_right_that_is_taken_back_is_not_in_the_next_turn(database: Database) -> None:
    learner_id = await database.write(neighbour)
    await database.write(partial(grant, role_id="R", kind="host", learner_id=learner_id))
    before = await standing(database, learner_id, "neighbour")

    await database.write(partial(revoke, kind="host", role_id="R", now=MORNING))

    assert before.role("host", WARD)
    assert (await standing(database, learner_id, "neighbour")).roles == ()


@pytest.mark.parametrize("on", [True, False])
async def test_duty_holds_for_all_her_wards_and_for_nobody_else(
    database: Database, on: bool
) -> None:
    hers = await database.write(partial(neighbour, name="a"))
    other = await database.write(partial(neighbour, name="b"))
    for number, (whose, ward) in enumerate([(hers, "1"), (hers, "2"), (other, "1")]):
        given = partial(grant, role_id=f"R{number}", kind="volunteer", on_duty=not on)
        await database.write(partial(given, learner_id=whose, ward=ward))

    change = partial(apply_all, turn="t", learner_id=hers, events=[DutyChanged(on=on)])
    await database.write(partial(change, address=WHERE, at=MORNING))

    assert [one.on_duty for one in (await standing(database, hers, "a")).roles] == [on, on]
    assert [one.on_duty for one in (await standing(database, other, "b")).roles] == [not on]
