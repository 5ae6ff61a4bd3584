"""A code gives its right once, to one person, for a week; what is stored of it is a hash."""

import re
from functools import partial

import pytest

from bot import rights
from bot.code import fresh_code, shown
from bot.rights import Granted
from bot.storage.database import Database
from flows.snapshots import RoleKind
from tests.storage.world import WARD
from tests.talk import MORNING, Clock, Talk, everything

KINDS: tuple[RoleKind, ...] = ("host", "volunteer", "operator")


async def granted(database: Database, kind: RoleKind, clock: Clock) -> Granted:
    [one] = await database.read(partial(rights.granted, kind=kind, now=clock()))
    return one


async def give(database: Database, kind: RoleKind, code: str) -> Granted:
    ward = "" if kind == "operator" else WARD
    grant = partial(rights.grant, ward=ward, name="Chị Lan", code=code, now=MORNING)
    return await database.write(lambda connection: grant(connection, kind))


def test_a_code_is_two_groups_that_are_neither_a_number_nor_a_word() -> None:
    for _ in range(2_000):
        code = fresh_code()
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{10}", code)
        assert not code[:5].isdigit()
        assert not code[5:].isdigit()
        assert not code[:5].isalpha()
        assert not code[5:].isalpha()


@pytest.mark.parametrize("kind", KINDS)
async def test_who_sends_the_code_has_the_right_and_nobody_after_her(
    kind: RoleKind, database: Database, talk: Talk, clock: Clock
) -> None:
    code = fresh_code()
    await give(database, kind, code)
    assert (await granted(database, kind, clock)).state == "waiting"
    assert code not in repr(await everything(database))

    await talk.says(shown(kind, code).lower().replace("-", " "))
    assert (await granted(database, kind, clock)).state == "held"
    [first] = [row["learner"] for row in (await everything(database))["role"]]

    other = Talk(talk.assistant, database, clock, name="ong-ba")
    await other.says(shown(kind, code))
    assert [row["learner"] for row in (await everything(database))["role"]] == [first]


async def test_a_code_is_good_for_a_week(database: Database, talk: Talk, clock: Clock) -> None:
    code = fresh_code()
    await give(database, "host", code)
    clock.time = MORNING + rights.VALID
    await talk.says(shown("host", code))
    assert (await granted(database, "host", clock)).state == "expired"


async def test_a_code_that_was_taken_back_gives_nothing(
    database: Database, talk: Talk, clock: Clock
) -> None:
    code = fresh_code()
    given = await give(database, "host", code)
    revoke = partial(rights.revoke, role_id=given.id, now=clock())
    assert not await database.write(lambda c: revoke(c, "volunteer"))
    assert await database.write(lambda c: revoke(c, "host"))
    await talk.says(shown("host", code))
    clock.pass_(minutes=1)
    one = await granted(database, "host", clock)
    assert (one.state, one.at) == ("revoked", MORNING)
