"""The constants of one council that docs/capacity.md counts with: `python -m tests.bench.constants`.

`[--database sqlite|postgres] [--councils 20]`: statements, commits, rows and bytes in the database,
of four members and a review each; and, over a minute, calls to Slack at its real pace, of three
members who write for some seconds as models do.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, event, func, select

from bot import logs
from bot.storage.database import Database, open_database
from bot.storage.tables import metadata
from tests.adapters.stage import CHAIR, MEMBERS
from tests.bench.databases import Databases
from tests.bench.processes import model_server
from tests.bench.service import configure, serving
from tests.bench.setups import Machine, Setup
from tests.bench.whole_councils import Spec, hold, opened
from tests.fakes.slack.server import SlackServer

_STAGE_S = 0.3
_PACES_S = (6.0, 9.0, 12.0)
_CHANNELS = 5
_PATIENCE_S = 120.0


class Counted:
    """Counts what the process does in its databases, the engine's apart; a context."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()

    def __enter__(self) -> Counter[str]:
        event.listen(sa.Engine, "before_cursor_execute", self._execute)
        event.listen(sa.Engine, "commit", self._commit)
        return self.found

    def __exit__(self, *error: object) -> None:
        event.remove(sa.Engine, "before_cursor_execute", self._execute)
        event.remove(sa.Engine, "commit", self._commit)

    def _execute(self, connection: Connection, _cursor: object, text: str, *_: object) -> None:
        is_engines = "workflow_status" in text or "dbos" in text or _is_engines(connection)
        self.found["statements of the engine" if is_engines else "statements"] += 1

    def _commit(self, connection: Connection) -> None:
        self.found["commits, of the engine" if _is_engines(connection) else "commits"] += 1


def _is_engines(connection: Connection) -> bool:
    # Its pool is of another kind or size on either database.
    return (connection.engine.url.database or "").endswith("-engine.db")


async def stored(councils: int, made: Databases) -> dict[str, float]:
    """Return what each of some councils brings to the database."""
    with (
        model_server({"default": {"latency_s": _STAGE_S}}) as port,
        tempfile.TemporaryDirectory() as folder,
    ):
        spec = Spec(port, councils, made.new())
        async with opened(spec, Path(folder)) as (app, database):
            await hold(spec, app, database)
            before_rows, before_bytes = await _size(database, spec.database)
            with Counted() as counted:
                await hold(spec, app, database)
            rows, size = await _size(database, spec.database)
    found = {what: number / councils for what, number in sorted(counted.items())}
    found["rows"] = (rows - before_rows) / councils
    found["bytes"] = (size - before_bytes) / councils
    return found


async def _size(database: Database, url: str) -> tuple[int, int]:
    def rows(connection: Connection) -> int:
        counts = [connection.scalar(select(func.count()).select_from(t)) for t in _TABLES]
        return sum(count or 0 for count in counts)

    def size(connection: Connection) -> int:
        if connection.dialect.name == "postgresql":
            words = "SELECT pg_database_size(current_database())"
        else:
            words = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        return connection.scalar(sa.text(words)) or 0

    return await database.read(rows), await database.read(size)


_TABLES = metadata.sorted_tables


async def called(made: Databases) -> dict[str, float]:
    """Return how often each of Slack's methods is called for a council, and how long it takes."""
    paces = zip(MEMBERS, _PACES_S, strict=True)
    scripts = {name: {"latency_s": pace} for name, pace in paces}
    chair = {"latency_s": 2.0, "pieces": 40, "pause_s": 0.2}
    with (
        model_server({"models": {**scripts, CHAIR: chair}}) as port,
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        configure(folder, f"http://127.0.0.1:{port}/v1")
        async with SlackServer() as slack:
            async with serving(Setup("sqlite"), made.new(), folder, slack, "bot"):
                channels = [slack.add_channel(f"channel-{each}") for each in range(_CHANNELS)]
                person = slack.add_person("kim")
                slack.calls.clear()
                began = asyncio.get_running_loop().time()
                for channel in channels:
                    await slack.command("Which one?", channel=channel, person=person)
                await slack.until(
                    lambda: all(channel.pins for channel in channels), patience_s=_PATIENCE_S
                )
                took_s = asyncio.get_running_loop().time() - began
    methods = Counter(call.method for call in slack.calls)
    found = {method: number / _CHANNELS for method, number in methods.most_common()}
    return {"seconds": took_s, **found}


def main() -> None:
    """Print all constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--councils", type=int, default=20)
    options = parser.parse_args()
    logs.configure("warning", [])
    with Machine() as machine:
        made = machine.databases(options.database)
        _tell("a council in the database", asyncio.run(stored(options.councils, made)))
        if options.database == "sqlite":
            _tell("a council in Slack", asyncio.run(called(made)))


def _tell(title: str, found: dict[str, float]) -> None:
    sys.stdout.write(f"{title}\n")
    for what, number in found.items():
        sys.stdout.write(f"  {what:<36}{number:>12,.1f}\n")


if __name__ == "__main__":
    main()
