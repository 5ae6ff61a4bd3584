"""Privacy mode: what of a group's talk a bot hears.

Unless it is an administrator or reads all: commands meant for it (`/start@its_name`, or a bare one
when no other bot has spoken since it did), replies to it, mentions of it, and service messages.
"""

from tests.emulators.telegram_chats import Account, Chat, Message


def hears(bot: Account, message: Message) -> bool:
    """Whether the bot gets this message, or its edit."""
    chat = message.chat
    if chat.kind == "private" or message.kind == "service":
        return True
    if bot.can_read_all or chat.stands(bot) == "administrator":
        return True
    if message.reply_to is not None and message.reply_to.sender is bot:
        return True
    text = message.text
    if f"@{bot.username}".lower() in text.lower():
        return True
    return text.startswith("/") and "@" not in text.split()[0] and _last_to_speak(bot, chat)


def _last_to_speak(bot: Account, chat: Chat) -> bool:
    """Whether no other bot has spoken since this one did."""
    spoke = [message.sender for message in chat.log.values() if message.by_bot]
    return not spoke or spoke[-1] is bot
