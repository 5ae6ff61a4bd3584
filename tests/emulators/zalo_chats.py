"""Who talks on the emulated Zalo, what stands in its chats, and how an event looks on the wire."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Media = Literal["text", "photo", "sticker", "voice", "unsupported", "action"]


@dataclass(eq=False, kw_only=True)
class Person:
    """Somebody with Zalo."""

    id: str
    name: str


@dataclass(eq=False, kw_only=True)
class Message:
    """What stands in a chat, as its people see it."""

    id: str
    at: datetime
    by_bot: bool
    sender: str
    """The name above it."""
    kind: Media
    text: str
    """The text, or a photo's caption."""
    media: str = ""
    """A photo's or voice's address, a sticker's id."""
    reply_to: "Message | None" = None


@dataclass(eq=False, kw_only=True)
class Chat:
    """Somebody's chat with one bot, whose id is the person's, or a group."""

    id: str
    kind: Literal["PRIVATE", "GROUP"]
    title: str
    people: list[Person]
    bots: list["Account"]
    messages: list[Message] = field(default_factory=list)
    blocked: bool = False
    """The person has blocked the bot."""


@dataclass(eq=False, kw_only=True)
class Webhook:
    """Where an account's events go."""

    url: str
    secret: str
    updated_at: int
    probed: bool = False
    """Whether the empty probe has been sent."""

    def shown(self) -> dict[str, Any]:
        return {"url": self.url, "updated_at": self.updated_at}


@dataclass(eq=False, kw_only=True)
class Account:
    """A bot."""

    token: str
    id: str
    account_name: str
    display_name: str
    can_join_groups: bool
    chats: dict[str, Chat] = field(default_factory=dict)
    """The chats it knows: whoever wrote to it, and its groups."""
    webhook: Webhook | None = None
    pending: deque[dict[str, Any]] = field(default_factory=deque)
    """Events that nobody has taken yet."""
    published: list[dict[str, Any]] = field(default_factory=list)
    """Every event there has been."""
    last: dict[str, Any] | None = None
    """The event that a poll got last."""
    sent: Counter[str] = field(default_factory=Counter)
    """Messages by month, "2026-11"."""

    def users(self) -> list[str]:
        """Ids of its private chats, in the order of their first message."""
        return [chat.id for chat in self.chats.values() if chat.kind == "PRIVATE"]


def milliseconds(at: datetime) -> int:
    """Zalo's dates."""
    return int(at.timestamp() * 1000)


def event(
    name: str, chat: Chat, person: Person, message_id: str, at: datetime, **content: Any
) -> dict[str, Any]:
    """An event with the fields that all have in common."""
    return {
        "event_name": name,
        "message": {
            "message_id": message_id,
            "date": milliseconds(at),
            "from": {"id": person.id, "display_name": person.name, "is_bot": False},
            "chat": {"id": chat.id, "chat_type": chat.kind},
            **content,
        },
    }
