"""The constants of a council that docs/capacity.md counts with: `python -m tests.bench.constants`.

`[--database sqlite|postgres] [--councils 20]`: statements, commits, rows and bytes in the database,
of four members and a review each, and connections to a server. On SQLite also the calls to Slack
and to Discord at their real pace, of three members and a chairman who write for some seconds as
models do.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, event, func, select

from bot import logs
from bot.storage.database import Database
from bot.storage.tables import metadata
from tests.adapters.serving import environment, program
from tests.adapters.stage import CHAIR, MEMBERS
from tests.bench.databases import Databases
from tests.bench.processes import model_server
from tests.bench.service import configure, serving
from tests.bench.setups import Machine, Setup
from tests.bench.whole_councils import Spec, hold, opened
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.records import Channel
from tests.fakes.discord.server import DiscordServer
from tests.fakes.slack.server import SlackServer
from tests.launcher import start_python

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
            before_rows, before_bytes = await _size(database)
            with Counted() as counted:
                await hold(spec, app, database)
            rows, size = await _size(database)
            connections = await database.read(_connections)
    found = {what: number / councils for what, number in sorted(counted.items())}
    found["connections of the process"] = connections
    found["rows"] = (rows - before_rows) / councils
    found["bytes"] = (size - before_bytes) / councils
    return found


async def _size(database: Database) -> tuple[int, int]:
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


def _connections(connection: Connection) -> float:
    if connection.dialect.name != "postgresql":
        return 0
    words = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    return connection.scalar(sa.text(words)) or 0


_TABLES = metadata.sorted_tables


@contextmanager
def _models(folder: Path) -> Generator[None]:
    """Run models that take their time, and write the settings for them."""
    members = zip(MEMBERS, _PACES_S, strict=True)
    scripts = {name: {"latency_s": pace} for name, pace in members}
    chair = {"latency_s": 2.0, "pieces": 40, "pause_s": 0.2}
    with model_server({"models": {**scripts, CHAIR: chair}}) as port:
        configure(folder, f"http://127.0.0.1:{port}/v1")
        yield


async def in_slack(database: str, folder: Path) -> dict[str, float]:
    """Return how often each of Slack's methods is called for a council, and what that takes."""
    async with (
        SlackServer() as slack,
        serving(Setup("sqlite"), database, folder, slack, "bot"),
    ):
        channels = [slack.add_channel(f"channel-{each}") for each in range(_CHANNELS)]
        kim = slack.add_person("kim")
        slack.calls.clear()
        began = time.monotonic()
        for channel in channels:
            await slack.command("Which one?", channel=channel, person=kim)
        await slack.until(lambda: all(each.pins for each in channels), patience_s=_PATIENCE_S)
        return _each((call.method for call in slack.calls), time.monotonic() - began)


async def in_discord(database: str, folder: Path) -> dict[str, float]:
    """Return how often each of Discord's routes is called for a council, and what that takes."""
    async with DiscordServer() as discord:
        discord.allowed_intents = Intent.MESSAGE_CONTENT
        guild = discord.add_guild("server")
        ada = discord.add_person("Ada", guild=guild)
        channels = [discord.add_channel(f"c-{each}", guild=guild) for each in range(_CHANNELS)]
        settings = {
            **environment(folder),
            "COUNCIL_DATABASE_URL": database,
            "COUNCIL_DISCORD_API_URL": discord.api_url,
            "COUNCIL_DISCORD_GATEWAY_URL": discord.gateway_url,
            "DISCORD_TOKEN": discord.token,
        }
        async with program(start_python, "bot", folder, settings):
            discord.calls.clear()
            began = time.monotonic()
            for channel in channels:
                options = {"question": "Which one?"}
                await discord.command("council", "ask", options, channel=channel, person=ada)
            await discord.until(lambda: _pins(channels), patience_s=_PATIENCE_S)
            return _each((call.route for call in discord.calls), time.monotonic() - began)


def _pins(channels: Sequence[Channel]) -> bool:
    threads = [one.thread for channel in channels for one in channel.shown]
    return sum(bool(thread.pins) for thread in threads if thread is not None) == len(channels)


def _each(calls: Iterable[str], took_s: float) -> dict[str, float]:
    counted = Counter(calls)
    found = {call: number / _CHANNELS for call, number in counted.most_common()}
    return {"seconds": took_s, "calls": counted.total() / _CHANNELS, **found}


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
            for name, hold_there in (("Slack", in_slack), ("Discord", in_discord)):
                with tempfile.TemporaryDirectory() as folder, _models(Path(folder)):
                    found = asyncio.run(hold_there(made.new(), Path(folder)))
                _tell(f"a council in {name}", found)


def _tell(title: str, found: dict[str, float]) -> None:
    sys.stdout.write(f"{title}\n")
    for what, number in found.items():
        sys.stdout.write(f"  {what:<36}{number:>12,.1f}\n")


if __name__ == "__main__":
    main()
