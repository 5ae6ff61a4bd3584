"""One update of Telegram as an Incoming, or None for what is none of ours. Pure.

    message          private: words, or that something came that is no text
                     group: the same where it is addressed to the bot (`addressed.py`); a group
                     that became a supergroup is Moved
    edited_message   private only: that it was edited; the new words are not read
    callback_query   a press, in any chat (`press.py`)
    my_chat_member   in a group: the bot was let in, or put out

Silent: other bots, anonymous administrators and channels (nobody there is a person), service
messages, live positions that move, changes of the bot's rights.

`chat` is the chat's id, in a forum's topic `<id>/<thread>`; `InGroup.chat` is always the id alone.
"""

from datetime import datetime

from aiogram.enums import ChatType, ContentType
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Message,
    Update,
    User,
)
from aiogram.types.chat_member_union import ChatMemberUnion

from bot.channels.incoming import Incoming, InGroup, Moved
from bot.channels.telegram.addressed import Me, addressed
from bot.channels.telegram.commands import Commands, typed_command
from bot.channels.telegram.press import unpack
from flows.turn import Admitted, Pressed, Removed, Said, Sent, SentKind

CHANNEL = "telegram"
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update we ask for; the others would only cost."""

_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_KINDS: dict[str, SentKind] = {
    ContentType.PHOTO: "photo",
    ContentType.LIVE_PHOTO: "photo",
    ContentType.VIDEO: "video",
    ContentType.VIDEO_NOTE: "video",
    ContentType.ANIMATION: "video",
    ContentType.STICKER: "sticker",
    ContentType.DICE: "sticker",
    ContentType.VOICE: "voice",
    ContentType.AUDIO: "voice",
    ContentType.DOCUMENT: "file",
    ContentType.PAID_MEDIA: "file",
    ContentType.POLL: "file",
    ContentType.CHECKLIST: "file",
    ContentType.STORY: "file",
    ContentType.GAME: "file",
    ContentType.RICH_MESSAGE: "file",
    ContentType.LOCATION: "location",
    ContentType.VENUE: "location",
    ContentType.CONTACT: "contact",
}


def parse(update: Update, me: Me, commands: Commands, *, now: datetime) -> Incoming | None:
    """Read one update; `now` dates a press, of which Telegram does not say when it was made."""
    read = _Reading(update, me, commands, now)
    if update.callback_query is not None:
        return read.press(update.callback_query)
    if update.my_chat_member is not None:
        return read.membership(update.my_chat_member)
    if update.edited_message is not None:
        return read.edited(update.edited_message)
    return read.message(update.message) if update.message is not None else None


class _Reading:
    """One update and what is known about the bot."""

    def __init__(self, update: Update, me: Me, commands: Commands, now: datetime) -> None:
        self._id = str(update.update_id)
        self._me = me
        self._commands = commands
        self._now = now

    def message(self, message: Message) -> Incoming | None:
        if message.migrate_to_chat_id is not None:
            return self._moved(message, message.chat.id, message.migrate_to_chat_id)
        if message.migrate_from_chat_id is not None:
            return self._moved(message, message.migrate_from_chat_id, message.chat.id)
        sender = _person(message)
        private = message.chat.type == ChatType.PRIVATE
        if sender is None or not (private or message.chat.type in _GROUPS):
            return None
        words = self._words(message) if private else addressed(message, self._me, self._commands)
        given = None if words is None else _given(message, words)
        return given and self._incoming(message.chat, _place(message), sender, given, message.date)

    def edited(self, message: Message) -> Incoming | None:
        sender = _person(message)
        if sender is None or message.chat.type != ChatType.PRIVATE:
            return None
        if message.text is None and message.caption is None:
            return None  # a live position has moved
        given = Sent(kind="edited")
        return self._incoming(message.chat, _place(message), sender, given, self._now)

    def press(self, query: CallbackQuery) -> Incoming | None:
        pressed = unpack(query.data)
        if pressed is None or query.message is None or query.from_user.is_bot:
            return None
        chat = query.message.chat
        if chat.type == ChatType.CHANNEL:
            return None
        shown = query.message if isinstance(query.message, Message) else None
        place = _place(shown) if shown is not None else str(chat.id)
        return self._incoming(chat, place, query.from_user, pressed, self._now)

    def membership(self, changed: ChatMemberUpdated) -> Incoming | None:
        was, present = _present(changed.old_chat_member), _present(changed.new_chat_member)
        if changed.chat.type not in _GROUPS or was == present:
            return None
        given = Admitted() if present else Removed()
        place = str(changed.chat.id)
        return self._incoming(changed.chat, place, changed.from_user, given, changed.date)

    def _words(self, message: Message) -> str:
        text = message.text or message.caption or ""
        typed = typed_command(text)
        return text if typed is None else self._commands.words(typed)

    def _moved(self, message: Message, old: int, new: int) -> Incoming:
        """Told twice, once in each group; the same both times."""
        sender = message.from_user.id if message.from_user is not None else old
        return Incoming(
            channel=CHANNEL,
            account=str(self._me.id),
            chat=str(old),
            sender=str(sender),
            update_id=self._id,
            input=Moved(str(new)),
            at=message.date,
            group=InGroup(str(old), message.chat.title or ""),
        )

    def _incoming(
        self,
        chat: Chat,
        place: str,
        sender: User,
        given: Said | Sent | Pressed | Admitted | Removed,
        at: datetime,
    ) -> Incoming:
        group = None
        if chat.type in _GROUPS:
            group = InGroup(str(chat.id), chat.title or "")
        return Incoming(
            channel=CHANNEL,
            account=str(self._me.id),
            chat=place,
            sender=str(sender.id),
            update_id=self._id,
            input=given,
            at=at,
            group=group,
        )


def _person(message: Message) -> User | None:
    """Who wrote; None for bots, and for whoever writes in a group's or a channel's name."""
    sender = message.from_user
    return None if sender is None or sender.is_bot or message.sender_chat is not None else sender


def _given(message: Message, words: str) -> Said | Sent | None:
    if message.text is not None:
        return Said(text=words)
    kind = _KINDS.get(message.content_type)
    return None if kind is None else Sent(kind=kind, caption=words)


def _place(message: Message) -> str:
    """Only a forum has topics: elsewhere a thread is merely a chain of replies."""
    thread = message.message_thread_id
    topic = message.chat.type in _GROUPS and message.is_topic_message and thread is not None
    return f"{message.chat.id}/{thread}" if topic else str(message.chat.id)


def _present(member: ChatMemberUnion) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in ("left", "kicked")
