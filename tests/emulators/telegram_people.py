"""What people do on the emulated Telegram. A bot hears of it as the platform lets it hear."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.emulators.bot_api import BotApi
from tests.emulators.telegram_chats import (
    Account,
    Chat,
    Media,
    Message,
    Person,
    Press,
    Status,
    member_shown,
)
from tests.emulators.telegram_flood import Flood
from tests.emulators.telegram_privacy import hears
from tests.emulators.telegram_text import found

UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
"""Kinds that come only to who asks for them in `allowed_updates`."""


class TelegramPeople(BotApi[Account]):
    """The world of the emulated platform; `Telegram` adds the methods that a bot calls."""

    def __init__(self, clock: Callable[[], datetime], *, port: int = 0) -> None:
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Chat] = {}
        self.flood: Flood | None = Flood()
        self._last_id = 1000
        self._last_update = 500
        super().__init__(clock, port=port)

    def bot(
        self,
        token: str = "2001:telegram",
        username: str = "binhdan_bot",
        id: int | None = None,  # noqa: A002
        *,
        first_name: str = "Bình Dân",
        can_read_all: bool = False,
    ) -> Account:
        """Make a bot; without an id it gets the number its token begins with."""
        self.accounts[token] = Account(
            token=token,
            id=id or int(token.split(":")[0]),
            username=username,
            first_name=first_name,
            can_read_all=can_read_all,
        )
        return self.accounts[token]

    def person(
        self, first_name: str, *, username: str | None = None, language: str = "vi"
    ) -> Person:
        """Somebody who has Telegram and has not written to any bot."""
        with self.lock:
            person = Person(
                id=self._new_id(), first_name=first_name, username=username, language=language
            )
            self.people[person.id] = person
            return person

    def private(self, person: Person, bot: Account | None = None) -> Chat:
        """The person's chat with a bot, begun or not."""
        bot = self.account(bot)
        with self.lock:
            if person.id not in bot.privates:
                chat = Chat(id=person.id, kind="private", title=person.first_name)
                for member in (person, bot):
                    chat.members[member.id] = member
                    chat.statuses[member.id] = "member"
                bot.privates[person.id] = chat
            return bot.privates[person.id]

    def group(
        self, title: str, *people: Person, supergroup: bool = False, forum: bool = False
    ) -> Chat:
        """A group of these people, the first its creator, with no bot yet; forums are super."""
        with self.lock:
            number = self._new_id()
            is_super = supergroup or forum
            chat = Chat(
                id=-1_000_000_000_000 - number if is_super else -number,
                kind="supergroup" if is_super else "group",
                title=title,
                is_forum=forum,
            )
            for person in people:
                chat.members[person.id] = person
                chat.statuses[person.id] = "member" if chat.statuses else "creator"
            self.groups[chat.id] = chat
            return chat

    def topic(self, person: Person, forum: Chat, name: str) -> int:
        """Somebody opens a topic; gives its thread id."""
        with self.lock:
            opened = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
            message = self.write(forum, person, "service", content=opened)
            message.thread = message.id
            forum.topics[message.id] = name
            self._tell(message)
            return message.id

    def says(
        self,
        person: Person,
        text: str,
        chat: Chat | None = None,
        *,
        reply_to: Message | None = None,
        thread: int | None = None,
    ) -> Message:
        """Somebody writes, in private unless a group is given."""
        return self._sends(person, chat, "text", text, reply_to, thread)

    def sends_photo(self, person: Person, caption: str = "", chat: Chat | None = None) -> Message:
        """Somebody sends a picture."""
        return self._sends(person, chat, "photo", caption, content={"photo": PHOTO})

    def sends_sticker(self, person: Person, chat: Chat | None = None) -> Message:
        """Somebody sends a sticker."""
        return self._sends(person, chat, "sticker", content={"sticker": STICKER})

    def sends_voice(self, person: Person, chat: Chat | None = None) -> Message:
        """Somebody sends a voice message."""
        return self._sends(person, chat, "voice", content={"voice": VOICE})

    def sends_document(
        self, person: Person, caption: str = "", chat: Chat | None = None
    ) -> Message:
        """Somebody sends a file."""
        return self._sends(person, chat, "document", caption, content={"document": DOCUMENT})

    def edits(self, person: Person, message: Message, text: str) -> Message:
        """Somebody corrects what they wrote."""
        with self.lock:
            message.text, message.entities = text, found(text)
            message.edited_at = self.clock()
            self._tell(message, "edited_message")
            return message

    def presses(
        self, person: Person, message: Message, label: str = "", *, data: str | None = None
    ) -> Press:
        """Somebody taps the button that says `label`.

        With `data` they tap one that their phone still shows though the bot has taken it away.
        LookupError when no button says so, or when it only opens an address.
        """
        with self.lock:
            data = data or _data_of(message, label)
            bot = message.sender
            if not isinstance(bot, Account):
                raise LookupError("people's messages have no buttons")
            press = Press(id=str(self._new_id()), person=person, data=data, at=self.clock())
            bot.presses[press.id] = press
            query = {
                "id": press.id,
                "from": person.shown(),
                "message": message.shown() if message.id in message.chat.log else _gone(message),
                "chat_instance": str(message.chat.id * 7),
                "data": data,
            }
            self.publish(bot, "callback_query", query)
            return press

    def adds_bot(self, person: Person, chat: Chat, bot: Account | None = None) -> None:
        """Somebody adds the bot to a group."""
        with self.lock:
            bot = self.account(bot)
            self.stand(chat, person, bot, "member")
            content = {"new_chat_members": [bot.shown()]}
            self._tell(self.write(chat, person, "service", content=content))

    def kicks_bot(self, person: Person, chat: Chat, bot: Account | None = None) -> None:
        """Somebody throws the bot out of a group."""
        with self.lock:
            bot = self.account(bot)
            self.stand(chat, person, bot, "kicked")
            content = {"left_chat_member": bot.shown()}
            self._tell(self.write(chat, person, "service", content=content))

    def joins(self, person: Person, chat: Chat) -> None:
        """Somebody enters a group."""
        with self.lock:
            self.stand(chat, person, person, "member")
            content = {"new_chat_members": [person.shown()]}
            self._tell(self.write(chat, person, "service", content=content))

    def leaves(self, person: Person, chat: Chat) -> None:
        """Somebody goes out of a group."""
        with self.lock:
            self.stand(chat, person, person, "left")
            content = {"left_chat_member": person.shown()}
            self._tell(self.write(chat, person, "service", content=content))

    def makes_admin(self, person: Person, chat: Chat, whom: Person | Account | None = None) -> None:
        """Somebody makes the bot, or another person, an administrator."""
        with self.lock:
            self.stand(chat, person, whom or self.account(), "administrator")

    def blocks_bot(self, person: Person, bot: Account | None = None) -> None:
        """The person wants no more messages from the bot."""
        with self.lock:
            chat = self.private(person, bot)
            chat.blocked = True
            self.changed(chat, person, self.account(bot), "member", "kicked")

    def unblocks_bot(self, person: Person, bot: Account | None = None) -> None:
        """The person lets the bot write again."""
        with self.lock:
            chat = self.private(person, bot)
            chat.blocked = False
            self.changed(chat, person, self.account(bot), "kicked", "member")

    def deletes_account(self, person: Person) -> None:
        """The person leaves Telegram for good; nothing tells the bot."""
        with self.lock:
            person.deleted = True

    def migrates(self, group: Chat) -> Chat:
        """A group becomes a supergroup: a new id with the same people; the old one is dead."""
        with self.lock:
            creator = next(iter(group.members.values()))
            moved = self.group(group.title, supergroup=True)
            moved.members, moved.statuses = dict(group.members), dict(group.statuses)
            for chat, content in (
                (group, {"migrate_to_chat_id": moved.id}),
                (moved, {"migrate_from_chat_id": group.id}),
            ):
                self._tell(self.write(chat, creator, "service", content=content))
            group.moved_to = moved.id
            return moved

    def messages(self, chat: Chat | Person) -> list[Message]:
        """What the chat shows now; a person stands for the private chat with the only bot."""
        with self.lock:
            chat = self.private(chat) if isinstance(chat, Person) else chat
            return list(chat.log.values())

    def from_bot(self, chat: Chat | Person) -> list[str]:
        """The texts of bots that the chat shows now, in order."""
        return [message.text for message in self.messages(chat) if message.by_bot]

    def redeliver(self, update: dict[str, Any] | None = None, bot: Account | None = None) -> None:
        """Let an update (the last one) come a second time, with the id it had."""
        with self.lock:
            bot = self.account(bot)
            bot.pending.append(update or bot.published[-1])
            self.lock.notify_all()

    def _sends(
        self,
        person: Person,
        chat: Chat | None,
        kind: Media,
        text: str = "",
        reply_to: Message | None = None,
        thread: int | None = None,
        content: dict[str, Any] | None = None,
    ) -> Message:
        with self.lock:
            chat = chat or self.private(person)
            if chat.blocked:
                self.unblocks_bot(person)
            chat.begun = True
            message = self.write(chat, person, kind, text, reply_to=reply_to, content=content)
            message.thread = thread
            if thread is not None and reply_to is None:  # as the platform does in topics
                message.reply_to = chat.log[thread]
            self._tell(message)
            return message

    def write(
        self,
        chat: Chat,
        sender: Person | Account,
        kind: Media,
        text: str = "",
        *,
        reply_to: Message | None = None,
        content: dict[str, Any] | None = None,
    ) -> Message:
        """Let a message stand in the chat; nobody is told of it yet."""
        message = Message(
            id=chat.next_id(),
            chat=chat,
            sender=sender,
            at=self.clock(),
            kind=kind,
            text=text,
            entities=found(text),
            reply_to=reply_to,
            content=content or {},
        )
        chat.log[message.id] = message
        return message

    def _tell(self, message: Message, kind: str = "message") -> None:
        for bot in message.chat.bots():
            if hears(bot, message):
                self.publish(bot, kind, message.shown())

    def stand(
        self, chat: Chat, by: Person | Account, whom: Person | Account, status: Status
    ) -> None:
        """Change how somebody stands in a group, and tell whom it concerns."""
        before = chat.stands(whom)
        chat.members[whom.id] = whom
        chat.statuses[whom.id] = status
        self.changed(chat, by, whom, before, status)

    def changed(
        self,
        chat: Chat,
        by: Person | Account,
        whom: Person | Account,
        before: Status,
        after: Status,
    ) -> None:
        """Tell a bot of its own standing, and the bots that are administrators of others'."""
        change = {
            "chat": chat.shown(),
            "from": by.shown(),
            "date": int(self.clock().timestamp()),
            "old_chat_member": member_shown(whom, before),
            "new_chat_member": member_shown(whom, after),
        }
        if isinstance(whom, Account):
            self.publish(whom, "my_chat_member", change)
        for bot in chat.bots():
            if bot is not whom and chat.stands(bot) == "administrator":
                self.publish(bot, "chat_member", change)

    def publish(self, bot: Account, kind: str, content: dict[str, Any]) -> None:
        """Let an update be due, if the bot wants that kind."""
        if kind not in bot.allowed if bot.allowed else kind in UNASKED:
            return
        self._last_update += 1
        update = {"update_id": self._last_update, kind: content}
        bot.pending.append(update)
        bot.published.append(update)
        self.lock.notify_all()

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id


def _data_of(message: Message, label: str) -> str:
    for row in message.buttons:
        for button in row:
            if button.text == label and button.data is not None:
                return button.data
    raise LookupError(f"no button says {label!r}; there are {message.labels}")


def _gone(message: Message) -> dict[str, Any]:
    """A message that is no longer there."""
    return {"chat": message.chat.shown(), "message_id": message.id, "date": 0}


_FILE = {"file_id": "a-file", "file_unique_id": "a-file"}
PHOTO = [_FILE | {"width": 90, "height": 60}, _FILE | {"width": 900, "height": 600}]
STICKER = _FILE | {
    "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False,
}  # fmt: skip
VOICE = _FILE | {"duration": 4}
DOCUMENT = _FILE | {"file_name": "giay-to.pdf"}
