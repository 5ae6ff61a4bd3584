"""Help requests: one volunteer takes one; what is given back waits for the others."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection

from bot.channels.incoming import Address
from bot.storage import place, ticket
from bot.storage.apply import apply_all
from bot.storage.database import Database
from bot.storage.record import EventRecord, RightMissingError
from flows.events import Event, TicketAnswered, TicketClosed, TicketGivenBack, TicketTaken
from flows.snapshots import Standing
from tests.storage.world import NEIGHBOUR, WARD, grant, neighbour, request
from tests.talk import MORNING, everything

LAN = Address("console", "console", "chat-lan")
MAI = Address("console", "console", "chat-mai")


async def happens(database: Database, learner_id: str, *events: Event, turn: str = "t") -> None:
    write = partial(apply_all, turn=f"{turn}-{learner_id}", learner_id=learner_id, address=LAN)
    await database.write(partial(write, events=events, at=MORNING))


async def standing(database: Database, learner_id: str, address: Address) -> Standing:
    load = partial(place.load, learner_id=learner_id, address=address)
    return (await database.read(load)).standing


@pytest.fixture
async def people(database: Database) -> tuple[str, str, str]:
    """Who asks (T0, in her chat), and two volunteers of the ward."""

    def work(connection: Connection) -> tuple[str, str, str]:
        asker, lan, mai = (neighbour(connection, name) for name in ("neighbour", "lan", "mai"))
        request(connection, "T0", asker, NEIGHBOUR)
        grant(connection, "V1", "volunteer", lan, on_duty=True)
        grant(connection, "V2", "volunteer", mai, on_duty=True)
        return asker, lan, mai

    return await database.write(work)


async def test_of_two_who_take_it_at_once_one_has_it(
    database: Database, people: tuple[str, str, str]
) -> None:
    _, lan, mai = people

    taking = (happens(database, one, TicketTaken(ticket="T0")) for one in (lan, mai))
    results = await asyncio.gather(*taking, return_exceptions=True)

    assert [type(one) for one in results if one is not None] == [RightMissingError]
    [row] = (await everything(database))["help_request"]
    assert row["state"] == "taken"
    assert row["helper"] in (lan, mai)


async def test_two_turns_that_see_it_at_once_wait_for_each_other(
    database: Database, people: tuple[str, str, str]
) -> None:
    _, lan, mai = people

    def turn(connection: Connection, learner_id: str) -> bool:
        """As a flow decides it: take what is seen to wait."""
        waits = [one for one in ticket.of_wards(connection, learner_id) if one.state == "waiting"]
        for one in waits:
            ticket.take(connection, EventRecord("", learner_id, LAN, MORNING), one.id)
        return bool(waits)

    taken = await asyncio.gather(
        *(database.write(partial(turn, learner_id=one)) for one in (lan, mai))
    )

    assert sorted(taken) == [False, True]


async def test_it_stands_with_who_asks_and_with_who_answers(
    database: Database, people: tuple[str, str, str]
) -> None:
    asker, lan, mai = people
    await happens(database, lan, TicketTaken(ticket="T0"))

    asks = (await standing(database, asker, NEIGHBOUR)).asks
    answers = (await standing(database, lan, LAN)).answers

    assert asks == answers
    assert asks is not None
    assert (asks.number, asks.state, asks.helper) == (1, "taken", "Chị Lan V1")
    assert (await standing(database, asker, LAN)).asks is None, "asked in another chat"
    assert (await standing(database, mai, MAI)).answers is None


async def test_who_has_no_right_in_the_ward_takes_nothing(
    database: Database, people: tuple[str, str, str]
) -> None:
    stranger = await database.write(partial(neighbour, name="stranger"))
    away = partial(grant, role_id="V3", kind="volunteer", learner_id=stranger, ward="99")
    await database.write(away)

    with pytest.raises(RightMissingError):
        await happens(database, stranger, TicketTaken(ticket="T0"))


async def test_given_back_it_waits_for_another(
    database: Database, people: tuple[str, str, str]
) -> None:
    asker, lan, mai = people
    await happens(database, lan, TicketTaken(ticket="T0"))

    await happens(database, lan, TicketGivenBack(ticket="T0"), turn="t2")
    await happens(database, mai, TicketTaken(ticket="T0"))

    asks = (await standing(database, asker, NEIGHBOUR)).asks
    assert asks is not None
    assert asks.helper == "Chị Lan V2"


async def test_only_who_asked_or_answers_closes_it(
    database: Database, people: tuple[str, str, str]
) -> None:
    asker, lan, mai = people
    await happens(database, lan, TicketTaken(ticket="T0"))

    await happens(
        database, mai, TicketClosed(ticket="T0", by="helper"), TicketAnswered(ticket="T0")
    )
    still = (await standing(database, asker, NEIGHBOUR)).asks
    await happens(database, lan, TicketClosed(ticket="T0", by="helper"), turn="t2")

    assert still is not None
    assert await standing(database, asker, NEIGHBOUR) == Standing()
    assert (await standing(database, lan, LAN)).answers is None


async def test_numbers_are_the_smallest_that_are_free(
    database: Database, people: tuple[str, str, str]
) -> None:
    asker, *_ = people
    for name in ("T1", "T2"):
        await database.write(partial(request, ticket=name, learner_id=asker, address=NEIGHBOUR))
    await happens(database, asker, TicketClosed(ticket="T1", by="asker"))

    await database.write(partial(request, ticket="T3", learner_id=asker, address=NEIGHBOUR))

    rows = (await everything(database))["help_request"]
    numbers = {row["ticket"]: row["number"] for row in rows if row["state"] != "closed"}
    assert numbers == {"T0": 1, "T3": 2, "T2": 3}
    assert {row["ward"] for row in rows} == {WARD}


async def test_requests_at_once_get_different_numbers(
    database: Database, people: tuple[str, str, str]
) -> None:
    asker, *_ = people

    asking = (
        database.write(partial(request, ticket=f"N{n}", learner_id=asker, address=NEIGHBOUR))
        for n in range(5)
    )
    await asyncio.gather(*asking)

    rows = (await everything(database))["help_request"]
    assert sorted(row["number"] for row in rows) == [1, 2, 3, 4, 5, 6]
