"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deletion",
        sa.Column(
            "learner_hash", sa.Text(), nullable=False, comment="of a random id that points nowhere"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("learner_hash", name=op.f("pk_deletion")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Text(), nullable=False, comment="turn and place among its events"),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column(
            "body",
            sa.Text(),
            nullable=False,
            comment="flows.events.Event without words of a person",
        ),
        sa.Column(
            "learner", sa.Text(), nullable=True, comment="only where the event is about a person"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(
        "ix_event_learner",
        "event",
        ["learner"],
        unique=False,
        sqlite_where=sa.text("learner IS NOT NULL"),
        postgresql_where=sa.text("learner IS NOT NULL"),
    )
    op.create_index(op.f("ix_event_type_at"), "event", ["type", "at"], unique=False)
    op.create_table(
        "failed_update",
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("turn", name=op.f("pk_failed_update")),
    )
    op.create_table(
        "learner",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False, comment="flows.dialog.Learner"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "consented", sa.Boolean(), nullable=False, comment="to any purpose: decides how long"
        ),
        sa.Column("pushes", sa.Boolean(), nullable=False),
        sa.Column("lasting", sa.Boolean(), nullable=False, comment="false: a borrowed phone"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "window_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="start of the minute that is counted",
        ),
        sa.Column("window_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
    )
    op.create_index(
        "ix_learner_stranger",
        "learner",
        ["last_at"],
        unique=False,
        sqlite_where=sa.text("NOT consented"),
        postgresql_where=sa.text("NOT consented"),
    )
    op.create_index(
        "ix_learner_visitor",
        "learner",
        ["last_at"],
        unique=False,
        sqlite_where=sa.text("NOT lasting"),
        postgresql_where=sa.text("NOT lasting"),
    )
    op.create_table(
        "pause",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column(
            "until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the platform asked us to wait",
        ),
        sa.PrimaryKeyConstraint("channel", "account", name=op.f("pk_pause")),
    )
    op.create_table(
        "step_stuck",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("step_version", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False, comment="empty when unknown"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "topic", "step", "step_version", "device", name=op.f("pk_step_stuck")
        ),
    )
    op.create_table(
        "update_key",
        sa.Column(
            "turn", sa.Text(), nullable=False, comment="hash of channel, account and update id"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("turn", name=op.f("pk_update_key")),
    )
    op.create_index(op.f("ix_update_key_at"), "update_key", ["at"], unique=False)
    op.create_table(
        "withdrawn_content",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_withdrawn_content")),
    )
    op.create_table(
        "wrong_report",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("step_version", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_report")),
    )
    op.create_index(op.f("ix_wrong_report_topic"), "wrong_report", ["topic"], unique=False)
    op.create_table(
        "answer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("item_version", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False, comment="authored positions, as JSON"),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_answer_learner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_learner"), "answer", ["learner"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_consent_learner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_learner"), "consent", ["learner"], unique=False)
    op.create_table(
        "credential",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True, comment="null once its holder deleted it"),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False, comment="slugs, as JSON"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("grade = 'self'", name=op.f("ck_credential_grade_self_only")),
        sa.CheckConstraint("grade IN ('self', 'witnessed')", name=op.f("ck_credential_grade")),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_credential_learner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_credential")),
    )
    op.create_index(op.f("ix_credential_learner"), "credential", ["learner"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="place among the replies of its turn"
        ),
        sa.Column("learner", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False, comment="flows.replies.Reply"),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("fleeting", sa.Boolean(), nullable=False, comment="the row goes once it is sent"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True, comment="not before"),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "offered_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="an uncertain one was shown once more",
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'uncertain', 'failed', 'expired')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_delivery_learner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("turn", "number", name=op.f("uq_delivery_turn_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_delivery_chat", "delivery", ["channel", "account", "chat", "id"], unique=False
    )
    op.create_index(op.f("ix_delivery_learner"), "delivery", ["learner"], unique=False)
    op.create_index(
        "ix_delivery_queued",
        "delivery",
        ["channel", "account"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(op.f("ix_delivery_queued_at"), "delivery", ["queued_at"], unique=False)
    op.create_index(
        "ix_delivery_sending",
        "delivery",
        ["channel", "account"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_delivery_uncertain",
        "delivery",
        ["channel", "account", "chat"],
        unique=False,
        sqlite_where=sa.text("state = 'uncertain'"),
        postgresql_where=sa.text("state = 'uncertain'"),
    )
    op.create_table(
        "dialog",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False, comment="flows.dialog.Dialog"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_dialog_learner")),
        sa.PrimaryKeyConstraint("channel", "account", "chat", "learner", name=op.f("pk_dialog")),
    )
    op.create_index(op.f("ix_dialog_learner"), "dialog", ["learner"], unique=False)
    op.create_table(
        "help_request",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_help_request_learner")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_help_request")),
    )
    op.create_index(op.f("ix_help_request_learner"), "help_request", ["learner"], unique=False)
    op.create_table(
        "identity",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_identity_learner")),
        sa.PrimaryKeyConstraint("channel", "account", "sender", name=op.f("pk_identity")),
    )
    op.create_index(op.f("ix_identity_learner"), "identity", ["learner"], unique=False)
    op.create_table(
        "quiz_result",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("right_at_first", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_quiz_result_learner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_result")),
    )
    op.create_index(op.f("ix_quiz_result_learner"), "quiz_result", ["learner"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("every", sa.Text(), nullable=True),
        sa.Column("hour_chosen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_reminder_learner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    op.create_index(op.f("ix_reminder_due_at"), "reminder", ["due_at"], unique=False)
    op.create_index(op.f("ix_reminder_learner"), "reminder", ["learner"], unique=False)
    op.create_table(
        "utterance",
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="masked"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "hold_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a fragment that waits for its sentence",
        ),
        sa.ForeignKeyConstraint(["learner"], ["learner.id"], name=op.f("fk_utterance_learner")),
        sa.PrimaryKeyConstraint("turn", name=op.f("pk_utterance")),
    )
    op.create_index(op.f("ix_utterance_at"), "utterance", ["at"], unique=False)
    op.create_index(
        "ix_utterance_held",
        "utterance",
        ["hold_until"],
        unique=False,
        sqlite_where=sa.text("hold_until IS NOT NULL"),
        postgresql_where=sa.text("hold_until IS NOT NULL"),
    )
    op.create_index(op.f("ix_utterance_learner"), "utterance", ["learner"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first tables")
