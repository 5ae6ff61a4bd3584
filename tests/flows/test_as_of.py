"""What may be said on a day: values filled in, what is due without them, what is old withheld."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ageing import GRACE, as_of, due_on, withdrawn_on
from flows.calendar import Calendar, Reported, Week
from flows.content import Content
from flows.lesson import Howto
from flows.part import Source
from flows.value import Value, filled, named_in

SLUG = "phone/scan_qr"
TODAY = date(2026, 11, 24)
SOURCE = Source(
    title="Trang thử", publisher="Nhà thử", url="https://example.org", read_on=date(2026, 11, 20)
)


def value(key: str, kind: str, spoken: str, **changed: object) -> Value:
    fields: dict[str, object] = {
        "key": key,
        "kind": kind,
        "value": spoken,
        "check_by": date(2027, 5, 1),
        "instead": "Hỏi ở quầy.",
        "source": SOURCE,
        "confidence": "high",
    }
    return Value.model_validate({**fields, **changed})


VALUES = {
    "fee": value("fee", "money", "50.000", unit="đồng", check_by=date(2027, 1, 31)),
    "line": value("line", "phone", "1900 0000"),
}


def taught(content: Content, **step: str) -> Content:
    """The frozen course whose first step says this."""
    howto = content.howtos[SLUG]
    first = howto.steps[0].model_copy(update=step)
    changed = howto.model_copy(update={"steps": [first, *howto.steps[1:]]})
    return replace(content, howtos={**content.howtos, SLUG: changed}, values=VALUES)


def first_step(content: Content, day: date) -> str:
    return as_of(content, day).howtos[SLUG].steps[0].stuck


def test_a_value_is_spoken_with_its_unit() -> None:
    text = "Phí là {fee}. Hỏi {line} nha."
    assert filled(text, VALUES, TODAY) == "Phí là 50.000 đồng. Hỏi 1900 0000 nha."


def test_the_sentence_of_a_value_past_its_check_gives_way() -> None:
    text = "Mở dichvucong.gov.vn xem. Phí là {fee}. Hỏi {line} nha."
    assert filled(text, VALUES, date(2027, 1, 31)).startswith("Mở dichvucong.gov.vn xem. Phí là 50")
    assert filled(text, VALUES, date(2027, 2, 1)) == (
        "Mở dichvucong.gov.vn xem. Hỏi ở quầy. Hỏi 1900 0000 nha."
    )


def test_a_text_that_is_due_keeps_hotlines_and_drops_fees() -> None:
    text = "Phí là {fee}. Hỏi {line} nha."
    assert filled(text, VALUES, TODAY, due=True) == "Hỏi ở quầy. Hỏi 1900 0000 nha."


@given(
    st.lists(st.sampled_from(["Bấm nút.", "Trả {fee}.", "Gọi {line}!", "Chờ {fee} rồi {line}…"])),
    st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    st.booleans(),
)
def test_no_brace_is_ever_said(sentences: list[str], day: date, due: bool) -> None:
    said = filled(" ".join(sentences), VALUES, day, due=due)
    assert "{" not in said
    assert not list(named_in(said))
    if day > VALUES["fee"].check_by or due:
        assert "50.000" not in said


def test_an_unknown_value_is_no_text() -> None:
    with pytest.raises(KeyError):
        filled("Gọi {police}.", VALUES, TODAY)


def test_a_lesson_goes_from_fresh_to_due_to_withdrawn(content: Content) -> None:
    course = taught(content, stuck="Trả {fee}. Gọi {line}.")
    howto: Howto = course.howtos[SLUG]
    due, gone = due_on(howto), withdrawn_on(howto)
    assert due == howto.checked + howto.check_every + timedelta(days=1)
    assert gone == due + GRACE

    assert first_step(course, TODAY) == "Trả 50.000 đồng. Gọi 1900 0000."
    fresh_values = {"fee": value("fee", "money", "50.000", unit="đồng", check_by=date.max)}
    lasting = replace(course, values={**VALUES, **fresh_values})
    assert first_step(lasting, due - timedelta(days=1)) == "Trả 50.000 đồng. Gọi 1900 0000."
    assert first_step(lasting, due) == "Hỏi ở quầy. Gọi 1900 0000."

    assert SLUG not in as_of(course, gone - timedelta(days=1)).withdrawn
    assert SLUG in as_of(course, gone).withdrawn
    assert as_of(course, gone).howto(SLUG) is None
    assert as_of(course, gone).practice(SLUG) == []


def test_what_was_withdrawn_by_hand_stays_so_beside_what_is_old(content: Content) -> None:
    by_hand = replace(content, withdrawn=frozenset({"vneid/otp_not_received"}))
    gone = withdrawn_on(content.howtos[SLUG])
    assert as_of(by_hand, TODAY).withdrawn == {"vneid/otp_not_received"}
    assert {SLUG, "vneid/otp_not_received"} <= as_of(by_hand, gone).withdrawn


def test_a_question_that_names_an_old_value_is_not_asked(content: Content) -> None:
    key = next(key for key, item in content.items.items() if item.topic == SLUG)
    asks = content.items[key].model_copy(update={"ask": "Phí {fee} trả cho ai?"})
    course = replace(content, items={**content.items, key: asks}, values=VALUES)
    assert as_of(course, TODAY).items[key].ask == "Phí 50.000 đồng trả cho ai?"
    assert key not in as_of(course, date(2027, 2, 1)).items


def test_the_week_and_the_reported_scams_go_first() -> None:
    calendar = Calendar(
        weeks=[
            Week(week=48, occasion="Cuối tháng mười một", tips=["a/b:one", "a/b:two"]),
            Week(week=52, occasion="Cuối năm", tips=["a/b:last"]),
        ],
        scams=[Reported(scam="Giả điện lực", tips=["a/b:two", "a/b:scam"], reported=SOURCE)],
    )
    assert calendar.first(TODAY) == ["a/b:one", "a/b:two", "a/b:scam"]
    assert calendar.first(date(2026, 6, 1)) == ["a/b:two", "a/b:scam"]
    week = calendar.week_of(date(2026, 12, 31))  # ISO 8601 counts a 53rd week in 2026
    assert week is not None
    assert week.occasion == "Cuối năm"
