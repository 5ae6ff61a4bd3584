"""Moment 27: a host sends a tip to three groups. One fails, and the service is killed."""

import multiprocessing
import signal
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import CITY
from bot.storage.tables import delivery
from flows.content import Content
from nlu.engine import Engine
from tests.channels.chats import PLATFORMS, WebChat, staged
from tests.channels.house import House, housed
from tests.journeys import killed_sender
from tests.journeys.people import Person

MORNING = datetime(2026, 11, 25, 8, 0, tzinfo=CITY)
LEASES = 95
"""Seconds after which what a process held that died is free."""


@pytest.fixture(params=PLATFORMS)
def channel(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def zalo_groups() -> bool:
    """Whether Zalo lets the bot into groups."""
    return True


@pytest.fixture
async def house(
    channel: str, zalo_groups: bool, tmp_path: Path, empty: Path, trained: Engine, taught: Content
) -> AsyncIterator[House]:
    async with (
        staged(tmp_path, empty, trained, MORNING) as stage,
        housed(stage, taught, channel, groups=zalo_groups) as house,
    ):
        yield house


class Groups:
    """Three groups of the ward on one platform, each with the host in it."""

    def __init__(self, house: House, channel: str, host: Person) -> None:
        self.zalo = channel == "zalo_bot"
        self.emulator: Any = house.zalo if self.zalo else house.telegram
        assert not isinstance(host.chat, WebChat)
        self.person = host.chat.person
        self.all = [self.emulator.group(f"Tổ {n}", self.person) for n in (1, 2, 3)]

    def let_in(self, group: Any) -> None:
        """The host lets the bot in; on Zalo it learns of that when it is first addressed."""
        if self.zalo:
            self.emulator.says(self.person, "@Bot Bình Dân xin chào", group)
        else:
            self.emulator.adds_bot(self.person, group)

    def put_out(self, group: Any) -> None:
        if self.zalo:
            self.emulator.removes_bot(group)
        else:
            self.emulator.kicks_bot(self.person, group)

    def take_in_again(self, group: Any) -> None:
        if self.zalo:
            group.bots.append(self.emulator.account())
            self.emulator.account().chats[group.id] = group
        else:
            self.emulator.adds_bot(self.person, group)

    def tips(self, words: str) -> list[int]:
        """How often each of the groups shows the tip."""
        return [sum(words in text for text in self.emulator.from_bot(one)) for one in self.all]


async def confirmed(house: House, channel: str) -> tuple[Person, Groups]:
    """A host who has confirmed three groups for her ward."""
    host = Person(house, channel, "Chị Lan")
    assert "người dẫn Cà phê sáng của phường Sài Gòn" in await host.becomes("host")
    groups = Groups(house, channel, host)
    for n, group in enumerate(groups.all, start=1):
        groups.let_in(group)
        await house.happen()
        await house.due()
        assert "trong nhóm «" in await host.hears()
        label = await confirms(host)
        assert f"Tổ {n}" in label or groups.zalo  # Zalo tells no group's title
    return host, groups


async def confirms(host: Person) -> str:
    """She says that the group which waits is of her ward; the label that says so."""
    shown = await host.says("nhóm của phường")
    label = next((one for one in host.shown[-1].labels if one.startswith("Thêm ")), "")
    assert "phường Sài Gòn" in label, shown
    await host.taps(label)
    return label


async def sends(host: Person) -> str:
    """She picks the first tip and all groups, and says yes; the words of the tip."""
    await host.says("gửi mẹo")
    preview = await host.taps(host.shown[-1].labels[0])
    assert "mẹo sẽ hiện như vầy" in preview
    await host.says("tất cả")
    sure = await host.taps("Ngay bây giờ")
    assert "3 nhóm" in sure
    assert "60 giây" in sure
    assert "60 giây nữa máy gửi" in await host.taps("Gửi")
    return next(line for line in preview.splitlines() if len(line) > 80)


async def last_in_line(house: House, groups: Groups) -> Any:
    """The group that gets the tip last."""
    waiting = select(delivery.c.chat).where(delivery.c.campaign.is_not(None))
    newest = waiting.order_by(delivery.c.id.desc()).limit(1)
    chat = await house.stage.database.read(lambda c: c.execute(newest).scalar_one())
    return next(one for one in groups.all if str(one.id) == chat)


def killed_after(messages: int, house: House) -> None:
    """Another process of the service sends, and is killed."""
    context = multiprocessing.get_context("forkserver")
    stage = house.stage
    process = context.Process(
        target=killed_sender.send_until_killed,
        args=(
            stage.settings,
            f"sqlite:///{stage.settings.var_dir}/bot.db",
            stage.clock(),
            messages,
        ),
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


async def test_moment_27(house: House, channel: str, taught: Content) -> None:
    host, groups = await confirmed(house, channel)
    tip = await sends(host)
    last = await last_in_line(house, groups)
    groups.put_out(last)
    await house.send_now()
    assert groups.tips(tip) == [0, 0, 0]  # it can still be taken back

    house.stage.clock.pass_(seconds=LEASES)
    killed_after(2, house)
    assert sorted(groups.tips(tip)) == [0, 1, 1]
    await house.start(taught)
    house.stage.clock.pass_(seconds=LEASES)
    await house.due()
    await house.due()

    assert sorted(groups.tips(tip)) == [0, 1, 1]
    report = await host.hears()
    assert report.count("đã gửi.") == 1
    assert report.count("không chắc đã tới") == 1
    assert report.count("chưa gửi được, vì") == 1
    groups.take_in_again(last)
    await house.happen()
    await house.due()
    if not groups.zalo:  # which tells of no removal, so there the group is still confirmed
        await confirms(host)
    await host.says("kết quả gửi")
    assert "máy gửi lại cho 1 nhóm" in await host.taps("Gửi lại nhóm chưa được")
    house.stage.clock.pass_(seconds=5)
    await house.due()
    await house.due()

    assert groups.tips(tip) == [1, 1, 1]
    assert (await host.hears()).count("đã gửi.") == 2


async def test_what_is_taken_back_in_time_reaches_no_group(house: House, channel: str) -> None:
    host, groups = await confirmed(house, channel)
    tip = await sends(host)

    house.stage.clock.pass_(seconds=30)
    assert "máy thu lại rồi" in await host.taps("Thu lại")
    house.stage.clock.pass_(seconds=60)
    await house.due()

    assert groups.tips(tip) == [0, 0, 0]


@pytest.mark.parametrize("channel", ["zalo_bot"], indirect=True)
@pytest.mark.parametrize("zalo_groups", [False])
async def test_where_zalo_lets_no_bot_in_the_host_gets_the_text_to_paste(house: House) -> None:
    host = Person(house, "zalo_bot", "Chị Lan")
    await host.becomes("host")

    await host.says("gửi mẹo")
    preview = await host.taps(host.shown[-1].labels[0])
    assert "chép rồi dán vào nhóm" in preview
    before = len(host.shown)
    await host.taps("Ngay bây giờ")

    house.stage.clock.pass_(seconds=2)
    await house.due()
    await host.hears()
    to_paste = host.shown[-1].text
    assert "https://zalo.me/binhdan" in to_paste
    assert "Sao chép" not in to_paste  # alone in its message: all of it is pasted
    assert len(host.shown) == before + 2
