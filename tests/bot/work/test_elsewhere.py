"""What a process does about deliberations that others run."""

from __future__ import annotations

import asyncio

from bot.domain import Ahead
from bot.domain.events import SynthesisReady
from bot.work.elsewhere import Elsewhere
from tests.contracts.work import note_cancelled
from tests.fakes.council import SYNTHESIS, deliberation
from tests.fakes.records import FakeRecords
from tests.fakes.turns import FakeTurns
from tests.fakes.virtual import virtual


class House:
    """What is on record, and a process that leaves it to others."""

    def __init__(self) -> None:
        self.records = FakeRecords()
        self.turns = FakeTurns(self.records)
        self.work = Elsewhere(self.turns)


@virtual
async def test_a_question_is_left_waiting() -> None:
    house = House()
    new = await house.records.create(deliberation("d1"))

    await house.work.start(new)
    await house.work.cancel("d1")

    turn = await house.turns.find("d1")
    assert turn is not None
    assert turn.taken_by is None
    assert await house.work.recover() == ()


@virtual
async def test_a_question_is_waited_for_until_its_run_is_over() -> None:
    house = House()
    new = await house.records.create(deliberation("d1"))
    waiting = asyncio.create_task(house.work.wait("d1"))

    await asyncio.sleep(10)
    await house.turns.take(["console"], "worker", 1)
    await house.records.save(new, [SynthesisReady(SYNTHESIS)])
    await asyncio.sleep(10)
    was_over = waiting.done()
    await house.turns.release("d1")
    async with asyncio.timeout(1):
        await waiting

    assert not was_over


@virtual
async def test_what_was_cancelled_before_it_began_needs_no_wait() -> None:
    house = House()
    await house.records.create(deliberation("d1"))

    await note_cancelled(house.records, "d1")
    await house.work.wait("d1")
    await house.work.wait("nobody")


@virtual
async def test_who_waits_hears_how_many_are_before() -> None:
    house = House()
    for number in range(3):
        await house.records.create(deliberation(f"d{number}"))

    assert await house.work.ahead("d2") == Ahead(2, 2, 2)
