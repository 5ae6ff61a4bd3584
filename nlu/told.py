"""What is told of a time: the pieces that `timewords.py` finds and `when.py` makes a time of."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day; hours past 24 belong to the next morning."""

    first: int
    last: int
    default: int


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour as told; `certain` where it can only be meant on the 24-hour clock."""

    hour: int
    minute: int
    certain: bool


@dataclass(frozen=True, slots=True)
class Relative:
    """So many days from today."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday; of this week, the next, or whichever comes first."""

    day: int
    week: Literal["coming", "this", "next"]


@dataclass(frozen=True, slots=True)
class Solar:
    """A date; what was not told is None."""

    day: int
    month: int | Literal["this", "next"] | None
    year: int | None


@dataclass(frozen=True, slots=True)
class Lunar:
    """A lunar date; `certain` unless it may have been meant in the common calendar."""

    day: int
    month: int | Literal["this", "next"] | None
    certain: bool


Day = Relative | Weekday | Solar | Lunar


@dataclass(slots=True)
class Found:
    """All time words of one text."""

    text: str
    """The text in NFC."""
    rest: str
    """The text with the time words blanked, as long as the text."""
    clocks: list[Clock] = field(default_factory=list[Clock])
    parts: list[Part] = field(default_factory=list[Part])
    days: list[Day] = field(default_factory=list[Day])
    delay: timedelta | None = None
    delay_is_days: bool = False
    repeated: Literal["day", "week", "month", "each"] | None = None
    open_day: bool = False
    open_hour: bool = False


def hour_in(part: Part, hour: int) -> int | None:
    """The hour (past 24: next morning) that "8" means in a part of the day, or None."""
    return next((h for h in (hour, hour + 12, hour + 24) if part.first <= h <= part.last), None)
