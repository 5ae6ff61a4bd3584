"""A long text becomes several messages: nothing is lost, and what belongs together stays whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.text import split, utf16

LINK = "https://binhdan.example/c/7KQ2M9XA4T"
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(["\n\n", "\n", " ", ". ", "Dạ, bấm «Lưu» ạ. ", "👩‍👩‍👧‍👦", "ệ"]),
    ),
    max_size=40,
).map("".join)


def fits(most: int):
    return lambda text: utf16(text) <= most


def bare(part: str) -> str:
    """A part without its number."""
    return part.partition("\n")[2]


@given(TEXTS, st.integers(20, 200))
def test_every_part_fits_and_nothing_is_lost(text: str, most: int) -> None:
    parts = split(text, fits(most))
    assert all(utf16(part) <= most for part in parts)
    kept = parts if len(parts) == 1 else map(bare, parts)
    assert "".join("".join(kept).split()) == "".join(text.split())


@given(TEXTS, st.integers(20, 200))
def test_the_parts_are_numbered(text: str, most: int) -> None:
    parts = split(text, fits(most))
    if len(parts) == 1:
        assert parts == [text]
        return
    heads = [part.partition("\n")[0] for part in parts]
    assert heads == [f"{n}/{len(parts)}" for n in range(1, len(parts) + 1)]


@given(st.lists(st.sampled_from([LINK, "Dạ,", "xem", "ở.", "đây\n", "nha!\n\n"]), max_size=60))
def test_a_link_is_never_cut(words: list[str]) -> None:
    parts = split(" ".join(words), fits(100))
    found = sum(len(re.findall(re.escape(LINK) + r"(?!\S)", part)) for part in parts)
    assert found == words.count(LINK)


def test_it_is_cut_between_paragraphs_where_that_is_possible() -> None:
    text = "Một câu ngắn. Thêm một câu.\n\nĐoạn hai. Còn nữa."
    assert split(text, fits(40)) == [
        "1/2\nMột câu ngắn. Thêm một câu.",
        "2/2\nĐoạn hai. Còn nữa.",
    ]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = "Mở Zalo. Bấm hình ô vuông. Đưa khung vào giữa mã, giữ yên tay."
    assert split(text, fits(50)) == [
        "1/2\nMở Zalo. Bấm hình ô vuông.",
        "2/2\nĐưa khung vào giữa mã, giữ yên tay.",
    ]


@pytest.mark.parametrize("marks", [("1", "2"), ("A", "B")])
def test_a_list_stays_with_its_question(marks: tuple[str, str]) -> None:
    asked = "Làm được chưa ạ?\n\n{}. Được rồi\n{}. Chưa được".format(*marks)
    assert split(f"Dạ, hết các bước rồi ạ.\n\n{asked}", fits(55)) == [
        "1/2\nDạ, hết các bước rồi ạ.",
        f"2/2\n{asked}",
    ]


def test_no_emoji_is_cut_in_the_middle() -> None:
    family = "👩‍👩‍👧‍👦"
    for part in split(family * 20, fits(40)):
        assert set(re.split(family, bare(part))) == {""}


def test_more_than_nine_parts_leave_room_for_two_digits() -> None:
    parts = split("chữ " * 100, fits(30))
    assert len(parts) > 9
    assert max(map(utf16, parts)) <= 30


def test_a_run_of_blanks_is_read_once_however_long() -> None:
    text = "a" + "\n" * 20_000 + "1. " + " " * 20_000 + "b" * 100
    parts = split(text, fits(90))
    assert "".join("".join(part.split("\n")[1:]) for part in parts).replace(" ", "") == (
        "a1." + "b" * 100
    )
