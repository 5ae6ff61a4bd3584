"""The emulated Zalo Bot Platform answers as `facts/platforms.md` 1 says, over plain HTTP."""

import json
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.emulators.faults import Fault, Kind
from tests.emulators.zalo_bot import ZaloBot
from tests.emulators.zalo_chats import Person
from tests.talk import Clock

TOKEN = "1001:zalo"
HOOK = "https://bot.example/zalo"
SECRET = "mot-bi-mat-dai"


@pytest.fixture
def zalo(clock: Clock) -> Iterator[ZaloBot]:
    with ZaloBot(clock) as zalo:
        zalo.idle_at_once = True
        zalo.bot(TOKEN)
        yield zalo


@pytest.fixture
def client(zalo: ZaloBot) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{zalo.url}/bot{TOKEN}/", timeout=5) as client:
        yield client


@pytest.fixture
def ba_hai(zalo: ZaloBot) -> Person:
    """Somebody who has written, and whose first message has been taken."""
    person = zalo.person("Bà Hai")
    zalo.says(person, "chào")
    zalo.account().pending.clear()
    return person


def send(client: httpx.Client, chat: str, text: str = "Dạ") -> httpx.Response:
    return client.post("sendMessage", json={"chat_id": chat, "text": text})


@pytest.mark.parametrize("how", ["query", "json", "form", "multipart", "POST with a query"])
def test_parameters_come_in_every_way(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person, how: str
) -> None:
    values = {"chat_id": ba_hai.id, "text": "Dạ, bấm «Lưu» & 1 < 2 😀"}
    match how:
        case "query":
            answer = client.get("sendMessage", params=values)
        case "json":
            answer = client.post("sendMessage", json=values)
        case "form":
            answer = client.post("sendMessage", data=values)
        case "multipart":
            parts = {name: (None, value) for name, value in values.items()}
            answer = client.post("sendMessage", files=parts)
        case _:
            answer = client.post("sendMessage", params=values)
    assert answer.json()["result"]["date"] == 1795482000000
    assert zalo.from_bot(ba_hai) == [values["text"]]


def test_a_poll_gets_one_object_then_a_408(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person
) -> None:
    zalo.says(ba_hai, "2")
    update = client.get("getUpdates").json()["result"]
    assert update["event_name"] == "message.text.received"
    assert update["message"]["text"] == "2"
    assert update["message"]["chat"] == {"id": ba_hai.id, "chat_type": "PRIVATE"}
    idle = client.get("getUpdates")
    assert (idle.status_code, idle.json()["error_code"]) == (408, 408)
    zalo.idle_status = 200
    idle = client.get("getUpdates")
    assert (idle.status_code, idle.json()["error_code"]) == (200, 408)


def test_replay_gives_the_last_event_again_and_again(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person
) -> None:
    zalo.updates = "replay"
    zalo.says(ba_hai, "1")
    zalo.says(ba_hai, "2")
    seen = [client.get("getUpdates").json()["result"]["message"]["text"] for _ in range(4)]
    assert seen == ["1", "2", "2", "2"]


def test_a_poll_that_waits_gets_what_comes_meanwhile(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person
) -> None:
    zalo.idle_at_once = False
    zalo.as_list = True
    waiting = threading.Timer(0.05, zalo.says, (ba_hai, "3"))
    waiting.start()
    (update,) = client.get("getUpdates", params={"timeout": "5"}).json()["result"]
    waiting.join()
    assert update["message"]["text"] == "3"


def test_polling_is_refused_while_a_webhook_is_set(zalo: ZaloBot, client: httpx.Client) -> None:
    assert client.get("getWebhookInfo").status_code == 404
    answer = client.post("setWebhook", json={"url": HOOK, "secret_token": SECRET}).json()
    assert answer["result"]["verification"]["outcome"] == "webhook.ok"
    refused = client.get("getUpdates")
    assert refused.status_code == 400
    assert refused.json()["description"].startswith("You cannot use this API while a webhook is")
    assert client.get("getWebhookInfo").json()["result"]["url"] == HOOK
    assert client.get("deleteWebhook").json()["result"]["url"] == ""
    zalo.webhook_info_empty = True
    assert client.get("getWebhookInfo").json()["result"] == {"url": ""}


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://bot.example/zalo", SECRET),
        ("https://localhost/zalo", SECRET),
        ("https://127.0.0.1/zalo", SECRET),
        ("https://192.168.1.5/zalo", SECRET),
        (HOOK, "ngan"),
        (HOOK, "a" * 257),
    ],
)
def test_a_webhook_it_does_not_like_is_refused(client: httpx.Client, url: str, secret: str) -> None:
    answer = client.post("setWebhook", json={"url": url, "secret_token": secret})
    assert answer.status_code == 400


def test_the_webhook_gets_an_empty_probe_then_each_event_until_it_took_it(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person
) -> None:
    client.post("setWebhook", json={"url": HOOK, "secret_token": SECRET})
    zalo.says(ba_hai, "1")
    zalo.says(ba_hai, "2")
    statuses = iter([200, 500, 200, 200])
    got: list[tuple[str | None, bytes]] = []

    def post(url: str, headers: dict[str, str], body: bytes) -> int:
        got.append((headers.get("X-Bot-Api-Secret-Token"), body))
        return next(statuses)

    assert zalo.deliver(post) == [200, 500]
    assert zalo.deliver(post) == [200, 200]
    assert got[0] == (None, b"")
    assert {secret for secret, _ in got[1:]} == {SECRET}
    texts = [json.loads(body)["message"]["text"] for _, body in got[1:]]
    assert texts == ["1", "1", "2"]


def test_events_may_come_wrapped_twice_in_the_wrong_order_or_unknown(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person
) -> None:
    client.post("setWebhook", json={"url": HOOK, "secret_token": SECRET})
    zalo.wrapped = True
    zalo.sends_photo(ba_hai, "hình gì đây", field="photo_url")
    zalo.sends_unknown(ba_hai, "user.followed")
    zalo.redeliver()
    zalo.reverse()
    names: list[str] = []

    def post(url: str, headers: dict[str, str], body: bytes) -> int:
        if body:
            names.append(json.loads(body)["result"]["event_name"])
        return 200

    zalo.deliver(post)
    assert names == ["user.followed", "user.followed", "message.image.received"]


def test_a_group_is_heard_only_where_it_mentions_the_bot_or_replies_to_it(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person
) -> None:
    group = zalo.group("Tổ 5", ba_hai)
    zalo.says(ba_hai, "nói chuyện riêng", group)
    zalo.says(ba_hai, "@Bot Bình Dân 2", group)
    send(client, group.id, "Câu 1")
    zalo.says(ba_hai, "B", group, reply_to=zalo.messages(group)[-1])
    zalo.sends_photo(ba_hai, "", group)
    heard = [update["message"]["text"] for update in zalo.account().pending]
    assert heard == ["@Bot Bình Dân 2", "B"]


@pytest.mark.parametrize(("text", "status"), [
    ("", 400), (" ", 400), ("a" * 2000, 200), ("a" * 2001, 400),
    ("😀" * 1000, 200), ("😀" * 1001, 400),
])  # fmt: skip
def test_a_text_has_1_to_2000_characters(
    client: httpx.Client, ba_hai: Person, text: str, status: int
) -> None:
    assert send(client, ba_hai.id, text).status_code == status


def test_a_chat_that_never_wrote_is_unknown(zalo: ZaloBot, client: httpx.Client) -> None:
    stranger = zalo.person("Ông Tư")
    assert send(client, stranger.id).status_code == 400


def test_the_51st_user_and_the_3001st_message_are_over_quota(
    zalo: ZaloBot, client: httpx.Client, clock: Clock, ba_hai: Person
) -> None:
    people = [zalo.person(f"Người {n}") for n in range(50)]
    for person in people:
        zalo.says(person, "chào")
    assert send(client, people[48].id).status_code == 200
    assert send(client, people[49].id).status_code == 429
    zalo.account().sent["2026-11"] = 3000
    over = send(client, ba_hai.id)
    assert (over.status_code, over.json()["error_code"]) == (429, 429)
    clock.pass_(days=7)
    assert send(client, ba_hai.id).status_code == 200


def test_a_picture_goes_by_address_and_typing_has_no_result(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person
) -> None:
    values = {"chat_id": ba_hai.id, "photo": "https://bot.example/qr.png", "caption": "Mã QR"}
    assert client.post("sendPhoto", json=values).status_code == 200
    assert client.post("sendPhoto", json=values | {"photo": "qr.png"}).status_code == 400
    typing = client.post("sendChatAction", json={"chat_id": ba_hai.id, "action": "typing"})
    assert typing.json() == {"ok": True}
    picture = zalo.messages(ba_hai)[-1]
    assert (picture.kind, picture.text, picture.media) == ("photo", "Mã QR", values["photo"])


def test_who_has_blocked_gets_nothing(zalo: ZaloBot, client: httpx.Client, ba_hai: Person) -> None:
    zalo.blocks_bot(ba_hai)
    assert send(client, ba_hai.id).status_code == 200
    assert zalo.from_bot(ba_hai) == []
    zalo.blocked = 403
    assert send(client, ba_hai.id).status_code == 403


def test_a_wrong_token_and_an_unknown_method_are_refused(
    zalo: ZaloBot, client: httpx.Client
) -> None:
    assert httpx.get(f"{zalo.url}/bot1:other/getMe").status_code == 401
    assert client.get("getme").status_code == 404


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("flood", 429),
        ("internal", 500),
        ("bad_gateway", 502),
        ("gateway_timeout", 504),
        ("unauthorized", 401),
        ("refused", 200),
    ],
)
def test_a_refused_call_has_sent_nothing(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person, kind: Kind, status: int
) -> None:
    zalo.faults.add(Fault(kind, method="sendMessage", chat=ba_hai.id, after=1))
    assert send(client, ba_hai.id, "một").status_code == 200
    assert send(client, ba_hai.id, "hai").status_code == status
    assert send(client, ba_hai.id, "ba").status_code == 200
    assert zalo.from_bot(ba_hai) == ["một", "ba"]
    assert [call.fault for call in zalo.called("sendMessage")] == [None, kind, None]


@pytest.mark.parametrize(("kind", "shown"), [("cut_before", []), ("cut_after", ["Dạ"])])
def test_a_cut_connection_does_not_tell_whether_it_was_sent(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person, kind: Kind, shown: list[str]
) -> None:
    zalo.faults.add(Fault(kind))
    with pytest.raises(httpx.RemoteProtocolError):
        send(client, ba_hai.id)
    assert zalo.from_bot(ba_hai) == shown


def test_a_slow_answer_is_held_until_it_is_released(
    zalo: ZaloBot, client: httpx.Client, ba_hai: Person
) -> None:
    held = zalo.faults.add(Fault("slow"))
    impatient = httpx.Timeout(5, read=0.01)
    with pytest.raises(httpx.ReadTimeout):
        client.post("sendMessage", json={"chat_id": ba_hai.id, "text": "Dạ"}, timeout=impatient)
    assert held.reached.wait(5)
    assert zalo.until(lambda: zalo.from_bot(ba_hai) == ["Dạ"])
    held.release()


def test_a_share_of_calls_fails_the_same_way_each_time(zalo: ZaloBot, client: httpx.Client) -> None:
    def statuses() -> list[int]:
        zalo.faults.clear()
        zalo.faults.chance(0.5, seed=7, kinds=("bad_gateway", "flood"))
        return [client.get("getMe").status_code for _ in range(20)]

    first = statuses()
    assert set(first) == {200, 502, 429}
    assert statuses() == first


def test_half_a_call_of_a_killed_client_counts_for_nothing(zalo: ZaloBot) -> None:
    head = f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nContent-Type: application/json\r\n"
    port = int(zalo.url.rsplit(":", 1)[1])
    for framing in ("Content-Length: 40\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}"):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall((head + framing).encode())
    assert httpx.get(f"{zalo.url}/bot{TOKEN}/getMe").status_code == 200
    assert [call.method for call in zalo.calls] == ["getMe"]


def test_stopping_ends_the_polls_that_wait(clock: Clock) -> None:
    zalo = ZaloBot(clock)
    zalo.bot(TOKEN)
    ended: list[int] = []
    poll = threading.Thread(
        target=lambda: ended.append(
            httpx.get(f"{zalo.url}/bot{TOKEN}/getUpdates?timeout=30", timeout=40).status_code
        )
    )
    poll.start()
    assert zalo.until(lambda: bool(zalo.calls))
    zalo.stop()
    poll.join(5)
    assert ended == [408]
