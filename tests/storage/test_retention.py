"""What time takes away of help requests, rights, groups and campaigns."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from bot.rights import revoke
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.retention import drop_people, drop_texts
from bot.storage.tables import campaign, chat_group, delivery, lease
from bot.storage.ticket import offered
from flows.replies import Reply
from tests.storage.world import GROUP, NEIGHBOUR, WARD, found, grant, neighbour, request
from tests.talk import MORNING, everything


async def after(database: Database, **length: float) -> dict[str, list[dict[str, Any]]]:
    """All tables, once the job has run so much later."""
    await database.write(partial(drop_texts, now=MORNING + timedelta(**length)))
    return await everything(database)


async def test_a_request_that_was_left_open_is_closed_after_a_week_and_a_day_and_gone_a_month_later(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        asker = neighbour(connection)
        request(connection, "T0", asker, NEIGHBOUR)
        offered(connection, "T0", neighbour(connection, "lan"), at=MORNING)

    await database.write(work)

    assert [row["state"] for row in (await after(database, days=7.9))["help_request"]] == [
        "waiting"
    ]
    assert [row["state"] for row in (await after(database, days=8.1))["help_request"]] == ["closed"]
    gone = await after(database, days=39)
    assert gone["help_request"] == gone["ticket_offer"] == []


async def test_who_holds_a_right_is_no_stranger(database: Database) -> None:
    lan = await database.write(partial(neighbour, name="lan"))
    await database.write(neighbour)
    await database.write(partial(grant, role_id="V1", kind="volunteer", learner_id=lan))
    later = MORNING + timedelta(days=30)

    dropped = await database.write(partial(drop_people, now=later))

    assert dropped == 1
    assert [row["id"] for row in (await everything(database))["learner"]] == [lan]
    await database.write(partial(revoke, kind="volunteer", role_id="V1", now=later))
    assert await database.write(partial(drop_people, now=later)) == 1


async def test_codes_nobody_sent_and_rights_taken_back_are_gone_after_a_month(
    database: Database,
) -> None:
    lan = await database.write(partial(neighbour, name="lan"))
    for role_id, whose in (("unused", None), ("held", lan), ("revoked", lan)):
        await database.write(partial(grant, role_id=role_id, kind="host", learner_id=whose))
    await database.write(partial(revoke, kind="host", role_id="revoked", now=MORNING))

    assert len((await after(database, days=29))["role"]) == 3
    assert [row["id"] for row in (await after(database, days=38))["role"]] == ["held"]


@pytest.mark.parametrize(("days", "kept"), [(29, 1), (31, 0)])
async def test_groups_that_were_left_and_tips_that_were_sent_are_gone_after_a_month(
    database: Database, days: int, kept: int
) -> None:
    def work(connection: Connection) -> None:
        lan = neighbour(connection, "lan")
        found(connection, lan)
        connection.execute(update(chat_group).values(state="left"))
        tip = {"tip": "phone/scan_qr:x", "tip_version": "a", "ward": WARD}
        times = {"due_at": MORNING, "at": MORNING}
        connection.execute(insert(campaign), {"id": "C1", "learner": lan, **tip, **times})
        connection.execute(insert(lease), {"name": "poll", "owner": "x", "until": MORNING})

    await database.write(work)

    rows = await after(database, days=days)

    assert len(rows["chat_group"]) == len(rows["campaign"]) == kept
    assert rows["lease"] == []


@pytest.mark.parametrize(("days", "kept"), [(6.9, 1), (7.1, 0)])
async def test_how_a_tip_fared_can_be_seen_for_a_week(
    database: Database, days: float, kept: int
) -> None:
    queue = partial(outbox.enqueue, turn="c", address=GROUP, learner_id=None, to_group=True)
    await database.write(partial(queue, said=[Reply(text="mẹo")], now=MORNING))
    await database.write(
        lambda connection: connection.execute(update(delivery).values(campaign="C"))
    )

    assert len((await after(database, days=days))["delivery"]) == kept
