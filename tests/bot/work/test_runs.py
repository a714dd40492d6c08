from __future__ import annotations

import asyncio
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from bot.work.runs import LocalRun, RunId, takeovers
from tests.fakes.virtual import virtual

RUN_IDS = st.builds(
    RunId, st.sampled_from(["d1", "d2", "d10"]), st.integers(0, 3), st.integers(0, 6)
)


@given(RUN_IDS)
def test_a_run_is_read_back_from_its_name(run: RunId) -> None:
    assert RunId.parse(str(run)) == run


@given(st.lists(RUN_IDS), st.lists(RUN_IDS))
def test_each_dead_deliberation_gets_one_run_unless_it_has_a_living_one(
    dead: list[RunId], living: list[RunId]
) -> None:
    taken = takeovers(dead, living)

    deliberations = [run.deliberation_id for run in taken]
    expected = {run.deliberation_id for run in dead} - {run.deliberation_id for run in living}
    assert sorted(deliberations) == sorted(expected)


def test_the_latest_run_is_the_one_that_goes_on() -> None:
    dead = [RunId("d1", 2, 0), RunId("d1", 2, 1), RunId("d1", 0, 4)]

    assert takeovers(dead, []) == (RunId("d1", 2, 2),)


@virtual
async def test_a_run_that_was_stopped_before_it_began_does_nothing() -> None:
    run = LocalRun(RunId("d1", 0))
    done: list[str] = []

    async def work() -> None:
        done.append("worked")

    run.stop()
    with suppress(asyncio.CancelledError):
        await run.perform(work())

    assert done == []
    assert run.ended.is_set()


@virtual
async def test_a_run_is_not_stopped_again_while_it_says_goodbye() -> None:
    run = LocalRun(RunId("d1", 0))
    said: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(2)
            said.append("goodbye")

    performing = asyncio.create_task(run.perform(work()))
    await asyncio.sleep(1)
    run.stop()
    await asyncio.sleep(1)
    run.stop()
    with suppress(asyncio.CancelledError):
        await performing

    assert said == ["goodbye"]
    assert performing.cancelled()
