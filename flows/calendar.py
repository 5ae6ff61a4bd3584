"""What a host may send this week: the year's calendar of tips, and the scams now reported.

`data/calendar.yaml` has 52 weeks, as ISO 8601 counts them; a 53rd is told as the 52nd.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from flows.part import Part, Source, Text


class Week(Part):
    """A week of the year with its tips."""

    week: Annotated[int, Field(ge=1, le=52)]
    occasion: Text
    tips: Annotated[list[str], Field(min_length=1)]
    """Ids, `<domain>/<topic>:<name>`; the first is the tip of the week."""


class Reported(Part):
    """A scam that is reported now, and the tips that answer it."""

    scam: Text
    tips: Annotated[list[str], Field(min_length=1)]
    reported: Source


class Calendar(Part):
    """The year, and what is reported beside it."""

    weeks: list[Week] = Field(default_factory=list[Week])
    scams: list[Reported] = Field(default_factory=list[Reported])
    """Newest first."""

    def week_of(self, day: date) -> Week | None:
        """The week in which this day of the city lies; None where it has no entry."""
        number = min(day.isocalendar().week, 52)
        return next((week for week in self.weeks if week.week == number), None)

    def first(self, day: date) -> list[str]:
        """The tips to offer first on this day: the week's, then those against reported scams."""
        week = self.week_of(day)
        own = week.tips if week is not None else []
        return list(dict.fromkeys([*own, *(tip for scam in self.scams for tip in scam.tips)]))
