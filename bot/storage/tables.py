"""The tables. Each deliberation is a row with its parts in the tables around it.

`position` orders what belongs to one deliberation as it arrived. The tenant is (platform,
workspace).
"""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    literal_column,
)

from bot.domain import Appraisal, Council, Dissent, Estimate, Flag, Remark, Timings
from bot.storage.columns import CleanText, Json, Moment

# The migration that these tables stand for; a test holds the two together.
REVISION = "0004"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Of deliberations. Written out, since a database uses a partial index only for what it can see to
# be its condition, and since a list of parameters is built anew for each row.
IS_OPEN = literal_column("state NOT IN ('done', 'failed', 'cancelled')", Boolean)
IS_OVER = literal_column("state IN ('done', 'failed', 'cancelled')", Boolean)


def _deliberation_id() -> Column[str]:
    """Return the first part of the primary key of all that belongs to a deliberation."""
    owner = ForeignKey("deliberations.id", ondelete="CASCADE")
    return Column("deliberation_id", CleanText, owner, primary_key=True)


councils = Table(
    "councils",
    metadata,
    Column("digest", CleanText, primary_key=True),
    Column("platform", CleanText, nullable=False),
    Column("workspace", CleanText, nullable=False),
    Column("definition", Json(TypeAdapter(Council)), nullable=False),
)

deliberations = Table(
    "deliberations",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("platform", CleanText, nullable=False),
    Column("workspace", CleanText, nullable=False),
    Column("channel", CleanText, nullable=False),
    Column("thread", CleanText),
    Column("delivery", CleanText),
    Column("asker", CleanText, nullable=False),
    Column("asker_id", CleanText),
    Column("is_scheduled", Boolean, nullable=False),
    Column("question", CleanText, nullable=False),
    Column("context", Json(TypeAdapter(tuple[Remark, ...])), nullable=False),
    Column("mode", CleanText, nullable=False),
    Column("council_digest", CleanText, ForeignKey("councils.digest"), nullable=False),
    Column("state", CleanText, nullable=False),
    Column("is_rehearsal", Boolean, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("reason", CleanText),
    Column("timings", Json(TypeAdapter(Timings)), nullable=False),
    Column("estimate", Json(TypeAdapter(Estimate))),
    Column("is_capped", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    UniqueConstraint("platform", "workspace", "delivery"),
    Index(None, "platform", "workspace", "channel", "created_at"),
    Index(None, "created_at"),
    Index(None, "council_digest"),
    Index("ix_deliberations_open", "created_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
)

# One row for each deliberation whose run is not over; `taken_by` is the process that has it, nobody
# while it waits. `since` is when it began to wait.
turns = Table(
    "turns",
    metadata,
    _deliberation_id(),
    Column("platform", CleanText, nullable=False),
    Column("workspace", CleanText, nullable=False),
    Column("channel", CleanText, nullable=False),
    Column("is_scheduled", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("since", Moment, nullable=False),
    Column("taken_by", CleanText),
    Index(None, "platform", "workspace", "channel", "position"),
)

attachments = Table(
    "attachments",
    metadata,
    _deliberation_id(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", CleanText, nullable=False),
    Column("media_type", CleanText, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("source", CleanText),
    Column("fault", CleanText),
)

# `kind` is answer, revision or objection: a revised answer does not erase the first one.
answers = Table(
    "answers",
    metadata,
    _deliberation_id(),
    Column("kind", CleanText, primary_key=True),
    Column("member", CleanText, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("model", CleanText, nullable=False),
    Column("latency_s", Double, nullable=False),
    Column("final_answer", CleanText),
    Column("confidence", Double),
    Column("key_claims", Json(TypeAdapter(tuple[str, ...])), nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("revised_because", CleanText),
)

failures = Table(
    "failures",
    metadata,
    _deliberation_id(),
    Column("member", CleanText, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("sentence", CleanText, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    _deliberation_id(),
    Column("reviewer", CleanText, primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("model", CleanText, nullable=False),
    Column("latency_s", Double, nullable=False),
    Column("appraisals", Json(TypeAdapter(tuple[Appraisal, ...])), nullable=False),
)


def _part_of_review() -> ForeignKeyConstraint:
    """Tie a row to its review, so that it goes with it."""
    keys = ["deliberation_id", "reviewer", "turn"]
    return ForeignKeyConstraint(keys, [f"reviews.{key}" for key in keys], ondelete="CASCADE")


# `voter` is empty for a judge who wrote no answer.
ballots = Table(
    "ballots",
    metadata,
    Column("deliberation_id", CleanText, primary_key=True),
    Column("reviewer", CleanText, primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("voter", CleanText),
    Column("tiers", Json(TypeAdapter(tuple[tuple[str, ...], ...])), nullable=False),
    Column("weight", Double, nullable=False),
    Column("is_truncated", Boolean, nullable=False),
    _part_of_review(),
)

flags = Table(
    "flags",
    metadata,
    Column("deliberation_id", CleanText, primary_key=True),
    Column("reviewer", CleanText, primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("author", CleanText, nullable=False),
    Column("quote", CleanText, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("severity", CleanText, nullable=False),
    Column("why", CleanText, nullable=False),
    Column("fix", CleanText, nullable=False),
    Column("is_upheld", Boolean, nullable=False),
    _part_of_review(),
)

# What the count of the ballots says as a whole; the members' places are in `standings`.
counts = Table(
    "counts",
    metadata,
    _deliberation_id(),
    Column("confidence", CleanText, nullable=False),
    Column("ballots_used", Integer, nullable=False),
    Column("agreement", Double),
    Column("kendall_w", Double),
    Column("upheld", Json(TypeAdapter(tuple[Flag, ...])), nullable=False),
)

standings = Table(
    "standings",
    metadata,
    Column(
        "deliberation_id",
        CleanText,
        ForeignKey("counts.deliberation_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("member", CleanText, nullable=False),
    Column("place", Integer, nullable=False),
    Column("copeland", Double, nullable=False),
    Column("share", Double, nullable=False),
    Column("mean_rank", Double),
    Column("verdict", CleanText, nullable=False),
    Column("detail", CleanText, nullable=False),
)

syntheses = Table(
    "syntheses",
    metadata,
    _deliberation_id(),
    Column("text", CleanText, nullable=False),
    Column("chairman", CleanText, nullable=False),
    Column("model", CleanText, nullable=False),
    Column("confidence", CleanText, nullable=False),
    Column("latency_s", Double, nullable=False),
    Column("stand_in", CleanText),
    Column("final_answer", CleanText),
    Column("dissent", Json(TypeAdapter(tuple[Dissent, ...])), nullable=False),
    Column("unresolved", Json(TypeAdapter(tuple[str, ...])), nullable=False),
)

posts = Table(
    "posts",
    metadata,
    _deliberation_id(),
    Column("slot", CleanText, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("message_id", CleanText),
    Column("thread", CleanText),
    Column("reason", CleanText),
)

# `fact` is the digest of the fact that brought the call, so that saving it twice counts it once.
# `member` is whose call it was.
model_calls = Table(
    "model_calls",
    metadata,
    _deliberation_id(),
    Column("fact", CleanText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("model", CleanText, nullable=False),
    Column("purpose", CleanText, nullable=False),
    Column("member", CleanText),
    Column("latency_s", Double, nullable=False),
    Column("failure", CleanText),
    Column("prompt_tokens", BigInteger),
    Column("completion_tokens", BigInteger),
    Column("cost_usd", Double),
)

feedback = Table(
    "feedback",
    metadata,
    _deliberation_id(),
    Column("person", CleanText, primary_key=True),
    Column("is_good", Boolean, nullable=False),
    Column("given_at", Moment, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("platform", CleanText, primary_key=True),
    Column("workspace", CleanText, primary_key=True),
    Column("channel", CleanText, primary_key=True),
    Column("message_id", CleanText, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

# `sealed` holds the credentials, encrypted; `renewed_until` is the moment until which one process
# alone may renew them.
installations = Table(
    "installations",
    metadata,
    Column("platform", CleanText, primary_key=True),
    Column("workspace", CleanText, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("sealed", CleanText, nullable=False),
    Column("facts", Json(TypeAdapter(dict[str, str])), nullable=False),
    Column("expires_at", Moment),
    Column("renewed_until", Moment),
)

# `digest` is of the ticket's name: whoever reads the table learns no ticket.
tickets = Table(
    "tickets",
    metadata,
    Column("digest", CleanText, primary_key=True),
    Column("purpose", CleanText, nullable=False),
    Column("content", CleanText, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

# Both in seconds since 1970: `free_at` is when the next call would go if calls came evenly, before
# `held_until` none may go.
paces = Table(
    "paces",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("free_at", Double, nullable=False),
    Column("held_until", Double, nullable=False),
)
