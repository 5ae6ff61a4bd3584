"""Labelled lines are decided as the bot would, and sorted by the kind of line they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation import EvaluationFileError, Labelled, Placed, read
from bot.figures import evaluate, printed, wilson
from flows.content import Content
from flows.interpret import ANSWER_STEPS
from nlu.engine import Engine

NO_DIALOG: dict[str, Any] = {"also": [], "style": "accented", "context": None, "topic": None}


def result(content: Content, engine: Engine, **line: Any) -> str:
    labelled = Labelled.model_validate({**NO_DIALOG, **line})
    found = evaluate([Placed(1, labelled)], engine, content)
    return next(name for name in ("right", "offered", "refused", "wrong") if found[name])


SORTED = [
    ("right", {"text": "quet ma qr", "intent": "howto", "topic": "phone/scan_qr"}),
    ("right", {"text": "quet ma qr", "intent": "howto", "topic": "x/y", "also": ["phone/scan_qr"]}),
    ("wrong", {"text": "quet ma qr", "intent": "howto", "topic": "vneid/otp_not_received"}),
    ("refused", {"text": "gì đó lạ lắm nha", "intent": "howto", "topic": "phone/scan_qr"}),
    ("right", {"text": "nhac toi mua gao", "intent": "reminder.set"}),
    ("wrong", {"text": "nhac toi mua gao", "intent": "reminder.list"}),
    ("right", {"text": "gì đó lạ lắm nha", "intent": "out_of_scope"}),
    ("wrong", {"text": "quet ma qr", "intent": "out_of_scope"}),
    ("right", {"text": "ma OTP la 482913", "intent": "sensitive.secret"}),
    ("wrong", {"text": "quet ma qr", "intent": "sensitive.secret"}),
    ("right", {"text": "vừa chuyển tiền cho kẻ lừa đảo rồi", "intent": "emergency.scam"}),
    ("wrong", {"text": "quet ma qr", "intent": "emergency.scam"}),
    ("right", {"text": "xong", "intent": "step.next", "context": "howto:phone/scan_qr@2"}),
    ("right", {"text": "xong", "intent": "step.next"}),
    ("right", {"text": "B", "intent": "choice", "value": 2, "context": "quiz:phone/scan_qr:name"}),
    ("wrong", {"text": "A", "intent": "choice", "value": 2, "context": "quiz:phone/scan_qr:name"}),
    ("right", {"text": "cái thứ 2", "intent": "choice", "value": 2,
               "context": {"choice": ["Quên mật khẩu", "Đổi điện thoại"]}}),
    ("wrong", {"text": "1", "intent": "choice", "value": 2,
               "context": {"choice": ["Quên mật khẩu", "Đổi điện thoại"]}}),
    ("offered", {"text": "7", "intent": "choice", "value": 2,
                 "context": {"choice": ["Quên mật khẩu", "Đổi điện thoại"]}}),
    ("right", {"text": "7", "intent": "choice", "value": None,
               "context": {"choice": ["Quên mật khẩu", "Đổi điện thoại"]}}),
    ("wrong", {"text": "quet ma qr", "intent": "choice", "value": None,
               "context": {"choice": ["Quên mật khẩu", "Đổi điện thoại"]}}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "line"), SORTED, ids=[f"{e}-{s['intent']}-{s['text']}" for e, s in SORTED]
)
def test_a_line_is_sorted_by_its_kind(
    expected: str, line: dict[str, Any], content: Content, engine: Engine
) -> None:
    assert result(content, engine, **line) == expected


def test_digits_are_a_secret_where_the_open_step_expects_a_code(
    content: Content, engine: Engine
) -> None:
    line = {"text": "4829", "intent": "sensitive.secret"}
    assert result(content, engine, **line) == "wrong"
    line["context"] = "howto:vneid/otp_not_received@2"
    assert result(content, engine, **line) == "right"


def figures(content: Content, engine: Engine) -> dict[str, Any]:
    lines = [
        {"text": "quet ma qr", "intent": "howto", "topic": "phone/scan_qr", "style": "accented"},
        {"text": "quet ma qr 2", "intent": "howto", "topic": "phone/scan_qr",
         "style": "no_diacritics", "not": ["vneid/otp_not_received"]},
        {"text": "khong nhan duoc ma", "intent": "howto", "topic": "phone/scan_qr",
         "style": "no_diacritics", "not": ["vneid/otp_not_received"]},
        {"text": "ma OTP la 482913", "intent": "sensitive.secret", "style": "accented"},
        {"text": "xong", "intent": "step.next", "context": "howto:gone/away@1", "style": "x"},
    ]  # fmt: skip
    labelled = [Placed(n, Labelled.model_validate(x), "a.jsonl") for n, x in enumerate(lines, 1)]
    return evaluate(labelled, engine, content)


def test_all_figures_stand_in_one_object(content: Content, engine: Engine) -> None:
    found = json.loads(json.dumps(figures(content, engine)))
    assert {key: found[key] for key in ("n", "right", "offered", "refused", "wrong")} == {
        "n": 4, "right": 0.75, "offered": 0.0, "refused": 0.0, "wrong": 0.25,
    }  # fmt: skip
    assert found["by_style"]["no_diacritics"] == {
        "n": 2, "right": 0.5, "offered": 0.0, "refused": 0.0, "wrong": 0.5,
    }  # fmt: skip
    assert list(found["by_intent"]) == ["howto", "sensitive.secret"]
    assert found["by_topic"]["phone/scan_qr"]["n"] == 3
    assert found["accent_gap"] == 0.5
    assert found["secret"] == {"recall": 1.0, "false_alarm_rate": 0.0}
    assert found["danger"] == {"recall": None, "false_alarm_rate": 0.0}
    assert found["emergency"]["false_alarm_rate"] == 0.0
    assert (found["not_lines"], found["not_violated"]) == (2, 1)
    assert set(found["latency_ms"]) == {"p50", "p99"}
    assert found["confusions"] == [
        {"expected": "howto phone/scan_qr", "decided": "howto vneid/otp_not_received",
         "result": "wrong", "count": 1},
    ]  # fmt: skip
    assert [line["line"] for line in found["lines"]] == [3]
    assert ANSWER_STEPS <= found["lines"][0]["p"] <= 1
    assert found["unplayable"] == [{"line": 5, "file": "a.jsonl", "context": "howto:gone/away@1"}]


def test_the_same_figures_can_be_read(content: Content, engine: Engine) -> None:
    text = printed(figures(content, engine))
    assert text.splitlines()[:2] == ["4 lines", "  right     75.0%  (30.1% to 95.4%)"]
    assert "answered what `not` forbids: 1 of 2" in text
    assert "left out: the content has no howto:gone/away@1" in text


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (930, 1000, 0.912, 0.944), (0, 0, 0.0, 1.0)],
)
def test_intervals_are_wilsons(count: int, n: int, low: float, high: float) -> None:
    assert wilson(count, n) == pytest.approx((low, high), abs=0.001)


def test_a_file_that_is_wrong_names_every_line(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"text": "a"}\n\n{"text": "b", "intent": "greet"}\nnot json\n', "utf-8")
    with pytest.raises(EvaluationFileError) as caught:
        read(file)
    assert [line.partition(": ")[0] for line in str(caught.value).splitlines()] == [
        f"{file}:1",
        f"{file}:4",
    ]
