"""When a topic is known and a record earned, by the calendar of the city."""

from datetime import UTC, date, datetime, timedelta

import pytest

from flows.content import Rule
from flows.rubric import CITY, earned, known, learnable
from flows.snapshots import AnswerSeen

RULE = Rule(
    id="practice/1",
    topics=2,
    must=["safety/spot_scam_call"],
    items=3,
    days=2,
    since=date(2026, 11, 1),
    why="Luật để thử.",
)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=CITY)
DAY = timedelta(days=1)


def seen(
    item: str,
    at: datetime,
    *,
    topic: str = "phone/scan_qr",
    attempt: int = 1,
    correct: bool = True,
    purpose: str = "practice",
) -> AnswerSeen:
    return AnswerSeen(
        item=f"{topic}:{item}", purpose=purpose, attempt=attempt, correct=correct, at=at
    )


def test_three_items_over_two_days_make_a_topic_known() -> None:
    answers = [seen("a", MONDAY), seen("b", MONDAY), seen("c", MONDAY + DAY)]

    assert known(RULE, answers) == ["phone/scan_qr"]


def test_three_items_on_one_day_do_not() -> None:
    assert known(RULE, [seen(item, MONDAY) for item in "abc"]) == []


def test_two_items_over_two_days_do_not() -> None:
    answers = [seen("a", MONDAY), seen("b", MONDAY), seen("a", MONDAY + DAY)]

    assert known(RULE, answers) == []


def test_before_and_after_midnight_of_the_city_are_two_days() -> None:
    late = MONDAY.replace(hour=23, minute=30)
    past_midnight = late + timedelta(hours=1)
    assert (late.day, past_midnight.day) == (23, 24)

    assert known(RULE, [seen("a", late), seen("b", late), seen("c", past_midnight)])


@pytest.mark.parametrize("hour", [0, 6, 23])
def test_one_day_of_the_city_is_one_day_whatever_zone_it_is_told_in(hour: int) -> None:
    """Midnight of UTC is seven in the morning of the city: no new day begins then."""
    start = MONDAY.replace(hour=0, minute=30)
    answers = [seen("a", start), seen("b", MONDAY.replace(hour=hour, minute=31)), seen("c", start)]
    abroad = [seen(a.item.partition(":")[2], a.at.astimezone(UTC)) for a in answers]

    assert known(RULE, answers) == known(RULE, abroad) == []


@pytest.mark.parametrize(
    "last",
    [
        seen("c", MONDAY + DAY, attempt=2),
        seen("c", MONDAY + DAY, correct=False),
        seen("c", MONDAY + DAY, purpose="test"),
        seen("c", MONDAY + DAY, topic="phone/video_call"),
    ],
    ids=["second try", "wrong", "not practice", "another topic"],
)
def test_what_does_not_count(last: AnswerSeen) -> None:
    assert known(RULE, [seen("a", MONDAY), seen("b", MONDAY), last]) == []


def test_a_later_right_answer_counts_though_the_first_was_wrong() -> None:
    answers = [
        seen("a", MONDAY, correct=False),
        seen("b", MONDAY),
        seen("c", MONDAY),
        seen("a", MONDAY + DAY),
    ]

    assert known(RULE, answers) == ["phone/scan_qr"]


def test_the_order_of_the_rows_changes_nothing() -> None:
    answers = [seen(item, MONDAY + n * DAY) for n, item in enumerate("abc")]
    other = [
        seen(i, MONDAY + n * 2 * DAY, topic="vneid/otp_not_received") for n, i in enumerate("abc")
    ]
    together = answers + other

    assert known(RULE, together) == known(RULE, together[::-1])
    assert known(RULE, together) == ["phone/scan_qr", "vneid/otp_not_received"]


def test_the_record_needs_enough_topics_and_those_that_must_be_among_them() -> None:
    assert earned(RULE, ["safety/spot_scam_call", "phone/scan_qr"])
    assert not earned(RULE, ["phone/video_call", "phone/scan_qr"])
    assert not earned(RULE, ["safety/spot_scam_call"])


def test_a_topic_can_be_learned_from_enough_items() -> None:
    assert learnable({"phone/scan_qr": 3, "phone/video_call": 2}, RULE) == ["phone/scan_qr"]
