"""What has fallen due, whose it is, and how it is read when its turn begins.

    reminder   its time has come (not at night, unless the person named the hour)
    offer      a help request waits, and this volunteer is on duty in its ward and not yet asked
    quiet      a volunteer took a help request and has been silent for too long
    unanswered a help request has been open for so long that nobody will answer it any more
    lost       what a volunteer answered never reached who had asked
    group      a host let the bot into a group: is it of her ward?
    campaign   what a host sent has arrived, or will not

Each kind is a statement with the columns id, learner and at; these three name the turn, so that one
thing makes one turn. `load` runs inside that turn's transaction: None when it is no longer due.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Select, exists, func, or_, select, tuple_, update

from bot.clock import in_city
from bot.storage import campaign as campaigns
from bot.storage import group as groups
from bot.storage import snapshot
from bot.storage import ticket as tickets
from bot.storage.tables import (
    campaign,
    chat_group,
    delivery,
    help_request,
    learner,
    reminder,
    role,
    ticket_offer,
)
from flows.turn import (
    AnswerLost,
    CampaignSettled,
    DueThing,
    GroupFound,
    TicketOffered,
    TicketQuiet,
    TicketUnanswered,
)

DAY_BEGINS, DAY_ENDS = 7, 21
"""Hours of the city between which a reminder may arrive, unless its hour was chosen."""
SILENT = timedelta(minutes=30)
"""So long somebody waits for a volunteer who has taken her question; then another may answer."""

UNANSWERED = timedelta(days=7)
"""What nobody has answered by then is no help any more, and who asked is told where else to ask."""

_LOST = ("failed", "expired")
"""States of what never arrived. An uncertain one may have, and is shown once more."""
_CHAT_GONE = ("blocked", "kicked", "gone")

Mark = tuple[datetime, str, str]
"""Where a reading of what is due stopped."""


@dataclass(frozen=True, slots=True)
class DueTurn:
    """Something that has fallen due for somebody."""

    at: datetime
    """Since when it is due, or waits."""
    id: str
    learner: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what falls due."""

    name: str
    due: Callable[[datetime], Select[*tuple[Any, ...]]]
    load: Callable[[Connection, DueTurn, datetime], DueThing | None]


def page(
    connection: Connection, kind: Kind, *, now: datetime, after: Mark | None, most: int
) -> list[DueTurn]:
    """What of this kind is due, oldest first, from this mark on."""
    due = kind.due(now).subquery()
    place = (due.c.at, due.c.id, due.c.learner)
    wanted = select(*place).order_by(*place).limit(most)
    if after is not None:
        wanted = wanted.where(tuple_(*place) > after)
    return [DueTurn(*row) for row in connection.execute(wanted)]


def _reminders(now: datetime) -> Select[*tuple[Any, ...]]:
    due = (
        select(reminder.c.id, reminder.c.learner, reminder.c.due_at.label("at"))
        .join(learner, learner.c.id == reminder.c.learner)
        .where(reminder.c.due_at <= now, learner.c.pushes, learner.c.lasting)
    )
    quiet = not DAY_BEGINS <= in_city(now).hour < DAY_ENDS
    return due.where(reminder.c.hour_chosen) if quiet else due


def _reminder(connection: Connection, one: DueTurn, now: datetime) -> DueThing | None:  # noqa: ARG001
    found = snapshot.reminder_of(connection, one.id, one.learner)
    return found if found is not None and found.due_at == one.at else None


def _offers(now: datetime) -> Select[*tuple[Any, ...]]:  # noqa: ARG001
    offered = exists().where(
        ticket_offer.c.ticket == help_request.c.ticket,
        ticket_offer.c.learner == role.c.learner,
        ticket_offer.c.at >= help_request.c.waits_since,
    )
    return (
        select(
            help_request.c.ticket.label("id"),
            role.c.learner,
            help_request.c.waits_since.label("at"),
        )
        .join(role, role.c.ward == help_request.c.ward)
        .where(
            help_request.c.state == "waiting",
            help_request.c.learner != role.c.learner,
            role.c.kind == "volunteer",
            role.c.revoked_at.is_(None),
            role.c.on_duty,
            ~offered,
        )
        .distinct()
    )


def _offer(connection: Connection, one: DueTurn, now: datetime) -> DueThing | None:
    due = _offers(now).where(help_request.c.ticket == one.id, role.c.learner == one.learner)
    ticket = tickets.one(connection, one.id)
    if ticket is None or connection.execute(due).first() is None:
        return None
    tickets.offered(connection, one.id, one.learner, at=now)
    return TicketOffered(ticket=ticket)


def _quiet(now: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        help_request.c.ticket.label("id"),
        help_request.c.helper.label("learner"),
        help_request.c.helper_at.label("at"),
    ).where(help_request.c.state == "taken", help_request.c.helper_at <= now - SILENT)


def _silent(connection: Connection, one: DueTurn, now: datetime) -> DueThing | None:
    due = _quiet(now).where(help_request.c.ticket == one.id, help_request.c.helper == one.learner)
    ticket = tickets.one(connection, one.id)
    if ticket is None or connection.execute(due.with_for_update()).first() is None:
        return None
    return TicketQuiet(ticket=ticket)


def _unanswered(now: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        help_request.c.ticket.label("id"), help_request.c.learner, help_request.c.at
    ).where(tickets.IS_OPEN, help_request.c.at <= now - UNANSWERED)


def _week_old(connection: Connection, one: DueTurn, now: datetime) -> DueThing | None:
    due = _unanswered(now).where(help_request.c.ticket == one.id)
    ticket = tickets.one(connection, one.id)
    if ticket is None or connection.execute(due.with_for_update()).first() is None:
        return None
    return TicketUnanswered(ticket=ticket)


def _never_arrived(now: datetime) -> Select[*tuple[Any, ...]]:  # noqa: ARG001
    return (
        select(
            delivery.c.answers.label("id"),
            delivery.c.author.label("learner"),
            func.max(delivery.c.queued_at).label("at"),
        )
        .where(delivery.c.author.is_not(None), delivery.c.state.in_(_LOST))
        .group_by(delivery.c.answers, delivery.c.author)
    )


def _lost(connection: Connection, one: DueTurn, now: datetime) -> DueThing | None:  # noqa: ARG001
    """All of hers that is lost by now, told at once and never again."""
    told = connection.execute(
        update(delivery)
        .where(
            delivery.c.answers == one.id,
            delivery.c.author == one.learner,
            delivery.c.state.in_(_LOST),
        )
        .values(author=None)
        .returning(delivery.c.state, delivery.c.reason)
    ).all()
    number = tickets.number(connection, one.id)
    if not told or number is None:
        return None
    return AnswerLost(ticket=one.id, number=number, why=_why(told[-1].state, told[-1].reason))


def _why(state: str, reason: str | None) -> Literal["blocked", "late", "other"]:
    if state == "expired":
        return "late"
    return "blocked" if reason in _CHAT_GONE else "other"


def _found(now: datetime) -> Select[*tuple[Any, ...]]:  # noqa: ARG001
    host = exists().where(
        role.c.learner == chat_group.c.found_by,
        role.c.kind == "host",
        role.c.revoked_at.is_(None),
    )
    return select(chat_group.c.id, chat_group.c.found_by.label("learner"), chat_group.c.at).where(
        chat_group.c.state == "found", chat_group.c.asked_at.is_(None), host
    )


def _group(connection: Connection, one: DueTurn, now: datetime) -> DueThing | None:
    asked = connection.execute(
        update(chat_group)
        .where(
            chat_group.c.id == one.id,
            chat_group.c.found_by == one.learner,
            chat_group.c.state == "found",
            chat_group.c.asked_at.is_(None),
        )
        .values(asked_at=now)
    )
    found = groups.one(connection, one.id) if asked.rowcount else None
    return None if found is None else GroupFound(group=found)


def _settled(now: datetime) -> Select[*tuple[Any, ...]]:
    on_its_way = exists().where(
        delivery.c.campaign == campaign.c.id,
        or_(delivery.c.state == "queued", delivery.c.state == "sending"),
    )
    return select(
        campaign.c.id,
        campaign.c.learner,
        func.coalesce(campaign.c.resent_at, campaign.c.due_at, type_=campaign.c.due_at.type).label(
            "at"
        ),
    ).where(
        campaign.c.told_at.is_(None),
        campaign.c.taken_back_at.is_(None),
        campaign.c.learner.is_not(None),
        campaign.c.due_at <= now,
        ~on_its_way,
    )


def _campaign(connection: Connection, one: DueTurn, now: datetime) -> DueThing | None:
    if connection.execute(_settled(now).where(campaign.c.id == one.id)).first() is None:
        return None
    found = campaigns.one(connection, one.id)
    return None if found is None else CampaignSettled(campaign=found)


KINDS = (
    Kind("reminder", _reminders, _reminder),
    Kind("offer", _offers, _offer),
    Kind("quiet", _quiet, _silent),
    Kind("unanswered", _unanswered, _week_old),
    Kind("lost", _never_arrived, _lost),
    Kind("group", _found, _group),
    Kind("campaign", _settled, _campaign),
)
