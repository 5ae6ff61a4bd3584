"""What Telegram sends, and what of it is for the bot. Payloads have its own shape."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.channels.incoming import Incoming, InGroup, Moved
from bot.channels.telegram.addressed import Me, utf16_cut
from bot.channels.telegram.commands import Commands
from bot.channels.telegram.press import MOST_BYTES, pack, unpack
from bot.channels.telegram.update import parse
from flows.turn import Admitted, Pressed, Removed, Said, Sent
from tests.talk import MORNING

PAYLOADS = Path("tests/payloads/telegram")
ME = Me(2001, "binhdan_bot")
COMMANDS = Commands.load(Path("data"))
WRITTEN = datetime.fromtimestamp(1_795_485_600, UTC)
GROUP, SUPERGROUP, FORUM = "-7001", "-1001234567890", "-1009876543210"

FOR_THE_BOT = {
    "private_text": ("5001", Said(text="quên mật khẩu VNeID")),
    "private_start": ("5001", Said(text="máy làm được gì")),
    "private_command": ("5001", Said(text="nhắc tôi 8h mai uống thuốc")),
    "private_unknown_command": ("5001", Said(text="vneid quên mã")),
    "private_photo": ("5001", Sent(kind="photo", caption="màn hình hiện cái này")),
    "private_video": ("5001", Sent(kind="video")),
    "private_sticker": ("5001", Sent(kind="sticker")),
    "private_voice": ("5001", Sent(kind="voice")),
    "private_document": ("5001", Sent(kind="file")),
    "private_location": ("5001", Sent(kind="location")),
    "private_contact": ("5001", Sent(kind="contact")),
    "private_edited": ("5001", Sent(kind="edited")),
    "press": ("5001", Pressed(asking=7, option=1)),
    "press_of_a_message_gone": ("5001", Pressed(asking=3, option=0)),
    "group_mention": (GROUP, Said(text="quét mã QR sao vậy")),
    "group_mention_after_emoji": (SUPERGROUP, Said(text="👵🏻👍 chào , cách gọi video")),
    "group_text_mention": (GROUP, Said(text="hỏi đi")),
    "group_reply": (GROUP, Said(text="còn cách khác không")),
    "group_command_for_us": (SUPERGROUP, Said(text="giúp được những gì")),
    "group_photo": (GROUP, Sent(kind="photo", caption="cái này là sao")),
    "forum_topic": (f"{FORUM}/42", Said(text="mã độc là gì")),
    "thread_of_replies": (SUPERGROUP, Said(text="cảm ơn")),
    "group_press": (f"{FORUM}/42", Pressed(asking=2, option=1)),
    "admitted": (GROUP, Admitted()),
    "admitted_by_anonymous": (SUPERGROUP, Admitted()),
    "removed": (SUPERGROUP, Removed()),
    "migrate_to": (GROUP, Moved(SUPERGROUP)),
    "migrate_from": (GROUP, Moved(SUPERGROUP)),
}
NOT_FOR_THE_BOT = (
    "private_live_location_moves",
    "press_unreadable",
    "group_mention_of_another",
    "group_talk",
    "group_command_for_another",
    "group_command_unknown",
    "forum_talk_in_a_topic_of_ours",
    "other_bot_writes",
    "anonymous_admin",
    "channel_post",
    "service_new_members",
    "service_bot_left",
    "made_administrator",
    "blocked_in_private",
    "channel_admits",
)


def payload(name: str) -> dict[str, Any]:
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))


def read(update: dict[str, Any]) -> Incoming | None:
    return parse(Update.model_validate(update), ME, COMMANDS, now=MORNING)


@pytest.mark.parametrize("name", FOR_THE_BOT)
def test_what_is_for_the_bot_is_read(name: str) -> None:
    update = payload(name)

    incoming = read(update)

    assert incoming is not None
    assert (incoming.chat, incoming.input) == FOR_THE_BOT[name]
    assert incoming.update_id == str(update["update_id"])
    assert (incoming.channel, incoming.account) == ("telegram", "2001")


@pytest.mark.parametrize("name", NOT_FOR_THE_BOT)
def test_what_is_not_for_the_bot_is_none(name: str) -> None:
    assert read(payload(name)) is None


def test_every_payload_has_a_test() -> None:
    assert {file.stem for file in PAYLOADS.glob("*.json")} == {*FOR_THE_BOT, *NOT_FOR_THE_BOT}


def test_a_private_message_names_its_writer_and_its_time_and_no_group() -> None:
    incoming = read(payload("private_text"))

    assert incoming is not None
    assert (incoming.sender, incoming.at, incoming.group) == ("5001", WRITTEN, None)


def test_a_press_is_dated_by_its_arrival() -> None:
    incoming = read(payload("press"))

    assert incoming is not None
    assert incoming.at == MORNING


def test_in_a_topic_the_group_is_named_without_it() -> None:
    incoming = read(payload("forum_topic"))

    assert incoming is not None
    assert incoming.group == InGroup(FORUM, "Lớp số")


def test_row_18_the_bots_own_removal_is_a_removal_and_no_message() -> None:
    removed = read(payload("removed"))

    assert removed is not None
    assert removed.input == Removed()
    assert read(payload("service_bot_left")) is None


def test_row_19_an_edited_message_is_named_and_its_new_words_are_not_read() -> None:
    incoming = read(payload("private_edited"))

    assert incoming is not None
    assert incoming.input == Sent(kind="edited", caption="")


def test_row_19_an_edited_message_in_a_group_is_nothing() -> None:
    update = payload("group_mention")
    update["edited_message"] = update.pop("message") | {"edit_date": 1_795_485_700}

    assert read(update) is None


def test_row_20_a_mention_after_an_emoji_is_cut_where_it_stands() -> None:
    incoming = read(payload("group_mention_after_emoji"))

    assert incoming is not None
    assert isinstance(incoming.input, Said)
    assert "BinhDan_Bot" not in incoming.input.text


def test_a_restricted_bot_that_stays_a_member_was_not_removed() -> None:
    rights = dict.fromkeys(
        ["can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
         "can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls",
         "can_send_other_messages", "can_add_web_page_previews", "can_react_to_messages",
         "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
         "can_edit_tag"],
        False,
    )  # fmt: skip
    restricted = {"status": "restricted", "until_date": 0, **rights}
    update = payload("made_administrator")
    bot = update["my_chat_member"]["new_chat_member"]["user"]
    stays = restricted | {"user": bot, "is_member": True}
    gone = restricted | {"user": bot, "is_member": False}

    update["my_chat_member"]["new_chat_member"] = stays
    assert read(update) is None
    update["my_chat_member"]["new_chat_member"] = gone
    incoming = read(update)
    assert incoming is not None
    assert incoming.input == Removed()


@given(before=st.text(max_size=20), name=st.text(min_size=1, max_size=20), after=st.text())
def test_row_20_cutting_by_utf16_offsets_cuts_exactly_the_part(
    before: str, name: str, after: str
) -> None:
    def units(text: str) -> int:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    assert utf16_cut(before + name + after, [(units(before), units(name))]) == before + after


@given(asking=st.integers(0, 10**18 - 1), option=st.integers(0, 9_999))
def test_a_button_gives_back_what_was_put_in_and_fits(asking: int, option: int) -> None:
    press = Pressed(asking=asking, option=option)

    assert unpack(pack(press)) == press
    assert len(pack(press).encode()) <= MOST_BYTES


@pytest.mark.parametrize("press", [Pressed(asking=-1, option=0), Pressed(asking=10**70, option=0)])
def test_a_press_that_would_not_come_back_is_refused_where_it_is_made(press: Pressed) -> None:
    with pytest.raises(ValueError, match="not for a button"):
        pack(press)


@given(data=st.none() | st.text())
def test_whatever_a_button_carried_is_read_without_a_fault(data: str | None) -> None:
    unpack(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(FOR_THE_BOT)), data=st.data())
def test_a_payload_with_a_field_replaced_by_anything_raises_nothing_but_its_refusal(
    name: str, data: st.DataObject
) -> None:
    update = payload(name)
    part: Any = update
    while isinstance(part, dict) and part:
        key = data.draw(st.sampled_from(sorted(part)))
        if not isinstance(part[key], dict) or data.draw(st.booleans()):
            part[key] = data.draw(JSON)
            break
        part = part[key]
    with suppress(ValidationError):
        read(update)
