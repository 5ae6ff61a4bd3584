"""The web chat: the page's JSON in, a reply as JSON out. Pure; the endpoints are `bot/web/chat.py`.

A browser is known by a key that it draws itself and sends in a header: 128 random bits, kept by
the page. It is no cookie, so no other site can make the browser send it, and it stands in no
address and no log. What is stored is only its hash: the database does not hold the key.
"""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Annotated, TypedDict

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.channels.incoming import Address, Incoming
from bot.channels.mark import mark_of
from flows.replies import Choices, Reply
from flows.turn import Pressed, Said

CHANNEL = "web"
ACCOUNT = "web"
MOST_BYTES = 16_384
MOST_CHARACTERS = 4_000
LONGEST_WAIT = timedelta(days=2)
"""A message that waited longer for a network is dated no further back."""

_BROWSER = re.compile(r"[0-9a-f]{32}")


class RefusedError(Exception):
    """This request is not answered; `key` is the sentence that says so, `status` that of HTTP."""

    def __init__(self, key: str, status: int) -> None:
        super().__init__(key)
        self.key = key
        self.status = status


class ShownOption(TypedDict):
    """A way to answer, with the number or letter that may be typed instead."""

    mark: str
    label: str


class ShownChoices(TypedDict):
    """A list of options; an ordering has no buttons."""

    asking: int
    ordering: bool
    options: list[ShownOption]


class Shown(TypedDict):
    """A reply as the page reads it."""

    text: str
    link: str | None
    emergency: bool
    choices: ShownChoices | None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Press(_Strict):
    asking: Annotated[int, Field(ge=0, le=2**31)]
    option: Annotated[int, Field(ge=0, le=99)]


class _Update(_Strict):
    update: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    text: str | None = None
    press: _Press | None = None
    waited_ms: Annotated[int, Field(ge=0)] = 0
    """How long it lay in the browser before it was sent, by the browser's own clock."""
    borrowed: bool = False


class _Seen(_Strict):
    seen: Annotated[list[int], Field(max_length=500)]


def chat_of(browser: str | None) -> str:
    """The chat of the browser with this key. Raises RefusedError for what is no key."""
    if browser is None or not _BROWSER.fullmatch(browser):
        raise RefusedError("page.refused", 400)
    return hashlib.sha256(f"web:{browser}".encode()).hexdigest()[:32]


def address_of(chat: str) -> Address:
    """Where the replies of this chat are queued."""
    return Address(CHANNEL, ACCOUNT, chat)


def parse(payload: object, *, chat: str, now: datetime) -> Incoming:
    """Read one update of the page. Raises RefusedError."""
    try:
        update = _Update.model_validate(payload)
    except ValidationError:
        raise RefusedError("page.refused", 400) from None
    if (update.text is None) == (update.press is None):
        raise RefusedError("page.refused", 400)
    text = update.text or ""
    if len(text) > MOST_CHARACTERS:
        raise RefusedError("page.too_long", 413)
    if any("\ud800" <= char <= "\udfff" for char in text):  # half a character: not storable
        raise RefusedError("page.refused", 400)
    return Incoming(
        channel=CHANNEL,
        account=ACCOUNT,
        chat=chat,
        sender=chat,
        update_id=f"{chat}.{update.update}",
        input=_input(update),
        at=now - min(timedelta(milliseconds=min(update.waited_ms, 10**12)), LONGEST_WAIT),
        lasting=not update.borrowed,
    )


def parse_seen(payload: object) -> list[int]:
    """The ids of replies that the page has shown. Raises RefusedError."""
    try:
        seen = _Seen.model_validate(payload).seen
    except ValidationError:
        raise RefusedError("page.refused", 400) from None
    return [one for one in seen if 0 < one < 2**63]


def render(reply: Reply) -> Shown:
    """Give a reply as the page reads it: marks beside labels; what a choice means stays here."""
    return Shown(
        text=reply.text,
        link=reply.link,
        emergency=reply.emergency,
        choices=None if reply.choices is None else _choices(reply.choices),
    )


def _input(update: _Update) -> Said | Pressed:
    if update.press is not None:
        return Pressed(asking=update.press.asking, option=update.press.option)
    return Said(text=update.text or "")


def _choices(choices: Choices) -> ShownChoices:
    return ShownChoices(
        asking=choices.asking,
        ordering=choices.ordering,
        options=[
            ShownOption(mark=mark_of(choices.style, position), label=option.label)
            for position, option in enumerate(choices.options)
        ],
    )
