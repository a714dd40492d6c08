"""The ports for workspaces on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from bot.errors import StorageError
from bot.ports import Feedback, Installations, Pace, Pins, Records, Tickets
from bot.storage.database import Database
from bot.storage.records import SqlRecords
from bot.storage.sealing import Seal, new_key, parse_keys
from bot.storage.tables import feedback as feedback_table
from bot.storage.tables import installations as installations_table
from bot.storage.workspaces.feedback import SqlFeedback
from bot.storage.workspaces.installations import SqlInstallations
from bot.storage.workspaces.pace import SqlPace
from bot.storage.workspaces.pins import SqlPins
from bot.storage.workspaces.tickets import SqlTickets
from tests.contracts.workspaces import (
    ACME,
    FeedbackContract,
    InstallationsContract,
    PaceContract,
    PinsContract,
    TicketsContract,
)

SEAL = Seal(parse_keys(new_key()))


class TestSqlInstallations(InstallationsContract):
    @pytest.fixture
    def installations(self, database: Database) -> Installations:
        return SqlInstallations(database, SEAL)

    async def test_no_credential_lies_open(
        self, installations: Installations, database: Database
    ) -> None:
        await installations.save(ACME)

        def rows(connection: Connection) -> str:
            return str(connection.execute(select(installations_table)).all())

        assert "xoxb-secret" not in await database.read(rows)
        assert "xoxb-secret" not in repr(ACME)

    async def test_credentials_do_not_open_in_another_row(
        self, installations: Installations, database: Database
    ) -> None:
        await installations.save(ACME)

        def swap(connection: Connection) -> None:
            connection.execute(installations_table.update().values(workspace="T2"))

        await database.write(swap)

        with pytest.raises(StorageError, match="do not belong to their row"):
            await installations.find("slack", "T2")

    async def test_what_older_keys_sealed_is_sealed_anew(self, database: Database) -> None:
        old, new = new_key(), new_key()
        await SqlInstallations(database, Seal(parse_keys(old))).save(ACME)

        await SqlInstallations(database, Seal(parse_keys(f"{new},{old}"))).reseal("slack")

        with_new_alone = SqlInstallations(database, Seal(parse_keys(new)))
        assert await with_new_alone.find("slack", "T1") == ACME

    async def test_one_that_does_not_open_leaves_the_others(self, database: Database) -> None:
        await SqlInstallations(database, Seal(parse_keys(new_key()))).save(ACME)
        installations = SqlInstallations(database, SEAL)
        other = replace(ACME, workspace="T2")
        await installations.save(other)

        await installations.reseal("slack")

        assert await installations.all("slack") == (other,)


class TestSqlTickets(TicketsContract):
    @pytest.fixture
    def tickets(self, database: Database) -> Tickets:
        return SqlTickets(database)


class TestSqlPins(PinsContract):
    @pytest.fixture
    def pins(self, database: Database) -> Pins:
        return SqlPins(database)


class TestSqlFeedback(FeedbackContract):
    @pytest.fixture
    def records(self, database: Database) -> Records:
        return SqlRecords(database)

    @pytest.fixture
    def feedback(self, database: Database) -> Feedback:
        self.database = database
        return SqlFeedback(database)

    async def thumbs(self, feedback: Feedback, deliberation_id: str) -> dict[str, bool]:
        def read(connection: Connection) -> dict[str, bool]:
            rows = connection.execute(select(feedback_table))
            return {row.person: row.is_good for row in rows}

        return await self.database.read(read)


class TestSqlPace(PaceContract):
    @pytest.fixture
    def pace(self, database: Database) -> Pace:
        return SqlPace(database)
