"""Whatever comes, in whatever order: `respond` gives an outcome, and a few rules always hold.

A conversation is drawn as turns of a transcript (`tests/transcripts/play.py`), which also writes
learner and dialog to JSON and reads them back between any two turns. Turns that a transcript
cannot name before it is played stand for what fits there: `tap` an option of the newest list or a
number of the past, `fall_due` any reminder that is set, `offer` any help request that is open, and
`others` what somebody else does to one.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content import load
from flows.acts import ACTS
from flows.content import Content
from flows.dialog import Dialog, Learner, QuizOpen
from flows.events import (
    AnswerRecorded,
    ConsentGiven,
    DataDeleted,
    EmergencyShown,
    ReminderSent,
    ReminderSet,
    TicketAnswered,
    TicketTaken,
    Unanswered,
)
from flows.turn import Outcome, SentKind, ToAsker, ToHelper
from nlu.understanding import DangerKind, ScamKind, SecretKind
from tests.transcripts.play import World

DRAWN = ("tap", "fall_due", "offer", "others")
"""What a transcript cannot name before it is played."""
MONDAY = datetime.fromisoformat("2026-11-23T08:00:00+07:00")
WORDS = (
    "1", "2", "3", "4", "9", "A", "b", "B A C", "bac", "số hai", "cái thứ 2", "22", "ừ", "thôi",
    "đồng ý", "không", "Không quét", "xong", "bị kẹt", "quay lại", "tiếp", "ý khác",
    "Nhờ người giúp", "nhắc tôi 8 giờ sáng mai uống thuốc", "8 giờ sáng",
    "nhắc tôi 10 phút nữa tắt bếp",
    "nhắc mùng 1 âm lịch thắp hương lúc 6 giờ sáng", "chủ nhật hàng tuần lúc 9 giờ đi chợ",
    "cuối tuần", "30/2", "uống thuốc", "nguyễn thị hoa", "Lê Văn 3", "gọi tôi là bà",
    "Sài Gòn", "phường 1", "đa kao", "bỏ qua", "gửi", "đang trực", "nghỉ", "nhận", "nhận 12",
    "danh sách", "xong rồi", "trả lại", "nói chuyện với máy", "TRUC-7KQ2M-9XA4T", "vào trang.com",
    "🙂", "", "   ", "คุณสบายดีไหม", "{n}", "a" * 3_500, "Dạ", "dừng",
)  # fmt: skip
"""What people type at any moment, fitting or not."""


@cache
def course() -> Content:
    return load(Path(__file__).parent.parent / "content")


TOPICS = st.sampled_from(
    ["phone/scan_qr", "vneid/otp_not_received", "safety/spot_scam_call", "vneid/forgot_password"]
)
PROBABLE = st.sampled_from([0.05, 0.2, 0.33, 0.45, 0.6, 0.95])


@st.composite
def candidates(draw: st.DrawFn) -> dict[str, Any]:
    intent = draw(st.sampled_from(sorted(ACTS)))
    topic = draw(TOPICS) if intent == "howto" else None
    return {"intent": intent, "topic": topic, "p": draw(PROBABLE)}


@st.composite
def readings(draw: st.DrawFn) -> dict[str, Any]:
    """Any Understanding, mostly one plain reading."""
    found = draw(st.lists(candidates(), max_size=4))
    found.sort(key=lambda one: -one["p"])
    rarely = draw(st.integers(0, 11))
    return {
        "candidates": found,
        "secrets": draw(st.sets(st.sampled_from(get_args(SecretKind)), min_size=1, max_size=2))
        if rarely in (0, 1)
        else [],
        "scam": draw(st.sampled_from(get_args(ScamKind))) if rarely in (1, 2) else None,
        "danger": draw(st.sampled_from(get_args(DangerKind))) if rarely in (1, 3) else None,
        "misuse": rarely == 4,
    }


SAYS = st.builds(
    lambda text, understood, may_hold: {
        "says": text, "understood": understood, "may_hold": may_hold
    },
    st.sampled_from(WORDS) | st.text(max_size=40),
    readings(),
    st.booleans(),
)  # fmt: skip
UNKNOWN = st.just({"says": "sao hổng thấy cái đó vậy máy", "understood": {}})
SURE = st.builds(
    lambda intent, topic, text: {
        "says": text,
        "understood": {"intent": intent, "topic": topic if intent == "howto" else None},
    },
    st.sampled_from(sorted(ACTS)),
    TOPICS,
    st.sampled_from(WORDS),
)
TAP = st.builds(lambda option: {"tap": {"option": option}}, st.integers(0, 3))
OLD = st.builds(
    lambda back, option: {"tap": {"back": back, "option": option}},
    st.integers(-3, 5),
    st.integers(-1, 5),
)
SENDS = st.builds(
    lambda kind, caption, understood: {"sends": kind, "caption": caption, "understood": understood},
    st.sampled_from(get_args(SentKind)),
    st.sampled_from(["", "", *WORDS]),
    readings(),
)
OFFER = st.builds(
    lambda kind, which: {"offer": {"kind": kind, "which": which}},
    st.sampled_from(["ticket", "ticket", "quiet"]),
    st.integers(0, 3),
)
OTHERS = st.builds(
    lambda did, which: {"did": did, "which": which},
    st.sampled_from(["taken", "back", "closed", "revoked"]),
    st.integers(0, 3),
)
FALLS_DUE = st.builds(lambda which: {"fall_due": which}, st.integers(0, 3))
CHANGES = st.sampled_from(
    [
        {"withdraw": "phone/scan_qr"},
        {"withdraw": "safety/spot_scam_call"},
        {"edit": {"topic": "phone/scan_qr", "step": "aim", "do": "Đưa máy lại gần mã."}},
        {"edit": {"topic": "phone/scan_qr", "step": "aim", "do": "", "remove": True}},
    ]
)
AFTER = st.sampled_from(["1s", "10s", "5m", "30m", "3h", "26h", "3d"])


@st.composite
def turns(draw: st.DrawFn) -> dict[str, Any]:
    """One turn; taps and plain wishes are most of them, so that conversations get somewhere."""
    turn = draw(
        st.one_of(TAP, TAP, TAP, TAP, SURE, SURE, SAYS, SAYS, UNKNOWN, OLD, SENDS, FALLS_DUE, OFFER)
    )
    if draw(st.integers(0, 9)) == 0:
        turn = {**turn, **draw(CHANGES)}
    if draw(st.integers(0, 5)) == 0:
        turn = {**turn, "others": draw(OTHERS)}
    return {**turn, "after": draw(AFTER)}


def wish(intent: str, says: str = "x", topic: str | None = None) -> dict[str, Any]:
    return {"says": says, "understood": {"intent": intent, "topic": topic}}


REMIND = "nhắc tôi 20 phút nữa tắt bếp"
BEGINNINGS: tuple[list[dict[str, Any]], ...] = (
    [],
    [wish("howto", topic="phone/scan_qr")],
    [wish("howto", topic="vneid/otp_not_received")],
    [wish("quiz.start")],
    [wish("quiz.start"), wish("howto", topic="phone/scan_qr")],
    [wish("reminder.set", REMIND)],
    [wish("reminder.set", "nhắc tôi mỗi ngày lúc 7 giờ sáng uống thuốc"), {"tap": {"option": 0}}],
    [wish("reminder.set", "nhắc tôi 8 giờ sáng mai"), wish("reminder.list")],
    [
        wish("reminder.set", "nhắc tôi 8 giờ sáng mai uống thuốc"),
        {"tap": {"option": 0}},
        wish("reminder.list"),
        {"tap": {"option": 0}},
    ],
    [wish("export_my_data")],
    [{"says": "tui hỏi mà sao hổng thấy", "understood": {}}],
    [wish("human.help")],
    [wish("human.help"), {"says": "Sài Gòn"}],
    [wish("human.help"), {"says": "đa kao"}],
    [wish("howto", topic="phone/scan_qr"), wish("human.help"), {"says": "Sài Gòn"}, {"says": "1"}],
    [{"says": "TRUC-7KQ2M-9XA4T"}, {"says": "đang trực"}],
    [{"says": "TRUC-7KQ2M-9XA4T"}, {"says": "nhận"}],
    [wish("certificate.status")],
    [
        wish("certificate.status"),
        {"tap": {"option": 0}},
        {"tap": {"option": 0}},
        {"says": "nguyễn thị hoa"},
    ],
)
"""Conversations that have got somewhere: what is drawn goes on from there."""
EARNED = [
    {"item": f"{topic}:{n}", "at": f"2026-11-2{n % 2}T09:00:00+07:00"}
    for topic in ("phone/scan_qr", "vneid/otp_not_received", "safety/spot_scam_call")
    for n in range(4)
]
"""Enough right answers for a record by the rule of the frozen course."""
STAFF = [{}, {"26734": {"volunteers": 1, "on_duty": 0}}, {"26734": {"volunteers": 2, "on_duty": 1}}]
STATES = ["good", "good", "expired", "used", "revoked"]
LAN = {"id": "r1", "kind": "volunteer", "ward": "26734", "name": "Chị Lan"}
ASKED = {"ward": "26734", "device": "iphone", "state": "waiting", "helper": None}
TICKETS = [
    {
        **ASKED, "id": "T1", "number": 12, "topic": "phone/scan_qr", "step": "aim",
        "question": "quét hoài không ra", "asked_at": "2026-11-23T07:00:00+07:00",
    },
    {
        **ASKED, "id": "T2", "number": 13, "topic": None, "step": None,
        "question": "", "asked_at": "2026-11-23T07:10:00+07:00",
    },
]  # fmt: skip
TAKEN = [{**one, "state": "taken", "helper": "Chị Lan"} for one in TICKETS]
STANDINGS: list[dict[str, Any]] = [
    {"tickets": TICKETS},
    {"tickets": TICKETS, "roles": [{**LAN, "id": "r2"}]},
    {"tickets": TAKEN, "roles": [{**LAN, "id": "r2"}], "helps": "T1"},
    {"tickets": TAKEN, "asks": "T2"},
    {"tickets": TICKETS, "asks": "T2"},
    {"tickets": TAKEN, "roles": [{**LAN, "id": "r2"}], "helps": "T1", "asks": "T2"},
]
"""Nobody of note; a volunteer, free or holding a request; who asks, answered or waiting; both."""


@st.composite
def stories(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "at": MONDAY.isoformat(),
        "seed": draw(st.integers(0, 5)),
        "staff": draw(st.sampled_from(STAFF)),
        "invitations": {"7KQ2M9XA4T": {"role": LAN, "state": draw(st.sampled_from(STATES))}},
        **draw(st.sampled_from(STANDINGS)),
        "chat": {
            "channel": draw(st.sampled_from(["console", "web"])),
            "lasting": draw(st.sampled_from([True, True, False])),
        },
        "learner": {
            "greeted": draw(st.booleans()),
            "simple": draw(st.booleans()),
            "device": draw(st.sampled_from([None, "android", "iphone"])),
            "ward": draw(st.sampled_from([None, "26734", "27154"])),
            "consents": draw(
                st.sampled_from([{}, {"learning": True, "reminder": True}, {"learning": False}])
            ),
        },
        "answers": draw(st.sampled_from([[], EARNED])),
        "turns": draw(st.sampled_from(BEGINNINGS))
        + draw(st.lists(turns(), min_size=1, max_size=12)),
    }


@dataclass
class Checked:
    """A world in which every turn is held against the rules."""

    world: World
    which_before: bool = False
    improve_before: bool = False
    not_hers: bool = False
    """A help request was offered to who asked it, or to who is no volunteer any more."""

    def play(self, drawn: dict[str, Any]) -> None:
        turn = self._placed(drawn)
        if turn is None:
            return
        before, learner = self.world.dialog, self.world.learner
        self.not_hers = "ticket" in str(turn.get("due", ""))
        outcome = self.world.play(turn)
        self._says_something(learner, outcome)
        self._words_reach_who_they_are_for(turn, outcome)
        self._numbers_grow(before, outcome)
        self._old_taps_mark_nothing(turn, before, outcome)
        self._times_lie_ahead(outcome)
        self._emergencies_stand_alone(outcome)
        self._which_is_asked_once(outcome)
        self._improve_is_asked_once_where_nothing_is_open(before, outcome)
        self._agreed_by_the_open_list_alone(before, outcome)
        for reply in outcome.replies:
            assert reply.text.strip()
            assert "{" not in reply.text.replace("{n}", "")

    def _placed(self, turn: dict[str, Any]) -> dict[str, Any] | None:
        """The turn as a transcript would write it here."""
        rest = {key: value for key, value in turn.items() if key not in DRAWN}
        if "others" in turn and (did := self._done_by_others(**turn["others"])):
            rest["others"] = did
        if "offer" in turn:
            return self._offered(rest, **turn["offer"])
        if "tap" in turn:
            option, back = turn["tap"]["option"], turn["tap"].get("back")
            choices = self.world.dialog.choices
            if back is None and choices is not None:
                option %= len(choices.options)
            asking = self.world.dialog.askings - (back or 0)
            return {**rest, "press": {"asking": asking, "option": option}}
        if "fall_due" in turn:
            reminders = sorted(self.world.reminders.values(), key=lambda one: one.due_at)
            if not reminders:
                return None
            chosen = reminders[turn["fall_due"] % len(reminders)]
            self.world.at = max(self.world.at, chosen.due_at)
            return {**rest, "due": chosen.id}
        return rest

    def _done_by_others(self, did: str, which: int) -> dict[str, str] | None:
        """What fits the help requests as they stand: hers is taken, or given back, or closed."""
        asks = self.world.standing.asks
        if did == "revoked":
            roles = self.world.standing.roles
            return {"revoked": roles[which % len(roles)].id} if roles else None
        if did == "taken" and asks is not None and asks.state == "waiting":
            return {"taken": asks.id, "by": "Chị Ba"}
        if did == "back" and asks is not None and asks.state == "taken":
            return {"back": asks.id}
        return {"closed": asks.id} if did == "closed" and asks is not None else None

    def _offered(self, rest: dict[str, Any], kind: str, which: int) -> dict[str, Any] | None:
        held = self.world.standing.answers
        touched = rest.get("others", {}).values()  # by somebody else, before it falls due
        if kind == "quiet":
            quiet = held is not None and held.id not in touched
            return {**rest, "due": {"quiet": held.id}} if held is not None and quiet else None
        tickets = (one for one in self.world.tickets.values() if one.state == "waiting")
        waiting = [one.id for one in tickets if one.id not in touched]
        return {**rest, "due": {"ticket": waiting[which % len(waiting)]}} if waiting else None

    def _words_reach_who_they_are_for(self, turn: dict[str, Any], outcome: Outcome) -> None:
        """Nobody's words go anywhere but to the other side of an open help request."""
        for message in outcome.messages:
            assert isinstance(message.to, ToAsker | ToHelper)
            assert message.reply.choices is None
        taken = (
            TicketTaken(ticket=self.world.standing.answers.id)
            if self.world.standing.answers
            else None
        )
        if taken in outcome.events:
            assert outcome.dialog.open is None
            assert outcome.dialog.choices is None
        if TicketAnswered(ticket="T1") in outcome.events:
            assert "trang.com" not in str(outcome.messages)

    def _says_something(self, learner: Learner, outcome: Outcome) -> None:
        if outcome.replies:
            assert not outcome.held
            return
        sent = [event for event in outcome.events if isinstance(event, ReminderSent)]
        unsaid = bool(sent) and (sent[0].expired or not learner.pushes)
        passed_on = bool(outcome.messages)
        assert outcome.held or unsaid or passed_on or self.not_hers

    def _numbers_grow(self, before: Dialog, outcome: Outcome) -> None:
        drawn = [reply.choices.asking for reply in outcome.replies if reply.choices]
        assert drawn == sorted(set(drawn))
        assert all(number > before.askings for number in drawn)
        assert outcome.dialog.askings == (drawn[-1] if drawn else before.askings)
        choices = outcome.dialog.choices
        assert choices is None or choices.asking <= outcome.dialog.askings

    def _old_taps_mark_nothing(
        self, turn: dict[str, Any], before: Dialog, outcome: Outcome
    ) -> None:
        if "press" not in turn:
            return
        current = before.choices.asking if before.choices else None
        if turn["press"]["asking"] == current:
            return
        assert not [event for event in outcome.events if isinstance(event, AnswerRecorded)]
        if isinstance(before.open, QuizOpen) and isinstance(outcome.dialog.open, QuizOpen):
            after = outcome.dialog.open
            assert after.right_at_first == before.open.right_at_first
            assert after.unsaved == before.open.unsaved
            assert after.position == before.open.position

    def _times_lie_ahead(self, outcome: Outcome) -> None:
        for event in outcome.events:
            if isinstance(event, ReminderSet):
                assert event.due_at > self.world.at
            if isinstance(event, ReminderSent) and event.next_at is not None:
                assert event.next_at > self.world.at

    def _emergencies_stand_alone(self, outcome: Outcome) -> None:
        if not any(isinstance(event, EmergencyShown) for event in outcome.events):
            return
        [card] = outcome.replies
        assert card.emergency
        assert card.choices is None
        assert card.text in CARDS_OF_ALL_LANGUAGES

    def _which_is_asked_once(self, outcome: Outcome) -> None:
        asked = Unanswered(asked_which=True) in outcome.events
        assert not (asked and self.which_before)
        self.which_before = asked or (self.which_before and outcome.held)

    def _improve_is_asked_once_where_nothing_is_open(
        self, before: Dialog, outcome: Outcome
    ) -> None:
        asked = [reply for reply in outcome.replies if reply.text.endswith(IMPROVE)]
        if not asked:
            # Who was forgotten is met anew.
            self.improve_before = self.improve_before and DataDeleted() not in outcome.events
            return
        assert not self.improve_before
        self.improve_before = True
        assert outcome.replies[-1:] == tuple(asked)
        assert [reply for reply in outcome.replies if reply.choices] == asked
        assert not any(reply.emergency for reply in outcome.replies)
        assert before.open is None
        assert outcome.dialog.open is None
        assert not before.paused
        assert self.world.chat.lasting
        assert not outcome.learner.agrees("improve")

    def _agreed_by_the_open_list_alone(self, before: Dialog, outcome: Outcome) -> None:
        given = [one for one in outcome.events if isinstance(one, ConsentGiven)]
        if any(one.purpose == "improve" for one in given):
            assert before.choices is not None
            assert before.choices.options[0].act.name == "consent.yes"


IMPROVE = tuple(one.sentences["consent.improve"] for one in course().locales.values())
CARDS = [
    text for key, text in course().locales["vi"].sentences.items() if key.startswith("emergency.")
]
CARDS_OF_ALL_LANGUAGES = {
    text
    for locale in course().locales.values()
    for key, text in locale.sentences.items()
    if key.startswith("emergency.")
}


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.split(":")[0][:20])
def test_an_emergency_card_is_short_and_begins_with_what_to_do(card: str) -> None:
    first = card.splitlines()[0]

    assert len(card.splitlines()) <= 6
    assert "ngay" in first.casefold() or "Đừng ở một mình" in first
    assert "Dạ" not in first


@settings(
    max_examples=400,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(stories())
def test_every_turn_of_every_conversation_has_an_answer(story: dict[str, Any]) -> None:
    checked = Checked(World.of(story, course()))

    for turn in story["turns"]:
        checked.play(turn)
