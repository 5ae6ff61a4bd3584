"""Replies as Zalo shows them."""

import unicodedata
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_bot.render import render
from flows.replies import Act, Choice, Choices, Reply, Style

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SITE = "https://binhdan.example/"


def choices(*labels: str, style: Style = "numbered", ordering: bool = False) -> Choices:
    options = tuple(Choice(label=label, act=Act("menu")) for label in labels)
    return Choices(asking=1, style=style, options=options, at=AT, ordering=ordering)


def test_the_replies_of_a_turn_are_one_message() -> None:
    said = [
        Reply(text="Đúng rồi ạ!"),
        Reply(text="Làm tiếp không ạ?", choices=choices("Có", "Thôi")),
    ]
    assert render(said, SITE) == ["Đúng rồi ạ!\n\nLàm tiếp không ạ?\n\n1. Có\n2. Thôi"]


def test_options_of_a_question_have_letters() -> None:
    reply = Reply(text="Nên làm gì?", choices=choices("Quét", "Không quét", style="lettered"))
    assert render([reply], SITE) == ["Nên làm gì?\n\nA. Quét\nB. Không quét"]


def test_an_ordering_looks_like_any_other_list() -> None:
    asked = choices("Mở Zalo", "Bấm quét mã", style="lettered", ordering=True)
    assert render([Reply(text="Xếp theo thứ tự.", choices=asked)], SITE) == [
        "Xếp theo thứ tự.\n\nA. Mở Zalo\nB. Bấm quét mã"
    ]


def test_a_link_is_written_whole_before_the_options() -> None:
    reply = Reply(text="Dạ, đây ạ.", link="/c/7KQ2M9XA4T", choices=choices("Xong"))
    assert render([reply], SITE) == ["Dạ, đây ạ.\nhttps://binhdan.example/c/7KQ2M9XA4T\n\n1. Xong"]


def test_letters_are_composed() -> None:
    assert render([Reply(text=unicodedata.normalize("NFD", "Quét mã"))], SITE) == ["Quét mã"]


def test_a_list_that_does_not_fit_goes_whole_into_the_next_message() -> None:
    asked = Reply(text="Làm tiếp không ạ?", choices=choices("Có", "Thôi"))
    first, second = render([Reply(text="Dài. " * 398), asked], SITE)
    assert first.startswith("1/2\nDài.")
    assert second == "2/2\nLàm tiếp không ạ?\n\n1. Có\n2. Thôi"


def test_exactly_2000_is_one_message_and_an_emoji_counts_two() -> None:
    assert len(render([Reply(text="a" * 2000)], SITE)) == 1
    assert len(render([Reply(text="a" * 1999 + "😀")], SITE)) == 2


@given(st.lists(st.text(max_size=3000), min_size=1, max_size=4))
def test_every_message_is_taken_by_either_way_to_count(texts: list[str]) -> None:
    for message in render([Reply(text=text) for text in texts], SITE):
        assert len(message) <= 2000
        assert len(message.encode("utf-16-le")) <= 4000
