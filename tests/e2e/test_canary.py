"""A workspace's own key is used, and found nowhere: at rest, in logs, in sentences, in exports."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from sqlalchemy import Connection, MetaData

from adapters.console.chat import ConsoleChat
from adapters.console.screen import BlankScreen
from bot import logs
from bot.app import App
from bot.composition.council import open_app, open_line
from bot.composition.team import open_team
from bot.composition.workspaces import open_workspaces
from bot.config import Seating, Settings
from bot.config.file import CouncilFile
from bot.domain import (
    Council,
    Deliberation,
    OwnProvider,
    Person,
    Place,
    PlaceSettings,
    Question,
    Seat,
    State,
)
from bot.errors import CouncilError
from bot.llm.guard import Guard
from bot.llm.http import open_http
from bot.llm.own import Lines
from bot.llm.rehearsal import CHAIRMAN, MEMBERS, RehearsalModels
from bot.storage.database import Database, open_database
from bot.storage.sealing import new_key
from bot.storage.team.exports import SqlExports
from bot.team.asking import Asking, Team
from bot.team.bringing import bring
from bot.team.settings.configuring import opened, save
from bot.team.settings.documents import to_toml
from bot.work.line import LineTerms
from bot.work.worker import Platform
from tests.fakes.certificates import certify
from tests.fakes.model_server import ModelServer, Script

CANARY = "canary/9f86d081+884c7d659a2feaa0c55ad015"
NAME = "models.example.com"
PLACE = Place("console", "local", "here")
WORKSPACE = replace(PLACE, channel="")
ADA = Person("U1", "Ada", is_admin=True)
STAND_INS = Council(tuple(Seat(name, name) for name in MEMBERS), Seat("Maple", CHAIRMAN))
SEATS = tuple(Seat(name, f"ours/{name}") for name in ("one", "two", "loud"))


@dataclass(frozen=True)
class Stack:
    """Everything that serves a workspace, put together as the program does."""

    app: App
    team: Team
    database: Database
    server: ModelServer

    @property
    def own(self) -> OwnProvider:
        address = f"https://{NAME}:{self.server.port}/v1"
        return OwnProvider("ours", "", datetime.now(UTC), address)

    async def ask(self) -> Deliberation:
        question = Question("Which database should we use?", PLACE, "Ada", asker_id="U1")
        asked = await Asking(self.app, self.team).ask(ADA, question, delivery="d1")
        await self.app.begin(asked)
        return await self.app.wait(asked.id)


@asynccontextmanager
async def open_stack(folder: Path, database_url: str) -> AsyncGenerator[Stack]:
    settings = Settings(
        data_dir=folder,
        database_url=database_url,
        log_level="debug",
        source=None,
        file=CouncilFile(),
        providers={},
        secret_key=new_key(),
    )
    logs.configure("debug", settings.keys)
    certificates = certify(folder, NAME)

    async def look_up(_: str) -> Sequence[str]:
        return ["127.0.0.1"]

    scripts = {
        "one": Script(),
        "two": Script(),
        "chair": Script(),
        "loud": Script(repeats_key=True),
    }
    async with (
        ModelServer(scripts, tls=certificates.server) as server,
        open_http() as plain,
        open_database(database_url) as database,
    ):
        guard = Guard(frozenset({server.port}), (ip_network("127.0.0.1/32"),), look_up)
        seating, models = Seating(STAND_INS), RehearsalModels()
        chat = ConsoleChat(folder / "console", BlankScreen(), PLACE)
        async with (
            open_http(guard=guard, tls=certificates.client) as guarded,
            open_workspaces(
                settings, database, seating, models, Lines(plain, guarded, guard)
            ) as workspaces,
            open_line(
                settings,
                database,
                workspaces.models_of,
                {"console": Platform(chat)},
                terms=LineTerms(10),
            ) as line,
        ):
            app = open_app(settings, database, line, ["console"])
            team = open_team(settings, database, seating, workspaces)
            yield Stack(app, team, database, server)


async def test_a_key_is_used_and_found_nowhere(
    tmp_path: Path, database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async with open_stack(tmp_path, database_url) as stack:
        said = [await bring(stack.team, ADA, PLACE.tenant, stack.own, CANARY)]
        said += await refusals(stack)
        said.append(await seat(stack))
        ended = await stack.ask()
        structlog.get_logger().info("a library repeats it", reply=f"no such key: {CANARY}")
        said += [repr(ended), *await kept(stack)]
        # The files as they lie there while the program runs, the write-ahead log with them.
        said += contents(tmp_path)
    said += contents(tmp_path)
    printed = capfd.readouterr()

    assert ended.state is State.DONE
    assert [failure.member for failure in ended.failures] == ["loud"]
    assert {one.headers["Authorization"] for one in stack.server.requests} == {f"Bearer {CANARY}"}
    assert "no such key: [key]" in printed.err
    for form in forms(CANARY):
        assert [text[:200] for text in (*said, printed.out, printed.err) if form in text] == []


async def seat(stack: Stack) -> str:
    """Seat the provider's models, and return what is said of it."""
    draft = await opened(stack.team, ADA, WORKSPACE)
    settings = PlaceSettings(members=SEATS, chairman=Seat("Chair", "ours/chair"))
    return repr(await save(stack.team, ADA, replace(draft, settings=settings)))


async def kept(stack: Stack) -> list[str]:
    """Return all that can be read or taken along of the workspace, and of the whole database."""
    tenant = PLACE.tenant
    exports = SqlExports(stack.database)
    workspace, _ = await stack.team.settings.at(WORKSPACE)
    return [
        repr(await stack.team.keys.all(tenant)),
        repr(await stack.team.settings.changes(WORKSPACE)),
        to_toml(workspace.settings),
        repr(await exports.holdings(tenant)),
        *[repr(one) async for one in exports.deliberations(tenant)],
        await stack.database.read(everything),
    ]


async def refusals(stack: Stack) -> list[str]:
    """Return what is said when the provider refuses the key and repeats it."""
    stack.server.accepted_keys = set()
    sentences: list[str] = []
    try:
        await bring(stack.team, ADA, PLACE.tenant, stack.own, CANARY)
    except CouncilError as error:
        structlog.get_logger().warning("refused", exc_info=True)
        sentences += [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]
    stack.server.accepted_keys = None
    assert "does not take this key" in sentences[0]
    return sentences


def contents(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [file.read_bytes().decode("latin-1") for file in files]


def everything(connection: Connection) -> str:
    """Return all rows of all tables, the engine's own too."""
    rows: list[str] = []
    for schema in (None, "dbos"):
        if schema is not None and connection.dialect.name == "sqlite":
            continue
        known = MetaData()
        known.reflect(connection, schema=schema)
        for table in known.sorted_tables:
            rows += map(repr, connection.execute(table.select()))
    assert any("ours" in row for row in rows)
    return "\n".join(rows)


def forms(key: str) -> set[str]:
    """Return a key as it is and as programs write it down."""
    plain = key.encode()
    return {key, quote(key, safe=""), plain.hex(), base64.b64encode(plain).decode().rstrip("=")}
