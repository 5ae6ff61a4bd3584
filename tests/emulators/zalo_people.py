"""What people do on the emulated Zalo. A bot hears of it as the platform lets it hear.

In a private chat it hears everything. In a group it hears only what mentions it or replies to it;
a photo must carry the mention in its caption. The mention stays in the text.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from tests.emulators.bot_api import BotApi
from tests.emulators.zalo_chats import Account, Chat, Media, Message, Person, event

USERS_AT_MOST = 50
"""People a bot of the Basic plan may write to."""
GROUPS_AT_MOST = 3


class ZaloPeople(BotApi[Account]):
    """The world of the emulated platform; `ZaloBot` adds the methods that a bot calls."""

    def __init__(self, clock: Callable[[], datetime], *, port: int = 0) -> None:
        self._ids = 0
        self._photo_field: Literal["photo", "photo_url"] = "photo"
        super().__init__(clock, port=port)

    def bot(
        self,
        token: str = "1001:zalo",
        account_name: str = "bot.BinhDan",
        *,
        display_name: str = "Bot Bình Dân",
        can_join_groups: bool = True,
    ) -> Account:
        """Make a bot."""
        account = Account(
            token=token,
            id=self._new_id(),
            account_name=account_name,
            display_name=display_name,
            can_join_groups=can_join_groups,
        )
        self.accounts[token] = account
        return account

    def person(self, name: str) -> Person:
        """Somebody who has Zalo and has not written to any bot."""
        return Person(id=self._new_id(), name=name)

    def private(self, person: Person, bot: Account | None = None) -> Chat:
        """The person's chat with a bot; it begins now when there was none."""
        bot = self.account(bot)
        with self.lock:
            return bot.chats.setdefault(
                person.id,
                Chat(id=person.id, kind="PRIVATE", title=person.name, people=[person], bots=[bot]),
            )

    def group(self, title: str, *people: Person, bot: Account | None = None) -> Chat:
        """A group whose admin has added and confirmed the bot. No event tells the bot of it.

        ValueError when the bot may not join one, or has its three already.
        """
        bot = self.account(bot)
        with self.lock:
            groups = [chat for chat in bot.chats.values() if chat.kind == "GROUP"]
            if not bot.can_join_groups or len(groups) >= GROUPS_AT_MOST:
                raise ValueError("this bot can't join a group")
            chat = Chat(
                id="g" + self._new_id(), kind="GROUP", title=title, people=[*people], bots=[bot]
            )
            bot.chats[chat.id] = chat
            return chat

    def says(
        self, person: Person, text: str, chat: Chat | None = None, reply_to: Message | None = None
    ) -> Message:
        """Somebody writes, in private unless a group is given."""
        return self._sends(person, chat, "text", "message.text.received", text, reply_to=reply_to)

    def sends_photo(
        self,
        person: Person,
        caption: str = "",
        chat: Chat | None = None,
        *,
        field: Literal["photo", "photo_url"] = "photo",
        reply_to: Message | None = None,
    ) -> Message:
        """Somebody sends a picture; its address comes in one of the two fields that were seen."""
        url = "https://photo.zalo.example/a.jpg"
        return self._sends(
            person, chat, "photo", "message.image.received", caption, url,
            reply_to=reply_to, **{field: url}, message_type="CHAT_PHOTO", caption=caption,
        )  # fmt: skip

    def sends_sticker(self, person: Person, chat: Chat | None = None) -> Message:
        """Somebody sends a sticker."""
        content: dict[str, Any] = {
            "sticker": "bfe458bf64fa8da4d4eb",
            "url": "https://stickers.zalo.example/1.png",
        }
        return self._sends(person, chat, "sticker", "message.sticker.received", **content)

    def sends_voice(self, person: Person, chat: Chat | None = None) -> Message:
        """Somebody sends a voice message."""
        content: dict[str, Any] = {
            "voice_url": "https://voice.zalo.example/a.aac",
            "message_type": "CHAT_VOICE",
        }
        return self._sends(person, chat, "voice", "message.voice.received", **content)

    def sends_unsupported(self, person: Person, chat: Chat | None = None) -> Message:
        """Somebody sends a link or a file, or is a child: the event has no content."""
        return self._sends(person, chat, "unsupported", "message.unsupported.received")

    def sends_unknown(self, person: Person, event_name: str = "user.followed") -> Message:
        """An event that no documentation names."""
        return self._sends(person, None, "unsupported", event_name)

    def blocks_bot(self, person: Person, bot: Account | None = None) -> None:
        """The person wants no more messages, until they write again; no event tells the bot."""
        self.private(person, bot).blocked = True

    def removes_bot(self, group: Chat, bot: Account | None = None) -> None:
        """The bot is taken out of a group; no event tells it."""
        with self.lock:
            bot = self.account(bot)
            group.bots.remove(bot)
            del bot.chats[group.id]

    def messages(self, chat: Chat | Person) -> list[Message]:
        """What the chat shows now; a person stands for the private chat with the only bot."""
        with self.lock:
            return list((self.private(chat) if isinstance(chat, Person) else chat).messages)

    def from_bot(self, chat: Chat | Person) -> list[str]:
        """The texts that the bot has written into the chat, in order."""
        return [message.text for message in self.messages(chat) if message.by_bot]

    def redeliver(self, update: dict[str, Any] | None = None, bot: Account | None = None) -> None:
        """Let an event (the last one) come a second time."""
        with self.lock:
            bot = self.account(bot)
            bot.pending.append(update or bot.published[-1])
            self.lock.notify_all()

    def reverse(self, bot: Account | None = None) -> None:
        """Let what nobody has taken yet come in the wrong order."""
        with self.lock:
            self.account(bot).pending.reverse()

    def _sends(
        self,
        person: Person,
        chat: Chat | None,
        kind: Media,
        name: str,
        text: str = "",
        media: str = "",
        reply_to: Message | None = None,
        **content: Any,
    ) -> Message:
        chat = chat or self.private(person)
        with self.lock:
            chat.blocked = False
            message = self._write(chat, person.name, kind, text, media, reply_to=reply_to)
            if kind == "text":
                content["text"] = text
            update = event(name, chat, person, message.id, message.at, **content)
            for bot in chat.bots:
                if _hears(bot, chat, message):
                    bot.pending.append(update)
                    bot.published.append(update)
            self.lock.notify_all()
            return message

    def _write(
        self,
        chat: Chat,
        sender: str,
        kind: Media,
        text: str,
        media: str = "",
        *,
        by_bot: bool = False,
        reply_to: Message | None = None,
    ) -> Message:
        message = Message(
            id=self._new_id(),
            at=self.clock(),
            by_bot=by_bot,
            sender=sender,
            kind=kind,
            text=text,
            media=media,
            reply_to=reply_to,
        )
        chat.messages.append(message)
        return message

    def _new_id(self) -> str:
        """Twenty hexadecimal digits, the same in every run."""
        self._ids += 1
        return hashlib.sha256(str(self._ids).encode()).hexdigest()[:20]


def _hears(bot: Account, chat: Chat, message: Message) -> bool:
    answers_it = message.reply_to is not None and message.reply_to.sender == bot.display_name
    return chat.kind == "PRIVATE" or answers_it or f"@{bot.display_name}" in message.text
