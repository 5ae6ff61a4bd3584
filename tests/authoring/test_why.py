"""Why a text is answered as it is: every stage, and the rule or threshold that decided."""

import json
from typing import Any

import pytest

from bot.author import ROOT, Author
from bot.authoring import shown
from bot.authoring.fired import fired
from bot.authoring.why import Why, explained, reason, threshold
from bot.evaluation import Choices, Evaluator
from flows.content import Content
from flows.dialog import Dialog
from flows.interpret import ANSWER, ANSWER_EMERGENCY, ANSWER_STEPS
from flows.replies import Act
from flows.turn import Interpretation
from nlu.engine import Engine
from nlu.understanding import Candidate, Understanding

SCAN = Candidate(intent="howto", topic="phone/scan_qr", p=0.6)
NO_STEPS = Candidate(intent="howto", topic="phone/video_call", p=0.3)
MENU = Candidate(intent="menu", topic=None, p=ANSWER)
UNSURE = Candidate(intent="howto", topic="phone/scan_qr", p=ANSWER_STEPS - 0.05)
OUTSIDE = Candidate(intent="out_of_scope", topic=None, p=0.6)


@pytest.fixture(scope="module")
def author() -> Author:
    return Author.load(ROOT / "data")


@pytest.fixture
def evaluator(content: Content, engine: Engine) -> Evaluator:
    return Evaluator(engine, content)


def understood(*candidates: Candidate, **more: Any) -> Understanding:
    return Understanding(text="x", folded="x", candidates=candidates, **more)


def asked(*candidates: Candidate, p: float) -> Interpretation:
    return Interpretation(act=Act("which"), p=p, candidates=candidates)


CASES = [
    ("by_screen", understood(SCAN, danger="fire"),
     Interpretation(act=Act("emergency.danger", "fire"))),
    ("by_rule", understood(SCAN), Interpretation(act=Act("call_me", "bà"))),
    ("answered", understood(SCAN), Interpretation(act=Act("howto.open", "phone/scan_qr"), p=0.8)),
    ("answered_emergency", understood(Candidate(intent="emergency.scam", topic=None, p=0.4)),
     Interpretation(act=Act("emergency.scam", "ongoing"), p=0.4)),
    ("not_sure", understood(UNSURE), asked(UNSURE, NO_STEPS, p=UNSURE.p)),
    ("not_ahead", understood(MENU), asked(MENU, p=MENU.p)),
    ("not_picked", understood(OUTSIDE, NO_STEPS), asked(NO_STEPS, p=0.6)),
    ("outside", understood(OUTSIDE), Interpretation(act=Act("unknown", "beyond"), p=0.6)),
    ("rather_outside", understood(OUTSIDE), Interpretation(act=Act("unknown"), p=0.45)),
    ("too_little", understood(SCAN), Interpretation(act=Act("unknown"), p=0.1)),
]  # fmt: skip


@pytest.mark.parametrize(("key", "read", "meant"), CASES, ids=[key for key, _, _ in CASES])
def test_the_reason_is_read_off_from_the_decision(
    key: str, read: Understanding, meant: Interpretation, content: Content, author: Author
) -> None:
    found = reason(read, meant, Dialog(), content)
    assert found.key == key
    assert author.tell(f"why.{found.key}", **found.values)


def test_steps_need_a_surer_reading_than_a_topic_without(content: Content) -> None:
    assert threshold(SCAN, content) == ("ANSWER_STEPS", ANSWER_STEPS)
    assert threshold(NO_STEPS, content) == ("ANSWER", ANSWER)
    scam = Candidate(intent="emergency.scam", topic=None, p=1)
    assert threshold(scam, content) == ("ANSWER_EMERGENCY", ANSWER_EMERGENCY)


def test_every_stage_is_shown_and_no_secret(evaluator: Evaluator, author: Author) -> None:
    found = explained(evaluator, "ko nhan dc ma OTP 482913 cua vneid")
    lines = list(shown.why(found, author))
    assert "Đã che:       ko nhan dc ma OTP [số đã che] cua vneid" in lines
    assert "Gấp chữ:      khong nhan duoc ma otp cua vneid" in lines
    assert "Bí mật:       otp" in lines
    assert "Nhắc tới:     vneid" in lines
    assert sum(line.endswith("%  vneid/otp_not_received") for line in lines) >= 1
    assert lines[-1].startswith("Vì:           ")
    assert "482913" not in "\n".join(lines)
    assert "482913" not in json.dumps(shown.why_json(found, author), ensure_ascii=False)


def test_a_screen_is_shown_with_the_pattern_and_the_words_that_met_it(
    evaluator: Evaluator, author: Author
) -> None:
    found = explained(evaluator, "vừa đọc mã OTP cho tụi nó rồi")
    assert found.reason.key == "by_screen"
    assert {one.screen for one in found.fired} == {"scam"}
    assert all(one.words in found.understanding.folded for one in found.fired)
    assert any("{they}" in one.pattern for one in found.fired)
    assert shown.why_json(found, author)["scam"] == "gave_code"


def test_nothing_is_taken_back_where_nothing_was_found() -> None:
    assert list(fired("quet ma qr")) == []


def test_the_open_dialog_decides_what_a_word_means(evaluator: Evaluator) -> None:
    assert explained(evaluator, "xong", "howto:phone/scan_qr@1").decided == "step.next"
    two = Choices(choice=["Quên mật khẩu", "Đổi điện thoại"])
    found = explained(evaluator, "2", two)
    assert (found.decided, found.reason.key) == ("choice 2", "by_list")


def test_a_short_text_that_the_bot_waits_for_says_so(evaluator: Evaluator, author: Author) -> None:
    found: Why = explained(evaluator, "mã qr")
    assert found.waits
    assert author.tell("why.waits") in list(shown.why(found, author))
    assert not explained(evaluator, "làm sao quét mã qr để trả tiền").waits
