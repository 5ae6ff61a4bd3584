"""Our client and the emulated platform: each method, and each way to fail as its own type."""

import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from pydantic import SecretStr

from bot.channels.zalo_bot import errors
from bot.channels.zalo_bot.client import Account, Client, Verification
from bot.channels.zalo_bot.errors import BadRequestError, ZaloError
from tests.channels.zalo_bot.conftest import TOKEN
from tests.emulators.faults import Fault, Kind
from tests.emulators.server import Answer, Request, Served
from tests.emulators.zalo_bot import ZaloBot
from tests.emulators.zalo_chats import Person

HOOK = "https://bot.example/hook/zalo_bot"
SECRET = SecretStr("mot-bi-mat-rat-dai")


async def test_it_says_who_it_is(client: Client) -> None:
    assert await client.get_me() == Account(
        account_name="bot.BinhDan", display_name="Bot Bình Dân", can_join_groups=True
    )


async def test_a_poll_gives_what_came(zalo: ZaloBot, client: Client, ba_hai: Person) -> None:
    zalo.says(ba_hai, "quét mã")
    (update,) = await client.get_updates()
    assert update == zalo.account().published[-1]


async def test_a_poll_may_give_a_list(zalo: ZaloBot, client: Client, ba_hai: Person) -> None:
    zalo.as_list = True
    zalo.says(ba_hai, "quét mã")
    assert await client.get_updates() == [zalo.account().published[-1]]


@pytest.mark.parametrize("status", [408, 200])
async def test_an_idle_poll_is_told_by_status_or_by_body(
    zalo: ZaloBot, client: Client, status: int
) -> None:
    zalo.idle_status = status
    with pytest.raises(errors.IdleTimeoutError):
        await client.get_updates()


async def test_row_36_polls_are_refused_while_a_webhook_is_set(
    zalo: ZaloBot, client: Client
) -> None:
    await client.set_webhook(HOOK, SECRET)
    with pytest.raises(errors.WebhookActiveError):
        await client.get_updates()
    zalo.account().webhook = None
    with pytest.raises(errors.IdleTimeoutError):
        await client.get_updates()


@pytest.mark.parametrize("empty", [True, False])
async def test_no_webhook_is_a_404_or_an_empty_address(
    zalo: ZaloBot, client: Client, empty: bool
) -> None:
    zalo.webhook_info_empty = empty
    assert await client.get_webhook() == ""
    await client.set_webhook(HOOK, SECRET)
    assert await client.get_webhook() == HOOK


async def test_setting_a_webhook_says_whether_it_was_reached(zalo: ZaloBot, client: Client) -> None:
    assert await client.set_webhook(HOOK, SECRET) == Verification(ok=True, outcome="webhook.ok")
    zalo.verification = "webhook.http.403"
    tried = await client.set_webhook(HOOK, SECRET)
    assert tried == Verification(ok=False, outcome="webhook.http.403")


async def test_a_private_address_is_no_webhook(client: Client) -> None:
    with pytest.raises(BadRequestError):
        await client.set_webhook("https://192.168.1.2/hook", SECRET)


async def test_a_message_arrives_as_it_was_written(
    zalo: ZaloBot, client: Client, ba_hai: Person
) -> None:
    text = "Dạ, bấm «Lưu» & 1 < 2 *đậm* 😀"
    await client.send_message(ba_hai.id, text)
    assert zalo.from_bot(ba_hai) == [text]
    assert set(zalo.called("sendMessage")[-1].parameters) == {"chat_id", "text"}


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("flood", errors.QuotaError),
        ("bad_gateway", errors.ServerError),
        ("gateway_timeout", errors.AmbiguousError),
        ("unauthorized", errors.UnauthorizedError),
        ("refused", errors.ServerError),  # under HTTP 200
        ("cut_before", errors.AmbiguousError),
        ("cut_after", errors.AmbiguousError),
    ],
)
async def test_each_fault_has_its_own_error(
    zalo: ZaloBot, client: Client, ba_hai: Person, kind: Kind, error: type[ZaloError]
) -> None:
    zalo.faults.add(Fault(kind))
    with pytest.raises(error):
        await client.send_message(ba_hai.id, "Dạ")
    await client.send_message(ba_hai.id, "Dạ")  # and the next call goes well


async def test_an_answer_that_does_not_come_in_time_is_ambiguous(
    zalo: ZaloBot, ba_hai: Person
) -> None:
    impatient = Client(SecretStr(TOKEN), zalo.url, read_s=0.2)
    zalo.faults.add(Fault("slow", method="sendMessage"))
    with pytest.raises(errors.AmbiguousError):
        await impatient.send_message(ba_hai.id, "Dạ")
    assert zalo.from_bot(ba_hai) == ["Dạ"]
    await impatient.close()


async def test_nobody_there_is_no_ambiguity(zalo: ZaloBot) -> None:
    nowhere = Client(SecretStr(TOKEN), zalo.url)
    zalo.stop()
    with pytest.raises(errors.NetworkError):
        await nowhere.send_message("1", "Dạ")
    await nowhere.close()


async def test_what_is_wrong_with_a_message_is_told_apart(
    zalo: ZaloBot, client: Client, ba_hai: Person
) -> None:
    for chat, text, about in (
        ("nobody", "Dạ", "chat"),
        (ba_hai.id, "a" * 2001, "length"),
        (ba_hai.id, " ", "other"),
    ):
        with pytest.raises(BadRequestError) as refused:
            await client.send_message(chat, text)
        assert refused.value.about == about
    zalo.unknown_chat = 404
    with pytest.raises(errors.NotFoundError):
        await client.send_message("nobody", "Dạ")


Method = Callable[[Client], Awaitable[object]]


@pytest.mark.parametrize("kind", ["unauthorized", "flood", "bad_gateway", "cut_after"])
@pytest.mark.parametrize(
    "call", [Client.get_me, Client.get_updates, lambda client: client.send_message("1", "a")]
)
async def test_no_error_and_no_log_tells_the_token(
    zalo: ZaloBot, client: Client, caplog: pytest.LogCaptureFixture, kind: Kind, call: Method
) -> None:
    caplog.set_level(logging.DEBUG)
    zalo.faults.add(Fault(kind))
    with pytest.raises(ZaloError) as failed:
        await call(client)
    assert "bi-mat" not in "".join(traceback.format_exception(failed.value))
    assert "bi-mat" not in caplog.text


class Saying(Served):
    """A server that always gives the same answer."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        super().__init__()

    def answer(self, request: Request) -> Answer:
        return self._answer


@pytest.fixture
async def told() -> AsyncIterator[Callable[[int, bytes], Client]]:
    """A client of a server that says this."""
    servers: list[Saying] = []
    clients: list[Client] = []

    def tell(status: int, body: bytes) -> Client:
        servers.append(Saying(Answer(status=status, body=body)))
        clients.append(Client(SecretStr(TOKEN), servers[-1].url))
        return clients[-1]

    yield tell
    for client in clients:
        await client.close()
    for server in servers:
        server.stop()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>ok</html>", errors.AmbiguousError),
        (200, b"[]", errors.AmbiguousError),
        (200, b'{"ok": true, "result": "' + b"a" * 2_000_000 + b'"}', errors.AmbiguousError),
        (200, b'{"ok": false}', errors.ServerError),
        (200, b'{"ok": false, "error_code": "so 9"}', errors.ServerError),
        (200, b'{"ok": false, "errorCode": 426}', BadRequestError),
        (404, b"<html>no such page</html>", errors.ServerError),
        (403, b"<html>blocked by a wall</html>", errors.ServerError),
        (403, b'{"ok": false, "error_code": 403}', errors.ForbiddenError),
        (500, b"", errors.ServerError),
        (500, b"[" * 100_000, errors.ServerError),
    ],
)
async def test_answers_nobody_documents_are_errors_too(
    told: Callable[[int, bytes], Client], status: int, body: bytes, error: type[ZaloError]
) -> None:
    with pytest.raises(error):
        await told(status, body).send_message("1", "Dạ")


async def test_a_result_of_another_shape_is_an_error(
    told: Callable[[int, bytes], Client],
) -> None:
    with pytest.raises(errors.ServerError):
        await told(200, b'{"ok": true, "result": {"account_name": 5}}').get_me()
    assert await told(200, b'{"ok": true}').get_updates() == []
