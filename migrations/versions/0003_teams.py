"""What teams set and spend, what repeats, and what a council is reckoned to cost."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = (
    "place_settings",
    "settings_changes",
    "presets",
    "spending",
    "reservations",
    "provider_keys",
    "schedules",
    "switches",
    "departures",
)
# Of a deliberation; none that is there already is either.
_CLAIMS = ("is_capped", "is_scheduled")


def upgrade() -> None:
    op.add_column("deliberations", sa.Column("estimate", sa.Text()))
    with op.batch_alter_table("deliberations") as batch:
        for name in _CLAIMS:
            batch.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
    with op.batch_alter_table("deliberations") as batch:
        for name in _CLAIMS:
            batch.alter_column(name, server_default=None)
    _create_settings()
    _create_spending()
    _create_schedules()
    _prepare_looking_back()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    with op.batch_alter_table("model_calls") as batch:
        batch.drop_column("member")
    op.drop_index("ix_deliberations_council_digest", "deliberations")
    with op.batch_alter_table("deliberations") as batch:
        for name in reversed(_CLAIMS):
            batch.drop_column(name)
        batch.drop_column("estimate")


def _tenant() -> tuple[sa.Column, ...]:
    return (
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _create_settings() -> None:
    op.create_table(
        "place_settings",
        *_tenant(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _key("place_settings", "platform", "workspace", "channel"),
    )
    op.create_table(
        "settings_changes",
        *_tenant(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        _key("settings_changes", "platform", "workspace", "channel", "number"),
    )
    op.create_table(
        "presets",
        *_tenant(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        _key("presets", "platform", "workspace", "name"),
    )
    op.create_table(
        "provider_keys",
        *_tenant(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text()),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _key("provider_keys", "platform", "workspace", "name"),
    )


def _create_spending() -> None:
    op.create_table(
        "spending",
        *_tenant(),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("councils", sa.Integer(), nullable=False),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=False),
        _key("spending", "platform", "workspace", "key"),
    )
    op.create_index("ix_spending_resets_at", "spending", ["resets_at"])
    op.create_table(
        "reservations",
        sa.Column("deliberation_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        *_tenant(),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        _key("reservations", "deliberation_id", "key"),
    )
    op.create_index("ix_reservations_is_settled", "reservations", ["is_settled"])
    op.create_table(
        "switches",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        _key("switches", "name"),
    )


def _create_schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Text(), nullable=False),
        *_tenant(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text()),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("takes_discussion", sa.Boolean(), nullable=False),
        sa.Column("pause", sa.Text()),
        sa.Column("next_due_at", sa.DateTime(timezone=True)),
        sa.Column("last_due_at", sa.DateTime(timezone=True)),
        sa.Column("number", sa.Integer(), nullable=False),
        _key("schedules", "id"),
    )
    op.create_index(
        "ix_schedules_platform_workspace_channel",
        "schedules",
        ["platform", "workspace", "channel"],
    )
    op.create_index("ix_schedules_next_due_at", "schedules", ["next_due_at"])


def _prepare_looking_back() -> None:
    op.create_table(
        "departures",
        *_tenant(),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        _key("departures", "platform", "workspace"),
    )
    op.add_column("model_calls", sa.Column("member", sa.Text()))
    op.create_index("ix_deliberations_council_digest", "deliberations", ["council_digest"])
