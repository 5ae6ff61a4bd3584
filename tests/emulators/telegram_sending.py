"""The methods that put something into a chat, change it, or take it away.

Each is called as `method(world, bot, given)`, gives the `result`, and raises `RefusedError` with
the platform's words. What is wrong with the call itself is told before what is wrong with the
chat, as the platform does, and the flood last.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.emulators.bot_api import RefusedError
from tests.emulators.parameters import Parameters, Upload
from tests.emulators.telegram_chats import Account, Chat, Media, Message
from tests.emulators.telegram_people import DOCUMENT, PHOTO, TelegramPeople
from tests.emulators.telegram_text import Formatted, formatted, units

TEXT_AT_MOST, CAPTION_AT_MOST, NOTICE_AT_MOST = 4096, 1024, 200
"""In UTF-16 units, after the entities are parsed."""
DATA_AT_MOST_BYTES = 64
ENTITIES_AT_MOST = 100
QUERY_LASTS = timedelta(minutes=1)
"""How long a press may be answered. Nowhere stated; an answer must come at once."""
DELETABLE = timedelta(hours=48)
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8")


def send_message(world: TelegramPeople, bot: Account, given: Parameters) -> dict[str, Any]:
    """`sendMessage`."""
    return _send(world, bot, given, _text(given))


def send_photo(world: TelegramPeople, bot: Account, given: Parameters) -> dict[str, Any]:
    """`sendPhoto`: an upload that looks like a picture, a known file id, or an address."""
    upload = _file(given, "photo")
    if upload is not None and not upload.body.startswith(_PICTURES):
        raise RefusedError(400, "Bad Request: IMAGE_PROCESS_FAILED")
    return _send(world, bot, given, _caption(given), "photo", upload, {"photo": PHOTO})


def send_document(world: TelegramPeople, bot: Account, given: Parameters) -> dict[str, Any]:
    """`sendDocument`."""
    upload = _file(given, "document")
    named = {"file_name": upload.name, "file_size": len(upload.body)} if upload else {}
    content = {"document": DOCUMENT | named}
    return _send(world, bot, given, _caption(given), "document", upload, content)


def edit_message_text(world: TelegramPeople, bot: Account, given: Parameters) -> dict[str, Any]:
    """`editMessageText`; without a keyboard the old one goes."""
    new, markup = _text(given), _markup(given)
    message = _editable(world, bot, given)
    if message.kind != "text":
        raise RefusedError(400, "Bad Request: there is no text in the message to edit")
    if (new.text, new.entities, markup) == (message.text, message.entities, message.markup):
        raise _not_modified()
    _count(world, bot, message.chat)
    message.text, message.entities, message.markup = new.text, new.entities, markup
    message.edited_at = world.clock()
    return message.shown()


def edit_message_reply_markup(
    world: TelegramPeople, bot: Account, given: Parameters
) -> dict[str, Any]:
    """`editMessageReplyMarkup`."""
    markup = _markup(given)
    message = _editable(world, bot, given)
    if markup == message.markup:
        raise _not_modified()
    _count(world, bot, message.chat)
    message.markup, message.edited_at = markup, world.clock()
    return message.shown()


def delete_message(world: TelegramPeople, bot: Account, given: Parameters) -> bool:
    """`deleteMessage`: its own, anybody's in private, anybody's where it is administrator."""
    chat = target(world, bot, given)
    message = chat.log.get(given.number("message_id"))
    if message is None:
        raise RefusedError(400, "Bad Request: message to delete not found")
    may = message.sender is bot or chat.kind == "private" or chat.stands(bot) == "administrator"
    if not may or world.clock() - message.at > DELETABLE:
        raise RefusedError(400, "Bad Request: message can't be deleted for everyone")
    del chat.log[message.id]
    return True


def answer_callback_query(world: TelegramPeople, bot: Account, given: Parameters) -> bool:
    """`answerCallbackQuery`: once, and soon."""
    notice = given.text("text")
    if units(notice) > NOTICE_AT_MOST:
        raise RefusedError(400, "Bad Request: MESSAGE_TOO_LONG")
    press = bot.presses.get(given.text("callback_query_id"))
    if press is None or world.clock() - press.at > QUERY_LASTS:
        raise RefusedError(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        )
    press.answered, press.notice, press.alert = True, notice, given.flag("show_alert")
    return True


def send_chat_action(world: TelegramPeople, bot: Account, given: Parameters) -> bool:
    """`sendChatAction`."""
    if given.text("action") not in _ACTIONS:
        raise RefusedError(400, "Bad Request: wrong parameter action in request")
    target(world, bot, given)
    return True


def target(world: TelegramPeople, bot: Account, given: Parameters) -> Chat:
    """The chat that a call is for, if the bot may write there."""
    chat_id = given.number("chat_id")
    if chat_id > 0:
        return _private(world, bot, chat_id)
    chat = world.groups.get(chat_id)
    if chat is None or bot.id not in chat.members:
        raise _no_chat()
    if chat.moved_to is not None:
        raise RefusedError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            parameters={"migrate_to_chat_id": chat.moved_to},
        )
    if chat.stands(bot) == "kicked":
        raise RefusedError(403, f"Forbidden: bot was kicked from the {chat.kind} chat")
    if chat.stands(bot) == "left":
        raise RefusedError(403, f"Forbidden: bot is not a member of the {chat.kind} chat")
    return chat


def _private(world: TelegramPeople, bot: Account, chat_id: int) -> Chat:
    person = world.people.get(chat_id)
    chat = bot.privates.get(chat_id)
    if person is None:
        raise _no_chat()
    if chat is None or not chat.begun:
        together = any(
            {"left", "kicked"}.isdisjoint({group.stands(bot), group.stands(person)})
            for group in world.groups.values()
        )
        if not together:
            raise _no_chat()
        raise RefusedError(403, "Forbidden: bot can't initiate conversation with a user")
    if person.deleted:
        raise RefusedError(403, "Forbidden: user is deactivated")
    if chat.blocked:
        raise RefusedError(403, "Forbidden: bot was blocked by the user")
    return chat


def _send(
    world: TelegramPeople,
    bot: Account,
    given: Parameters,
    words: Formatted,
    kind: Media = "text",
    upload: Upload | None = None,
    content: dict[str, Any] | None = None,
) -> dict[str, Any]:
    markup = _markup(given)
    chat = target(world, bot, given)
    thread = given.number("message_thread_id") or None
    if thread is not None and thread not in chat.topics:
        raise RefusedError(400, "Bad Request: message thread not found")
    reply_to = _reply_to(chat, given)
    _count(world, bot, chat)
    message = world.write(chat, bot, kind, words.text, reply_to=reply_to, content=content)
    message.entities, message.markup, message.file = words.entities, markup, upload
    message.thread = thread
    return message.shown()


def _count(world: TelegramPeople, bot: Account, chat: Chat) -> None:
    if world.flood is None:
        return
    in_group = chat.kind != "private"
    wait_s = world.flood.wait_s(bot.token, chat.id, world.clock(), in_group=in_group)
    if wait_s:
        raise world.flooded(wait_s)


def _text(given: Parameters) -> Formatted:
    if not given.text("text").strip():
        raise RefusedError(400, "Bad Request: message text is empty")
    words = formatted(given.text("text"), given.text("parse_mode"), _entities(given, "entities"))
    if not words.text.strip():
        raise RefusedError(400, "Bad Request: message text is empty")
    if units(words.text) > TEXT_AT_MOST:
        raise RefusedError(400, "Bad Request: message is too long")
    return words


def _caption(given: Parameters) -> Formatted:
    entities = _entities(given, "caption_entities")
    words = formatted(given.text("caption"), given.text("parse_mode"), entities)
    if units(words.text) > CAPTION_AT_MOST:
        raise RefusedError(400, "Bad Request: message caption is too long")
    return words


def _entities(given: Parameters, name: str) -> list[dict[str, Any]]:
    return list(given.nested(name) or [])[:ENTITIES_AT_MOST]


def _markup(given: Parameters) -> dict[str, Any] | None:
    markup: dict[str, Any] | None = given.nested("reply_markup")
    rows: list[list[dict[str, Any]]] = (markup or {}).get("inline_keyboard", [])
    for row in rows:
        for key in row:
            _check_key(key)
    return markup if markup and markup.get("inline_keyboard") != [] else None


def _check_key(key: dict[str, Any]) -> None:
    data, url = key.get("callback_data"), key.get("url")
    if not str(key.get("text", "")).strip():
        raise RefusedError(400, "Bad Request: inline keyboard button text must be non-empty")
    if data is not None and not 1 <= len(str(data).encode()) <= DATA_AT_MOST_BYTES:
        raise RefusedError(400, "Bad Request: BUTTON_DATA_INVALID")
    if url is not None and urlsplit(str(url)).scheme not in {"http", "https", "tg"}:
        raise RefusedError(400, f"Bad Request: inline keyboard button URL '{url}' is invalid")
    if len(key.keys() - {"text", "style", "disabled"}) != 1:
        raise RefusedError(400, "Bad Request: text buttons are unallowed in the inline keyboard")


def _file(given: Parameters, name: str) -> Upload | None:
    """An upload by this name or by `attach://`; None for a file id or an address."""
    value = given.text(name)
    upload = given.files.get(value.removeprefix("attach://") or name)
    if upload is None and (not value or value.startswith("attach://")):
        raise RefusedError(400, f"Bad Request: there is no {name} in the request")
    if upload is not None and not upload.body:
        raise RefusedError(400, "Bad Request: file must be non-empty")
    return upload


def _reply_to(chat: Chat, given: Parameters) -> Message | None:
    reply: dict[str, Any] = given.nested("reply_parameters") or {}
    number = int(reply.get("message_id", 0)) or given.number("reply_to_message_id")
    lenient = bool(reply.get("allow_sending_without_reply"))
    if number and number not in chat.log and not lenient:
        raise RefusedError(400, "Bad Request: message to be replied not found")
    return chat.log.get(number)


def _editable(world: TelegramPeople, bot: Account, given: Parameters) -> Message:
    message = target(world, bot, given).log.get(given.number("message_id"))
    if message is None:
        raise RefusedError(400, "Bad Request: message to edit not found")
    if message.sender is not bot:
        raise RefusedError(400, "Bad Request: message can't be edited")
    return message


def _no_chat() -> RefusedError:
    return RefusedError(400, "Bad Request: chat not found")


def _not_modified() -> RefusedError:
    return RefusedError(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup "
        "are exactly the same as a current content and reply markup of the message",
    )


_ACTIONS = {"typing", "upload_photo", "upload_document", "record_voice", "find_location"}

SENDING: dict[str, Callable[[TelegramPeople, Account, Parameters], Any]] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
}
