"""What an observer is told of deliberations and posts, seen through the figures that it keeps."""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, generate_latest

from bot.domain import Deliberation, Failure, FailureKind
from bot.domain.events import DeliberationCancelled, DeliberationFailed, MemberFailed
from bot.errors import ChatBusy, ChatRefused, ChatUnclear
from bot.metrics.work import WorkMeters
from tests.bot.work.stage import Stage
from tests.fakes.chat import FakeChat
from tests.fakes.council import SLOTS, WHOLE, Step
from tests.fakes.virtual import virtual
from tests.scraping import Figures

SILENT = MemberFailed("Bob", Failure(FailureKind.TIMED_OUT, "Bob did not answer."))


class Observed(Stage):
    """A worker whose figures are read."""

    def __init__(self, chat: FakeChat | None = None) -> None:
        super().__init__(chat)
        self.registry = CollectorRegistry()
        self.observer = WorkMeters(self.registry)

    async def asked(self, *steps: Step) -> Deliberation:
        await self.ask()
        return await self.run(*steps)

    def figures(self) -> Figures:
        return Figures(generate_latest(self.registry).decode())


def ends(figures: Figures) -> dict[str, float]:
    outcomes = ("done", "failed", "cancelled")
    name = "council_deliberations_ended_total"
    return {each: figures.value(name, platform="console", outcome=each) for each in outcomes}


@virtual
async def test_a_council_counts_once_with_its_stages_and_posts() -> None:
    stage = Observed()

    await stage.asked(*WHOLE)

    figures = stage.figures()
    assert ends(figures) == {"done": 1, "failed": 0, "cancelled": 0}
    for name in ("answering", "reviewing", "synthesising"):
        assert figures.value("council_stage_seconds_count", stage=name) == 1
    assert figures.value("council_deliberation_seconds_count", outcome="done") == 1
    assert figures.value("council_first_answer_seconds_count") == 1
    assert figures.value("council_post_seconds_count", platform="console") == len(SLOTS)
    assert figures.value("council_posts_given_up_total") == 0


@virtual
async def test_a_member_without_an_answer_counts_by_why() -> None:
    stage = Observed()

    await stage.asked(SILENT, DeliberationFailed("Nobody answered."))

    figures = stage.figures()
    assert ends(figures) == {"done": 0, "failed": 1, "cancelled": 0}
    assert figures.value("council_member_failures_total", kind="timed_out") == 1


@virtual
async def test_a_run_that_breaks_counts_as_failed_once() -> None:
    stage = Observed()

    await stage.asked(RuntimeError("a bug"))

    assert ends(stage.figures()) == {"done": 0, "failed": 1, "cancelled": 0}


@virtual
async def test_a_deliberation_that_was_cancelled_counts_as_such() -> None:
    stage = Observed()
    await stage.ask()
    go_on = asyncio.Event()
    run = asyncio.create_task(stage.run(*WHOLE[:5], go_on, *WHOLE))
    await asyncio.sleep(1)

    taken = await stage.records.take_up("d1")
    await stage.records.save(taken, [DeliberationCancelled()])
    go_on.set()
    await run

    assert ends(stage.figures()) == {"done": 0, "failed": 0, "cancelled": 1}


@virtual
async def test_one_that_was_cancelled_while_nobody_ran_it_counts_as_well() -> None:
    stage = Observed()
    await stage.ask()
    taken = await stage.records.take_up("d1")
    await stage.records.save(taken, [DeliberationCancelled()])

    await stage.run()

    assert ends(stage.figures()) == {"done": 0, "failed": 0, "cancelled": 1}


@virtual
async def test_a_cancellation_whose_showing_is_interrupted_counts_once() -> None:
    stage = Observed()
    await stage.ask()
    await stage.interrupt(*WHOLE[:5])
    taken = await stage.records.take_up("d1")
    await stage.records.save(taken, [DeliberationCancelled()])
    stage.chat.gates["edit", "root"] = asyncio.Event()
    run = asyncio.create_task(stage.run())
    await asyncio.sleep(1)

    run.cancel()
    await asyncio.wait({run})

    assert run.cancelled()
    assert ends(stage.figures()) == {"done": 0, "failed": 0, "cancelled": 1}


@virtual
async def test_a_council_that_ended_before_is_not_counted_again() -> None:
    stage = Observed()
    await stage.asked(*WHOLE)

    await stage.run()

    assert ends(stage.figures())["done"] == 1


@virtual
async def test_a_post_counts_as_late_as_the_platform_made_it() -> None:
    stage = Observed()
    stage.chat.break_next("post", ChatBusy("Too many messages.", retry_after_s=7))

    await stage.asked(*WHOLE)

    figures = stage.figures()
    assert figures.value("council_post_seconds_sum") >= 7
    assert figures.value("council_post_retries_total", platform="console", reason="busy") == 1


@virtual
async def test_a_call_that_broke_off_counts_as_such() -> None:
    stage = Observed()
    stage.chat.break_next("post", ChatUnclear("No answer."))

    await stage.asked(*WHOLE)

    assert stage.figures().value("council_post_retries_total", reason="broken_off") == 1


@virtual
async def test_the_final_answer_is_due_when_it_stands_and_not_when_its_message_is_planned() -> None:
    stage = Observed()

    await stage.asked(*WHOLE[:11], 15, WHOLE[13])

    figures = stage.figures()
    assert figures.value("council_stage_seconds_sum", stage="synthesising") == 15
    assert figures.value("council_post_seconds_sum") == 0


@virtual
async def test_posts_that_are_given_up_count_by_why() -> None:
    stage = Observed()
    stage.chat.break_next("post", ChatRefused("The channel is archived."))

    await stage.asked(*WHOLE)

    name, figures = "council_posts_given_up_total", stage.figures()
    assert figures.value(name, platform="console", reason="refused") == 1
    assert figures.value(name, reason="no_thread") == len(SLOTS) - 2
    assert "archived" not in figures.text
