"""Our own accounts on the platforms, as they said themselves when the service started."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, select

from bot.clock import in_city
from bot.storage.tables import account, sent_month
from flows.snapshots import Account

MonthlyQuotas = Mapping[str, int | None]
"""By channel: messages that may be sent in a month of the city; None where all may."""


def ours(connection: Connection, quotas: MonthlyQuotas, *, now: datetime) -> tuple[Account, ...]:
    """Every account, by channel, with what is left of this month."""
    month = (sent_month.c.month == f"{in_city(now):%Y-%m}",)
    same = (sent_month.c.channel == account.c.channel, sent_month.c.account == account.c.account)
    rows = connection.execute(
        select(account, sent_month.c.count.label("sent"))
        .select_from(account.join(sent_month, and_(*same, *month), isouter=True))
        .order_by(account.c.channel, account.c.account)
    )
    return tuple(
        Account(
            channel=row.channel,
            account=row.account,
            name=row.name,
            link=row.link,
            groups=row.groups,
            month_left=_left(quotas.get(row.channel), row.sent or 0),
        )
        for row in rows
    )


def _left(quota: int | None, sent: int) -> int | None:
    return None if quota is None else max(0, quota - sent)
