"""The methods that ask about chats, leave them, and set what a bot shows of itself.

Called and refused as those of `telegram_sending`.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.emulators.bot_api import RefusedError
from tests.emulators.parameters import Parameters
from tests.emulators.telegram_chats import Account, member_shown
from tests.emulators.telegram_people import TelegramPeople
from tests.emulators.telegram_sending import target

COMMANDS_AT_MOST, DESCRIPTION_AT_MOST, SHORT_AT_MOST = 100, 512, 120
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(world: TelegramPeople, bot: Account, given: Parameters) -> dict[str, Any]:
    """`getMe`."""
    return bot.shown_to_itself()


def get_chat(world: TelegramPeople, bot: Account, given: Parameters) -> dict[str, Any]:
    """`getChat`."""
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription"), False
    )
    more: dict[str, Any] = {"accent_color_id": 0, "max_reaction_count": 11}
    more["accepted_gift_types"] = gifts | {"gifts_from_channels": False}
    return target(world, bot, given).shown() | more


def get_chat_member_count(world: TelegramPeople, bot: Account, given: Parameters) -> int:
    """`getChatMemberCount`."""
    return len(target(world, bot, given).present())


def get_chat_administrators(
    world: TelegramPeople, bot: Account, given: Parameters
) -> list[dict[str, Any]]:
    """`getChatAdministrators`: people only, the bot itself too."""
    chat = target(world, bot, given)
    if chat.kind == "private":
        raise RefusedError(400, "Bad Request: there are no administrators in the private chat")
    return [
        member_shown(member, chat.stands(member))
        for member in chat.present()
        if chat.stands(member) in {"creator", "administrator"}
        and (member is bot or not isinstance(member, Account))
    ]


def get_chat_member(world: TelegramPeople, bot: Account, given: Parameters) -> dict[str, Any]:
    """`getChatMember`."""
    chat = target(world, bot, given)
    number = given.number("user_id")
    member = chat.members.get(number) or world.people.get(number)
    if member is None:
        raise RefusedError(400, "Bad Request: user not found")
    return member_shown(member, chat.stands(member))


def leave_chat(world: TelegramPeople, bot: Account, given: Parameters) -> bool:
    """`leaveChat`."""
    chat = target(world, bot, given)
    if chat.kind == "private":
        raise RefusedError(400, "Bad Request: chat member status can't be changed in private chats")
    world.stand(chat, bot, bot, "left")
    return True


def set_my_commands(world: TelegramPeople, bot: Account, given: Parameters) -> bool:
    """`setMyCommands`, for one scope and language."""
    commands: list[dict[str, str]] = list(given.nested("commands") or [])
    if len(commands) > COMMANDS_AT_MOST:
        raise RefusedError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise RefusedError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise RefusedError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    bot.settings[_place("commands", given)] = commands
    return True


def get_my_commands(world: TelegramPeople, bot: Account, given: Parameters) -> list[Any]:
    """`getMyCommands`."""
    return list(bot.settings.get(_place("commands", given), []))


def set_my_description(world: TelegramPeople, bot: Account, given: Parameters) -> bool:
    """`setMyDescription`."""
    return _describe(bot, given, "description", DESCRIPTION_AT_MOST)


def set_my_short_description(world: TelegramPeople, bot: Account, given: Parameters) -> bool:
    """`setMyShortDescription`."""
    return _describe(bot, given, "short_description", SHORT_AT_MOST)


def _describe(bot: Account, given: Parameters, name: str, at_most: int) -> bool:
    if len(given.text(name)) > at_most:
        raise RefusedError(400, f"Bad Request: bot {name.replace('_', ' ')} is too long")
    bot.settings[_place(name, given)] = given.text(name)
    return True


def _place(name: str, given: Parameters) -> str:
    """Where a setting stands: "commands", "commands vi", 'commands {"type": "chat", …}'."""
    scope = given.nested("scope") or {"type": "default"}
    spoken = "" if scope == {"type": "default"} else json.dumps(scope, sort_keys=True)
    return " ".join(filter(None, (name, spoken, given.text("language_code"))))


def farewell(world: TelegramPeople, bot: Account, given: Parameters) -> bool:
    """`close` and `logOut`."""
    return True


ASKING: dict[str, Callable[[TelegramPeople, Account, Parameters], Any]] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMemberCount": get_chat_member_count,
    "getChatAdministrators": get_chat_administrators,
    "getChatMember": get_chat_member,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "setMyDescription": set_my_description,
    "setMyShortDescription": set_my_short_description,
    "close": farewell,
    "logOut": farewell,
}
