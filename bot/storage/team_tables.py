"""The tables of what teams set and spend. A row of a workspace as a whole has an empty channel."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, Index, Integer, Table

from bot.domain import PlaceSettings, Tenant
from bot.storage.columns import CleanText, Json, Moment
from bot.storage.tables import metadata

_SETTINGS = TypeAdapter(PlaceSettings)


def _tenant() -> tuple[Column[str], Column[str]]:
    """Return the first part of the primary key of all that belongs to a workspace."""
    return (
        Column("platform", CleanText, primary_key=True),
        Column("workspace", CleanText, primary_key=True),
    )


def owned(table: Table, tenant: Tenant) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return what holds of the rows of a workspace."""
    return table.c.platform == tenant.platform, table.c.workspace == tenant.workspace


# `number` grows with each change.
place_settings = Table(
    "place_settings",
    metadata,
    *_tenant(),
    Column("channel", CleanText, primary_key=True),
    Column("settings", Json(_SETTINGS), nullable=False),
    Column("number", Integer, nullable=False),
)

settings_changes = Table(
    "settings_changes",
    metadata,
    *_tenant(),
    Column("channel", CleanText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", CleanText, nullable=False),
    Column("person", CleanText, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("lines", Json(TypeAdapter(tuple[str, ...])), nullable=False),
)

presets = Table(
    "presets",
    metadata,
    *_tenant(),
    Column("name", CleanText, primary_key=True),
    Column("settings", Json(_SETTINGS), nullable=False),
)

# What is spent and set aside under a key; `resets_at` is when nobody asks for it any more.
spending = Table(
    "spending",
    metadata,
    *_tenant(),
    Column("key", CleanText, primary_key=True),
    Column("micros", BigInteger, nullable=False),
    Column("councils", Integer, nullable=False),
    Column("resets_at", Moment, nullable=False, index=True),
)

# What a deliberation counts for under each key. No foreign key: what is not settled yet stays when
# the deliberation is forgotten, without a word of it.
reservations = Table(
    "reservations",
    metadata,
    Column("deliberation_id", CleanText, primary_key=True),
    Column("key", CleanText, primary_key=True),
    Column("platform", CleanText, nullable=False),
    Column("workspace", CleanText, nullable=False),
    Column("micros", BigInteger, nullable=False),
    Column("is_settled", Boolean, nullable=False),
    Index(None, "is_settled"),
)

# `sealed` holds the key, encrypted; `hint` is its end.
provider_keys = Table(
    "provider_keys",
    metadata,
    *_tenant(),
    Column("name", CleanText, primary_key=True),
    Column("base_url", CleanText),
    Column("sealed", CleanText, nullable=False),
    Column("hint", CleanText, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("platform", CleanText, nullable=False),
    Column("workspace", CleanText, nullable=False),
    Column("channel", CleanText, nullable=False),
    Column("thread", CleanText),
    Column("owner_id", CleanText, nullable=False),
    Column("owner", CleanText, nullable=False),
    Column("question", CleanText, nullable=False),
    Column("rule", CleanText, nullable=False),
    Column("typed", CleanText, nullable=False),
    Column("time_zone", CleanText, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("takes_discussion", Boolean, nullable=False),
    Column("pause", CleanText),
    Column("next_due_at", Moment, index=True),
    Column("last_due_at", Moment),
    Column("number", Integer, nullable=False),
    Index(None, "platform", "workspace", "channel"),
)

# The workspaces that took the bot away, and when: what is known of them stays for a while.
departures = Table(
    "departures",
    metadata,
    *_tenant(),
    Column("left_at", Moment, nullable=False),
)

# One row, while councils are halted.
switches = Table(
    "switches",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("reason", CleanText, nullable=False),
    Column("set_at", Moment, nullable=False),
)
