"""The Telegram Bot API on localhost, Bot API 10.

    with Telegram(clock) as telegram:
        bot = telegram.bot("2001:telegram", "binhdan_bot")
        # aiogram: AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
        # python-telegram-bot: telegram.Bot(bot.token, base_url=telegram.url + "/bot")
        ba_hai = telegram.person("Bà Hai")
        telegram.says(ba_hai, "/start ward_1")          # a private message
        message = telegram.messages(ba_hai)[-1]         # what it shows now: text as a person reads
                                                        # it, entities, buttons, labels, file …
        press = telegram.presses(ba_hai, message, "Có") # press.answered, press.notice
        group = telegram.group("Tổ 5", ba_hai)          # supergroup=True, forum=True
        telegram.adds_bot(ba_hai, group)                # before that it hears nothing
        thread = telegram.topic(ba_hai, forum, "Lớp tối")
        edits, sends_photo, sends_sticker, sends_voice, sends_document, kicks_bot, makes_admin,
        joins, leaves, blocks_bot, unblocks_bot, deletes_account, migrates, redeliver
        telegram.from_bot(ba_hai)                       # only the bot's texts
        telegram.calls, telegram.called("sendMessage")  # parameters, at, status, answer, fault
        telegram.faults.add(Fault("flood", retry_after=3))       # see faults.py
        telegram.deliver(post) / await telegram.delivered(post) / with telegram.pump()
        telegram.until(lambda: len(telegram.calls) > 2) # waits for another thread or process; it
                                                        # blocks: asyncio.to_thread in a coroutine

Settings:
    flood = Flood()            the platform's limits on the given clock; None switches them off.
                               A clock that stands still lets 5 messages into a private chat, 20
                               into a group and 30 in all.
    http_webhooks = False      whether a webhook may be plain http (tests, by hand)
    idle_at_once = False       a poll that finds nothing waits its timeout | answers at once

A chat is found once the person has written there (or the bot was added): before that it is "chat
not found", or "can't initiate conversation" with who shares a group. Of `parse_mode` only HTML is
known.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from tests.emulators.bot_api import RefusedError
from tests.emulators.parameters import Parameters
from tests.emulators.telegram_asking import ASKING
from tests.emulators.telegram_chats import Account, Webhook
from tests.emulators.telegram_people import TelegramPeople
from tests.emulators.telegram_sending import SENDING
from tests.emulators.webhook import Post, Webhooks

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_OTHER_POLL = "other getUpdates request; make sure that only one bot instance is running"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Telegram(TelegramPeople, Webhooks):
    """See the module's words."""

    def __init__(self, clock: Callable[[], datetime], *, port: int = 0) -> None:
        self.http_webhooks = False
        super().__init__(clock, port=port)

    def method(self, name: str) -> Callable[[Account, Parameters], Any] | None:
        """Names are read in any case, as the platform reads them."""
        own = {
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
        }
        known = {word: partial(there, self) for word, there in (SENDING | ASKING).items()}
        spelled = {word.lower(): there for word, there in (known | own).items()}
        return spelled.get(name.lower())

    def flooded(self, retry_after: int | None) -> RefusedError:
        if retry_after is None:
            return RefusedError(429, "Too Many Requests")
        return RefusedError(
            429,
            f"Too Many Requests: retry after {retry_after}",
            parameters={"retry_after": retry_after},
        )

    def unreadable(self, error: ValueError) -> RefusedError:
        if isinstance(error, json.JSONDecodeError):
            return RefusedError(400, "Bad Request: can't parse JSON object")
        return RefusedError(400, "Bad Request: strings must be encoded in UTF-8")

    def posts(self) -> Iterator[Post]:
        for bot in list(self.accounts.values()):
            while bot.webhook is not None and bot.pending:
                webhook, update = bot.webhook, bot.pending[0]
                headers = {"Content-Type": "application/json"}
                if webhook.secret:
                    headers[SECRET_HEADER] = webhook.secret
                body = json.dumps(update, ensure_ascii=False).encode()
                post = Post(url=webhook.url, headers=headers, body=body)
                yield post
                with self.lock:
                    if not self._settled(bot, webhook, update, post):
                        break

    def _settled(self, bot: Account, webhook: Webhook, update: dict[str, Any], post: Post) -> bool:
        if not post.arrived:
            heard = f"Wrong response from the webhook: {post.status}"
            webhook.error = heard if post.status else "Connection refused"
            webhook.error_at = self.clock()
            return False
        if bot.pending and bot.pending[0] is update:
            bot.pending.pop(0)
        return True

    def _get_updates(self, bot: Account, given: Parameters) -> list[dict[str, Any]]:
        if bot.webhook is not None:
            raise RefusedError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._end_poll(bot, _OTHER_POLL)
        mine = bot.polls
        self._remember_kinds(bot, given)
        _confirm(bot, given.number("offset"))
        self.wait(lambda: bool(bot.pending) or bot.polls != mine, given.number("timeout"))
        if bot.polls != mine:
            raise RefusedError(409, f"Conflict: terminated by {bot.ended_by}")
        return bot.pending[: min(max(given.number("limit", 100), 1), 100)]

    def _end_poll(self, bot: Account, by: str) -> None:
        """Of two polls the one that waits already is ended."""
        bot.polls += 1
        bot.ended_by = by
        self.lock.notify_all()

    def _set_webhook(self, bot: Account, given: Parameters) -> bool:
        url, secret = given.text("url"), given.text("secret_token")
        if not url:
            return self._delete_webhook(bot, given)
        if not url.startswith("https://") and not self.http_webhooks:
            raise RefusedError(
                400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            )
        if secret and not _SECRET.fullmatch(secret):
            raise RefusedError(400, "Bad Request: secret token contains unallowed characters")
        self._end_poll(bot, "setWebhook request")
        self._remember_kinds(bot, given)
        _drop_pending(bot, given)
        connections = given.number("max_connections", 40)
        bot.webhook = Webhook(url=url, secret=secret, connections=connections)
        return True

    def _delete_webhook(self, bot: Account, given: Parameters) -> bool:
        _drop_pending(bot, given)
        bot.webhook = None
        return True

    def _get_webhook_info(self, bot: Account, given: Parameters) -> dict[str, Any]:
        info: dict[str, Any] = {
            "url": "",
            "has_custom_certificate": False,
            "pending_update_count": len(bot.pending),
        }
        webhook = bot.webhook
        if bot.allowed:
            info["allowed_updates"] = bot.allowed
        if webhook is None:
            return info
        info |= {"url": webhook.url, "max_connections": webhook.connections}
        if webhook.error_at is not None:
            info["last_error_date"] = int(webhook.error_at.timestamp())
            info["last_error_message"] = webhook.error
        return info

    def _remember_kinds(self, bot: Account, given: Parameters) -> None:
        kinds = given.nested("allowed_updates")
        if kinds is not None or "allowed_updates" in given.values:
            bot.allowed = list(kinds or [])


def _confirm(bot: Account, offset: int) -> None:
    """Forget what a positive offset has passed, or all but the last few of a negative one."""
    if offset < 0:
        bot.pending = bot.pending[offset:]
    elif offset:
        bot.pending = [update for update in bot.pending if update["update_id"] >= offset]


def _drop_pending(bot: Account, given: Parameters) -> None:
    if given.flag("drop_pending_updates"):
        bot.pending.clear()
