"""Platforms: groups, rights, campaigns, help requests that are answered, quotas and faults."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("groups", sa.Boolean(), nullable=False),
        sa.Column("updates", sa.Text(), nullable=False, comment="polling or webhook"),
        sa.Column(
            "heard_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the platform answered a poll, or called the webhook",
        ),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when this row was written at a start",
        ),
        sa.PrimaryKeyConstraint("channel", "account", name=op.f("pk_account")),
    )
    op.create_table(
        "hold",
        sa.Column(
            "what", sa.Text(), nullable=False, comment="sends: the operator stopped all sending"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_hold")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False, comment="groups:telegram:… , poll:zalo_bot:…"),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "sent_month",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False, comment="2026-11, of the city"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "month", name=op.f("pk_sent_month")),
    )
    op.create_table(
        "trouble",
        sa.Column("name", sa.Text(), nullable=False, comment="token:telegram:… , queue, disk …"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "told_at", sa.DateTime(timezone=True), nullable=True, comment="the operator was told"
        ),
        sa.Column(
            "over_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="it has not been seen since",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_trouble")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=True),
        sa.Column("ward", sa.Text(), nullable=False),
        sa.Column("tip", sa.Text(), nullable=False),
        sa.Column("tip_version", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "resent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="what had failed was sent again",
        ),
        sa.Column(
            "told_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the host was told how it went",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_campaign_learner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(op.f("ix_campaign_learner"), "campaign", ["learner"], unique=False)
    op.create_index(
        "ix_campaign_untold",
        "campaign",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "chat_group",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("ward", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=True),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the host was asked whether it is of her ward",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('found', 'linked', 'refused', 'left')", name=op.f("ck_chat_group_state")
        ),
        sa.ForeignKeyConstraint(["found_by"], ["learner.id"], name=op.f("fk_chat_group_found_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_group")),
        sa.UniqueConstraint(
            "channel", "account", "chat", name=op.f("uq_chat_group_channel_account_chat")
        ),
    )
    op.create_index(op.f("ix_chat_group_found_by"), "chat_group", ["found_by"], unique=False)
    op.create_index(op.f("ix_chat_group_ward"), "chat_group", ["ward"], unique=False)
    op.create_table(
        "role",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ward", sa.Text(), nullable=False, comment="code; empty for the operator"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="of the code"),
        sa.Column("learner", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('host', 'volunteer', 'operator')", name=op.f("ck_role_kind")),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_role_learner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_role_code_hash")),
    )
    op.create_index(op.f("ix_role_learner"), "role", ["learner"], unique=False)
    op.create_table(
        "ticket_offer",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_ticket_offer_learner")),
        sa.ForeignKeyConstraint(
            ["ticket"], ["help_request.ticket"], name=op.f("fk_ticket_offer_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket", "learner", name=op.f("pk_ticket_offer")),
    )
    op.create_index(op.f("ix_ticket_offer_learner"), "ticket_offer", ["learner"], unique=False)
    op.add_column(
        "dialog",
        sa.Column(
            "in_group",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="others read it",
        ),
    )
    op.add_column("delivery", sa.Column("kind", sa.Text(), server_default="reply", nullable=False))
    op.add_column(
        "delivery", sa.Column("to_group", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("delivery", sa.Column("campaign", sa.Text(), nullable=True))
    op.add_column(
        "delivery",
        sa.Column(
            "answers",
            sa.Text(),
            nullable=True,
            comment="the help request to which these are a volunteer's words",
        ),
    )
    op.add_column(
        "delivery",
        sa.Column(
            "author",
            sa.Text(),
            nullable=True,
            comment="learner.id of that volunteer, until told that it is lost",
        ),
    )
    op.add_column(
        "delivery",
        sa.Column(
            "parts", sa.Integer(), server_default="0", nullable=False, comment="already sent"
        ),
    )
    op.add_column(
        "delivery",
        sa.Column("reason", sa.Text(), nullable=True, comment="a word of ours: why it failed"),
    )
    op.create_index(op.f("ix_delivery_campaign"), "delivery", ["campaign"], unique=False)
    op.create_index(
        "ix_delivery_author",
        "delivery",
        ["author"],
        unique=False,
        sqlite_where=sa.text("author IS NOT NULL"),
        postgresql_where=sa.text("author IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_sent",
        "delivery",
        ["channel", "account", "sent_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NOT NULL"),
        postgresql_where=sa.text("sent_at IS NOT NULL"),
    )
    op.add_column(
        "help_request",
        sa.Column(
            "number", sa.Integer(), nullable=True, comment="what people say for it, a small number"
        ),
    )
    op.add_column("help_request", sa.Column("ward", sa.Text(), nullable=True))
    op.add_column("help_request", sa.Column("question", sa.Text(), nullable=True, comment="masked"))
    op.add_column(
        "help_request", sa.Column("state", sa.Text(), server_default="closed", nullable=False)
    )
    op.add_column("help_request", sa.Column("channel", sa.Text(), nullable=True))
    op.add_column("help_request", sa.Column("account", sa.Text(), nullable=True))
    op.add_column("help_request", sa.Column("chat", sa.Text(), nullable=True))
    op.add_column(
        "help_request",
        sa.Column(
            "waits_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="asked, or given back",
        ),
    )
    op.add_column(
        "help_request",
        sa.Column("helper", sa.Text(), nullable=True, comment="learner.id of the volunteer"),
    )
    op.add_column("help_request", sa.Column("helper_name", sa.Text(), nullable=True))
    op.add_column("help_request", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "help_request",
        sa.Column(
            "helper_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the volunteer last wrote",
        ),
    )
    op.create_index(op.f("ix_help_request_helper"), "help_request", ["helper"], unique=False)
    op.create_index(
        "ix_help_request_open",
        "help_request",
        ["ward"],
        unique=False,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    raise NotImplementedError("what has been written for the platforms would be lost")
