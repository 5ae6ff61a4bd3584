"""Messages to other chats: where each goes, and with whom it is deleted."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.channels.incoming import Address
from bot.storage import outgoing
from bot.storage.database import Database
from bot.storage.forget import forget
from bot.storage.record import EventRecord
from bot.storage.ticket import take
from flows.replies import Reply
from flows.turn import Outgoing, ToAsker, ToGroup, ToHelper, ToLearner
from tests.storage.world import GROUP, NEIGHBOUR, found, grant, neighbour, request
from tests.talk import MORNING, everything

LAN = Address("console", "console", "chat-lan")
People = tuple[str, str]


@pytest.fixture
async def people(database: Database) -> People:
    """Who asks and the volunteer who has taken it; in their ward a group."""

    def work(connection: Connection) -> People:
        asker, lan = neighbour(connection), neighbour(connection, "lan")
        request(connection, "T0", asker, NEIGHBOUR)
        grant(connection, "V1", "volunteer", lan)
        take(connection, EventRecord("", lan, LAN, MORNING), "T0")
        found(connection, lan)
        return asker, lan

    return await database.write(work)


async def sent(database: Database, *to: ToAsker | ToHelper | ToGroup | ToLearner) -> list[Any]:
    messages = [Outgoing(to=one, reply=Reply(text="lời của bà")) for one in to]

    def work(connection: Connection) -> None:
        ways = outgoing.bound(connection, messages, "t")
        outgoing.enqueue(connection, "t", ways, now=MORNING)

    await database.write(work)
    return (await everything(database))["delivery"]


async def test_each_goes_to_its_chat(database: Database, people: People) -> None:
    asker, lan = people

    rows = await sent(
        database,
        ToAsker(ticket="T0"),
        ToHelper(ticket="T0"),
        ToGroup(group="G1"),
        ToLearner(learner=lan),
    )

    assert [(row["chat"], row["kind"], row["to_group"], row["learner"]) for row in rows] == [
        (NEIGHBOUR.chat, "staff", False, asker),
        (LAN.chat, "staff", False, asker),
        (GROUP.chat, "alert", True, None),
        (LAN.chat, "alert", False, lan),
    ]


async def test_what_has_no_chat_is_dropped(database: Database, people: People) -> None:
    nowhere = (ToAsker(ticket="T9"), ToHelper(ticket="T9"), ToGroup(group="G9"))

    assert await sent(database, *nowhere, ToLearner(learner="nobody")) == []


async def test_forgetting_who_asked_deletes_her_words_in_the_volunteers_chat(
    database: Database, people: People
) -> None:
    asker, lan = people
    await sent(database, ToHelper(ticket="T0"), ToAsker(ticket="T0"), ToLearner(learner=lan))

    await database.write(partial(forget, learner_id=asker, at=MORNING))

    rows = await everything(database)
    assert [row["learner"] for row in rows["delivery"]] == [lan]
    assert rows["help_request"] == rows["ticket_offer"] == []


async def test_a_forgotten_volunteer_loses_her_right_and_the_request_waits_again(
    database: Database, people: People
) -> None:
    asker, lan = people

    await database.write(partial(forget, learner_id=lan, at=MORNING))

    rows = await everything(database)
    assert rows["role"] == []
    [waits] = rows["help_request"]
    assert (waits["state"], waits["helper"], waits["helper_name"]) == ("waiting", None, None)
    assert lan not in repr(rows)
    assert waits["learner"] == asker
