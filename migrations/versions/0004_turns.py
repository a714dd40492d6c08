"""Turns: deliberations wait until there is room for them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("is_scheduled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Text()),
        sa.PrimaryKeyConstraint("deliberation_id", name="pk_turns"),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_turns_deliberation_id_deliberations",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_turns_platform_workspace_channel_position",
        "turns",
        ["platform", "workspace", "channel", "position"],
    )
    is_open = sa.text("state NOT IN ('done', 'failed', 'cancelled')")
    op.create_index(
        "ix_deliberations_open",
        "deliberations",
        ["created_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    op.drop_index("ix_deliberations_open", "deliberations")
    op.drop_table("turns")
