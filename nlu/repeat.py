"""Dates that come again: every day, week, month or lunar month; and the lunar calendar.

All times are aware and in the city's zone. Lunar dates follow Hồ Ngọc Đức's rules at UTC+7
(`lunar-vn`), which knows the years 1900 to 2100.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from lunar_vn import LunarDate, convert_solar_to_lunar

CITY = ZoneInfo("Asia/Ho_Chi_Minh")
LAST_YEAR = 2098
"""The last year reckoned with, so that a lunar year can always be looked through."""
_LUNAR_MONTH_MOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """How often something comes again; its hour is that of the first time."""

    kind: Literal["day", "week", "month", "lunar_month"]
    day: int | None = None
    """None for `day`; weekday from 0 (Monday); day of the month; day of the lunar month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LunarDay:
    """A day of the lunar calendar."""

    day: int
    month: int
    leap: bool = False


def next_after(every: Every, at: datetime) -> datetime:
    """Give the next time strictly after `at`, at the same hour.

    A day that a month lacks (31, lunar 30) becomes its last day.
    """
    local = at.astimezone(CITY)
    day = local.date() + timedelta(days=1)
    while not falls_on(every, day):
        day += timedelta(days=1)
    return datetime.combine(day, local.timetz())


def falls_on(every: Every, day: date) -> bool:
    """Whether a day is one of the repeated ones."""
    match every.kind:
        case "day":
            return True
        case "week":
            return day.weekday() == every.day
        case "month":
            last = calendar.monthrange(day.year, day.month)[1]
            return day.day == min(every.day or 1, last)
        case "lunar_month":
            lunar = lunar_day(day).day
            wanted = every.day or 1
            last = wanted == _LUNAR_MONTH_MOST and lunar_day(day + timedelta(days=1)).day == 1
            return lunar == wanted or last


def lunar_day(day: date) -> LunarDay:
    """Give the lunar day of a day."""
    lunar: LunarDate = convert_solar_to_lunar(day.day, day.month, day.year)
    return LunarDay(day=lunar.day, month=lunar.month, leap=lunar.leap)
