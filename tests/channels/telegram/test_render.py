"""How a reply looks on Telegram."""

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.render import MOST_UNITS, Message, plain, render
from bot.channels.text import utf16
from flows.replies import Act, Choice, Choices, Reply, Style
from tests.talk import MORNING

BASE = "https://binhdan.example"


def choices(*labels: str, style: Style = "numbered", ordering: bool = False) -> Choices:
    options = tuple(Choice(label, Act("menu")) for label in labels)
    return Choices(asking=7, style=style, options=options, at=MORNING, ordering=ordering)


def test_each_short_option_is_a_button_with_its_number() -> None:
    (message,) = render(Reply(text="Làm thử không ạ?", choices=choices("Có", "Thôi")), BASE)

    assert message.text == "Làm thử không ạ?"
    assert message.buttons == (("1 · Có", "7.0"), ("2 · Thôi", "7.1"))


def test_options_too_long_for_a_button_stand_in_the_text_as_well() -> None:
    long = "Gọi số trên trang chính thức của ngân hàng để hỏi lại"
    (message,) = render(
        Reply(text="Nên làm gì?", choices=choices("Bỏ qua", long, style="lettered")), BASE
    )

    assert message.text == f"Nên làm gì?\n\nA. Bỏ qua\nB. {long}"
    assert message.buttons[0].label == "A · Bỏ qua"
    assert message.buttons[1].label == "B · Gọi số trên trang chính thức của ngân h…"


def test_an_ordering_is_lettered_and_has_no_buttons() -> None:
    asked = choices("Mở Zalo", "Bấm quét", style="lettered", ordering=True)

    assert render(Reply(text="Xếp lại:", choices=asked), BASE) == [
        Message("Xếp lại:\n\nA. Mở Zalo\nB. Bấm quét")
    ]


def test_a_link_stands_whole_in_the_text() -> None:
    (message,) = render(Reply(text="Giấy đây ạ.", link="/c/7KQ2M9XA4T"), f"{BASE}/")

    assert message.text == "Giấy đây ạ.\n\nhttps://binhdan.example/c/7KQ2M9XA4T"


def test_the_buttons_stand_under_the_last_part_of_a_long_text() -> None:
    *before, last = render(Reply(text="Câu này dài. " * 800, choices=choices("Có")), BASE)

    assert before
    assert all(not message.buttons for message in before)
    assert last.buttons


def test_row_21_what_looks_like_markup_stays_as_it_was_written() -> None:
    (message,) = render(Reply(text="1 < 2 & <b>đậm</b> *sao* _gạch_"), BASE)

    assert message.text == "1 < 2 & <b>đậm</b> *sao* _gạch_"


def test_a_preview_shows_buttons_as_lines() -> None:
    reply = Reply(text="Làm thử không ạ?", choices=choices("Có", "Thôi"))

    assert plain(reply, BASE) == "Làm thử không ạ?\n[1 · Có]\n[2 · Thôi]"


@given(
    text=st.text(min_size=1, max_size=300).map(lambda text: text * 40),
    labels=st.lists(st.text(min_size=1, max_size=80), max_size=8),
)
def test_row_22_every_part_fits_and_is_whole_characters(text: str, labels: list[str]) -> None:
    for message in render(Reply(text=text, choices=choices(*labels)), BASE):
        assert utf16(message.text) <= MOST_UNITS
        message.text.encode()
        for button in message.buttons:
            button.label.encode()
            assert 1 <= len(button.data.encode()) <= 64
