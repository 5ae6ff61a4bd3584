"""The Zalo bot as a platform, on the emulated one: preparing, polling, and its webhook."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.assistant import Assistant, TurnFailedError
from bot.channels.incoming import Incoming
from bot.channels.platform import (
    AccountFacts,
    Platform,
    RefusedTokenError,
    WebhookElsewhereError,
)
from bot.channels.zalo_bot.client import Client
from bot.channels.zalo_bot.errors import ServerError
from bot.channels.zalo_bot.receive import HEADER, MOST_BYTES, REST_S, ZaloBot
from bot.config import Settings
from bot.storage.database import Database
from flows.turn import Said
from tests.channels.zalo_bot.conftest import TOKEN
from tests.emulators.faults import Fault
from tests.emulators.zalo_bot import ZaloBot as Emulated
from tests.emulators.zalo_chats import Person
from tests.talk import Clock, everything

SECRET = "mot-bi-mat-rat-dai"
SITE = "https://bot.example"
HOOK = f"{SITE}/hook/zalo_bot"


class EnoughError(BaseException):
    """Ends a poller, which nothing else but its being cancelled ends."""


@dataclass
class Taking:
    """Stands where the assistant stands, and ends the poller after some rests."""

    rests: int = 1
    faults: list[Exception] = field(default_factory=list)
    taken: list[Incoming] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    heard: int = 0

    async def take(self, incoming: Incoming) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.taken.append(incoming)

    async def hear(self) -> None:
        self.heard += 1

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) == self.rests:
            raise EnoughError

    @property
    def texts(self) -> list[str]:
        return [one.input.text for one in self.taken if isinstance(one.input, Said)]


@pytest.fixture
def taking() -> Taking:
    return Taking()


Make = Callable[..., ZaloBot]


@pytest.fixture
async def make(zalo: Emulated, clock: Clock, taking: Taking) -> AsyncIterator[Make]:
    """Makes a bot on the emulated platform with these settings."""
    bots: list[ZaloBot] = []

    def made(taking: Taking = taking, chance: float = 1.0, **chosen: Any) -> ZaloBot:
        given = {
            "zalo_bot_token": TOKEN,
            "zalo_bot_api": zalo.url,
            "base_url": SITE,
            "webhook_secret": SECRET,
        }
        settings = Settings(**(given | chosen))
        bots.append(ZaloBot(settings, clock, wait=taking.wait, chance=lambda: chance))
        return bots[-1]

    yield made
    for bot in bots:
        await bot.close()


@pytest.fixture
def bot(make: Make) -> ZaloBot:
    return make()


@pytest.fixture
def hooked(make: Make) -> ZaloBot:
    return make(zalo_bot_updates="webhook")


async def polled(bot: Platform, taking: Taking) -> Taking:
    """Poll until there were enough rests."""
    with pytest.raises(EnoughError):
        await bot.poll(taking.take, taking.hear)
    return taking


# preparing


async def test_it_says_who_it_is(make: Make) -> None:
    bot = make(zalo_bot_link="https://zalo.me/s/botcreator/1")
    assert await bot.prepare() == AccountFacts(
        name="Bot Bình Dân", link="https://zalo.me/s/botcreator/1", groups=True
    )
    assert (bot.channel, bot.account) == ("zalo_bot", "1001")


@pytest.mark.parametrize("token", ["no-colon", "abc:def", "1001:a b"])
def test_row_32_what_is_no_token_of_a_bot_is_refused(make: Make, token: str) -> None:
    with pytest.raises(RefusedTokenError):
        make(zalo_bot_token=token)


async def test_a_token_zalo_does_not_know_is_refused(make: Make) -> None:
    with pytest.raises(RefusedTokenError):
        await make(zalo_bot_token="1001:cu-roi").prepare()


async def test_a_platform_out_of_reach_is_worth_another_try(zalo: Emulated, bot: ZaloBot) -> None:
    zalo.faults.add(Fault("bad_gateway"))
    with pytest.raises(ServerError):
        await bot.prepare()
    await bot.prepare()


@pytest.mark.parametrize("empty", [True, False])
async def test_row_30_a_leftover_webhook_is_named(
    zalo: Emulated, make: Make, client: Client, empty: bool
) -> None:
    zalo.webhook_info_empty = empty
    await make().prepare()  # none is set
    await client.set_webhook("https://other.example/zalo?key=1", SecretStr("cua-nguoi-khac"))
    for mode in ("polling", "webhook"):
        with pytest.raises(WebhookElsewhereError) as found:
            await make(zalo_bot_updates=mode).prepare()
        assert found.value.url == "other.example/zalo"


async def test_row_28_polling_never_wipes_a_webhook(zalo: Emulated, make: Make) -> None:
    await make(zalo_bot_updates="webhook").prepare()
    with pytest.raises(WebhookElsewhereError):
        await make(zalo_bot_updates="polling").prepare()
    assert not zalo.called("deleteWebhook")
    assert zalo.account().webhook is not None


async def test_the_webhook_is_set_with_our_secret(zalo: Emulated, hooked: ZaloBot) -> None:
    await hooked.prepare()
    await hooked.prepare()  # a second start finds its own
    webhook = zalo.account().webhook
    assert webhook is not None
    assert (webhook.url, webhook.secret) == (HOOK, SECRET)


async def test_a_webhook_that_zalo_could_not_reach_is_logged(
    zalo: Emulated, hooked: ZaloBot
) -> None:
    zalo.verification = "webhook.http.403"
    with capture_logs() as logs:
        await hooked.prepare()
    assert [one["event"] for one in logs] == ["zalo_bot.webhook_not_verified"]
    assert logs[0]["outcome"] == "webhook.http.403"


# polling


async def test_what_people_write_is_taken_in_its_order(
    zalo: Emulated, bot: ZaloBot, taking: Taking, ba_hai: Person
) -> None:
    for text in ("một", "hai", "ba"):
        zalo.says(ba_hai, text)
    assert (await polled(bot, taking)).texts == ["một", "hai", "ba"]
    assert taking.heard == 4  # the empty poll says too that Zalo is there


async def test_row_31_the_mention_in_a_group_is_taken_out(
    zalo: Emulated, bot: ZaloBot, taking: Taking, ba_hai: Person
) -> None:
    group = zalo.group("Tổ 5", ba_hai)
    await bot.prepare()
    zalo.says(ba_hai, "không nói với máy", group)
    zalo.says(ba_hai, "@Bot Bình Dân 2", group)
    assert (await polled(bot, taking)).texts == ["2"]
    assert taking.taken[0].chat == group.id
    assert taking.taken[0].group is not None


async def test_row_27_an_update_that_comes_again_and_again_is_taken_once(
    zalo: Emulated, make: Make, ba_hai: Person
) -> None:
    zalo.updates = "replay"
    zalo.says(ba_hai, "một")
    taking = Taking(rests=5)
    assert (await polled(make(taking), taking)).texts == ["một"]
    assert taking.waits == [REST_S] * 5
    assert len(zalo.called("getUpdates")) == 6


async def test_row_27_after_a_restart_it_is_answered_once_too(
    zalo: Emulated, make: Make, assistant: Assistant, database: Database, ba_hai: Person
) -> None:
    zalo.updates = "replay"
    zalo.says(ba_hai, "quét mã QR")

    async def take(incoming: Incoming) -> None:
        await assistant.handle(incoming)

    for _ in range(2):
        taking = Taking(rests=2)
        with pytest.raises(EnoughError):
            await make(taking).poll(take, taking.hear)
    rows = await everything(database)
    assert len(rows["update_key"]) == 1
    assert len({row["turn"] for row in rows["delivery"]}) == 1


async def test_row_26_faults_are_waited_out_longer_and_longer(
    zalo: Emulated, make: Make, ba_hai: Person
) -> None:
    taking = Taking(rests=11)
    zalo.faults.add(Fault("bad_gateway", times=10))
    zalo.says(ba_hai, "vẫn tới")
    assert (await polled(make(taking), taking)).texts == ["vẫn tới"]
    assert taking.waits == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120, REST_S]


async def test_row_26_waits_differ_by_chance(zalo: Emulated, make: Make) -> None:
    taking = Taking(rests=3)
    zalo.faults.add(Fault("bad_gateway", times=None))
    bot = make(taking, chance=0.0)
    assert (await polled(bot, taking)).waits == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("kind", ["cut_before", "gateway_timeout", "flood", "refused"])
async def test_row_25_no_fault_ends_the_polling_silently(
    zalo: Emulated, make: Make, ba_hai: Person, kind: Any
) -> None:
    taking = Taking(rests=2)
    zalo.faults.add(Fault(kind, method="getUpdates"))
    zalo.says(ba_hai, "vẫn tới")
    with capture_logs() as logs:
        assert (await polled(make(taking), taking)).texts == ["vẫn tới"]
    assert [one["event"] for one in logs] == ["zalo_bot.poll_failed"]


async def test_row_36_a_webhook_set_meanwhile_is_named(
    bot: ZaloBot, make: Make, taking: Taking
) -> None:
    await make(zalo_bot_updates="webhook").prepare()
    with pytest.raises(WebhookElsewhereError, match="/hook/zalo_bot"):
        await polled(bot, taking)


async def test_a_token_refused_while_polling_is_told(
    zalo: Emulated, bot: ZaloBot, taking: Taking
) -> None:
    zalo.faults.add(Fault("unauthorized", method="getUpdates"))
    with pytest.raises(RefusedTokenError):
        await polled(bot, taking)


async def test_an_update_whose_turn_failed_is_handed_in_again(
    zalo: Emulated, make: Make, ba_hai: Person
) -> None:
    taking = Taking(rests=3, faults=[TurnFailedError("a"), TurnFailedError("b")])
    zalo.says(ba_hai, "một")
    zalo.says(ba_hai, "hai")
    assert (await polled(make(taking), taking)).texts == ["một", "hai"]
    assert taking.waits == [1, 2, REST_S]


async def test_an_update_nobody_can_take_does_not_stop_the_next(
    zalo: Emulated, make: Make, ba_hai: Person
) -> None:
    taking = Taking(rests=3, faults=[ValueError("a")] * 3)
    zalo.says(ba_hai, "một")
    zalo.says(ba_hai, "hai")
    assert (await polled(make(taking), taking)).texts == ["hai"]


async def test_unknown_and_unreadable_updates_are_passed_over(
    zalo: Emulated, make: Make, ba_hai: Person
) -> None:
    taking = Taking(rests=3)
    zalo.sends_unknown(ba_hai)
    zalo.redeliver({"event_name": "message.text.received", "message": {"date": "hôm nay"}})
    zalo.says(ba_hai, "vẫn tới")
    assert (await polled(make(taking), taking)).texts == ["vẫn tới"]


# the webhook


def body(text: str = "2", **more: Any) -> bytes:
    person = "0123456789abcdef0123"
    message = {
        "message_id": "a1",
        "date": 1795500000000,
        "from": {"id": person, "display_name": "Nguyen An", "is_bot": False},
        "chat": {"id": person, "chat_type": "PRIVATE"},
        "text": text,
    }
    return json.dumps({"event_name": "message.text.received", "message": message} | more).encode()


@pytest.mark.parametrize("wrapped", [True, False])
async def test_what_zalo_posts_is_taken(
    zalo: Emulated, hooked: ZaloBot, taking: Taking, ba_hai: Person, wrapped: bool
) -> None:
    zalo.wrapped = wrapped
    await hooked.prepare()
    zalo.says(ba_hai, "một")
    zalo.sends_photo(ba_hai, "này", field="photo_url")
    zalo.sends_unknown(ba_hai)

    async def post(url: str, headers: dict[str, str], posted: bytes) -> int:
        assert url == HOOK
        low = {name.lower(): value for name, value in headers.items()}
        return await hooked.hook(low, posted, taking.take)

    assert await zalo.delivered(post) == [200, 200, 200, 200]  # the first is the empty probe
    assert taking.texts == ["một"]
    assert len(taking.taken) == 2


async def test_row_2_it_says_received_only_after_it_was_taken(
    hooked: ZaloBot, taking: Taking
) -> None:
    """DESIGN's order: store first. Sending, which is slow, comes after the answer."""
    taking.faults = [TurnFailedError("a")]
    proven = {HEADER: SECRET}
    assert await hooked.hook(proven, body(), taking.take) == 503
    assert taking.texts == []
    assert await hooked.hook(proven, body(), taking.take) == 200
    assert taking.texts == ["2"]


@pytest.mark.parametrize(
    ("headers", "given", "status", "taken"),
    [
        ({HEADER: SECRET}, body(), 200, 1),
        ({HEADER: SECRET + "x"}, body(), 403, 0),
        ({HEADER: "bí mật"}, body(), 403, 0),
        ({HEADER: ""}, body(), 403, 0),
        ({}, body(), 403, 0),
        ({}, b"", 200, 0),
        ({HEADER: SECRET}, b"", 200, 0),
        ({HEADER: SECRET}, body("a" * MOST_BYTES), 413, 0),
        ({HEADER: SECRET}, b"{", 400, 0),
        ({HEADER: SECRET}, b"\xff\xfe", 400, 0),
        ({HEADER: SECRET}, b"[" * 60_000, 400, 0),
        ({HEADER: SECRET}, b"5", 200, 0),
        ({HEADER: SECRET}, b"{}", 200, 0),
        ({HEADER: SECRET}, body(event_name="user.followed"), 200, 0),
        ({HEADER: SECRET}, body(message={"text": 5}), 200, 0),
    ],
)
async def test_only_what_is_proven_and_readable_is_taken(
    hooked: ZaloBot,
    taking: Taking,
    headers: dict[str, str],
    given: bytes,
    status: int,
    taken: int,
) -> None:
    assert await hooked.hook(headers, given, taking.take) == status
    assert len(taking.taken) == taken


async def test_without_a_secret_of_ours_nothing_is_proven(make: Make, taking: Taking) -> None:
    bot = make(webhook_secret="")
    assert await bot.hook({HEADER: ""}, body(), taking.take) == 403
    assert await bot.hook({}, body(), taking.take) == 403
