"""Campaigns: a tip that a host sends to groups. Its messages are rows of the outbox."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Exists, Row, and_, bindparam, delete, exists, or_, select, update

from bot.clock import in_city
from bot.storage import group
from bot.storage.record import EventRecord, RightMissingError
from bot.storage.role import held, require
from bot.storage.tables import campaign, chat_group, delivery, state
from flows.events import TipScheduled
from flows.snapshots import Campaign, GroupResult

_MOST = 5
_NEVER_ARRIVED = ("failed", "expired")
_ARRIVED = ("sent", "uncertain")


def schedule(connection: Connection, record: EventRecord, tip: TipScheduled) -> None:
    """Store what a host of this ward sends. Raises RightMissingError."""
    require(connection, record.learner, "host", tip.ward)
    connection.execute(
        campaign.insert(),
        {
            "id": tip.campaign,
            "learner": record.learner,
            "ward": tip.ward,
            "tip": tip.tip,
            "tip_version": tip.tip_version,
            "due_at": tip.due_at,
            "at": record.at,
        },
    )


def take_back(connection: Connection, record: EventRecord, campaign_id: str) -> None:
    """Before it is due none of it is sent; afterwards this does nothing.

    Raises RightMissingError when a sender whose clock is ahead was quicker: she must not be told
    that nothing went out.
    """
    back = connection.execute(
        update(campaign)
        .where(*_hers(record.learner, campaign_id), campaign.c.due_at > record.at)
        .values(taken_back_at=record.at)
    )
    if back.rowcount == 0:
        return
    mine = delivery.c.campaign == campaign_id
    connection.execute(delete(delivery).where(mine, delivery.c.state == "queued"))
    went = select(delivery.c.id).where(mine, delivery.c.state.in_(("sending", *_ARRIVED)))
    if connection.execute(went).first() is not None:
        raise RightMissingError


def resend(connection: Connection, record: EventRecord, campaign_id: str) -> None:
    """Queue again what never arrived; a new report follows. Raises RightMissingError.

    Nothing goes out that was withdrawn, or to a group that is no longer of one of her wards.
    """
    wards = [one.ward for one in held(connection, record.learner) if one.kind == "host"]
    again = connection.execute(
        update(campaign)
        .where(*_hers(record.learner, campaign_id), campaign.c.taken_back_at.is_(None))
        .values(resent_at=record.at, told_at=None)
    )
    if again.rowcount == 0:
        return
    queued = connection.execute(
        update(delivery)
        .where(
            delivery.c.campaign == campaign_id,
            delivery.c.state.in_(_NEVER_ARRIVED),
            delivery.c.reason.is_distinct_from("withdrawn"),
            or_(delivery.c.to_group.is_(False), _to_group_of(wards)),
        )
        .values(
            state="queued",
            reason=None,
            attempts=0,
            parts=0,
            queued_at=record.at,
            again_at=None,
        )
    )
    if queued.rowcount == 0 or not wards:
        raise RightMissingError


def lose_right(connection: Connection, learner_id: str, ward: str, *, at: datetime) -> None:
    """A host's right in this ward has ended: what its groups did not get yet they never get.

    A tip that has no other group is taken back whole, with what she was to paste.
    """
    hers = select(campaign.c.id).where(campaign.c.learner == learner_id)
    unsent = delete(delivery).where(
        delivery.c.campaign.in_(hers),
        delivery.c.state == state("queued"),
        delivery.c.to_group,
        _to_group_of([ward]),
    )
    stopped = set(connection.execute(unsent.returning(delivery.c.campaign)).scalars())
    to_another = exists().where(delivery.c.campaign == campaign.c.id, delivery.c.to_group)
    back = connection.execute(
        update(campaign)
        .where(campaign.c.id.in_(stopped), ~to_another)
        .values(taken_back_at=at)
        .returning(campaign.c.id)
    )
    to_paste = (delivery.c.campaign.in_(list(back.scalars())), delivery.c.state == state("queued"))
    connection.execute(delete(delivery).where(*to_paste))


def told(connection: Connection, record: EventRecord, campaign_id: str) -> None:
    """The host knows how it went."""
    connection.execute(
        update(campaign).where(*_hers(record.learner, campaign_id)).values(told_at=record.at)
    )


def of_host(connection: Connection, learner_id: str) -> tuple[Campaign, ...]:
    """What she sent lately, newest first."""
    rows = connection.execute(_OF_HOST, {"of": learner_id}).all()
    return _with_results(connection, rows)


def one(connection: Connection, campaign_id: str) -> Campaign | None:
    """A campaign by its id."""
    rows = connection.execute(select(campaign).where(campaign.c.id == campaign_id)).all()
    found = _with_results(connection, rows)
    return found[0] if found else None


def _with_results(
    connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]
) -> tuple[Campaign, ...]:
    results: defaultdict[str, list[GroupResult]] = defaultdict(list)
    ids = [row.id for row in rows]
    for row in connection.execute(_RESULTS.where(delivery.c.campaign.in_(ids))):
        state = "queued" if row.state == "sending" else row.state
        results[row.campaign].append(
            GroupResult(group=group.read(row), state=cast("Any", state), reason=row.reason or "")
        )
    return tuple(
        Campaign(
            id=row.id,
            tip=row.tip,
            ward=row.ward,
            due_at=in_city(row.due_at),
            taken_back=row.taken_back_at is not None,
            results=tuple(results[row.id]),
        )
        for row in rows
    )


def _hers(learner_id: str, campaign_id: str) -> tuple[Any, ...]:
    return (campaign.c.id == campaign_id, campaign.c.learner == learner_id)


def _to_group_of(wards: Sequence[str]) -> Exists:
    same = [chat_group.c[part] == delivery.c[part] for part in ("channel", "account", "chat")]
    return exists().where(*same, chat_group.c.ward.in_(wards))


_OF_HOST = (
    select(campaign)
    .where(campaign.c.learner == bindparam("of"))
    .order_by(campaign.c.at.desc(), campaign.c.id)
    .limit(_MOST)
)
_RESULTS = (
    select(*group.COLUMNS, delivery.c.campaign, delivery.c.state, delivery.c.reason)
    .select_from(
        group.WITH_ACCOUNT.join(
            delivery,
            and_(
                delivery.c.channel == chat_group.c.channel,
                delivery.c.account == chat_group.c.account,
                delivery.c.chat == chat_group.c.chat,
            ),
        )
    )
    .where(delivery.c.to_group)
    .order_by(chat_group.c.title, delivery.c.id)
)
