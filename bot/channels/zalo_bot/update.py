"""What Zalo sends, read: `unwrap` takes off what is around an update, `parse` makes an Incoming.

Documentation and captured calls differ, so both are taken: flat or under `result`, one update or a
list, `photo` or `photo_url`. Addresses of pictures and voices are not even read.

Zalo gives no update id and may repeat a message, so the message's id is the key. In groups it
hands over only what mentions the bot or replies to it; the mention stands in the text.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.channels.incoming import Incoming, InGroup
from flows.turn import Said, Sent, SentKind

CHANNEL = "zalo_bot"

_SENT: dict[str, SentKind] = {
    "message.image.received": "photo",
    "message.sticker.received": "sticker",
    "message.voice.received": "voice",
    "message.unsupported.received": "unreadable",
}
_TEXT = "message.text.received"

_Id = Annotated[str, Field(pattern=r"^[!-~]{1,128}$")]
_Milliseconds = Annotated[int, Field(ge=0, lt=4_102_444_800_000)]
"""Until the year 2100."""


class UnreadableError(Exception):
    """This is no update of a form that we know. It quotes nothing of what came."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)


class _Sender(_Part):
    id: _Id
    is_bot: bool = False


class _Chat(_Part):
    id: _Id
    chat_type: str = ""


class _Message(_Part):
    message_id: _Id
    date: _Milliseconds
    sender: _Sender = Field(alias="from")
    chat: _Chat
    text: str | None = None
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Bot:
    """Our account, as it stands in updates."""

    account: str
    names: tuple[str, ...] = field(default=())
    """What follows the @ where it is mentioned."""


def unwrap(payload: object) -> list[object]:
    """The updates in the body of a webhook's call. Raises UnreadableError."""
    if isinstance(payload, dict) and "event_name" not in payload:
        payload = cast("dict[str, object]", payload).get("result")
    if isinstance(payload, list):
        return cast("list[object]", payload)
    if isinstance(payload, dict):
        return [cast("object", payload)]
    raise UnreadableError("no update")


def parse(update: object, bot: Bot) -> Incoming | None:
    """Read one update; None for what asks for no answer. Raises UnreadableError."""
    if not isinstance(update, dict):
        raise UnreadableError("no object")
    fields = cast("dict[str, object]", update)
    event = fields.get("event_name")
    if not isinstance(event, str):
        raise UnreadableError("no event")
    if event != _TEXT and event not in _SENT:
        return None  # follows, reactions and what may come tomorrow
    try:
        message = _Message.model_validate(fields.get("message"))
    except ValidationError:
        raise UnreadableError("message") from None
    return None if message.sender.is_bot else _incoming(event, message, bot)


def _incoming(event: str, message: _Message, bot: Bot) -> Incoming:
    private = _is_private(message)
    words = (message.text if event == _TEXT else message.caption) or ""
    words = _whole(words if private else without_mention(words, bot.names))
    return Incoming(
        channel=CHANNEL,
        account=bot.account,
        chat=message.chat.id,
        sender=message.sender.id,
        update_id=message.message_id,
        input=Said(text=words) if event == _TEXT else Sent(kind=_SENT[event], caption=words),
        at=datetime.fromtimestamp(message.date / 1000, UTC),
        group=None if private else InGroup(chat=message.chat.id, title=""),
    )


def without_mention(text: str, names: Iterable[str]) -> str:
    """The text without the names by which the bot was addressed, wherever they stand."""
    text = unicodedata.normalize("NFC", text)
    for name in sorted(names, key=len, reverse=True):
        mention = re.escape("@" + unicodedata.normalize("NFC", name))
        mentions = re.compile(rf"(?<!\s)\s*(?:(?<!\w){mention}(?!\w)\s*+[,:]?\s*+)+", re.IGNORECASE)
        text = mentions.sub(" ", text)
    return text.strip()


def _is_private(message: _Message) -> bool:
    """A private chat has its person's id, should its type be missing; all else is a group."""
    kind = message.chat.chat_type.upper()
    return kind == "PRIVATE" or (not kind and message.chat.id == message.sender.id)


def _whole(text: str) -> str:
    """Without halves of characters, which JSON can hold and a database can't."""
    return text.encode("utf-8", "ignore").decode()
