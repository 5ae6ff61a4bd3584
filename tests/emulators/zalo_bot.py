"""The Zalo Bot Platform on localhost.

    with ZaloBot(clock) as zalo:
        bot = zalo.bot("1001:zalo", "bot.BinhDan")      # call f"{zalo.url}/bot{bot.token}/getMe"
        ba_hai = zalo.person("Bà Hai")
        zalo.says(ba_hai, "quét mã QR")                 # a private message
        group = zalo.group("Tổ 5", ba_hai)
        zalo.says(ba_hai, "@Bot Bình Dân 2", group)     # heard; without the mention it is not
        zalo.sends_photo(ba_hai, "caption", field="photo_url"); sends_sticker, sends_voice,
        zalo.sends_unsupported, sends_unknown, blocks_bot, removes_bot, redeliver, reverse
        zalo.messages(ba_hai)                           # what it shows: text, by_bot, kind, media
        zalo.from_bot(ba_hai)                           # only the bot's texts
        zalo.calls, zalo.called("sendMessage")          # parameters, at, status, answer, fault
        zalo.faults.add(Fault("flood", method="sendMessage"))    # see faults.py
        zalo.deliver(post) / await zalo.delivered(post) / with zalo.pump()    # see webhook.py

What the sources leave open is a setting, with the value that was measured as its default:
    updates = "advance" | "replay"       a poll gets each event once | the last one again and again
    as_list = False                      a poll gets one object | a list
    idle_status = 408 | 200              HTTP status of a poll that found nothing
    idle_at_once = False                 such a poll waits its timeout | answers at once
    wrapped = False                      webhook body flat | under {"ok": true, "result": …}
    retries = True                       a failed post comes again | is lost
    webhook_info_empty = False           getWebhookInfo without a webhook: 404 | {"url": ""}
    verification = "webhook.ok"          what setWebhook says of its probe
    http_webhooks = False                whether a local http address may be set (tests, by hand)
    unknown_chat = 400 | 404             sending to a chat that never wrote
    blocked = None | 403                 sending to who has blocked: ok but not shown | refused
    limited = True                       50 users a bot, 3,000 messages a month

`zalo.until(lambda: …)` waits for what another thread or process does; it blocks, so in a coroutine
`await asyncio.to_thread(zalo.until, …)`. Markup and `text_styles` are taken as they come.

`setWebhook` is followed by one empty post without the secret: the platform's probe.
"""

import ipaddress
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from tests.emulators.bot_api import RefusedError
from tests.emulators.parameters import Parameters
from tests.emulators.webhook import Post, Webhooks
from tests.emulators.zalo_chats import Account, Chat, Media, Message, Webhook, milliseconds
from tests.emulators.zalo_people import USERS_AT_MOST, ZaloPeople

TEXT_AT_MOST = 2000
"""In UTF-16 units, the strictest reading: what passes here passes by code points too."""
MESSAGES_A_MONTH = 3000
SECRET_HEADER = "X-Bot-Api-Secret-Token"


class ZaloBot(ZaloPeople, Webhooks):
    """See the module's words."""

    def __init__(self, clock: Callable[[], datetime], *, port: int = 0) -> None:
        self.updates: Literal["advance", "replay"] = "advance"
        self.as_list = False
        self.idle_status = 408
        self.wrapped = False
        self.retries = True
        self.webhook_info_empty = False
        self.verification = "webhook.ok"
        self.http_webhooks = False
        self.unknown_chat = 400
        self.blocked: int | None = None
        self.limited = True
        super().__init__(clock, port=port)

    def method(self, name: str) -> Callable[[Account, Parameters], Any] | None:
        return {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "testWebhook": self._test_webhook,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendSticker": self._send_sticker,
            "sendVoice": self._send_voice,
            "sendChatAction": self._send_chat_action,
        }.get(name)

    def flooded(self, retry_after: int | None) -> RefusedError:
        """No field tells how long to wait, nor a burst from the month's quota."""
        return RefusedError(429, "Quota exceeded")

    def posts(self) -> Iterator[Post]:
        for account in list(self.accounts.values()):
            while (post := self._next_post(account)) is not None:
                yield post
                with self.lock:
                    if post.body and (post.arrived or not self.retries):
                        account.pending.popleft()
                    if not post.arrived:
                        break

    def _next_post(self, account: Account) -> Post | None:
        with self.lock:
            webhook = account.webhook
            if webhook is None:
                return None
            if not webhook.probed:
                webhook.probed = True
                return Post(url=webhook.url, headers={}, body=b"")
            if not account.pending:
                return None
            update = account.pending[0]
            body = {"ok": True, "result": update} if self.wrapped else update
            headers = {"Content-Type": "application/json", SECRET_HEADER: webhook.secret}
            return Post(
                url=webhook.url, headers=headers, body=json.dumps(body, ensure_ascii=False).encode()
            )

    def _get_me(self, account: Account, given: Parameters) -> dict[str, Any]:
        return {
            "id": account.id,
            "account_name": account.account_name,
            "account_type": "BASIC",
            "can_join_groups": account.can_join_groups,
            "display_name": account.display_name,
        }

    def _get_updates(self, account: Account, given: Parameters) -> Any:
        if account.webhook is not None:
            raise RefusedError(400, "You cannot use this API while a webhook is set")
        again = account.last if self.updates == "replay" else None
        if again is None:
            self.wait(lambda: bool(account.pending), given.number("timeout", 30))
        if account.pending:
            account.last = account.pending.popleft()
        elif again is None:
            raise RefusedError(408, "Request timeout", status=self.idle_status)
        return [account.last] if self.as_list else account.last

    def _set_webhook(self, account: Account, given: Parameters) -> dict[str, Any]:
        url, secret = given.text("url"), given.text("secret_token")
        if not self.http_webhooks:
            _refuse_address(url)
        if not 8 <= len(secret) <= 256:
            raise RefusedError(400, "Bad Request: secret_token must be 8-256 characters")
        account.webhook = Webhook(url=url, secret=secret, updated_at=milliseconds(self.clock()))
        return account.webhook.shown() | {"verification": self._verification()}

    def _delete_webhook(self, account: Account, given: Parameters) -> dict[str, Any]:
        account.webhook = None
        return {"url": "", "updated_at": milliseconds(self.clock())}

    def _get_webhook_info(self, account: Account, given: Parameters) -> dict[str, Any]:
        if account.webhook is not None:
            return account.webhook.shown()
        if self.webhook_info_empty:
            return {"url": ""}
        raise RefusedError(404, "Not Found")

    def _test_webhook(self, account: Account, given: Parameters) -> dict[str, Any]:
        if account.webhook is None:
            raise RefusedError(404, "Not Found")
        return self._verification()

    def _verification(self) -> dict[str, Any]:
        ok = self.verification == "webhook.ok"
        code = 200 if ok else int(self.verification[-3:]) if "http" in self.verification else 0
        return {
            "ok": ok,
            "outcome": self.verification,
            "status_code": code,
            "latency_ms": 5,
            "hint": "",
        }

    def _send_message(self, account: Account, given: Parameters) -> dict[str, Any]:
        text = given.text("text")
        if not text.strip():
            raise RefusedError(400, "Bad Request: text is empty")
        if given.text("parse_mode") not in {"", "markdown", "html"}:
            raise RefusedError(400, "Bad Request: parse_mode is not supported")
        return self._send(account, given, "text", text)

    def _send_photo(self, account: Account, given: Parameters) -> dict[str, Any]:
        photo = given.text("photo")
        if urlsplit(photo).scheme not in {"http", "https"}:
            raise RefusedError(400, "Bad Request: photo must be a URL")
        return self._send(account, given, "photo", given.text("caption"), photo)

    def _send_sticker(self, account: Account, given: Parameters) -> dict[str, Any]:
        return self._send(account, given, "sticker", "", given.text("sticker"))

    def _send_voice(self, account: Account, given: Parameters) -> dict[str, Any]:
        url = given.text("voice_url")
        if not url.endswith(".aac"):
            raise RefusedError(400, "Bad Request: voice_url must be an .aac address")
        return self._send(account, given, "voice", "", url)

    def _send_chat_action(self, account: Account, given: Parameters) -> None:
        self._known(account, given)
        if given.text("action") != "typing":
            raise RefusedError(400, "Bad Request: action is not supported")

    def _send(
        self, account: Account, given: Parameters, kind: Media, text: str, media: str = ""
    ) -> dict[str, Any]:
        chat = self._known(account, given)
        if len(text.encode("utf-16-le")) // 2 > TEXT_AT_MOST:
            raise RefusedError(400, "Bad Request: text is longer than 2000 characters")
        if chat.blocked and self.blocked is not None:
            raise RefusedError(self.blocked, "Forbidden")
        month = f"{self.clock():%Y-%m}"
        if self.limited and _over_quota(account, chat, month):
            raise self.flooded(None)
        account.sent[month] += 1
        message = self._write(chat, account.display_name, kind, text, media, by_bot=True)
        if chat.blocked or (kind == "voice" and chat.kind == "GROUP"):
            chat.messages.remove(message)
        return _receipt(message)

    def _known(self, account: Account, given: Parameters) -> Chat:
        chat = account.chats.get(given.text("chat_id"))
        if chat is None:
            raise RefusedError(self.unknown_chat, "Bad Request: chat not found")
        return chat


def _over_quota(account: Account, chat: Chat, month: str) -> bool:
    newcomer = chat.kind == "PRIVATE" and chat.id not in account.users()[:USERS_AT_MOST]
    return newcomer or account.sent[month] >= MESSAGES_A_MONTH


def _receipt(message: Message) -> dict[str, Any]:
    return {"message_id": message.id, "date": milliseconds(message.at)}


def _refuse_address(url: str) -> None:
    """Only public https addresses: `webhook.err.blocked` is the platform's word for the others."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        private = not ipaddress.ip_address(host).is_global
    except ValueError:
        private = host in {"", "localhost"} or host.endswith(".localhost")
    if parts.scheme != "https" or private:
        raise RefusedError(400, "Bad Request: webhook.err.blocked")
