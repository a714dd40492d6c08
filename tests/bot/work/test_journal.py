"""The log tells a deliberation's course: each moment once, by its id, and nothing that was said."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from structlog.testing import capture_logs

from bot.domain import Answer, State
from bot.domain.events import (
    AnswerArrived,
    DeliberationCancelled,
    DeliberationFailed,
    StageBegan,
)
from tests.bot.work.stage import Stage
from tests.fakes.council import WHOLE, Script
from tests.fakes.virtual import virtual

BEGUN = (StageBegan(State.ANSWERING), AnswerArrived(Answer("Ada", "42", "test/a", 0.1)))


@virtual
async def test_a_course_is_told_by_its_beginning_and_its_end() -> None:
    stage = Stage()
    await stage.ask()

    with capture_logs() as lines:
        await stage.run()

    taken, ended = lines
    assert taken == {"event": "taken", "log_level": "info", "deliberation": "d1", "epoch": 1}
    assert ended.pop("seconds") >= 0
    assert ended == {
        "event": "ended",
        "log_level": "info",
        "deliberation": "d1",
        "outcome": "done",
        "cost_usd": None,
    }


@virtual
async def test_a_run_after_another_one_is_told_as_such() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(*BEGUN)

    with capture_logs() as lines:
        await stage.run(*BEGUN, DeliberationFailed("Too few answers."))

    told = [(line["event"], line["deliberation"]) for line in lines]
    assert told == [("taken again", "d1"), ("ended", "d1")]
    assert lines[0]["epoch"] == 2
    assert lines[1]["outcome"] == "failed"


@virtual
async def test_a_cancellation_is_told_once() -> None:
    stage = Stage()
    await stage.ask()
    with capture_logs() as lines:
        run = asyncio.create_task(stage.worker(Script(*WHOLE[:4], asyncio.Event())).run("d1"))
        await asyncio.sleep(1)

        taken = await stage.records.take_up("d1")
        await stage.records.save(taken, [DeliberationCancelled()])
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run

    assert [line["outcome"] for line in lines if line["event"] == "ended"] == ["cancelled"]


@virtual
async def test_a_message_that_is_given_up_is_told_without_its_authors_name() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.gates["post", "answer:Ada"] = asyncio.Event()

    with capture_logs() as lines:
        await stage.run()

    assert [line for line in lines if line["event"] == "post given up"] == [
        {
            "event": "post given up",
            "log_level": "warning",
            "deliberation": "d1",
            "slot": "answer",
            "reason": "The chat platform did not confirm the message.",
        }
    ]
