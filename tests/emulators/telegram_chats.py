"""Who talks on the emulated Telegram, what stands in its chats, and how both look on the wire."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tests.emulators.parameters import Upload
from tests.emulators.telegram_text import Entity

Status = Literal["creator", "administrator", "member", "left", "kicked"]
Media = Literal["text", "photo", "document", "sticker", "voice", "service"]


@dataclass(eq=False, kw_only=True)
class Person:
    """Somebody with Telegram."""

    id: int
    first_name: str
    username: str | None = None
    language: str = "vi"
    deleted: bool = False
    """The account is gone."""

    def shown(self) -> dict[str, Any]:
        user: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        user["language_code"] = self.language
        return user | ({"username": self.username} if self.username else {})


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it sends `data`, or opens `url`."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(eq=False, kw_only=True)
class Message:
    """What stands in a chat, as its people see it."""

    id: int
    chat: "Chat"
    sender: "Person | Account"
    at: datetime
    kind: Media = "text"
    text: str = ""
    """As a person reads it, without markup; the caption of a picture or a file."""
    entities: tuple[Entity, ...] = ()
    markup: dict[str, Any] | None = None
    """The keyboard as the bot gave it."""
    thread: int | None = None
    reply_to: "Message | None" = None
    file: Upload | None = None
    """What the bot has uploaded with it."""
    content: dict[str, Any] = field(default_factory=dict)
    """Fields of its kind: photo, sticker, new_chat_members …"""
    edited_at: datetime | None = None

    @property
    def by_bot(self) -> bool:
        return isinstance(self.sender, Account)

    @property
    def buttons(self) -> list[list[Button]]:
        """The inline keyboard, row by row."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [
            [Button(key["text"], key.get("callback_data"), key.get("url")) for key in row]
            for row in rows
        ]

    @property
    def labels(self) -> list[str]:
        """What the buttons say, in reading order."""
        return [button.text for row in self.buttons for button in row]

    def shown(self, *, with_reply: bool = True) -> dict[str, Any]:
        """The platform's Message object."""
        shown: dict[str, Any] = {
            "message_id": self.id,
            "from": self.sender.shown(),
            "chat": self.chat.shown(),
            "date": int(self.at.timestamp()),
            **self.content,
        }
        prefix = "" if self.kind == "text" else "caption_"
        if self.text:
            shown[prefix.rstrip("_") or "text"] = self.text
        if self.entities:
            shown[prefix + "entities"] = list(self.entities)
        if self.thread is not None:
            shown |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.edited_at is not None:
            shown["edit_date"] = int(self.edited_at.timestamp())
        if self.buttons:
            shown["reply_markup"] = self.markup
        if with_reply and self.reply_to is not None:
            shown["reply_to_message"] = self.reply_to.shown(with_reply=False)
        return shown


@dataclass(eq=False, kw_only=True)
class Chat:
    """A private chat of one person with one bot, a group, or a supergroup."""

    id: int
    kind: Literal["private", "group", "supergroup"]
    title: str
    members: dict[int, "Person | Account"] = field(default_factory=dict)
    """Everybody who was ever in it; `statuses` says how they stand now."""
    statuses: dict[int, Status] = field(default_factory=dict)
    is_forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    """Names by thread id."""
    log: dict[int, Message] = field(default_factory=dict)
    """What it shows, by message id."""
    begun: bool = False
    """A private chat in which the person has written."""
    blocked: bool = False
    """The person has blocked the bot of this private chat."""
    moved_to: int | None = None
    """The supergroup that this group has become."""
    _last_id: int = 1
    """1 is the thread of a forum's General topic, which takes no `message_thread_id`."""

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def present(self) -> list["Person | Account"]:
        """Who is in it now."""
        return [member for member in self.members.values() if self.stands(member) not in _GONE]

    def bots(self) -> list["Account"]:
        """The bots that are in it now."""
        return [member for member in self.present() if isinstance(member, Account)]

    def stands(self, member: "Person | Account") -> Status:
        return self.statuses.get(member.id, "left")

    def shown(self) -> dict[str, Any]:
        """The platform's Chat object."""
        shown: dict[str, Any] = {"id": self.id, "type": self.kind}
        if self.kind == "private":
            return shown | {"first_name": self.title}
        return shown | {"title": self.title} | ({"is_forum": True} if self.is_forum else {})


_GONE: frozenset[Status] = frozenset({"left", "kicked"})


@dataclass(eq=False, kw_only=True)
class Press:
    """A tap on a button, and what the bot showed for it."""

    id: str
    person: Person
    data: str
    at: datetime
    answered: bool = False
    notice: str = ""
    """The words that the bot let appear, "" when the hourglass only went."""
    alert: bool = False


@dataclass(eq=False, kw_only=True)
class Webhook:
    """Where a bot's updates go."""

    url: str
    secret: str
    connections: int = 40
    error: str = ""
    error_at: datetime | None = None


@dataclass(eq=False, kw_only=True)
class Account:
    """A bot."""

    token: str
    id: int
    username: str
    first_name: str
    can_read_all: bool
    """Privacy mode is off."""
    privates: dict[int, Chat] = field(default_factory=dict)
    webhook: Webhook | None = None
    allowed: list[str] = field(default_factory=list)
    """The kinds of update it asked for; none means the platform's own choice."""
    pending: list[dict[str, Any]] = field(default_factory=list)
    """Updates that are not confirmed yet."""
    published: list[dict[str, Any]] = field(default_factory=list)
    """Every update there has been."""
    polls: int = 0
    """Counts the polls: a newer one ends the one that waits."""
    ended_by: str = ""
    """What ended the poll that waited."""
    presses: dict[str, Press] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    """Commands and descriptions, by method, scope and language."""

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.first_name,
            "username": self.username,
        }

    def shown_to_itself(self) -> dict[str, Any]:
        """What `getMe` says."""
        return self.shown() | {
            "can_join_groups": True,
            "can_read_all_group_messages": self.can_read_all,
            "supports_inline_queries": False,
        }


def member_shown(member: Person | Account, status: Status) -> dict[str, Any]:
    """The platform's ChatMember object."""
    shown: dict[str, Any] = {"user": member.shown(), "status": status}
    if status == "kicked":
        return shown | {"until_date": 0}
    if status == "creator":
        return shown | {"is_anonymous": False}
    return shown | (dict.fromkeys(_RIGHTS, False) if status == "administrator" else {})


_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
