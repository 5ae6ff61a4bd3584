"""Every minute the watch sees what only a person can mend, and when it is mended."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, update

from bot.author import ROOT
from bot.channels import capability
from bot.channels.incoming import Address
from bot.operator import hold, measure, trouble
from bot.operator.watch import Watch
from bot.storage import outbox, quota
from bot.storage.database import Database
from bot.storage.tables import account, delivery, failed_update
from flows.content import Content
from flows.replies import Reply
from tests.talk import MORNING, Clock

HERE = Address("zalo_bot", "1001", "chat-1")


class Steady:
    """Passes as time does, whatever the clock says."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
async def watch(
    database: Database, content: Content, clock: Clock, steady: Steady, tmp_path: Path
) -> Watch:
    await database.write(ours)
    capabilities = capability.load(ROOT / "data")
    return Watch(database, content, capabilities, tmp_path, clock, steady=steady)


def ours(connection: Connection) -> None:
    row = {"channel": "zalo_bot", "account": "1001", "name": "Bot", "groups": False}
    connection.execute(insert(account), row | {"updates": "polling", "at": MORNING})


def queued(connection: Connection, address: Address = HERE, *, emergency: bool = False) -> None:
    turn = f"t-{address.channel}-{emergency}"
    said = [Reply(text="Dạ", emergency=emergency)]
    outbox.enqueue(connection, turn, address, None, said, now=MORNING)


@pytest.fixture
def passes(clock: Clock, steady: Steady) -> Callable[[float], None]:
    def both(minutes: float) -> None:
        clock.pass_(minutes=minutes)
        steady.seconds += minutes * 60

    return both


async def wrong(watch: Watch, database: Database) -> set[str]:
    await watch.look()
    return set(await database.read(trouble.open_names))


async def test_all_is_well(watch: Watch, database: Database) -> None:
    assert await wrong(watch, database) == set()


async def test_a_message_that_waits_for_more_than_five_minutes(
    watch: Watch, database: Database, passes: Callable[[float], None]
) -> None:
    await database.write(queued)
    passes(5)
    assert await wrong(watch, database) == set()
    passes(1)
    assert await wrong(watch, database) == {"queue:zalo_bot"}
    await database.write(lambda c: c.execute(update(delivery).values(state="sent")).rowcount)
    assert await wrong(watch, database) == set()


async def test_a_message_that_a_platform_that_is_down_lets_wait(
    watch: Watch, database: Database, clock: Clock, passes: Callable[[float], None]
) -> None:
    await database.write(queued)
    passes(6)
    tried = update(delivery).values(attempts=5, again_at=clock() + timedelta(minutes=4))
    await database.write(lambda c: c.execute(tried).rowcount)
    assert await wrong(watch, database) == {"queue:zalo_bot"}


async def test_what_may_not_be_sent_now_is_not_late(
    watch: Watch, database: Database, passes: Callable[[float], None]
) -> None:
    """A page that is closed, a tip for tomorrow, an account that must wait, the operator's hold."""
    passes(10)
    await database.write(partial(queued, address=Address("web", "web", "visitor")))
    assert await wrong(watch, database) == set()

    await database.write(queued)
    later = update(delivery).values(again_at=MORNING + timedelta(hours=1))
    await database.write(lambda c: c.execute(later).rowcount)
    assert await wrong(watch, database) == set()

    await database.write(lambda c: c.execute(update(delivery).values(again_at=None)).rowcount)
    until = MORNING + timedelta(hours=1)
    waits = partial(outbox.hold_account, channel="zalo_bot", account="1001")
    await database.write(lambda c: waits(c, until=until))
    assert await wrong(watch, database) == set()

    passes(60)
    assert await wrong(watch, database) == {"queue:zalo_bot"}
    await database.write(partial(hold.put, now=MORNING))
    assert await wrong(watch, database) == set()
    await database.write(partial(queued, emergency=True))
    assert await wrong(watch, database) == {"queue:zalo_bot"}


@pytest.mark.parametrize(
    ("used", "names"),
    [
        (2_099, set[str]()),
        (2_100, {"quota70:zalo_bot"}),
        (2_699, {"quota70:zalo_bot"}),
        (2_700, {"quota70:zalo_bot", "quota90:zalo_bot"}),
    ],
)
async def test_a_months_messages_run_out(
    watch: Watch, database: Database, clock: Clock, used: int, names: set[str]
) -> None:
    count = partial(quota.add, channel="zalo_bot", account="1001", messages=used)
    await database.write(partial(count, now=clock()))
    assert await wrong(watch, database) == names


async def test_a_new_month_begins_again(
    watch: Watch, database: Database, passes: Callable[[float], None]
) -> None:
    count = partial(quota.add, channel="zalo_bot", account="1001", messages=3_000)
    await database.write(partial(count, now=MORNING))
    assert await wrong(watch, database) == {"quota70:zalo_bot", "quota90:zalo_bot"}
    passes(7 * 24 * 60)
    assert await wrong(watch, database) == set()


async def test_a_clock_that_jumps(
    watch: Watch, database: Database, clock: Clock, passes: Callable[[float], None]
) -> None:
    passes(1)
    clock.pass_(seconds=59)
    assert await wrong(watch, database) == set()
    clock.pass_(seconds=-61)
    assert await wrong(watch, database) == {"clock"}
    passes(1)
    assert await wrong(watch, database) == set()


async def test_an_update_that_was_set_aside(
    watch: Watch, database: Database, passes: Callable[[float], None]
) -> None:
    def failed(connection: Connection, failures: int) -> None:
        connection.execute(delete(failed_update))
        row = {"turn": "t1", "failures": failures, "at": MORNING}
        connection.execute(insert(failed_update), row)

    await database.write(partial(failed, failures=2))
    assert await wrong(watch, database) == set()
    await database.write(partial(failed, failures=3))
    assert await wrong(watch, database) == {"poison"}
    passes(61)
    assert await wrong(watch, database) == set()


@pytest.mark.parametrize(
    ("free", "total", "full"),
    [
        (999_999_999, 10**10, True),
        (10**9, 10**10, False),
        (4 * 10**9, 10**11, True),
        (5 * 10**9, 10**11, False),
    ],
)
def test_a_disk_is_full_below_a_gigabyte_or_a_twentieth(free: int, total: int, full: bool) -> None:
    assert measure.Disk(free, free / total).full is full


async def test_a_refused_token_is_over_when_the_platform_listens_again(
    watch: Watch, database: Database, passes: Callable[[float], None]
) -> None:
    await database.write(partial(trouble.note, name="token:zalo_bot", now=MORNING))
    assert await wrong(watch, database) == {"token:zalo_bot"}
    passes(1)
    heard = update(account).values(heard_at=MORNING + timedelta(minutes=1))
    await database.write(lambda c: c.execute(heard).rowcount)
    assert await wrong(watch, database) == set()


def test_every_fault_has_its_words(content: Content) -> None:
    kinds: Mapping[str, str] = {
        "token": ":telegram",
        "poll": ":telegram",
        "quota": ":zalo_bot",
        "quota70": ":zalo_bot",
    }
    for kind in (
        "token",
        "poll",
        "quota",
        "quota70",
        "quota90",
        "queue",
        "disk",
        "clock",
        "poison",
    ):
        for ending in ("", ":over"):
            assert trouble.words(content, "vi", f"{kind}{kinds.get(kind, '')}{ending}")
