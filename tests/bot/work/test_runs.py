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
        await run.perform(asyncio.create_task(work()))

    assert done == []
    assert run.ended.is_set()


@virtual
async def test_a_goodbye_that_never_ends_is_left_alone_in_the_end() -> None:
    run = LocalRun(RunId("d1", 0))

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    performing = asyncio.create_task(run.perform(task))
    await asyncio.sleep(1)
    performing.cancel()
    await asyncio.sleep(1)
    performing.cancel()
    with suppress(asyncio.CancelledError):
        await performing
    took = asyncio.get_running_loop().time()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    assert took == 11
