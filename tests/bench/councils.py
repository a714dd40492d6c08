"""What councils cost beside a bare minimum of a few lines, against one model server.

A stage lasts 0.3 s, so nothing can be faster than 0.9 s.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.request import urlopen

from tests.bench.databases import Databases
from tests.bench.processes import Found, alone, bare, least, model_server, together
from tests.bench.setups import Setup
from tests.bench.table import Row
from tests.bench.whole_councils import PACES

STAGE_S = 0.3
# These are promised of SQLite, where the database is a part of the process.
_WALL_BARS_S = {100: 2.5, 300: 6.0}
_CPU_BAR_MS = 25.0
_RSS_BAR_MB = 200.0
_FIRST_BAR_S = 0.1
_FINAL_BAR_S = 0.15
# A soft deadline that is long beside what the others take.
_SOFT_S = 2.0
_HUNG = "hung"


def one(setup: Setup, made: Databases) -> Iterator[Row]:
    """Tell how much one council adds to what its models take."""
    paces = {name: {"latency_s": pace} for name, pace in PACES.items()}
    scripts = {"default": {"latency_s": STAGE_S}, "models": paces}
    with model_server(scripts) as port:
        found = alone(port, 1, made.new(), members=tuple(PACES))
        minimum = bare(port, 1)
    first_s = found.first_answer_s - min(PACES.values())
    final_s = found.total_s - (2 * max(PACES.values()) + STAGE_S)
    bare_s = minimum.wall_s - 3 * STAGE_S
    yield Row("first answer, after its own latency", setup.name, first_s, "s", _FIRST_BAR_S)
    yield Row(
        "final answer, after the critical path", setup.name, final_s, "s", _FINAL_BAR_S, bare_s
    )


def hanging(setup: Setup, made: Databases) -> Iterator[Row]:
    """Tell what one member costs that says nothing at all."""
    members = ("one", "two", "three", _HUNG)
    scripts = {"default": {"latency_s": STAGE_S}, "models": {_HUNG: {"fault": "hang"}}}
    with model_server(scripts) as port:
        found = alone(port, 1, made.new(), members=members, soft_min_s=_SOFT_S)
        with urlopen(f"http://127.0.0.1:{port}/requests") as told:
            asked = [each["model"] for each in json.load(told)]
    # One soft deadline in place of the first stage, then the other two.
    path_s = _SOFT_S + 2 * STAGE_S
    yield Row(
        "a hanging member: final, after its deadline",
        setup.name,
        found.total_s - path_s,
        "s",
        _FINAL_BAR_S,
    )
    yield Row("a hanging member: requests to it", setup.name, asked.count(_HUNG), "", 1)


def many(setup: Setup, made: Databases, councils: int, rounds: int) -> Iterator[Row]:
    """Tell what councils cost that begin at the same time."""
    with model_server({"default": {"latency_s": STAGE_S}}) as port:
        minimum = least(rounds, lambda: bare(port, councils))
        found = least(rounds, lambda: held(setup, port, councils, made.new()))
    what, is_promised = f"{councils} councils at once", setup.kind == "sqlite"
    bars = _WALL_BARS_S.get(councils), _CPU_BAR_MS, _RSS_BAR_MB
    wall_s, cpu_ms, rss_mb = bars if is_promised else (None, None, None)
    yield Row(f"{what}: wall", setup.name, found.wall_s, "s", wall_s, minimum.wall_s)
    yield Row(f"{what}: CPU each", setup.name, found.cpu_ms, "ms", cpu_ms, minimum.cpu_ms)
    yield Row(f"{what}: RSS", setup.name, found.rss_mb, "MB", rss_mb, minimum.rss_mb)


def held(setup: Setup, port: int, councils: int, database: str) -> Found:
    """Hold councils as a setup does."""
    if setup.workers == 1:
        return alone(port, councils, database)
    return together(port, councils, database, setup.workers)
