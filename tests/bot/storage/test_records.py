"""Records on both databases, and the fake that stands for them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.domain import Answer, State
from bot.domain.events import AnswerRevised, StageBegan
from bot.ports import Outbox, Records
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.storage.tables import answers, councils, deliberations
from tests.contracts.outbox import OutboxContract
from tests.contracts.records import RecordsContract, a_deliberation, a_synthesis, an_answer
from tests.fakes.records import FakeOutbox, FakeRecords


class TestSqlRecords(RecordsContract, OutboxContract):
    """On SQLite and PostgreSQL."""

    @pytest.fixture
    def records(self, database: Database) -> Records:
        return SqlRecords(database)

    @pytest.fixture
    def outbox(self, database: Database) -> Outbox:
        return SqlOutbox(database)


class TestFakeRecords(RecordsContract, OutboxContract):
    """In memory."""

    @pytest.fixture
    def records(self) -> FakeRecords:
        return FakeRecords()

    @pytest.fixture
    def outbox(self, records: FakeRecords) -> Outbox:
        return FakeOutbox(records)


async def test_a_council_is_stored_once_for_all_its_deliberations(database: Database) -> None:
    records = SqlRecords(database)

    for _ in range(3):
        await records.create(a_deliberation())

    stored = await database.read(lambda connection: connection.execute(select(councils)).all())
    assert len(stored) == 1


async def test_the_first_answer_stays_beside_the_revised_one(database: Database) -> None:
    records = SqlRecords(database)
    new = await records.create(a_deliberation())
    revised = Answer("Ada", "It scatters light.", "work/a", 0.5, revised_because="unclear")

    await records.save(new, [an_answer(), AnswerRevised(revised)])

    texts = await database.read(lambda connection: connection.scalars(select(answers.c.text)).all())
    assert set(texts) == {"It scatters.", "It scatters light."}


async def test_the_end_of_a_deliberation_has_a_time_until_it_is_reopened(
    database: Database,
) -> None:
    records = SqlRecords(database)
    new = await records.create(a_deliberation())

    async def ended() -> bool:
        moment = select(deliberations.c.ended_at)
        return await database.read(lambda connection: connection.scalar(moment)) is not None

    await records.save(new, [StageBegan(State.ANSWERING)])
    assert not await ended()
    await records.save(new, [a_synthesis()])
    assert await ended()
    await records.take_up(new.id, is_fresh=True)
    assert not await ended()
