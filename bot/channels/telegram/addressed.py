"""Whether words in a group are meant for the bot, and which words they are. Pure.

A group's own talk is none of the bot's business: only a command for it, a mention of it and a reply
to it are. Privacy mode lets nothing else through, but an operator may switch it off, and an
administrator hears everything.

Telegram counts in UTF-16 units (an emoji is two); `utf16_cut` is the one place that reckons so.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from aiogram.types import Message, MessageEntity

from bot.channels.telegram.commands import Commands, typed_command

_BLANKS = re.compile(r" {2,}")
_AROUND_A_NAME = " \t\n,:;-"


@dataclass(frozen=True, slots=True)
class Me:
    """The bot as people of a group name it."""

    id: int
    username: str


def addressed(message: Message, me: Me, commands: Commands) -> str | None:
    """The words for the bot, its name cut out; None when they are not for it.

    Empty words are an answer too: a bare mention, or a picture sent as a reply.
    """
    text = message.text or message.caption or ""
    typed = typed_command(text)
    if typed is not None and typed.bot is not None:
        return commands.words(typed) if typed.bot.lower() == me.username.lower() else None
    if typed is not None and commands.knows(typed):
        return commands.words(typed)
    entities = message.entities or message.caption_entities or []
    names = [one for one in entities if _names(one, text, me)]
    if not names and not _replies(message, me):
        return None
    words = utf16_cut(text, ((one.offset, one.length) for one in names))
    return _BLANKS.sub(" ", words).strip(_AROUND_A_NAME)


def utf16_cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text without these spans, each an offset and a length in UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    for offset, length in sorted(spans, reverse=True):
        units = units[: 2 * offset] + units[2 * (offset + length) :]
    return units.decode("utf-16-le", "replace")


def _names(entity: MessageEntity, text: str, me: Me) -> bool:
    if entity.type == "text_mention":
        return entity.user is not None and entity.user.id == me.id
    named = entity.type == "mention" and _utf16_part(text, entity)
    return named == f"@{me.username}".lower()


def _utf16_part(text: str, entity: MessageEntity) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    part = units[2 * entity.offset : 2 * (entity.offset + entity.length)]
    return part.decode("utf-16-le", "replace").lower()


def _replies(message: Message, me: Me) -> bool:
    """Whether it answers the bot. In a topic every message "replies" to the one that opened it."""
    to = message.reply_to_message
    if to is None or to.forum_topic_created is not None:
        return False
    return to.from_user is not None and to.from_user.id == me.id
