"""Topics taken out of use at once: read with every turn, so it holds in every process."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.storage.database import insert
from bot.storage.tables import campaign, delivery, withdrawn_content


def slugs(connection: Connection) -> frozenset[str]:
    """The topics that must not be shown."""
    return frozenset(connection.execute(select(withdrawn_content.c.slug)).scalars())


def withdraw(connection: Connection, slug: str, why: str, *, at: datetime) -> None:
    """Take a topic out of use; its tips that wait to be sent to groups are not sent."""
    new = insert(connection, withdrawn_content)
    again = new.on_conflict_do_update(
        index_elements=[withdrawn_content.c.slug],
        set_={"why": new.excluded.why, "at": new.excluded.at},
    )
    connection.execute(again, {"slug": slug, "why": why, "at": at})
    tips = select(campaign.c.id).where(campaign.c.tip.startswith(f"{slug}:", autoescape=True))
    connection.execute(
        update(delivery)
        .where(delivery.c.campaign.in_(tips), delivery.c.state == "queued")
        .values(state="failed", reason="withdrawn")
    )


def restore(connection: Connection, slug: str) -> bool:
    """Use a topic again; False when it was not withdrawn."""
    gone = connection.execute(delete(withdrawn_content).where(withdrawn_content.c.slug == slug))
    return gone.rowcount == 1
