"""A host sees beforehand what a tip will look like, on the channel where she is."""

from datetime import UTC, datetime

import pytest

from bot.channels.preview import shown
from bot.channels.telegram.render import plain
from bot.channels.zalo_bot.render import render
from flows.replies import Act, Choice, Choices, Reply

SITE = "https://binhdan.example"
CHOICES = Choices(
    asking=1,
    style="numbered",
    options=(Choice(label="Học", act=Act("menu")),),
    at=datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
)


def tip(as_on: str | None) -> Reply:
    return Reply(text="Mẹo hôm nay.", link="/t/1", choices=CHOICES, as_on=as_on)


def test_on_zalo_it_is_the_message_letter_by_letter() -> None:
    words = "Mẹo hôm nay.\nhttps://binhdan.example/t/1\n\n1. Học"
    assert shown(tip("zalo_bot"), SITE) == Reply(text=words)
    assert render([tip(None)], SITE) == [words]


def test_on_telegram_a_button_is_a_line() -> None:
    assert shown(tip("telegram"), SITE) == Reply(text=plain(tip(None), SITE))
    assert "[1 · Học]" in shown(tip("telegram"), SITE).text


def test_what_zalo_gets_in_parts_is_shown_in_parts() -> None:
    words = shown(Reply(text="Dài lắm. " * 300, as_on="zalo_bot"), SITE).text
    assert words.startswith("1/2\nDài lắm.")
    assert "\n2/2\nDài lắm." in words


@pytest.mark.parametrize("as_on", ["web", "console"])
def test_elsewhere_it_is_the_text_with_its_list(as_on: str) -> None:
    assert shown(tip(as_on), SITE).text == ("Mẹo hôm nay.\n  1. Học\n  https://binhdan.example/t/1")


def test_every_other_reply_stays_as_it_is() -> None:
    assert shown(tip(None), SITE) == tip(None)
