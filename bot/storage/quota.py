"""How much of a month's quota is used, and what stops when little of it is left.

    up to 80 %     everything is sent
    from 80 %      tips are not: they become failed, and the host reads why
    from 95 %      only emergency cards and the steps of a how-to that is under way
    from 100 %     only emergency cards: the platform may still take one

The platform tells no count, so messages are counted here, by the month of the city. The shares are
ours: what a person waits for comes before what nobody asked for.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from bot.clock import in_city
from bot.storage.database import insert
from bot.storage.tables import KINDS, sent_month

_PERCENT = {"tip": 80, "guide": 100}
_PERCENT_OF_OTHERS = 95


def used(connection: Connection, channel: str, account: str, *, now: datetime) -> int:
    """Messages of this account that have arrived this month, or may have."""
    counted = select(sent_month.c.count).where(
        sent_month.c.channel == channel,
        sent_month.c.account == account,
        sent_month.c.month == month_of(now),
    )
    return connection.execute(counted).scalar_one_or_none() or 0


def add(
    connection: Connection, channel: str, account: str, messages: int, *, now: datetime
) -> None:
    """Count messages that were sent now."""
    if messages == 0:
        return
    new = insert(connection, sent_month)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=list(sent_month.primary_key.columns),
            set_={"count": sent_month.c.count + new.excluded.count},
        ),
        {"channel": channel, "account": account, "month": month_of(now), "count": messages},
    )


def allows(kind: str, used: int, most: int | None) -> bool:
    """Whether one more message of this kind may be sent after so many of the month's most."""
    if most is None or kind == "emergency":
        return True
    return used * 100 < most * _PERCENT.get(kind, _PERCENT_OF_OTHERS)


def stopped(used: int, most: int | None) -> tuple[str, ...]:
    """The kinds of which none may be sent any more."""
    return tuple(kind for kind in KINDS if not allows(kind, used, most))


def month_of(now: datetime) -> str:
    """The month of the city, as it is stored: 2026-11."""
    return in_city(now).strftime("%Y-%m")
