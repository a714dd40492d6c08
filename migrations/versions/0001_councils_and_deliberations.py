"""Councils, deliberations with all their parts, posts and model calls."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    "councils",
    "deliberations",
    "answers",
    "attachments",
    "counts",
    "failures",
    "model_calls",
    "posts",
    "reviews",
    "syntheses",
    "ballots",
    "flags",
    "standings",
)


def upgrade() -> None:
    _create_questions()
    _create_answers()
    _create_outcomes()
    _create_posts_and_calls()
    _create_reviews()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_questions() -> None:
    op.create_table(
        "councils",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_councils"),
    )
    op.create_table(
        "deliberations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text()),
        sa.Column("delivery", sa.Text()),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("council_digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_rehearsal", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("timings", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["council_digest"], ["councils.digest"], name="fk_deliberations_council_digest"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliberations"),
        sa.UniqueConstraint(
            "platform", "workspace", "delivery", name="uq_deliberations_platform_workspace_delivery"
        ),
    )
    op.create_index("ix_deliberations_created_at", "deliberations", ["created_at"])
    op.create_index(
        "ix_deliberations_platform_workspace_channel_created_at",
        "deliberations",
        ["platform", "workspace", "channel", "created_at"],
    )
    op.create_table(
        "attachments",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_attachments_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "number", name="pk_attachments"),
    )


def _create_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("latency_s", sa.Double(), nullable=False),
        sa.Column("final_answer", sa.Text()),
        sa.Column("confidence", sa.Double()),
        sa.Column("key_claims", sa.Text(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("revised_because", sa.Text()),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_answers_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "kind", "member", name="pk_answers"),
    )
    op.create_table(
        "failures",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_failures_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "member", name="pk_failures"),
    )


def _create_outcomes() -> None:
    op.create_table(
        "counts",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("ballots_used", sa.Integer(), nullable=False),
        sa.Column("agreement", sa.Double()),
        sa.Column("kendall_w", sa.Double()),
        sa.Column("upheld", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_counts_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", name="pk_counts"),
    )
    op.create_table(
        "syntheses",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("chairman", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("latency_s", sa.Double(), nullable=False),
        sa.Column("stand_in", sa.Text()),
        sa.Column("final_answer", sa.Text()),
        sa.Column("dissent", sa.Text(), nullable=False),
        sa.Column("unresolved", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_syntheses_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", name="pk_syntheses"),
    )
    op.create_table(
        "standings",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("copeland", sa.Double(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("mean_rank", sa.Double()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["counts.deliberation_id"],
            name="fk_standings_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "number", name="pk_standings"),
    )


def _create_posts_and_calls() -> None:
    op.create_table(
        "model_calls",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("latency_s", sa.Double(), nullable=False),
        sa.Column("failure", sa.Text()),
        sa.Column("prompt_tokens", sa.BigInteger()),
        sa.Column("completion_tokens", sa.BigInteger()),
        sa.Column("cost_usd", sa.Double()),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_model_calls_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "fact", "number", name="pk_model_calls"),
    )
    op.create_table(
        "posts",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("thread", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_posts_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "slot", name="pk_posts"),
    )


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("latency_s", sa.Double(), nullable=False),
        sa.Column("appraisals", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_reviews_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "reviewer", "turn", name="pk_reviews"),
    )
    op.create_table(
        "ballots",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("voter", sa.Text()),
        sa.Column("tiers", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("is_truncated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id", "reviewer", "turn"],
            ["reviews.deliberation_id", "reviews.reviewer", "reviews.turn"],
            name="fk_ballots_deliberation_id_reviewer_turn",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "reviewer", "turn", name="pk_ballots"),
    )
    op.create_table(
        "flags",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("is_upheld", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id", "reviewer", "turn"],
            ["reviews.deliberation_id", "reviews.reviewer", "reviews.turn"],
            name="fk_flags_deliberation_id_reviewer_turn",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "reviewer", "turn", "number", name="pk_flags"),
    )
