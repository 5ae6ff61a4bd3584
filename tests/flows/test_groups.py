"""What holds in every group, and however a host comes to send a tip."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.incoming import InGroup
from bot.content import load
from bot.storage.database import Database
from flows import tip_text
from flows.campaign import TAKE_BACK
from flows.content import Content
from flows.events import TipScheduled
from flows.snapshots import Account
from flows.turn import Outcome, Said, ToGroup
from tests.flows.test_respond import AFTER, MONDAY, OLD, SAYS, SENDS, SURE, TAP, course
from tests.talk import Talk, everything
from tests.transcripts.play import World

REAL = Path(__file__).parent.parent.parent / "data"
MOST = 1_900
"""Characters of a tip with all that goes with it: it fits in one message everywhere."""
OF_A_GROUP = {
    "group_seen", "group_left", "unanswered", "misuse_tried", "secret_seen", "emergency_shown",
}  # fmt: skip
"""Events that tell nothing about a person."""
FEW = settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
HOST = {"id": "r1", "kind": "host", "ward": "26734", "name": "Chị Lan"}
ACCOUNTS = [
    {"channel": "telegram", "account": "1", "name": "@thu_bot", "link": "https://t.me/thu_bot"},
    {"channel": "zalo_bot", "account": "2", "name": "Bot Thử", "link": "https://zalo.me/thu"},
]
FOUND = {"found_at": "2026-11-20T08:00:00+07:00"}
GROUPS = [
    {"id": "g1", "channel": "telegram", "title": "Tổ 1", "size": 40, **FOUND, "ward": "26734"},
    {"id": "g2", "channel": "telegram", "title": "Tổ 2", "size": None, **FOUND, "ward": "26734"},
    {"id": "g3", "channel": "zalo_bot", "title": "Tổ 3", "size": None, **FOUND, "ward": "26734"},
    {
        "id": "other",
        "channel": "telegram",
        "title": "Nơi khác",
        "size": 9,
        **FOUND,
        "ward": "26737",
    },
    {"id": "new", "channel": "telegram", "title": "Mới", "size": 9, **FOUND, "ward": None},
]
HOST_SAYS = st.sampled_from(
    ["gửi mẹo", "1, 3", "tất cả", "gửi ngay", "8 giờ sáng mai", "5 giờ sáng mai", "thu lại",
     "kết quả gửi", "nhóm của phường", "người dẫn", "ừ", "thôi", "Gửi", "1", "2",
     "mấy giờ cũng được"]
)  # fmt: skip
PRESENCE = st.sampled_from([{"group": "admitted"}, {"group": "removed"}])


@st.composite
def in_groups(draw: st.DrawFn) -> dict[str, Any]:
    turns = st.one_of(SURE, SURE, SAYS, SAYS, TAP, OLD, SENDS, PRESENCE)
    return {
        "at": MONDAY.isoformat(),
        "chat": {"channel": "telegram", "kind": "group", "linked": draw(st.booleans())},
        "learner": {"greeted": draw(st.booleans()), "you": "ngoại", "ward": "26734"},
        "roles": draw(st.sampled_from([[], [HOST]])),
        "accounts": _accounts(groups=True),
        "groups": _groups(direct=True),
        "turns": draw(st.lists(turns, min_size=1, max_size=8)),
    }


@st.composite
def with_hosts(draw: st.DrawFn) -> dict[str, Any]:
    says = st.builds(lambda text: {"says": text}, HOST_SAYS)
    due = st.just({"due": {"group": "new"}})
    turns = st.one_of(TAP, TAP, TAP, says, says, SURE, OLD, due)
    return {
        "at": MONDAY.isoformat(),
        "chat": {"channel": "telegram"},
        "roles": draw(st.sampled_from([[HOST], [HOST], [HOST], []])),
        "accounts": _accounts(groups=draw(st.booleans())),
        "groups": draw(st.sampled_from([[], _groups(direct=True), _groups(direct=False)])),
        "turns": [
            {"says": "gửi mẹo", "understood": {"intent": "host.push_tip"}},
            *({**turn, "after": draw(AFTER)} for turn in draw(st.lists(turns, max_size=12))),
        ],
    }


@FEW
@given(in_groups())
def test_nothing_about_a_person_is_said_or_kept_in_a_group(story: dict[str, Any]) -> None:
    world = World.of(story, course())

    for turn in story["turns"]:
        before = world.learner
        outcome = world.play(_placed(world, turn))

        assert outcome.learner == before
        assert outcome.dialog.open is None
        assert not outcome.messages
        assert not outcome.held
        assert {event.type for event in outcome.events} <= OF_A_GROUP
        assert not any("ngoại" in reply.text for reply in outcome.replies)


@FEW
@given(with_hosts())
def test_a_tip_leaves_only_after_a_confirmation_and_only_to_her_own_groups(
    story: dict[str, Any],
) -> None:
    world = World.of(story, course())

    for turn in story["turns"]:
        placed = _placed(world, turn)
        if "due" in placed and not any(group.id == "new" for group in world.groups):
            continue
        outcome = world.play(placed)

        assert outcome.replies or "due" in placed
        _only_hers(story, world, outcome)


def _only_hers(story: dict[str, Any], world: World, outcome: Outcome) -> None:
    scheduled = [event for event in outcome.events if isinstance(event, TipScheduled)]
    groups = [one.to.group for one in outcome.messages if isinstance(one.to, ToGroup)]
    hers = {one.id for one in world.groups if one.ward == HOST["ward"] and one.direct}
    assert bool(scheduled) == bool(groups)
    assert set(groups) <= hers
    assert not (groups and not story["roles"])
    for event in scheduled:
        assert event.due_at >= world.at + TAKE_BACK
    for message in outcome.messages:
        assert message.reply.choices is None
        assert message.due_at is not None
        assert message.due_at > world.at


def test_every_tip_fits_in_one_message() -> None:
    content = load(REAL)
    account = Account(
        channel="zalo_bot",
        account="1",
        name="Bot",
        link=f"https://zalo.me/{'x' * 60}",
        groups=False,
    )

    for tip in content.tips.values():
        assert len(tip_text.reply(content, tip, account).text) <= MOST


def test_a_withdrawn_topic_has_no_tip(content: Content) -> None:
    world = World.of({"at": MONDAY.isoformat(), "roles": [HOST], "groups": []}, content)
    world.content = replace(content, withdrawn=frozenset(content.topics))

    outcome = world.play({"says": "gửi mẹo"})

    assert [reply.text for reply in outcome.replies] == [content.sentence("vi", "tip.none")]


@pytest.mark.parametrize("written", ["2", "B", "b."])
async def test_a_number_in_a_group_answers_no_private_quiz(
    talk: Talk, database: Database, written: str
) -> None:
    await talk.says("làm câu hỏi")
    before = await everything(database)
    [asked] = before["dialog"]
    assert '"kind":"quiz"' in asked["document"]

    in_group = InGroup(chat="group-1", title="Tổ 1", size=12)
    said = replace(talk.incoming(Said(text=written)), chat="group-1", group=in_group)
    handled = await talk.assistant.handle(said)

    after = await everything(database)
    assert handled.delivery_ids == ()
    assert asked in after["dialog"]
    assert after["answer"] == []
    assert after["utterance"] == before["utterance"]


def _placed(world: World, turn: dict[str, Any]) -> dict[str, Any]:
    """A tap as a press of the newest list, or of an older one."""
    if "tap" not in turn:
        return {key: value for key, value in turn.items() if key != "may_hold"}
    rest = {key: value for key, value in turn.items() if key != "tap"}
    option, back = turn["tap"]["option"], turn["tap"].get("back", 0)
    choices = world.dialog.choices
    if not back and choices is not None:
        option %= len(choices.options)
    return {**rest, "press": {"asking": world.dialog.askings - back, "option": option}}


def _accounts(*, groups: bool) -> list[dict[str, Any]]:
    return [{**account, "groups": groups} for account in ACCOUNTS]


def _groups(*, direct: bool) -> list[dict[str, Any]]:
    return [{**group, "direct": direct} for group in GROUPS]
