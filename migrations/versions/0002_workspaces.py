"""Messages in several parts, files to fetch, and what the bot keeps for a workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = ("feedback", "pins", "installations", "tickets", "paces")


def upgrade() -> None:
    op.add_column("deliberations", sa.Column("asker_id", sa.Text()))
    op.add_column("attachments", sa.Column("source", sa.Text()))
    op.add_column("attachments", sa.Column("fault", sa.Text()))
    _part_posts()
    _create_keepsakes()
    _create_access()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    _join_posts()
    for table, column in (
        ("attachments", "fault"),
        ("attachments", "source"),
        ("deliberations", "asker_id"),
    ):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)


def _part_posts() -> None:
    with op.batch_alter_table("posts") as batch:
        batch.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="1"))
        batch.drop_constraint("pk_posts", type_="primary")
        batch.create_primary_key("pk_posts", ["deliberation_id", "slot", "part"])
    with op.batch_alter_table("posts") as batch:
        batch.alter_column("part", server_default=None)


def _join_posts() -> None:
    op.execute("DELETE FROM posts WHERE part > 1")
    with op.batch_alter_table("posts") as batch:
        batch.drop_constraint("pk_posts", type_="primary")
        batch.create_primary_key("pk_posts", ["deliberation_id", "slot"])
        batch.drop_column("part")


def _create_keepsakes() -> None:
    op.create_table(
        "feedback",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("is_good", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliberation_id"],
            ["deliberations.id"],
            name="fk_feedback_deliberation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deliberation_id", "person", name="pk_feedback"),
    )
    op.create_table(
        "pins",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "channel", "message_id", name="pk_pins"),
    )


def _create_access() -> None:
    op.create_table(
        "installations",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("renewed_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("platform", "workspace", name="pk_installations"),
    )
    op.create_table(
        "tickets",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_tickets"),
    )
    op.create_index("ix_tickets_expires_at", "tickets", ["expires_at"])
    op.create_table(
        "paces",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("free_at", sa.Double(), nullable=False),
        sa.Column("held_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_paces"),
    )
