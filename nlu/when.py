"""Reading a time as people write it: "8h tối mai", "30 phut nua", "mùng 1 âm lịch lúc 8 giờ sáng".

    read        When, Ambiguous (the bot asks), or None where no time is told
    subject     what is left of a wish to be reminded: "nhắc tôi 8h tối mai gọi mẹ" -> "gọi mẹ"
    written     a time in full; `read` gives the same back
    next_after  the next time of a repeat

Where only a part of the day is told its usual hour is taken (sáng 8, trưa 11, chiều 15, tối 19,
đêm 21; `data/nlu/words/times.yaml`), where only a day is told, 8 in the morning; `hour_given` is
False then. "8 giờ" alone is asked about, unless only one of both lies ahead today. A time without a
day that is past means the next day; a weekday, a date without a year, the next one; what was tied
to today, or to a year, is Ambiguous with the reason `past`. Once a year is no repeat here.
"""

import calendar
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal

from nlu.normalise import compose, fold
from nlu.repeat import CITY, LAST_YEAR, Every, LunarDay, falls_on, lunar_day, next_after
from nlu.timewords import find
from nlu.told import Day, Found, Lunar, Relative, Solar, Weekday, hour_in
from nlu.words import mapping, strings

__all__ = [
    "CITY",
    "Ambiguous",
    "Every",
    "LunarDay",
    "When",
    "next_after",
    "read",
    "subject",
    "written",
]

Reason = Literal[
    "hour", "half_of_day", "day", "calendar", "several", "past", "no_such_day", "too_far"
]
"""What to ask: at what hour; morning or evening; which day; which calendar; which of several; or
what is wrong: it is past; there is no such day; it is too far away."""

_READ = 400
"""Characters read; a time stands near the beginning."""
_FARTHEST = timedelta(days=3 * 366)
_MORNING = 8
_LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A time that has been understood."""

    at: datetime
    """In the city's zone, always in the future."""
    every: Every | None = None
    lunar: LunarDay | None = None
    """The lunar day of `at` where the time was told in that calendar."""
    hour_given: bool
    """False where the usual hour of the day or of its part was taken."""
    subject: str
    """The rest of the text: what to be reminded of; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """A time that is told, but not clearly, or that cannot be."""

    reason: Reason
    choices: tuple[When, ...] = ()
    """The readings, where there are just a few."""
    subject: str


class _UnclearError(Exception):
    """Carries the Ambiguous that ends the reading."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def read(text: str, now: datetime) -> When | Ambiguous | None:
    """Read the time told in a text; `now` is aware. Never raises, whatever the text."""
    if any(phrase in fold(text[:_READ]) for phrase in _folded("any_time")):
        return Ambiguous(reason="day", subject="")
    local = now.astimezone(CITY)
    found = find(text[:_READ])
    about = _subject(found)
    if not _tells_a_time(found):
        return None
    try:
        readings = tuple(replace(when, subject=about) for when in _readings(found, local))
    except _UnclearError as unclear:
        return Ambiguous(reason=unclear.reason, subject=about)
    if len(readings) == 1:
        return readings[0]
    reason = "half_of_day" if _unsure_clock(found) else "calendar"
    return Ambiguous(reason=reason, choices=readings, subject=about)


def subject(text: str) -> str:
    """Give the text without its time words and without the words that ask to be reminded."""
    return _subject(find(text))


def written(when: When) -> str:
    """Write a time in full: clock, and date or repeat."""
    words = mapping("times", "written")
    clock = words["clock"].format(hour=when.at.hour, minute=when.at.minute)
    lunar = when.lunar
    if when.every is not None:
        names = strings("times", "weekday_names")
        day = when.every.day or 0
        weekday = names[day] if when.every.kind == "week" else ""
        return words[f"every_{when.every.kind}"].format(clock=clock, day=day, weekday=weekday)
    if lunar is not None and not lunar.leap:
        return words["lunar"].format(clock=clock, day=lunar.day, month=lunar.month)
    day = when.at.date()
    return words["date"].format(clock=clock, day=day.day, month=day.month, year=day.year)


def _tells_a_time(found: Found) -> bool:
    told = found.clocks or found.parts or found.days or found.delay or found.repeated
    return bool(told or found.open_day or found.open_hour)


def _unsure_clock(found: Found) -> bool:
    return bool(found.clocks) and not found.clocks[0].certain and not found.parts


def _readings(found: Found, now: datetime) -> list[When]:
    """All sensible readings; at least one, or an error with the reason."""
    if len(set(found.clocks)) > 1 or len(set(found.days)) > 1 or len(set(found.parts)) > 1:
        raise _UnclearError("several")
    day = found.days[0] if found.days else None
    if found.open_day and day is None and found.repeated is None and found.delay is None:
        raise _UnclearError("day")
    if found.delay is not None and not (found.delay_is_days and _hour_told(found)):
        return [_later(found, now)]
    if found.open_hour and not _hour_told(found):
        raise _UnclearError("hour")
    every = _every(found, day)
    times: list[When | Reason] = [
        _soonest(hours, reading, every, now)
        for reading in _calendars(day if found.delay is None else Relative(found.delay.days))
        for hours in _hours(found)
    ]
    ahead = _ahead(times)
    return ahead if every or day or len(ahead) == 1 else _nearest_today(ahead, now)


def _hour_told(found: Found) -> bool:
    return bool(found.clocks or found.parts)


def _ahead(times: Iterable[When | Reason]) -> list[When]:
    """The readings that can be; the reason of the last one where none can."""
    listed = list(times)
    ahead = [when for when in listed if isinstance(when, When)]
    if not ahead:
        raise _UnclearError(next(reason for reason in listed if not isinstance(reason, When)))
    return ahead


def _nearest_today(ahead: list[When], now: datetime) -> list[When]:
    """Of "8 giờ" with no day: the one that is still ahead today, where just one is."""
    today = [when for when in ahead if when.at.date() == now.date()]
    return today if len(today) == 1 else ahead


def _later(found: Found, now: datetime) -> When:
    """So much time from now; whole days keep to the usual morning hour."""
    delay = found.delay or timedelta()
    if delay <= timedelta() or delay > _FARTHEST or (now + delay).year > LAST_YEAR:
        raise _UnclearError("too_far" if delay else "hour")
    if found.delay_is_days:
        at = datetime.combine((now + delay).date(), time(_MORNING), tzinfo=CITY)
        return When(at=at, hour_given=False, subject="")
    at = (now + delay).replace(second=0, microsecond=0)
    at = at if at > now else at + timedelta(minutes=1)
    return When(at=at, hour_given=True, subject="")


def _every(found: Found, day: Day | None) -> Every | None:
    """The repeat that the words and the day make together."""
    if found.repeated is None:
        return None
    match day:
        case Weekday(day=weekday):
            return Every(kind="week", day=weekday)
        case Lunar(day=lunar, month=None):
            return Every(kind="lunar_month", day=lunar)
        case Solar(day=solar, month=None):
            return Every(kind="month", day=solar)
        case None | Relative() if found.repeated in {"day", "each"}:
            return Every(kind="day")
        case _:
            raise _UnclearError("day")


@dataclass(frozen=True, slots=True)
class _Hours:
    """An hour (past 24: next morning) and a minute."""

    hour: int
    minute: int
    told: bool


def _hours(found: Found) -> list[_Hours]:
    """The hours that can be meant: one, or morning and evening."""
    part = found.parts[0] if found.parts else None
    if not found.clocks:
        return [_Hours(part.default if part else _MORNING, 0, told=False)]
    clock = found.clocks[0]
    if part is not None:
        hour = hour_in(part, clock.hour)
        return [_Hours(clock.hour if hour is None else hour, clock.minute, told=True)]
    if clock.certain or clock.hour == 12:
        return [_Hours(clock.hour, clock.minute, told=True)]
    return [_Hours(clock.hour + more, clock.minute, told=True) for more in (0, 12)]


def _calendars(day: Day | None) -> list[Day | None]:
    """ "mùng 8 tháng 3" may be meant in either calendar."""
    if isinstance(day, Lunar) and not day.certain:
        return [replace(day, certain=True), Solar(day.day, day.month, None)]
    return [day]


def _soonest(hours: _Hours, day: Day | None, every: Every | None, now: datetime) -> When | Reason:
    """The first time of that kind which is ahead, or why there is none."""
    fitting = _fitting_days(day, every, now.date())
    if isinstance(fitting, str):
        return fitting
    for candidate in fitting:
        if candidate.year > LAST_YEAR:
            return "too_far"
        at = datetime.combine(candidate, time(), tzinfo=CITY) + timedelta(
            hours=hours.hour, minutes=hours.minute
        )
        if at > now:
            if at - now > _FARTHEST:
                return "too_far"
            lunar = lunar_day(at.date()) if isinstance(day, Lunar) else None
            return When(at=at, every=every, lunar=lunar, hour_given=hours.told, subject="")
    today_some_time = day == Relative(0) and not hours.told
    return "hour" if today_some_time else "past"


def _fitting_days(day: Day | None, every: Every | None, today: date) -> Iterable[date] | Reason:
    """The days that are meant, soonest first."""
    coming = (today + timedelta(days=days) for days in range(800))
    if every is not None:
        if every.kind != "day" and not 0 <= (every.day or 0) <= 31:
            return "no_such_day"
        if every.kind == "lunar_month" and (every.day or 0) > 30:
            return "no_such_day"
        return (other for other in coming if falls_on(every, other))
    match day:
        case None:
            return coming
        case Relative(days=days):
            return [today + timedelta(days=days)]
        case Weekday(day=weekday, week=week):
            return _weekdays(weekday, week, today)
        case Solar():
            return _solar_days(day, today)
        case Lunar():
            return _lunar_days(day, today)


def _weekdays(weekday: int, week: str, today: date) -> list[date]:
    monday = today - timedelta(days=today.weekday())
    if week == "next":
        return [monday + timedelta(days=7 + weekday)]
    if week == "this":
        return [monday + timedelta(days=weekday)]
    first = today + timedelta(days=(weekday - today.weekday()) % 7)
    return [first, first + timedelta(days=7)]


def _solar_days(day: Solar, today: date) -> list[date] | Reason:
    if not 1 <= day.day <= 31 or (day.year is not None and not 1900 <= day.year <= LAST_YEAR):
        return "no_such_day"
    if day.year is not None and isinstance(day.month, int):
        return [*_valid(day.year, day.month, day.day)] or "no_such_day"
    if isinstance(day.month, int):
        years = range(today.year, today.year + 5)
        return [d for year in years for d in _valid(year, day.month, day.day)] or "no_such_day"
    first = 1 if day.month == "next" else 0
    last = 14 if day.month is None else first + 1
    months = [divmod(today.month - 1 + ahead, 12) for ahead in range(first, last)]
    days = [d for years, month in months for d in _valid(today.year + years, month + 1, day.day)]
    return days or "no_such_day"


def _valid(year: int, month: int, day: int) -> Iterable[date]:
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        yield date(year, month, day)


def _lunar_days(day: Lunar, today: date) -> Iterable[date] | Reason:
    if not 1 <= day.day <= 30 or (isinstance(day.month, int) and not 1 <= day.month <= 12):
        return "no_such_day"
    if today.year >= LAST_YEAR:
        return "too_far"
    current = lunar_day(today)
    this = (current.month, current.leap)
    days = ((today + timedelta(days=n), lunar_day(today + timedelta(days=n))) for n in range(800))
    match day.month:
        case None:
            return (solar for solar, lunar in days if lunar.day == day.day)
        case "this":
            month_left = itertools.islice(days, 30)
            return [s for s, lunar in month_left if (lunar.day, _month(lunar)) == (day.day, this)]
        case "next":
            return (s for s, lunar in days if lunar.day == day.day and _month(lunar) != this)
        case month:
            return (
                solar
                for solar, lunar in days
                if (lunar.day, lunar.month, lunar.leap) == (day.day, month, False)
            )


def _month(lunar: LunarDay) -> tuple[int, bool]:
    return lunar.month, lunar.leap


def _subject(found: Found) -> str:
    """What is left without time words, and without the words that ask, at both ends."""
    words = [word for word in found.rest.replace("|", " ").split() if fold(word)]
    words = _without_asking(words)
    while words and (length := _begins(words[::-1], "asked_behind", backwards=True)):
        words = words[:-length]
    return compose(" ".join(words)).strip(" ,.;:!?-")


def _without_asking(words: list[str]) -> list[str]:
    asked = False
    while words:
        length = _begins(words, "asked")
        if length and not asked:
            words = words[length:]
            words = words[_begins(words, "asked_who") :]
            asked = True
            continue
        length = _begins(words, "asked_frame")
        if not length and not asked and _begins(words[1:], "asked"):
            length = _begins(words, "asked_who")
        if not length:
            break
        words = words[length:]
    return words


def _begins(words: list[str], key: str, *, backwards: bool = False) -> int:
    """How many words of a phrase of the list stand at the beginning; 0 for none."""
    for length in range(min(_LONGEST_PHRASE, len(words)), 0, -1):
        said = words[:length][::-1] if backwards else words[:length]
        if _is_phrase(compose(" ".join(said)).lower(), key):
            return length
    return 0


def _is_phrase(said: str, key: str) -> bool:
    """Whether these words stand in the list; accents that were typed count ("chợ" is no "cho")."""
    if said.isascii():
        return said in _folded(key)
    return said in _phrases(key)


@cache
def _phrases(key: str) -> frozenset[str]:
    return frozenset(compose(phrase).lower() for phrase in strings("times", key))


@cache
def _folded(key: str) -> frozenset[str]:
    return frozenset(fold(phrase) for phrase in strings("times", key))
