"""A written conversation is played on the real assistant; only the model is a small one."""

import json
import re

import pytest

from bot.author import ROOT, Author
from bot.config import Settings
from bot.script import Entry, Heard, Noted, Player, Shown
from bot.steering import ScriptError
from bot.transcript import as_json, as_text
from flows.content import Content
from nlu.engine import Engine

AUTHOR = Author.load(ROOT / "data")


async def played(script: str, content: Content, engine: Engine) -> list[Entry]:
    settings = Settings(parse_threads=1)
    return [entry async for entry in Player().play(script, settings, content, engine)]


async def text(script: str, content: Content, engine: Engine) -> str:
    lines: list[str] = []
    for entry in await played(script, content, engine):
        lines += as_text(entry, AUTHOR, base_url="http://bot", explain=False)
    return "\n".join(lines)


async def test_a_journey_reads_like_a_chat(content: Content, engine: Engine) -> None:
    transcript = await text("quet ma qr\n:press 1\n:press 1\n", content, engine)
    head, *rest = transcript.split("\n\n")
    assert head.startswith("[25/11 08:00:00] a: quet ma qr\n[25/11 08:00:00] Máy → a:\n    Dạ, ")
    assert "\n\n".join(rest[-1:]).splitlines()[1:] == [
        "      1. Xong, bước tiếp",
        "      2. Bị kẹt",
        "      3. Quay lại",
        "[25/11 08:00:10] a: :press 1",
        "[25/11 08:00:10] Máy → a:",
        "    Dạ, để chỉ cho đúng: điện thoại đang dùng là iPhone hay máy khác ạ?",
        "      1. iPhone",
        "      2. Máy khác",
        "      3. Không biết",
        "[25/11 08:00:20] a: :press 1",
        "[25/11 08:00:20] Máy → a:",
        "    Bước 2/3. Bấm «Cho phép».",
        "    Sẽ thấy: Khung máy ảnh sáng lên.",
        "      1. Xong, bước tiếp",
        "      2. Bị kẹt",
        "      3. Quay lại",
    ]


async def test_ten_seconds_pass_between_lines_and_a_wait_replaces_them(
    content: Content, engine: Engine
) -> None:
    entries = await played(
        ":at 2026-11-30 09:15\nquet ma qr\n:press 1\n:wait 2s\n:press 1\n"
        ":wait 1h\n:wait 1h\n:press 1\n",
        content,
        engine,
    )
    clock = [f"{entry.at:%d %H:%M:%S}" for entry in entries if isinstance(entry, Heard)]
    assert clock == ["30 09:15:00", "30 09:15:10", "30 09:15:12", "30 11:15:12"]


async def test_a_fragment_is_answered_when_its_four_seconds_are_over(
    content: Content, engine: Engine
) -> None:
    heard, shown = await played("xin chao", content, engine)
    assert isinstance(heard, Heard)
    assert isinstance(shown, Shown)
    assert heard.held
    assert (shown.at - heard.at).total_seconds() == 4


async def test_a_reminder_arrives_at_its_hour_in_the_middle_of_a_wait(
    content: Content, engine: Engine
) -> None:
    entries = await played(
        "nhac toi 8 gio sang mai uong thuoc\n:press 1\n:wait 3d\n", content, engine
    )
    last = entries[-1]
    assert isinstance(last, Shown)
    assert f"{last.at:%d %H:%M}" == "26 08:00"
    assert last.events == ("reminder_sent",)


async def test_an_update_delivered_twice_is_answered_once(content: Content, engine: Engine) -> None:
    entries = await played(":twice\nquet ma qr\n", content, engine)
    assert [isinstance(entry, Shown) for entry in entries] == [False, True, False]
    assert isinstance(entries[-1], Heard)
    assert entries[-1].duplicate


async def test_another_person_has_a_chat_of_her_own(content: Content, engine: Engine) -> None:
    entries = await played("quet ma qr\n:as b\n:press 1\nquet ma qr\n", content, engine)
    told = [entry for entry in entries if not isinstance(entry, Heard)]
    assert [type(entry) for entry in told] == [Shown, Noted, Shown]
    assert isinstance(told[1], Noted)
    assert told[1].key == "chat.no_choice"
    assert isinstance(told[2], Shown)
    assert told[2].chat == "b"


async def test_a_press_may_count_back_to_an_older_reply(content: Content, engine: Engine) -> None:
    entries = await played("quet ma qr\n:press 1\n:press 1 of 2\n", content, engine)
    assert isinstance(entries[-1], Shown)
    assert entries[-1].reply.text == content.sentence("vi", "stale.old")


async def test_a_photo_is_not_looked_at(content: Content, engine: Engine) -> None:
    entries = await played(":photo\n:sticker\n:voice\n", content, engine)
    said = [entry.reply.text for entry in entries if isinstance(entry, Shown)]
    keys = ("other.photo", "other.sticker", "other.voice")
    assert len(said) == 3
    assert all(content.sentence("vi", key) in text for key, text in zip(keys, said, strict=True))


async def test_a_host_lets_the_bot_into_a_group_and_confirms_it_in_her_own_chat(
    content: Content, engine: Engine
) -> None:
    entries = await played(
        ":role host\n:group Tổ 12\n:wait 5s\n:private\n:press 1", content, engine
    )

    shown = [entry for entry in entries if isinstance(entry, Shown)]
    assert [(entry.chat, entry.in_group) for entry in shown] == [
        ("a", False),
        ("Tổ 12", True),
        ("a", False),
        ("a", False),
    ]
    events = [event for entry in shown for event in entry.events]
    assert events == ["role_claimed", "group_seen", "group_linked"]


async def test_what_is_written_in_a_group_is_shown_with_its_name(
    content: Content, engine: Engine
) -> None:
    transcript = await text(":group Tổ 12\nquet ma qr\n", content, engine)

    assert "a @ Tổ 12: quet ma qr\n" in transcript
    assert "Máy → Tổ 12:\n" in transcript


async def test_replies_can_be_shown_as_on_another_channel(content: Content, engine: Engine) -> None:
    plain = await text("quet ma qr", content, engine)
    as_there = await text(":channel telegram\nquet ma qr", content, engine)

    assert "  1. Xong, bước tiếp" in plain
    assert "[1 · Xong, bước tiếp]" in as_there


@pytest.mark.parametrize("line", [":wait soon", ":at noon", ":fly away"])
async def test_a_line_that_cannot_be_played_stops_the_script(
    line: str, content: Content, engine: Engine
) -> None:
    with pytest.raises(ScriptError) as caught:
        await played(f"xin chao\n{line}\n", content, engine)
    assert AUTHOR.tell(caught.value.key, **caught.value.places)


async def test_json_has_one_object_a_reply_and_each_event_once(
    content: Content, engine: Engine
) -> None:
    entries = await played("quet ma qr\n:press 1\n:press 9\n", content, engine)
    lines = [line for entry in entries for line in as_json(entry, AUTHOR, base_url="http://bot")]
    first, second, note = [json.loads(line) for line in lines]
    assert first["events"] == ["howto_started"]
    assert second == {
        "line": 2,
        "at": "2026-11-25T08:00:10+07:00",
        "to": "a",
        "where": "private",
        "text": content.sentence("vi", "howto.device"),
        "choices": [
            {"key": "1", "label": "iPhone"},
            {"key": "2", "label": "Máy khác"},
            {"key": "3", "label": "Không biết"},
        ],
        "link": None,
        "emergency": False,
        "events": [],
    }
    assert note == {"line": 3, "note": AUTHOR.tell("chat.no_choice")}


async def test_explain_names_what_was_understood_decided_and_done(
    content: Content, engine: Engine
) -> None:
    entries = await played("quet ma qr", content, engine)
    explained = as_text(entries[0], AUTHOR, base_url="", explain=True)[1:]
    understood, act, outcome = explained
    assert re.match(r"    ┆ vi «quet ma qr» phone/scan_qr [01]\.\d\d, ", understood)
    assert re.fullmatch(r"    ┆ act howto\.open\(phone/scan_qr\) p=[01]\.\d\d", act)
    assert outcome == (
        "    ┆ outcome open howto phone/scan_qr@open choices #1×3 events howto_started"
    )
