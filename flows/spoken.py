"""Times in words: "20 giờ, thứ Năm 26/11/2026", in both calendars where the moon was meant."""

from datetime import datetime

from flows.turn import Turn
from nlu.repeat import lunar_day
from nlu.when import CITY, Every

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def moment(turn: Turn, at: datetime, *, lunar: bool = False) -> str:
    """A time with weekday and date, in the city's zone."""
    local = at.astimezone(CITY)
    values: dict[str, object] = {
        "time": clock(turn, local),
        "weekday": turn.say(f"when.{WEEKDAYS[local.weekday()]}"),
        "date": f"{local.day}/{local.month}/{local.year}",
    }
    if not lunar:
        return turn.say("when.at", **values)
    day = lunar_day(local.date())
    leap = turn.say("when.leap") if day.leap else ""
    return turn.say("when.at_lunar", lunar=f"{day.day}/{day.month}{leap}", **values)


def repeat(turn: Turn, every: Every, at: datetime) -> str:
    """How often something comes again, with its hour."""
    time = clock(turn, at.astimezone(CITY))
    match every.kind:
        case "day":
            return turn.say("when.daily", time=time)
        case "week":
            weekday = turn.say(f"when.{WEEKDAYS[every.day or 0]}")
            return turn.say("when.weekly", weekday=weekday, time=time)
        case "month":
            return turn.say("when.monthly", day=every.day, time=time)
        case "lunar_month":
            return turn.say("when.lunar_monthly", day=every.day, time=time)


def clock(turn: Turn, local: datetime) -> str:
    """The hour, with minutes where there are any."""
    if local.minute:
        return turn.say("when.hour_minute", hour=local.hour, minute=f"{local.minute:02d}")
    return turn.say("when.hour", hour=local.hour)
