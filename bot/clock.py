"""The city's clock. The one place that reads the time; everything else is handed it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This moment, aware, in the city's zone."""
    return datetime.now(UTC).astimezone(CITY)


def in_city(moment: datetime) -> datetime:
    """The same moment in the city's zone. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("give the moment a time zone")
    return moment.astimezone(CITY)
