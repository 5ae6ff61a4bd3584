"""What volunteers are shown of a person's words goes when she does."""

from functools import partial

import pytest
from sqlalchemy import update

from bot.assistant import Assistant
from bot.storage.database import Database
from bot.storage.forget import forget
from bot.storage.tables import delivery
from tests.assistant.test_falling_due import lan  # noqa: F401 - a fixture
from tests.storage.world import NEIGHBOUR
from tests.talk import MORNING, Clock, Talk, everything

QUESTION = "sao không mở được"
"""What the neighbour asked (`tests/storage/world.py`)."""


async def forgotten(database: Database) -> str:
    """All that is stored once the neighbour was forgotten."""
    rows = await everything(database)
    [asker] = [row["learner"] for row in rows["dialog"] if row["chat"] == NEIGHBOUR.chat]
    await database.write(partial(forget, learner_id=asker, at=MORNING))
    return repr(await everything(database))


@pytest.mark.usefixtures("lan")
@pytest.mark.parametrize("sent", ["queued", "sent"])
async def test_a_request_that_was_offered_and_taken_is_not_kept_in_the_volunteers_chat(
    assistant: Assistant, database: Database, clock: Clock, sent: str
) -> None:
    volunteer = Talk(assistant, database, clock, name="lan")
    await assistant.fall_due(clock())
    taken = await volunteer.says("nhận")
    assert QUESTION in repr(await volunteer.waiting()), "she was offered it"
    assert QUESTION in repr(taken)
    await database.write(lambda connection: connection.execute(update(delivery).values(state=sent)))

    assert QUESTION not in await forgotten(database)


@pytest.mark.usefixtures("lan")
async def test_nor_where_it_was_shown_once_more(
    assistant: Assistant, database: Database, clock: Clock
) -> None:
    volunteer = Talk(assistant, database, clock, name="lan")
    await assistant.fall_due(clock())
    unsure = update(delivery).values(state="uncertain")
    await database.write(lambda connection: connection.execute(unsure))
    shown = await volunteer.says("quet ma qr tra tien lam sao")
    assert QUESTION in repr(shown)

    assert QUESTION not in await forgotten(database)
