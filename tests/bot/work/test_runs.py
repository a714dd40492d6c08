from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
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


@pytest.mark.parametrize("is_known", [False, True], ids=["before", "at the start"])
@virtual
async def test_a_run_that_is_stopped_before_it_began_only_says_goodbye(*, is_known: bool) -> None:
    run = LocalRun(RunId("d1", 0))
    done: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(0)
            done.append("worked")
        except asyncio.CancelledError:
            done.append("goodbye")
            raise

    if is_known:
        # It is there, but its first step is still to come.
        asyncio.get_running_loop().call_soon(run.stop)
    else:
        run.stop()
    with suppress(asyncio.CancelledError):
        await run.perform(work())

    assert done == ["goodbye"]
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
