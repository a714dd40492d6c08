"""What every older version kept is there after the upgrade, and after going back.

The rows beside this file were written by those versions themselves: a council that ended, and one
whose process was killed. A table that they left empty is given a row of any values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData

from bot.domain import Deliberation, FailureKind, State
from bot.domain.events import DeliberationFailed
from bot.errors import NotFound
from bot.storage.database import open_database
from bot.storage.migrate import go_back, migrate
from bot.storage.records import SqlRecords
from bot.storage.tables import REVISION
from bot.storage.team_tables import metadata
from bot.storage.upgrade import upgrade
from tests.bot.storage.transaction import Transaction

_FOLDER = Path(__file__).parent / "released"
RELEASED = sorted(path.stem for path in _FOLDER.glob("*.json"))

Row = dict[str, object]
Rows = dict[str, list[Row]]


def test_every_older_version_has_its_rows() -> None:
    assert [*RELEASED, REVISION] == [f"{number:04}" for number in range(1, len(RELEASED) + 2)]


@pytest.mark.parametrize("revision", RELEASED)
async def test_what_an_older_version_kept_outlives_the_way_up_and_down(
    empty_database_url: str, revision: str
) -> None:
    url = empty_database_url
    with Transaction(url) as connection:
        upgrade(connection, revision)
        _fill(connection, json.loads((_FOLDER / f"{revision}.json").read_text()))
    before = _rows(url)

    migrate(url)

    with Transaction(url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    interrupted = await _read_both(url)
    go_back(url, revision)
    assert _rows(url) == before
    migrate(url)
    await _end(url, interrupted)


async def _read_both(url: str) -> Deliberation:
    """Read the council that ended, and return the one whose process was killed."""
    async with open_database(url) as database:
        records = SqlRecords(database)
        interrupted, done = [
            await records.load(known.id) for known in await records.search(limit=9)
        ]
    assert (done.state, interrupted.state.is_final) == (State.DONE, False)
    assert done.question.text == "Which colour suits a bikeshed?"
    assert done.synthesis is not None
    assert len(done.reviews) == len(done.council.members) == 3
    assert interrupted.answers
    return interrupted


async def _end(url: str, interrupted: Deliberation) -> None:
    """Go on with a council of an older version to its end."""
    async with open_database(url) as database:
        records = SqlRecords(database)
        taken = await records.take_up(interrupted.id)
        await records.save(taken, [DeliberationFailed("Enough.")])
        ended = await records.load(interrupted.id)
    assert ended.state is State.FAILED
    assert ended.answers == interrupted.answers


@pytest.mark.parametrize("revision", ["0815", "base", "-1", ""])
def test_a_version_that_never_was_is_not_gone_back_to(sqlite_url: str, revision: str) -> None:
    with pytest.raises(NotFound, match=f"no older version '{revision}' of the tables"):
        go_back(sqlite_url, revision)


def _fill(connection: Connection, rows: Mapping[str, list[Row]]) -> None:
    known = MetaData()
    known.reflect(connection)
    deliberation_id = rows["deliberations"][0]["id"]
    for table in known.sorted_tables:
        if table.name == "alembic_version":
            continue
        any_row = {column.name: _any(column, deliberation_id) for column in table.columns}
        for row in rows.get(table.name, [any_row]):
            values = {name: _read(value) for name, value in row.items()}
            connection.execute(table.insert().values(values))


def _read(value: object) -> object:
    """Read what JSON has no word for."""
    match value:
        case {"time": str(moment)}:
            return datetime.fromisoformat(moment).replace(tzinfo=UTC)
        case {"bytes": str(digits)}:
            return bytes.fromhex(digits)
        case _:
            return value


def _any(column: Column[object], deliberation_id: object) -> object:
    named = {"deliberation_id": deliberation_id, "kind": FailureKind.TIMED_OUT.value}
    if column.name in named:
        return named[column.name]
    kind = column.type.python_type
    examples: dict[type, object] = {
        str: "Zoë",
        int: 7,
        float: 0.5,
        bool: True,
        bytes: b"\0\xff",
        datetime: datetime(2026, 11, 29, 12, tzinfo=UTC),
    }
    return examples[kind]


def _rows(url: str) -> Rows:
    """Return all rows of all tables, in an order that depends on nothing but them."""
    known = MetaData()
    with Transaction(url) as connection:
        known.reflect(connection)
        return {
            table.name: sorted(
                (dict(row) for row in connection.execute(table.select()).mappings()), key=repr
            )
            for table in known.sorted_tables
            if table.name != "alembic_version"
        }
