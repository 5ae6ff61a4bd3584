"""Slash commands and what they stand for."""

import re
from pathlib import Path

import pytest

from bot.channels.telegram.commands import LANGUAGES, Commands, Typed, typed_command

COMMANDS = Commands.load(Path("data"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/start phuong_26734", "máy làm được gì"),
        ("/nhacnho 8h mai uống thuốc", "nhắc tôi 8h mai uống thuốc"),
        ("/NhacNho\n8h mai", "nhắc tôi 8h mai"),
        ("/vneid quên mã", "vneid quên mã"),
        ("/poster", "tờ giới thiệu"),
    ],
)
def test_a_command_is_read_as_the_words_it_stands_for(text: str, words: str) -> None:
    typed = typed_command(text)

    assert typed is not None
    assert COMMANDS.words(typed) == words


@pytest.mark.parametrize("text", ["/", "/20 tháng 12", "hỏi /help", "http://a", "//x", "/a-b"])
def test_what_only_has_a_stroke_is_no_command(text: str) -> None:
    assert typed_command(text) is None


def test_a_command_names_the_bot_it_is_for() -> None:
    assert typed_command("/help@other_bot giúp") == Typed("help", "other_bot", "giúp")


@pytest.mark.parametrize("groups", [False, True])
def test_each_language_is_offered_the_same_commands(groups: bool) -> None:
    menus = [COMMANDS.menu(language, groups=groups) for language in LANGUAGES]

    assert menus[0]
    assert all(menu.keys() == menus[0].keys() for menu in menus)


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("start", "nlu/intent/menu.yml"),
        ("help", "nlu/intent/menu.yml"),
        ("nhacnho", "nlu/intent/reminder.set.yml"),
        ("nguoi", "nlu/intent/human.help.yml"),
        ("dung", "nlu/intent/stop.yml"),
        ("xoa", "nlu/intent/delete_my_data.yml"),
        ("meo", "nlu/intent/host.push_tip.yml"),
        ("poster", "locales/vi.yaml"),
    ],
)
def test_the_words_of_a_command_are_words_that_the_bot_was_taught(command: str, file: str) -> None:
    words = COMMANDS.words(Typed(command, None, ""))

    taught = (Path("data") / file).read_text("utf-8")
    assert re.search(rf"\b{words}\b", taught)
