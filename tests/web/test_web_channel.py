"""What the page sends, read; what it is given, rendered. Pure."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import web
from bot.channels.web import RefusedError
from flows.replies import Act, Choice, Choices, Reply
from flows.turn import Pressed, Said
from tests.talk import MORNING

CHAT = web.chat_of("0123456789abcdef0123456789abcdef")


def refused(payload: object) -> tuple[str, int]:
    with pytest.raises(RefusedError) as refusal:
        web.parse(payload, chat=CHAT, now=MORNING)
    return refusal.value.key, refusal.value.status


def test_words_are_read() -> None:
    payload = {"update": "u-0000001", "text": "quét mã QR"}
    incoming = web.parse(payload, chat=CHAT, now=MORNING)

    assert incoming.input == Said(text="quét mã QR")
    assert incoming.address == ("web", "web", CHAT)
    assert incoming.sender == CHAT
    assert incoming.at == MORNING
    assert incoming.lasting


def test_a_press_on_a_borrowed_phone_is_read() -> None:
    payload = {
        "update": "u-0000001",
        "press": {"asking": 3, "option": 1},
        "waited_ms": 1_500,
        "borrowed": True,
    }
    incoming = web.parse(payload, chat=CHAT, now=MORNING)

    assert incoming.input == Pressed(asking=3, option=1)
    assert not incoming.lasting


def test_a_message_that_waited_for_a_network_is_dated_when_it_was_written() -> None:
    payload = {"update": "u-0000001", "text": "1", "waited_ms": 90_000}

    assert web.parse(payload, chat=CHAT, now=MORNING).at == MORNING - timedelta(seconds=90)


def test_no_message_is_dated_far_back() -> None:
    payload = {"update": "u-0000001", "text": "1", "waited_ms": 10**30}

    assert web.parse(payload, chat=CHAT, now=MORNING).at == MORNING - web.LONGEST_WAIT


def test_the_same_update_of_two_browsers_is_two_updates() -> None:
    other = web.chat_of("f" * 32)
    payload = {"update": "u-0000001", "text": "1"}
    ids = {web.parse(payload, chat=chat, now=MORNING).update_id for chat in (CHAT, other)}

    assert len(ids) == 2


def test_what_is_stored_of_a_browsers_key_does_not_open_its_chat() -> None:
    assert CHAT != "0123456789abcdef0123456789abcdef"
    assert web.chat_of(CHAT) != CHAT


@pytest.mark.parametrize("key", [None, "", "short", "g" * 32, "A" * 32, "a" * 33, "a" * 32 + "\n"])
def test_what_is_no_key_is_refused(key: str | None) -> None:
    with pytest.raises(RefusedError):
        web.chat_of(key)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "text",
        {},
        {"text": "no update"},
        {"update": "u-0000001"},
        {"update": "short", "text": "x"},
        {"update": "u-0000001", "text": 5},
        {"update": "u-0000001", "text": "\ud800"},
        {"update": "u-0000001", "text": "x", "press": {"asking": 1, "option": 0}},
        {"update": "u-0000001", "press": {"asking": "1", "option": 0}},
        {"update": "u-0000001", "press": {"asking": True, "option": 0}},
        {"update": "u-0000001", "press": {"asking": -1, "option": 0}},
        {"update": "u-0000001", "press": {"asking": 1, "option": 100}},
        {"update": "u-0000001", "text": "x", "waited_ms": -1},
        {"update": "u-0000001", "text": "x", "borrowed": "yes"},
        {"update": "u-0000001", "text": "x", "sender": "somebody else"},
    ],
)
def test_what_the_page_never_sends_is_refused(payload: object) -> None:
    assert refused(payload) == ("page.refused", 400)


def test_the_longest_text_is_read_and_one_letter_more_is_told() -> None:
    longest = {"update": "u-0000001", "text": "ắ" * web.MOST_CHARACTERS}

    assert web.parse(longest, chat=CHAT, now=MORNING).input == Said(text=longest["text"])
    assert refused({**longest, "text": longest["text"] + "ắ"}) == ("page.too_long", 413)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    payload=json_values
    | st.fixed_dictionaries(
        {"update": st.just("u-0000001")},
        optional=dict.fromkeys(("text", "press", "waited_ms", "borrowed"), json_values),
    )
)
def test_any_json_is_read_or_refused(payload: object) -> None:
    try:
        incoming = web.parse(payload, chat=CHAT, now=MORNING)
    except RefusedError:
        return
    assert incoming.at <= MORNING


def asking(**kind: Any) -> Choices:
    options = tuple(Choice(label=label, act=Act("menu")) for label in ("Một", "Hai"))
    return Choices(asking=7, options=options, at=MORNING, **kind)


def test_ways_on_are_numbered() -> None:
    shown = web.render(Reply(text="Chọn:", choices=asking(style="numbered")))

    assert shown == {
        "text": "Chọn:",
        "link": None,
        "emergency": False,
        "choices": {
            "asking": 7,
            "ordering": False,
            "options": [{"mark": "1", "label": "Một"}, {"mark": "2", "label": "Hai"}],
        },
    }


def test_options_of_a_question_are_lettered() -> None:
    shown = web.render(Reply(text="Câu 1", choices=asking(style="lettered", ordering=True)))

    assert shown["choices"] is not None
    assert shown["choices"]["ordering"]
    assert [option["mark"] for option in shown["choices"]["options"]] == ["A", "B"]


def test_what_a_choice_means_stays_here() -> None:
    assert "menu" not in str(web.render(Reply(text="Chọn:", choices=asking(style="numbered"))))
