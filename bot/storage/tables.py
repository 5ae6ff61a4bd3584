"""The tables, the same on SQLite and PostgreSQL. All times are stored in UTC.

    door       update_key failed_update            answered once; set aside after three faults
    people     learner identity dialog utterance   who, where, what is open, what was said (masked)
    outbox     delivery pause hold lease           what is to be sent, who must wait, who may send
               sent_month                          how much of a month's quota is used
    platforms  account trouble                     our accounts; faults the operator was told of
    rights     role                                given by a code that is used once
    groups     chat_group campaign                 where hosts send tips, and what they sent
    help       help_request ticket_offer           asked, offered to volunteers, taken, closed
    events     event                               append only; the tables below are written from it
               answer quiz_result reminder consent credential
               wrong_report step_stuck deletion
    content    withdrawn_content                   topics taken out of use at once

A person's words stand in `utterance.text`, `reminder.subject`, `credential.name` and in the replies
that repeat them; a platform's ids in `identity`, `dialog`, `utterance` and `delivery`. The log of
events holds neither.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    literal_column,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

KINDS = ("emergency", "guide", "reply", "staff", "alert", "reminder", "tip")
"""What a delivery is, by how much it matters when a quota runs out: an emergency card; a step of a
how-to that is under way; another reply; words between a volunteer and who asked; news for the
operator or a host; a reminder; a tip for a group."""
STATES = ("queued", "sending", "sent", "uncertain", "failed", "expired")
"""Where a delivery stands."""


def state(name: str) -> ColumnElement[str]:
    """A delivery's state, written into the statement, so that the partial indexes serve it."""
    if name not in STATES:
        raise ValueError(name)
    return literal_column(f"'{name}'", Text)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC. Raises ValueError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """To UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """SQLite keeps no zone: what it gives back is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _learner(*, nullable: bool = False) -> Column[Any]:
    return Column("learner", Text, ForeignKey("learner.id"), nullable=nullable, index=True)


def _address() -> tuple[Column[Any], ...]:
    return tuple(Column(name, Text, nullable=False) for name in ("channel", "account", "chat"))


def _partial(name: str, where: str, *columns: Column[Any]) -> None:
    """An index of the few rows that somebody waits for; statements name the state literally."""
    Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


update_key = Table(
    "update_key",
    metadata,
    Column("turn", Text, primary_key=True, comment="hash of channel, account and update id"),
    Column("at", Moment, nullable=False, index=True),
)

failed_update = Table(
    "failed_update",
    metadata,
    Column("turn", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

learner = Table(
    "learner",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document", Text, nullable=False, comment="flows.dialog.Learner"),
    Column("version", Integer, nullable=False),
    Column("consented", Boolean, nullable=False, comment="to any purpose: decides how long"),
    Column("pushes", Boolean, nullable=False),
    Column("lasting", Boolean, nullable=False, comment="false: a borrowed phone"),
    Column("since", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("window_at", Moment, nullable=False, comment="start of the minute that is counted"),
    Column("window_count", Integer, nullable=False),
)
_partial("ix_learner_stranger", "NOT consented", learner.c.last_at)
_partial("ix_learner_visitor", "NOT lasting", learner.c.last_at)

identity = Table(
    "identity",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("sender", Text, primary_key=True),
    _learner(),
)

dialog = Table(
    "dialog",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("learner", Text, ForeignKey("learner.id"), primary_key=True, index=True),
    Column("document", Text, nullable=False, comment="flows.dialog.Dialog"),
    Column("version", Integer, nullable=False),
    Column("in_group", Boolean, nullable=False, server_default=false(), comment="others read it"),
    Column("at", Moment, nullable=False),
)

utterance = Table(
    "utterance",
    metadata,
    Column("turn", Text, primary_key=True),
    _learner(),
    *_address(),
    Column("text", Text, nullable=False, comment="masked"),
    Column("at", Moment, nullable=False, index=True),
    Column("hold_until", Moment, comment="a fragment that waits for its sentence"),
)
_partial("ix_utterance_held", "hold_until IS NOT NULL", utterance.c.hold_until)

delivery = Table(
    "delivery",
    metadata,
    # SQLite counts by itself only in an INTEGER primary key.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("turn", Text, nullable=False),
    Column("number", Integer, nullable=False, comment="place among the replies of its turn"),
    _learner(nullable=True),
    *_address(),
    Column("reply", Text, nullable=False, comment="flows.replies.Reply"),
    Column("emergency", Boolean, nullable=False),
    Column("kind", Text, nullable=False, server_default="reply"),
    Column("to_group", Boolean, nullable=False, server_default=false()),
    Column("campaign", Text, index=True),
    Column("answers", Text, comment="the help request to which these are a volunteer's words"),
    Column("author", Text, comment="learner.id of that volunteer, until told that it is lost"),
    Column("parts", Integer, nullable=False, server_default="0", comment="already sent"),
    Column("reason", Text, comment="a word of ours: why it failed"),
    Column("fleeting", Boolean, nullable=False, comment="the row goes once it is sent"),
    Column("state", Text, nullable=False),
    Column("owner", Text),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("queued_at", Moment, nullable=False, index=True),
    Column("again_at", Moment, comment="not before"),
    Column("sent_at", Moment),
    Column("offered_at", Moment, comment="an uncertain one was shown once more"),
    UniqueConstraint("turn", "number"),
    CheckConstraint(f"state IN {STATES}", name="state"),
    sqlite_autoincrement=True,
)
Index("ix_delivery_chat", delivery.c.channel, delivery.c.account, delivery.c.chat, delivery.c.id)
_partial(
    "ix_delivery_sent",
    "sent_at IS NOT NULL",
    delivery.c.channel,
    delivery.c.account,
    delivery.c.sent_at,
)
_partial("ix_delivery_queued", "state = 'queued'", delivery.c.channel, delivery.c.account)
_partial("ix_delivery_sending", "state = 'sending'", delivery.c.channel, delivery.c.account)
_partial(
    "ix_delivery_uncertain",
    "state = 'uncertain'",
    delivery.c.channel,
    delivery.c.account,
    delivery.c.chat,
)

_partial("ix_delivery_author", "author IS NOT NULL", delivery.c.author)

pause = Table(
    "pause",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("until", Moment, nullable=False, comment="the platform asked us to wait"),
)

hold = Table(
    "hold",
    metadata,
    Column("what", Text, primary_key=True, comment="sends: the operator stopped all sending"),
    Column("at", Moment, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True, comment="groups:telegram:… , poll:zalo_bot:…"),
    Column("owner", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

sent_month = Table(
    "sent_month",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("month", Text, primary_key=True, comment="2026-11, of the city"),
    Column("count", Integer, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("link", Text),
    Column("groups", Boolean, nullable=False),
    Column("updates", Text, nullable=False, comment="polling or webhook"),
    Column("heard_at", Moment, comment="the platform answered a poll, or called the webhook"),
    Column("at", Moment, nullable=False, comment="when this row was written at a start"),
)

trouble = Table(
    "trouble",
    metadata,
    Column("name", Text, primary_key=True, comment="token:telegram:… , queue, disk …"),
    Column("since", Moment, nullable=False),
    Column("told_at", Moment, comment="the operator was told"),
    Column("over_at", Moment, comment="it has not been seen since"),
)

role = Table(
    "role",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("ward", Text, nullable=False, comment="code; empty for the operator"),
    Column("name", Text, nullable=False),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, comment="of the code"),
    _learner(nullable=True),
    Column("claimed_at", Moment),
    Column("revoked_at", Moment),
    Column("on_duty", Boolean, nullable=False),
    CheckConstraint("kind IN ('host', 'volunteer', 'operator')", name="kind"),
)

chat_group = Table(
    "chat_group",
    metadata,
    Column("id", Text, primary_key=True),
    *_address(),
    Column("title", Text, nullable=False),
    Column("size", Integer),
    Column("ward", Text, index=True),
    Column("state", Text, nullable=False),
    Column("found_by", Text, ForeignKey("learner.id"), index=True),
    Column("asked_at", Moment, comment="the host was asked whether it is of her ward"),
    Column("at", Moment, nullable=False),
    UniqueConstraint("channel", "account", "chat"),
    CheckConstraint("state IN ('found', 'linked', 'refused', 'left')", name="state"),
)

campaign = Table(
    "campaign",
    metadata,
    Column("id", Text, primary_key=True),
    _learner(nullable=True),
    Column("ward", Text, nullable=False),
    Column("tip", Text, nullable=False),
    Column("tip_version", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("taken_back_at", Moment),
    Column("resent_at", Moment, comment="what had failed was sent again"),
    Column("told_at", Moment, comment="the host was told how it went"),
    Column("at", Moment, nullable=False),
)
_partial("ix_campaign_untold", "told_at IS NULL", campaign.c.due_at)

event = Table(
    "event",
    metadata,
    Column("id", Text, primary_key=True, comment="turn and place among its events"),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False, comment="flows.events.Event without words of a person"),
    Column("learner", Text, comment="only where the event is about a person"),
    Column("at", Moment, nullable=False),
    Index(None, "type", "at"),
)
_partial("ix_event_learner", "learner IS NOT NULL", event.c.learner)

answer = Table(
    "answer",
    metadata,
    Column("id", Text, primary_key=True),
    _learner(),
    Column("item", Text, nullable=False),
    Column("item_version", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("answer", Text, nullable=False, comment="authored positions, as JSON"),
    Column("correct", Boolean, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("answered_at", Moment, nullable=False),
)

quiz_result = Table(
    "quiz_result",
    metadata,
    Column("id", Text, primary_key=True),
    _learner(),
    Column("topic", Text),
    Column("purpose", Text, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("right_at_first", Integer, nullable=False),
    Column("stopped", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
)

reminder = Table(
    "reminder",
    metadata,
    Column("id", Text, primary_key=True),
    _learner(),
    Column("subject", Text, nullable=False),
    Column("due_at", Moment, nullable=False, index=True),
    Column("every", Text),
    Column("hour_chosen", Boolean, nullable=False),
)

consent = Table(
    "consent",
    metadata,
    Column("id", Text, primary_key=True),
    _learner(),
    Column("purpose", Text, nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("text_version", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
)

credential = Table(
    "credential",
    metadata,
    Column("code", Text, primary_key=True),
    _learner(nullable=True),
    Column("name", Text, comment="null once its holder deleted it"),
    Column("grade", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("topics", Text, nullable=False, comment="slugs, as JSON"),
    Column("issued_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("deleted_at", Moment),
    CheckConstraint("grade IN ('self', 'witnessed')", name="grade"),
    # Nobody is witnessed yet: this one goes when a way to witness exists.
    CheckConstraint("grade = 'self'", name="grade_self_only"),
)

help_request = Table(
    "help_request",
    metadata,
    Column("ticket", Text, primary_key=True),
    _learner(),
    Column("topic", Text),
    Column("step", Text),
    Column("device", Text),
    Column("at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("number", Integer, comment="what people say for it, a small number"),
    Column("ward", Text),
    Column("question", Text, comment="masked"),
    Column("state", Text, nullable=False, server_default="closed"),
    Column("channel", Text),
    Column("account", Text),
    Column("chat", Text),
    Column("waits_since", Moment, comment="asked, or given back"),
    Column("helper", Text, index=True, comment="learner.id of the volunteer"),
    Column("helper_name", Text),
    Column("taken_at", Moment),
    Column("helper_at", Moment, comment="the volunteer last wrote"),
)
_partial("ix_help_request_open", "state <> 'closed'", help_request.c.ward)

ticket_offer = Table(
    "ticket_offer",
    metadata,
    Column("ticket", Text, ForeignKey("help_request.ticket"), primary_key=True),
    Column("learner", Text, ForeignKey("learner.id"), primary_key=True, index=True),
    Column("at", Moment, nullable=False),
)

wrong_report = Table(
    "wrong_report",
    metadata,
    Column("id", Text, primary_key=True),
    Column("topic", Text, nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("step_version", Text, nullable=False),
    Column("device", Text),
    Column("at", Moment, nullable=False),
)

step_stuck = Table(
    "step_stuck",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("step_version", Text, primary_key=True),
    Column("device", Text, primary_key=True, comment="empty when unknown"),
    Column("count", Integer, nullable=False),
)

deletion = Table(
    "deletion",
    metadata,
    Column("learner_hash", Text, primary_key=True, comment="of a random id that points nowhere"),
    Column("at", Moment, nullable=False),
)

withdrawn_content = Table(
    "withdrawn_content",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
