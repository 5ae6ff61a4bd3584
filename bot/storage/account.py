"""Our own accounts on the platforms, as they said themselves when the service started."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, select, update

from bot.clock import in_city
from bot.storage.database import insert
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


def prepared(
    connection: Connection,
    channel: str,
    account_id: str,
    *,
    name: str,
    link: str | None,
    groups: bool,
    updates: str,
    now: datetime,
) -> None:
    """Note what the platform says of it; when it was last heard stays as it is."""
    new = insert(connection, account)
    said = {"name": name, "link": link, "groups": groups, "updates": updates, "at": now}
    connection.execute(
        new.on_conflict_do_update(
            index_elements=list(account.primary_key.columns),
            set_={column: new.excluded[column] for column in said},
        ),
        {"channel": channel, "account": account_id, **said},
    )


def heard(connection: Connection, channel: str, account_id: str, *, now: datetime) -> None:
    """The platform has answered a poll, or called the webhook."""
    mine = (account.c.channel == channel, account.c.account == account_id)
    connection.execute(update(account).where(*mine).values(heard_at=now))


def heard_at(connection: Connection, channel: str, account_id: str) -> datetime | None:
    """When it was last heard; None when never."""
    mine = (account.c.channel == channel, account.c.account == account_id)
    return connection.execute(select(account.c.heard_at).where(*mine)).scalar_one_or_none()


def _left(quota: int | None, sent: int) -> int | None:
    return None if quota is None else max(0, quota - sent)
