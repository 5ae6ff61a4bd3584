"""What Zalo sends becomes an Incoming, and nothing that it could send does harm."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.incoming import Incoming, InGroup
from bot.channels.zalo_bot.update import Bot, UnreadableError, parse, unwrap, without_mention
from flows.turn import Said, Sent

PAYLOADS = Path(__file__).parents[2] / "payloads" / "zalo_bot"
BOT = Bot("1001", ("Bot Bình Dân", "bot.VDKyGxQvc"))
PERSON = "0123456789abcdef0123"
GROUP = "g9876543210fedcba9876"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))


def read(name: str) -> Incoming | None:
    (update,) = unwrap(payload(name))
    return parse(update, BOT)


def incoming(update_id: str, given: Said | Sent, group: InGroup | None = None) -> Incoming:
    return Incoming(
        channel="zalo_bot",
        account="1001",
        chat=PERSON if group is None else group.chat,
        sender=PERSON,
        update_id=update_id,
        input=given,
        at=datetime(2026, 11, 24, 6, 0, tzinfo=UTC),
        group=group,
    )


@pytest.mark.parametrize("name", ["text_flat", "text_wrapped", "text_listed"])
def test_row_36_the_body_is_flat_or_wrapped_or_a_list(name: str) -> None:
    assert read(name) == incoming("a1b2c3d4e5f6a7b8c9d0", Said(text="2"))


@pytest.mark.parametrize("name", ["photo_documented", "photo_captured"])
def test_of_a_photo_only_the_caption_is_read(name: str) -> None:
    assert read(name) == incoming("b1", Sent(kind="photo", caption="cái này là gì"))


@pytest.mark.parametrize(
    ("name", "update_id", "kind"),
    [("sticker", "c1", "sticker"), ("voice", "d1", "voice"), ("unsupported", "e1", "unreadable")],
)
def test_what_is_no_text_is_named_and_not_kept(name: str, update_id: str, kind: Any) -> None:
    assert read(name) == incoming(update_id, Sent(kind=kind))


def test_row_31_in_a_group_the_mention_is_taken_out() -> None:
    group = InGroup(chat=GROUP, title="")
    assert read("group_text") == incoming("f1", Said(text="2"), group)
    photo = Sent(kind="photo", caption="hỏi giùm cái này")
    assert read("group_photo") == incoming("f2", photo, group)


@pytest.mark.parametrize("name", ["bot_itself", "follow"])
def test_a_bots_words_and_unknown_events_ask_for_no_answer(name: str) -> None:
    assert read(name) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("@Bot Bình Dân 2", "2"),
        ("@bot bình dân, quét mã", "quét mã"),
        ("quét mã @bot.VDKyGxQvc", "quét mã"),
        ("@Bot Bi\u0300nh Da\u0302n B", "B"),  # the same letters, decomposed
        ("hỏi @Bot Bình Dân: @Bot Bình Dân A", "hỏi A"),
        ("@Bot Bình Dân", ""),
        ("@Bot Bình Dânh 2", "@Bot Bình Dânh 2"),
        ("gửi a@bot.example", "gửi a@bot.example"),
        ("a" + " " * 60_000 + "b", "a" + " " * 60_000 + "b"),  # reading it blocks nobody
    ],
)
def test_a_mention_may_stand_anywhere(text: str, left: str) -> None:
    assert without_mention(text, BOT.names) == left


def test_a_chat_that_is_not_surely_private_is_a_group() -> None:
    update = payload("text_flat")
    update["message"]["chat"] = {"id": GROUP}
    found = parse(update, BOT)
    assert found is not None
    assert found.group is not None
    update["message"]["chat"] = {"id": PERSON}
    assert parse(update, BOT) == incoming("a1b2c3d4e5f6a7b8c9d0", Said(text="2"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message_id", ""),
        ("message_id", "x" * 129),
        ("message_id", "a\u0000b"),
        ("message_id", 7),
        ("date", "hôm nay"),
        ("date", -1),
        ("date", 10**20),
        ("from", None),
        ("chat", []),
        ("text", {"a": 1}),
    ],
)
def test_a_field_of_another_shape_is_refused_without_quoting_it(field: str, value: Any) -> None:
    update = payload("text_flat")
    update["message"] |= {field: value}
    with pytest.raises(UnreadableError) as refused:
        parse(update, BOT)
    assert str(refused.value) == "message"


def test_half_a_character_is_left_out() -> None:
    update = payload("text_flat")
    update["message"]["text"] = "quét \ud83d mã"
    found = parse(update, BOT)
    assert found is not None
    assert found.input == Said(text="quét  mã")


@given(JSON)
def test_no_json_does_more_than_be_unreadable(anything: Any) -> None:
    with suppress(UnreadableError):
        for update in unwrap(anything):
            parse(update, BOT)


@given(st.dictionaries(st.sampled_from(["message_id", "date", "from", "chat", "text"]), JSON))
def test_no_message_does_more_than_be_unreadable(fields: dict[str, Any]) -> None:
    update = payload("text_flat")
    update["message"] |= fields
    with suppress(UnreadableError):
        parse(update, BOT)
