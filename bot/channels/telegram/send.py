"""The way out to Telegram: one message after the other, each answer as a SendResult.

What a person has just asked for goes through aiogram; what nobody asked for (a reminder, news, all
that a group reads) through python-telegram-bot, whose limiter then holds back only that.

A 429 does not say whether one chat was too fast or all together. It is taken for the chat's own,
unless another chat is still waiting out one: then the whole account waits.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram import InlineKeyboardButton as PushedButton
from telegram import InlineKeyboardMarkup as PushedMarkup
from telegram import LinkPreviewOptions as PushedPreview

from bot.channels.preview import shown
from bot.channels.telegram.refusal import is_flood, result_of
from bot.channels.telegram.render import Button, Message, render
from bot.channels.telegram.wire import Pusher
from bot.delivery.send import Arrived, Later, MovedTo, SendResult, Trouble, Unknown
from bot.storage.outbox import Delivery

PUSHED = frozenset({"alert", "reminder", "tip"})
"""Kinds of delivery that nobody's message began."""
LONGEST = timedelta(seconds=25)
"""After so long no further part is begun, so that all is settled before the lease runs out."""


class TelegramSender:
    """Sends by both packages; nothing is ever repeated here."""

    together = False

    def __init__(
        self, replies: Bot, pushes: Pusher, base_url: str, clock: Callable[[], datetime]
    ) -> None:
        self._replies = replies
        self._pushes = pushes
        self._base_url = base_url
        self._clock = clock
        self._flooded: dict[str, datetime] = {}
        """Chats that were too fast, and until when they wait."""

    async def send(self, chat: str, batch: Sequence[Delivery]) -> SendResult:
        """Send the parts that have not arrived yet, in their order."""
        (delivery,) = batch
        messages = render(shown(delivery.reply, self._base_url), self._base_url)
        pushed = delivery.to_group or delivery.kind in PUSHED
        send = self._push if pushed else self._reply
        began = self._clock()
        for number, message in enumerate(messages[delivery.parts :], start=delivery.parts):
            if self._clock() - began > LONGEST:
                return Later(self._clock(), parts=number)
            try:
                await send(*_place(chat), message)
            except Exception as error:  # noqa: BLE001 - two packages, two trees of errors
                return self._failed(error, chat, delivery, arrived=number)
        return Arrived(parts=len(messages))

    def _failed(
        self, error: Exception, chat: str, delivery: Delivery, *, arrived: int
    ) -> SendResult:
        """What the error means, with how many parts had arrived before it."""
        now = self._clock()
        match result := result_of(error, now=now, attempts=delivery.attempts):
            case Later():
                whole = is_flood(error) and self._others_wait(chat, result.again_at, now)
                return Later(result.again_at, whole_account=whole, parts=arrived)
            case Unknown():
                return Unknown(parts=arrived + 1)
            case Trouble() | MovedTo() if arrived > delivery.parts:
                return Later(now, parts=arrived)  # so that what has arrived is noted first
            case _:
                return result

    def _others_wait(self, chat: str, until: datetime, now: datetime) -> bool:
        """Note that this chat was too fast; whether another one still waits for the same."""
        self._flooded = {one: end for one, end in self._flooded.items() if end > now}
        others = self._flooded.keys() - {chat}
        self._flooded[chat] = until
        return bool(others)

    async def _reply(self, chat: int, thread: int | None, message: Message) -> None:
        await self._replies.send_message(
            chat_id=chat,
            message_thread_id=thread,
            text=message.text,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=_keyboard(message.buttons),
        )

    async def _push(self, chat: int, thread: int | None, message: Message) -> None:
        await self._pushes.send_message(
            chat_id=chat,
            message_thread_id=thread,
            text=message.text,
            link_preview_options=PushedPreview(is_disabled=True),
            reply_markup=_pushed_keyboard(message.buttons),
        )


def _place(chat: str) -> tuple[int, int | None]:
    """The chat's id, and the thread of a forum's topic."""
    number, _, thread = chat.partition("/")
    return int(number), int(thread) if thread else None


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    rows = [[InlineKeyboardButton(text=one.label, callback_data=one.data)] for one in buttons]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _pushed_keyboard(buttons: Sequence[Button]) -> PushedMarkup | None:
    if not buttons:
        return None
    return PushedMarkup([[PushedButton(one.label, callback_data=one.data)] for one in buttons])
