"""Finding the time words of a message: clocks, parts of the day, days, repeats, delays.

Nothing is reckoned here; `when.py` makes a time of what was found. A text typed with accents is
read with them ("sang nhà" holds no morning), one typed without is read without, and there the
words that could be others ("toi": I, evening, next) count only beside another time word.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Literal

from nlu.normalise import compose
from nlu.timespelling import Spelling, is_accented
from nlu.told import Clock, Found, Lunar, Relative, Solar, Weekday, hour_in

_USED = "|"
"""Stands in the text for what has been read."""
_CLOCK = "#"
"""The same for hours, behind which "toi" is the evening."""


def find(text: str) -> Found:
    """Find the time words; never raises."""
    shown = compose(text)
    grammar = _grammar(is_accented(shown))
    return grammar.read(shown)


_Use = Callable[[Found, "re.Match[str]"], bool]
"""Notes what a pattern found; True where its words are used up."""
_Step = tuple[str, _Use]


class _Grammar(Spelling):
    """The patterns, built once for texts with accents and once for texts without."""

    def __init__(self, *, accented: bool) -> None:
        super().__init__(accented=accented)
        self.steps = [(self._pattern(pattern), use) for pattern, use in self._grammar_in_order()]

    def read(self, shown: str) -> Found:
        found = Found(text=shown, rest=shown)
        line = self.line(shown)
        for pattern, use in self.steps:
            at = 0
            while (match := pattern.search(line, at)) is not None:
                at = match.end()
                clocks = len(found.clocks)
                if match.end() > match.start() and use(found, match):
                    mark = _USED if len(found.clocks) == clocks else _CLOCK
                    line = _blank(line, match, mark)
                    found.rest = _blank(found.rest, match, _USED)
        return found

    def _grammar_in_order(self) -> list[_Step]:
        """All patterns; what comes first takes its words before the others see them."""
        return [
            *self._weekdays(),
            *self._lunar_dates(),
            *self._delays(),
            *self._repeats(),
            *self._dates(),
            *self._clocks(),
            *self._lone_words(),
        ]

    def _weekdays(self) -> list[_Step]:
        w = self.words
        this, following = w("this"), w("next")
        before = rf"(?:{w('week')}\s+(?:(?P<this>{this})|(?P<next>{following}))\s+)?"
        behind = rf"(?:\s+{w('week')}\s+(?:(?P<this2>{this})|(?P<next2>{following})))?"
        return [(rf"{before}(?P<wd>{self.any_of(self.weekdays)}){behind}", self._weekday)]

    def _lunar_dates(self) -> list[_Step]:
        num, w = self.num, self.words
        named = rf"(?P<named>{self.any_of(self.lunar_months)})"
        month = rf"(?:\s+(?:{w('month')}\s+(?P<m>{num}|{w('this')}|{w('next')})|{named}))?"
        certain = rf"(?:\s*(?P<l>{w('lunar')}))?"
        between = rf"(?:\s*[/\-]\s*|\s+{w('month')}\s+)"
        day = rf"(?:{w('day')}\s+)?"
        return [
            (
                rf"{day}(?:{w('first_ten')}\s+)?(?P<d>{num}){between}(?P<m>{num})\s*{w('lunar')}",
                self._lunar_date,
            ),
            (rf"{day}{w('first_ten')}\s+(?P<d>{num}){month}{certain}", self._lunar_date),
            (rf"{day}(?P<full>{w('full_moon')}){month}{certain}", self._lunar_date),
            (rf"{w('day')}\s+(?P<d>{num})\s*{w('lunar')}", self._lunar_date),
        ]

    def _delays(self) -> list[_Step]:
        """ "30 phút nữa", "sau 30 phút", "nửa tiếng nữa"; but "ngày 5 tháng sau" is a date."""
        w = self.words
        units = "|".join(f"(?P<{unit}>{self.span(unit)})" for unit in _UNITS)
        number = rf"(?P<n>\d{{1,4}}|{self.any_of(self.numbers)})"
        half = rf"(?:\s+(?P<half>{w('half')}))?"
        more = rf"(?:\s*(?P<more>{self.num})\s*(?:{self.span('minutes')}))?"
        told = rf"{number}\s*(?:{units}){half}{more}"
        half_hour = rf"{w('half_of')}\s+(?:{self.span('hours')})"
        return [
            (rf"{w('day')}\s+{self._day_and_month()}", self._solar_date),
            (rf"{half_hour}\s+{w('later')}|{w('after')}\s+{half_hour}", self._half_hour),
            (rf"{w('after')}\s+{told}", self._delayed),
            (rf"{told}\s+{w('later')}", self._delayed),
        ]

    def _repeats(self) -> list[_Step]:
        each, w = self.words("each"), self.words
        beside = rf"{self.part}|{self.any_of(self.weekdays)}|{w('day')}\s*{self.num}|[|#]"
        return [
            (w("every_day"), self._repeated("day")),
            (rf"{each}\s+{w('day')}(?!\s*{self.num})", self._repeated("day")),
            (rf"{each}\s+{w('week')}", self._repeated("week")),
            (rf"{each}\s+{w('month')}", self._repeated("month")),
            (rf"{each}(?=\s+(?:{beside}))", self._repeated("each")),
        ]

    def _dates(self) -> list[_Step]:
        w = self.words
        year = r"(?:\s*[/\-]\s*(?P<y>\d{4}))?"
        more = rf"(?:{w('later')}|{w('not_a_date')})"
        return [
            (
                rf"(?:{w('day')}\s+)?(?P<d>\d{{1,2}})\s*[/\-]\s*(?P<m>\d{{1,2}}){year}",
                self._solar_date,
            ),
            (rf"(?:{w('first_ten')}\s+)?{self._day_and_month()}", self._solar_date),
            (rf"{w('day')}\s+(?P<d>{self.num})(?!\s*{more})", self._solar_date),
        ]

    def _day_and_month(self) -> str:
        w = self.words
        month = rf"{w('month')}\s+(?P<m>{self.num}|{w('this')}|{w('next')})"
        year = rf"(?:\s*(?:{w('year')}|/)\s*(?P<y>\d{{4}}))?"
        return rf"(?P<d>{self.num})\s+{month}{year}"

    def _clocks(self) -> list[_Step]:
        num, w = self.num, self.words
        less = rf"\s*{w('less')}\s*(?P<less>{num})"
        minutes = rf"\s*(?P<min>\d\d)|\s+(?P<minw>{num})(?=\s*{w('minute')}\b)"
        told = rf"{w('hour')}(?:\s*(?P<half>{w('half')})|{less}|{minutes})?"
        unit = rf"(?:\s*{w('minute')}(?![a-z]))?"
        return [
            (rf"(?P<h>{num})\s*(?:{told}|:(?P<col>\d\d)){unit}", self._clock),
            (rf"(?P<h>{num})\s*(?P<half>{w('half')})", self._clock),
            (rf"(?P<h>{num})(?=\s+{self.part}(?![a-z]))", self._bare_clock),
        ]

    def _lone_words(self) -> list[_Step]:
        w = self.words
        return [
            (w("open_days"), self._open("open_day")),
            (w("open_hours"), self._open("open_hour")),
            (rf"(?P<p>{self.part})\s+{w('this')}", self._part_today),
            (w("today"), self._relative(0)),
            (w("day_after"), self._relative(2)),
            (w("tomorrow"), self._relative(1)),
            (w("yesterday"), self._relative(-1)),
            (rf"(?P<p>{self.part})", self._part(self._is_behind_time)),
            (rf"(?P<p>{self.part})", self._part(self._is_before_time)),
        ]

    def _pattern(self, pattern: str) -> re.Pattern[str]:
        return re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])")

    # What each pattern means.

    def _half_hour(self, found: Found, _match: re.Match[str]) -> bool:
        found.delay = timedelta(minutes=30)
        return True

    def _delayed(self, found: Found, match: re.Match[str]) -> bool:
        count = self.value(match["n"])
        unit = next(unit for unit in _UNITS if match[unit])
        length = count * _UNITS[unit]
        if match["half"]:
            length += _UNITS[unit] / 2
        if match["more"]:
            length += timedelta(minutes=self.value(match["more"]))
        found.delay = length
        found.delay_is_days = unit in {"days", "weeks", "months"}
        return True

    def _lunar_date(self, found: Found, match: re.Match[str]) -> bool:
        told = match.groupdict()
        full = told.get("full")
        day = 15 if full else self.value(match["d"])
        named = told.get("named")
        month = self.lunar_months[self.squeezed(named)] if named else self._month(told.get("m"))
        certain = bool(full or named or "l" not in told or told["l"] or month is None)
        found.days.append(Lunar(day, month, certain))
        return True

    def _solar_date(self, found: Found, match: re.Match[str]) -> bool:
        told = match.groupdict()
        year = told.get("y")
        day, month = self.value(match["d"]), self._month(told.get("m"))
        if "/" in match[0] and not told.get("y") and (day, month) == (24, 7):
            return False  # "24/7" is how often shops are open
        if "-" in match[0] and year is None:
            return False  # "8-9" is a span
        found.days.append(Solar(day, month, int(year) if year else None))
        return True

    def _month(self, told: str | None) -> int | Literal["this", "next"] | None:
        if told is None:
            return None
        word = self.squeezed(told)
        if word.isdigit() or word in self.numbers:
            return self.value(word)
        return "this" if re.fullmatch(self.words("this"), word) else "next"

    def _weekday(self, found: Found, match: re.Match[str]) -> bool:
        day = self.weekdays[self.squeezed(match["wd"])]
        following, this = match["next"] or match["next2"], match["this"] or match["this2"]
        week = "next" if following else "this" if this else "coming"
        found.days.append(Weekday(day, week))
        return True

    def _clock(self, found: Found, match: re.Match[str]) -> bool:
        told = match.groupdict()
        hour = self.value(match["h"])
        minute = next((self.value(told[key]) for key in ("min", "minw", "col") if told.get(key)), 0)
        if told.get("half"):
            minute = 30
        if told.get("less"):
            hour, minute = hour - 1, 60 - self.value(match["less"])
        if not (0 <= hour <= 23 and 0 <= minute <= 59):
            return False
        digital = told.get("col") is not None and len(match["h"]) == 2
        certain = hour == 0 or hour > 12 or match["h"].startswith("0") or digital
        found.clocks.append(Clock(hour, minute, certain))
        return True

    def _bare_clock(self, found: Found, match: re.Match[str]) -> bool:
        """ "8 sáng": a number is an hour where the part of the day behind it can have that hour."""
        hour = self.value(match["h"])
        behind = re.match(rf"\s+(?P<p>{self.part})(?![^\W_])", match.string[match.end() :])
        if behind is None or not 1 <= hour <= 23:
            return False
        if hour_in(self.parts[self.squeezed(behind["p"])], hour) is None:
            return False
        found.clocks.append(Clock(hour, 0, hour > 12))
        return True

    def _part_today(self, found: Found, match: re.Match[str]) -> bool:
        found.parts.append(self.parts[self.squeezed(match["p"])])
        found.days.append(Relative(0))
        return True

    def _part(self, may_be_one: Callable[["re.Match[str]"], bool]) -> _Use:
        def use(found: Found, match: re.Match[str]) -> bool:
            word = self.squeezed(match["p"])
            part = self.parts[word]
            if word in self.unsure and (found.parts or not may_be_one(match)):
                return False
            if found.clocks and hour_in(part, found.clocks[-1].hour) is None:
                return False
            found.parts.append(part)
            return True

        return use

    def _is_behind_time(self, match: re.Match[str]) -> bool:
        return match.string[: match.start()].rstrip().endswith(_CLOCK)

    def _is_before_time(self, match: re.Match[str]) -> bool:
        """Before a time word; but "nhac toi mai" asks to remind me, not this evening."""
        asked = re.search(rf"{self.words('asked')}\s+$", match.string[: match.start()])
        return asked is None and match.string[match.end() :].lstrip().startswith((_USED, _CLOCK))

    def _relative(self, days: int) -> _Use:
        def use(found: Found, match: re.Match[str]) -> bool:
            if days and self._is_other_word(found, match):
                return False
            found.days.append(Relative(days))
            return True

        return use

    def _is_other_word(self, found: Found, match: re.Match[str]) -> bool:
        """A name ("cô Mai"), or "mot" that may be "một"."""
        shown = found.text[match.start() : match.end()]
        named = shown.istitle() and match.start() > 0 and not found.text.istitle()
        if named and found.text[match.start() - 2 : match.start()].strip().isalnum():
            return True
        lone = " " not in shown
        return (
            not self.accented and lone and shown.lower() == "mot" and not self._behind_part(match)
        )

    def _behind_part(self, match: re.Match[str]) -> bool:
        before = match.string[: match.start()].rstrip()
        return re.search(rf"(?<![a-z]){self.part}$", before) is not None

    def _repeated(self, kind: Literal["day", "week", "month", "each"]) -> _Use:
        def use(found: Found, _match: re.Match[str]) -> bool:
            if found.repeated in (None, "each"):
                found.repeated = kind
            return True

        return use

    def _open(self, name: Literal["open_day", "open_hour"]) -> _Use:
        def use(found: Found, _match: re.Match[str]) -> bool:
            setattr(found, name, True)
            return True

        return use


_UNITS = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
    "months": timedelta(days=30),
}


def _blank(line: str, match: re.Match[str], mark: str) -> str:
    return line[: match.start()] + mark * (match.end() - match.start()) + line[match.end() :]


@cache
def _grammar(accented: bool) -> _Grammar:
    return _Grammar(accented=accented)
