"""A deliberation as a team would have it, for messages to be rendered from and looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain import (
    Answer,
    Ballot,
    Confidence,
    Council,
    Deliberation,
    Dissent,
    Failure,
    FailureKind,
    Flag,
    MemberFailure,
    ModelCall,
    Place,
    Question,
    Review,
    Seat,
    Standing,
    Standings,
    State,
    Synthesis,
    Timings,
)

PLACE = Place("slack", "T0ACME", "C0GENERAL")
QUESTION = Question(
    "We append about 40 million events a day and read the last 90 days for dashboards. Postgres, "
    "ClickHouse or Kafka with tiered storage: what do we pick, and what would change your mind?",
    PLACE,
    "Kim",
    asker_id="U0KIM",
)
COUNCIL = Council(
    members=(
        Seat("claude-sonnet-5.5", "openrouter/anthropic/claude-sonnet-5.5"),
        Seat("gpt-6.1-terra", "openrouter/openai/gpt-6.1-terra"),
        Seat("gemini-3.8-flash", "openrouter/google/gemini-3.8-flash"),
        Seat("grok-4.7", "openrouter/x-ai/grok-4.7"),
    ),
    chairman=Seat("claude-opus-5.5", "openrouter/anthropic/claude-opus-5.5"),
)
CLAUDE = Answer(
    "claude-sonnet-5.5",
    """**ClickHouse**, unless you already run Postgres well and the dashboards read by one key.

1. 40 million rows a day are about 460 a second on average; peaks are what you must size for.
2. 90 days are 3.6 billion rows. Aggregations over that belong into a column store.
3. Partition by day and drop whole partitions:

```sql
CREATE TABLE events (
  at DateTime, tenant UInt32, kind LowCardinality(String), body String
) ENGINE = MergeTree PARTITION BY toDate(at) ORDER BY (tenant, kind, at)
TTL at + INTERVAL 90 DAY;
```

*What would change my mind:* row-level updates, or transactions with other tables.""",
    "openrouter/anthropic/claude-sonnet-5.5",
    11.4,
    confidence=0.82,
)
GPT = Answer(
    "gpt-6.1-terra",
    """I would start with **Postgres 18** and native partitioning, and move when it hurts.

| | Postgres | ClickHouse | Kafka + tiers |
|---|---:|---:|---:|
| writes a second | 10 to 50 k | 500 k+ | 1 M+ |
| 90-day scan | minutes | seconds | not its job |
| people who know it | all | few | some |

- BRIN indexes on time cost next to nothing.
- See the [partitioning chapter](https://www.postgresql.org/docs/current/ddl-partitioning.html).
- > Operational familiarity beats benchmarks in the first year.""",
    "openrouter/openai/gpt-6.1-terra",
    14.9,
    confidence=0.7,
)
GEMINI = Answer(
    "gemini-3.8-flash",
    "ClickHouse for the reads, Kafka only if several consumers need the stream. "
    "Size: `40e6 × 300 B ≈ 12 GB/day` raw, about 1.5 GB compressed.",
    "openrouter/google/gemini-3.8-flash",
    4.2,
    confidence=0.85,
)
FLAG = Flag(
    "gemini-3.8-flash",
    "gpt-6.1-terra",
    "90-day scan: minutes",
    "unsupported",
    "minor",
    "It depends on the aggregates that are kept beside it.",
)
UPHELD = replace(FLAG, severity="major", is_upheld=True)
REVIEWS = (
    Review(
        "claude-sonnet-5.5",
        "**gpt-6.1-terra**: mostly correct.\n- Good: the cost of running it is taken into account\n"
        "- Major, unsupported: “90-day scan: minutes” It depends on rollups.\n\n"
        "**gemini-3.8-flash**: correct.\n- Good: the size estimate",
        "openrouter/anthropic/claude-sonnet-5.5",
        7.3,
        ballot=Ballot(
            "claude-sonnet-5.5",
            (("gemini-3.8-flash", "claude-sonnet-5.5"), ("gpt-6.1-terra",)),
        ),
    ),
    Review(
        "gemini-3.8-flash",
        "**claude-sonnet-5.5**: correct.\n- Good: names what would change the choice",
        "openrouter/google/gemini-3.8-flash",
        3.1,
        ballot=Ballot(
            "gemini-3.8-flash",
            (("claude-sonnet-5.5",), ("gemini-3.8-flash",), ("gpt-6.1-terra",)),
        ),
    ),
)
STANDINGS = Standings(
    order=(
        Standing("claude-sonnet-5.5", 1, 2.0, 0.81, 1.2),
        Standing("gemini-3.8-flash", 2, 1.0, 0.62, 1.7),
        Standing("gpt-6.1-terra", 3, 0.0, 0.12, 3.0),
    ),
    confidence=Confidence.MODERATE,
    ballots_used=2,
    agreement=0.78,
    upheld=(UPHELD,),
)
SYNTHESIS = Synthesis(
    text="""Take **ClickHouse** for the last 90 days [claude-sonnet-5.5, gemini-3.8-flash], and keep
Postgres for what needs transactions [gpt-6.1-terra].

### Why
- 3.6 billion rows are read by aggregation, which a column store does in seconds.
- Data older than 90 days goes by dropping partitions, without deletes.
- About 1.5 GB a day compressed: one node with a replica is enough to begin with.

### What would change this
1. Rows that must be updated one by one.
2. A team that cannot run a second database yet: then Postgres with daily rollups, for a year.

Kafka is worth its keep only when **several consumers** need the stream.""",
    chairman="claude-opus-5.5",
    model="openrouter/anthropic/claude-opus-5.5",
    confidence=Confidence.MODERATE,
    latency_s=13.0,
    dissent=(
        Dissent(
            "gpt-6.1-terra",
            "Postgres first: familiarity beats benchmarks in the first year.",
            "the reads are aggregations over 90 days",
        ),
    ),
    unresolved=("How far back must single events be found?",),
)
BEGUN = Deliberation(
    id="1m84graz8bzj7zka",
    question=QUESTION,
    council=COUNCIL,
    created_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    state=State.ANSWERING,
)
DONE = replace(
    BEGUN,
    state=State.DONE,
    answers=(CLAUDE, GPT, GEMINI),
    failures=(
        MemberFailure(
            "grok-4.7",
            Failure(FailureKind.TIMED_OUT, "openrouter did not answer within 120 s."),
        ),
    ),
    reviews=REVIEWS,
    standings=STANDINGS,
    synthesis=SYNTHESIS,
    calls=(ModelCall("openrouter/x", "answer", 1.0, None, 9_100, 7_420, 0.143),),
    timings=Timings(4.4, 15.0, 7.5, 38.2),
)
SLOTS = (
    "root",
    "answer:gemini-3.8-flash",
    "answer:claude-sonnet-5.5",
    "answer:gpt-6.1-terra",
    "review:gemini-3.8-flash:0",
    "review:claude-sonnet-5.5:0",
    "standings",
    "synthesis",
)
