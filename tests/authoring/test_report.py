"""The page docs/understanding.md: what was measured, by what, and what goes wrong."""

from datetime import date
from pathlib import Path

import pytest

from bot.authoring.located import Located
from bot.authoring.reliability import Bin, bins, error, picture
from bot.authoring.report import MOST_FAILURES, Made, kind, measured, unlearned
from bot.evaluation import Judged, Labelled, Placed, Result
from nlu.phrases import Label, Phrase
from nlu.understanding import Candidate

MADE = Made(
    on=date(2026, 11, 26),
    command="make understanding",
    files={"a.jsonl": 3},
    phrases=16_317,
    labels=116,
)


def judged(
    result: Result = "right",
    p: float = 0.9,
    *,
    number: int = 1,
    best: Candidate | None = None,
    **line: object,
) -> Judged:
    given = {"text": "quét mã", "intent": "howto", "topic": "phone/scan_qr", "style": "accented"}
    return Judged(
        number=number,
        file="a.jsonl",
        line=Labelled.model_validate({**given, **line}),
        result=result,
        decided="howto phone/scan_qr" if result == "right" else "howto phone/video_call",
        p=p,
        best=best or Candidate(intent="howto", topic="phone/scan_qr", p=p),
        secret=False,
        scam=False,
        danger=False,
        forbidden=False,
        seconds=0.002,
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({}, "how-to"),
        ({"intent": "greet"}, "other intents"),
        ({"intent": "out_of_scope"}, "out of scope"),
        ({"intent": "out_of_scope", "style": "near_miss"}, "near misses: a neighbour's words"),
        ({"intent": "choice"}, "choice from a list"),
        ({"intent": "emergency.danger"}, "emergency"),
        ({"intent": "sensitive.secret"}, "secret"),
    ],
)
def test_lines_are_sorted_by_what_they_ask_of_the_bot(line: dict[str, str], expected: str) -> None:
    assert kind(judged(**line)) == expected


def test_stated_probability_is_set_against_what_came_true() -> None:
    right = [judged(p=0.72, number=n) for n in range(3)]
    other = Candidate(intent="howto", topic="phone/video_call", p=0.76)
    found = bins([*right, judged("wrong", best=other), judged(p=1.0)])
    assert [(one.low, one.n, one.right) for one in found] == [(0.7, 4, 0.75), (0.9, 1, 1.0)]
    assert found[0].stated == pytest.approx(0.73)
    assert error(found) == pytest.approx(4 / 5 * 0.02)
    assert error([]) == 0


def test_what_no_reading_says_and_what_a_dialog_decides_is_not_calibrated() -> None:
    lines = [
        judged(intent="sensitive.secret"),
        judged(intent="choice", context={"choice": ["a", "b"]}),
        judged(intent="step.next", context="howto:phone/scan_qr@1"),
    ]
    assert bins(lines) == []


def test_the_picture_shows_each_bin() -> None:
    drawn = picture([Bin(low=0.7, high=0.8, n=4, stated=0.73, right=0.75)])
    assert drawn.startswith("<svg ")
    assert "4 readings: stated 73%, right 75%" in drawn


def test_the_page_says_what_was_measured_and_every_wrong_line() -> None:
    lines = [
        judged(),
        judged("refused", number=2),
        judged("wrong", p=0.8, number=3, text="a | b <i>\n*c*"),
    ]
    page = measured(lines, MADE)
    assert "Written on 2026-11-26 by `make understanding`" in page
    assert "16,317 training phrases of 116 topics and intents" in page
    assert "- `a.jsonl`: 3 lines" in page
    assert "| right | 33.3% (6.1% to 79.2%) |" in page
    assert "| how-to | 3 | 33.3% (6.1% to 79.2%) | 0.0% | 33.3% | 33.3% |" in page
    assert "| a.jsonl:3 | a \\| b \\<i\\> \\*c\\* | howto phone/scan_qr | howto" in page
    assert "1 lines are decided wrongly. " in page
    assert "| 2 | wrong |" not in page


def test_a_line_that_has_become_a_training_phrase_is_left_out() -> None:
    phrase = Phrase("Quét mã QR!", Label("howto", "phone/scan_qr"))
    learned = [Located(phrase, Path("phone.yml"), 4)]
    lines = [
        Placed(n, Labelled.model_validate({"text": text, "intent": intent}))
        for n, (text, intent) in enumerate(
            [("quet ma qr", "howto"), ("quet ma qr", "choice"), ("quet ma", "howto")]
        )
    ]
    assert [one.number for one in unlearned(lines, learned)] == [1, 2]


def test_no_more_failures_than_one_reads_and_the_surest_first() -> None:
    many = [judged("wrong", p=n / 1000, number=n) for n in range(1, 100)]
    page = measured(many, MADE)
    assert f"99 lines are decided wrongly, the {MOST_FAILURES} it was surest of are shown." in page
    assert page.count("| a.jsonl:") == MOST_FAILURES
    assert "| a.jsonl:99 |" in page
    assert "| a.jsonl:1 |" not in page
