"""Reading answers to choices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.choice import read, read_order

WAYS = ("Kích hoạt tài khoản VNeID", "Quên mật khẩu", "Không cái nào")
ANSWERS = ("Nhập mật khẩu", "Thoát ra", "Không làm gì")


@pytest.mark.parametrize(
    "text",
    [
        "2", "2.", "2)", "(2)", "②", "số hai", "so hai", "Số 2", "cái thứ 2", "cai thu hai",
        "câu 2", "chọn 2",
        "2 nha con", "dạ 2 ạ", "con chọn số 2", "hai", "số 2 đi", "Quên mật khẩu",
        "quen mat khau", "quên mật",
        "QUÊN", "2. Quên mật khẩu", "cái quên mật khẩu đó", "ở giữa",
    ],
)  # fmt: skip
def test_the_second_of_a_numbered_list(text: str) -> None:
    assert read(text, WAYS, lettered=False) == 1


@pytest.mark.parametrize(
    ("text", "position"), [("một", 0), ("dau tien", 0), ("cái cuối cùng", 2), ("thứ nhất", 0)]
)
def test_a_place_in_a_list(text: str, position: int) -> None:
    assert read(text, WAYS, lettered=False) == position


@pytest.mark.parametrize(
    "text",
    [
        "22", "2 triệu", "2 ngày nữa", "1022", "4", "0", "B", "b.", "tôi có 2 con", "1 2", "bà",
        "năm",
        "1 hoặc 2", "hôm nay tôi ra ngân hàng rút 2 triệu", "", "😀", "2 tiếng nữa nhắc tôi",
        "kích hoạt không",
    ],
)  # fmt: skip
def test_what_names_no_numbered_choice(text: str) -> None:
    assert read(text, WAYS, lettered=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "B",
        "b",
        "b.",
        "B)",
        "đáp án b",
        "câu B",
        "B ạ",
        "dạ b",
        "b nha con",
        "con chọn B",
        "thoat ra",
        "Thoát",
    ],
)
def test_the_second_of_a_lettered_list(text: str) -> None:
    assert read(text, ANSWERS, lettered=True) == 1


@pytest.mark.parametrize(
    "text", ["2", "số hai", "1.", "ạ", "à", "đ", "D", "A hay B", "c ơi", "B hay là C"]
)
def test_what_names_no_lettered_choice(text: str) -> None:
    assert read(text, ANSWERS, lettered=True) is None


def test_words_that_fit_two_options_choose_none() -> None:
    options = ("Không quét", "Không biết", "Quét")

    assert read("không", options, lettered=True) is None
    assert read("không biết", options, lettered=True) == 1


def test_a_whole_option_wins_over_the_beginning_of_a_longer_one() -> None:
    assert read("quét ngay", ("Quét ngay kẻo hết quà", "Quét ngay"), lettered=True) == 1


def test_names_by_ear_are_options_too() -> None:
    assert read("vi en ai đi", ("VssID", "VNeID", "Zalo"), lettered=False) == 1


@given(text=st.text(max_size=60), lettered=st.booleans())
def test_a_choice_is_always_one_of_the_list(text: str, lettered: bool) -> None:
    assert read(text, WAYS, lettered=lettered) in {None, 0, 1, 2}


@given(position=st.integers(1, 6), mark=st.sampled_from(["", ".", ")", " nha", " ạ", "  "]))
def test_every_number_and_letter_is_read(position: int, mark: str) -> None:
    options = [f"Cách {name}" for name in ("lá", "hoa", "cây", "cỏ", "mây", "gió")]

    assert read(f"{position}{mark}", options, lettered=False) == position - 1
    assert read(f"{'ABCDEF'[position - 1]}{mark}", options, lettered=True) == position - 1


@pytest.mark.parametrize(
    "text",
    [
        "B A C",
        "b,a,c",
        "BAC",
        "b-a-c",
        "b rồi a rồi c",
        "đầu tiên b, sau đó a, cuối cùng c",
        "B > A > C ạ",
    ],
)
def test_an_order_of_letters(text: str) -> None:
    assert read_order(text, 3) == (1, 0, 2)


@pytest.mark.parametrize("text", ["2 1 3", "B A", "A A B", "bác", "A B C D", "", "không biết"])
def test_what_is_no_order(text: str) -> None:
    assert read_order(text, 3) is None


@given(order=st.permutations(range(5)))
def test_every_order_is_read(order: list[int]) -> None:
    assert read_order(" ".join("ABCDE"[at] for at in order), 5) == tuple(order)
