"""Reading times as people write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlu.when import CITY, Ambiguous, Every, When, next_after, read, subject, written

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=CITY)
MOMENTS = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(CITY),
)
TIME_WORDS = st.lists(
    st.sampled_from(
        [
            "8h",
            "8",
            "giờ",
            "15h30",
            "20/12",
            "31/2",
            "mùng",
            "1",
            "rằm",
            "âm",
            "lịch",
            "tháng",
            "này",
            "tháng",
            "sau",
            "sáng",
            "trưa",
            "chiều",
            "tối",
            "khuya",
            "mai",
            "mốt",
            "hôm",
            "nay",
            "thứ",
            "bảy",
            "tuần",
            "sau",
            "chủ",
            "nhật",
            "mỗi",
            "ngày",
            "mỗi",
            "tuần",
            "hàng",
            "tháng",
            "30",
            "phút",
            "nữa",
            "2",
            "tiếng",
            "rưỡi",
            "kém",
            "15",
            "nhắc",
            "tôi",
            "uống",
            "thuốc",
            "toi",
            "mai",
            "sang",
            "cn",
            "t7",
            "99",
            "năm",
            "2023",
            "lát",
            "nữa",
            "cuối",
            "tuần",
        ]
    ),
    max_size=9,
).map(" ".join)


def moment(text: str) -> str:
    when = read(text, TUESDAY)
    assert isinstance(when, When), when
    return f"{when.at:%d/%m/%Y %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8h tối mai", "25/11/2026 20:00"),
        ("8h toi mai", "25/11/2026 20:00"),
        ("8 giờ sáng mai", "25/11/2026 08:00"),
        ("nhac toi 8h sang mai", "25/11/2026 08:00"),
        ("nhac toi mai 8h sang", "25/11/2026 08:00"),
        ("remind me tomorrow at 8 pm", "25/11/2026 20:00"),
        ("remind me on Saturday at 8 in the morning", "28/11/2026 08:00"),
        ("rappelle-moi samedi à 8h du matin", "28/11/2026 08:00"),
        ("rappelle-moi demain à 7h du soir", "25/11/2026 19:00"),
        ("tomorrow 9 am", "25/11/2026 09:00"),
        ("toi nay 8h", "24/11/2026 20:00"),
        ("sáng thứ 7", "28/11/2026 08:00"),
        ("sang t7", "28/11/2026 08:00"),
        ("cn", "29/11/2026 08:00"),
        ("thứ bảy tuần sau", "05/12/2026 08:00"),
        ("tối thứ 7 tuần sau 7h", "05/12/2026 19:00"),
        ("30 phút nữa", "24/11/2026 10:30"),
        ("sau 15 phut", "24/11/2026 10:15"),
        ("nửa tiếng nữa", "24/11/2026 10:30"),
        ("2 tiếng nữa", "24/11/2026 12:00"),
        ("1 tiếng rưỡi nữa", "24/11/2026 11:30"),
        ("3 ngày nữa", "27/11/2026 08:00"),
        ("2 tuần nữa 9h sáng", "08/12/2026 09:00"),
        ("20/12 lúc 15 giờ", "20/12/2026 15:00"),
        ("20/12/2027 8h sáng", "20/12/2027 08:00"),
        ("ngày 20 tháng 12", "20/12/2026 08:00"),
        ("ngày 5 tháng sau 9h sáng", "05/12/2026 09:00"),
        ("chiều mai", "25/11/2026 15:00"),
        ("trưa nay", "24/11/2026 11:00"),
        ("15h30", "24/11/2026 15:30"),
        ("3 rưỡi chiều", "24/11/2026 15:30"),
        ("chiều mốt 3h", "26/11/2026 15:00"),
        ("9 giờ kém 15 tối", "24/11/2026 20:45"),
        ("mười giờ rưỡi tối nay", "24/11/2026 22:30"),
        ("12h đêm", "25/11/2026 00:00"),
        ("12 giờ", "24/11/2026 12:00"),
        ("08:30 mai", "25/11/2026 08:30"),
        ("7h sáng", "25/11/2026 07:00"),
        ("8 giờ", "24/11/2026 20:00"),
        ("mùng 1 âm lịch lúc 8 giờ sáng", "09/12/2026 08:00"),
        ("rằm tháng sau", "23/12/2026 08:00"),
    ],
)  # fmt: skip
def test_a_time_is_read(text: str, expected: str) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("text", "every", "expected"),
    [
        ("mỗi ngày 7h sáng", Every(kind="day"), "25/11/2026 07:00"),
        ("ngày nào cũng nhắc lúc 20h", Every(kind="day"), "24/11/2026 20:00"),
        ("mỗi tối chủ nhật", Every(kind="week", day=6), "29/11/2026 19:00"),
        ("8h30 sáng thứ hai hàng tuần", Every(kind="week", day=0), "30/11/2026 08:30"),
        ("ngày 5 hàng tháng 9h sáng", Every(kind="month", day=5), "05/12/2026 09:00"),
        ("rằm hàng tháng 6h sáng", Every(kind="lunar_month", day=15), "23/12/2026 06:00"),
        ("mỗi mùng 1 7h sáng", Every(kind="lunar_month", day=1), "09/12/2026 07:00"),
    ],
)
def test_a_repeat_is_read(text: str, every: Every, expected: str) -> None:
    when = read(text, TUESDAY)

    assert isinstance(when, When)
    assert when.every == every
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("cuối tuần", "day"),
        ("mai mốt", "day"),
        ("bữa nào", "day"),
        ("mỗi tuần", "day"),
        ("lát nữa", "hour"),
        ("8 giờ mai", "half_of_day"),
        ("11 giờ", "half_of_day"),
        ("mùng 8 tháng 3 lúc 8h sáng", "calendar"),
        ("8h sáng hoặc 9h sáng", "several"),
        ("sáng nay 8h", "past"),
        ("nhắc tôi 7 giờ sáng hôm qua", "past"),
        ("20/12/2023 8h sáng", "past"),
        ("rằm tháng này", "past"),
        ("31/2", "no_such_day"),
    ],
)
def test_what_is_open_is_asked_about(text: str, reason: str) -> None:
    when = read(text, TUESDAY)

    assert isinstance(when, Ambiguous)
    assert when.reason == reason


def test_the_two_halves_of_the_day_are_offered() -> None:
    when = read("8 giờ mai", TUESDAY)

    assert isinstance(when, Ambiguous)
    assert [f"{choice.at:%d/%m %H:%M}" for choice in when.choices] == ["25/11 08:00", "25/11 20:00"]


@pytest.mark.parametrize(
    "text",
    [
        "22", "2 triệu", "ngày uống 2 viên", "tôi mới làm xong bước 2", "mở cửa 24/7", "5 phút", "",
        "toi bi khoa tai khoan", "quên mật khẩu", "😀", "huyết áp 120/80", "gọi cho cô Mai",
        "toi muon hoc", "lần thứ",
    ],
)  # fmt: skip
def test_what_tells_no_time(text: str) -> None:
    assert read(text, TUESDAY) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("nhắc tôi 8h tối mai gọi cho con", "gọi cho con"),
        ("nhac toi 8h toi mai goi cho con", "goi cho con"),
        ("tối mai 8h nhắc tui uống thuốc nha", "uống thuốc"),
        ("nhắc bà uống thuốc huyết áp 7 giờ sáng hàng ngày nha con", "uống thuốc huyết áp"),
        ("nhắc tôi đóng tiền điện", "đóng tiền điện"),
        ("nhắc tôi cho cá ăn lúc 5h chiều", "cho cá ăn"),
        ("nhắc con gọi cô Mai 8h tối", "gọi cô Mai"),
        ("sáng mai tôi sang nhà con", "tôi sang nhà con"),
        ("hết pin rồi, mai tui làm tiếp, nhắc tui 8 giờ sáng mai", "hết pin rồi, tui làm tiếp"),
        ("8h tối mai", ""),
    ],
)
def test_the_subject_is_what_is_left(text: str, left: str) -> None:
    assert subject(text) == left


@given(text=st.one_of(st.text(max_size=80), TIME_WORDS), now=MOMENTS)
@example(text="mùng 30 âm lịch hàng tháng", now=TUESDAY)
def test_a_time_is_aware_and_in_the_future_or_none_is_given(text: str, now: datetime) -> None:
    read_time = read(text, now)

    times = read_time.choices if isinstance(read_time, Ambiguous) else (read_time,)
    for when in times:
        if when is not None:
            assert when.at.utcoffset() == timedelta(hours=7)
            assert when.at > now


@given(text=TIME_WORDS, now=MOMENTS)
def test_a_time_written_in_full_is_read_back(text: str, now: datetime) -> None:
    when = read(text, now)
    if not isinstance(when, When):
        return

    again = read(written(when), now)

    assert isinstance(again, When), written(when)
    assert again.every == when.every
    same_minute = when.at.replace(second=0, microsecond=0)
    assert again.at == same_minute or when.every is not None
    assert (again.at.hour, again.at.minute) == (when.at.hour, when.at.minute)


@given(
    every=st.one_of(
        st.just(Every(kind="day")),
        st.builds(Every, kind=st.just("week"), day=st.integers(0, 6)),
        st.builds(Every, kind=st.just("month"), day=st.integers(1, 31)),
        st.builds(Every, kind=st.just("lunar_month"), day=st.integers(1, 30)),
    ),
    at=MOMENTS,
)
def test_the_next_time_is_later_at_the_same_hour_and_never_far(every: Every, at: datetime) -> None:
    following = next_after(every, at)

    assert at < following <= at + timedelta(days=62)
    assert following.timetz() == at.timetz()


def test_a_month_without_that_day_uses_its_last_one() -> None:
    last_of_month = Every(kind="month", day=31)

    assert next_after(last_of_month, datetime(2027, 1, 31, 8, tzinfo=CITY)).day == 28


def test_a_time_of_another_zone_is_reckoned_in_the_city() -> None:
    when = read("8h sáng mai", datetime(2026, 11, 24, 20, 0, tzinfo=UTC))

    assert isinstance(when, When)
    assert when.at == datetime(2026, 11, 26, 8, 0, tzinfo=CITY)
