"""The course of a deliberation, from the answers to the synthesis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.council import consensus
from bot.council.conclusion import conclude, conclude_alone
from bot.council.stages import (
    drop,
    gather_answers,
    gather_reviews,
    gather_revisions,
    raise_objection,
)
from bot.council.table import Stragglers, Table, dismiss
from bot.domain import Confidence, Deliberation, FailureKind, Mode, State
from bot.domain.events import DeliberationFailed, Event, StageBegan
from bot.ports import Models

# Nothing is wrong with models that were not asked.
_BY_WILL = frozenset({FailureKind.HALTED, FailureKind.OVER_BUDGET})


async def deliberate(
    deliberation: Deliberation, models: Models, *, is_streaming_answers: bool = False
) -> AsyncGenerator[Event, None]:
    """Yield what happens until there is a final answer or a failure.

    What the deliberation holds already is not asked again: to resume after a crash, call this with
    the saved one. Model failures become events; nothing is raised but programming errors. Close
    the generator to stop all calls.
    """
    table = Table(deliberation, models, is_streaming_answers=is_streaming_answers)
    course = asyncio.create_task(_run(table))
    course.add_done_callback(lambda _: table.close())
    try:
        async with aclosing(table.events()) as events:
            async for event in events:
                yield event
        await course
    finally:
        await dismiss([course])


async def _run(table: Table) -> None:
    stragglers: Stragglers = {}
    try:
        if table.deliberation.state in (State.QUEUED, State.ANSWERING):
            table.tell(StageBegan(State.ANSWERING))
            stragglers = await gather_answers(table)
        if _is_review_due(table):
            await _review(table)
        await drop(table, stragglers)
    finally:
        await dismiss(stragglers)
    await _conclude(table)


async def _review(table: Table) -> None:
    table.is_reviewing = True
    table.tell(StageBegan(State.REVIEWING))
    if table.deliberation.standings is None:
        await gather_reviews(table)
    standings = table.deliberation.standings
    is_contested = standings is not None and standings.confidence is Confidence.CONTESTED
    if is_contested and table.council.is_revising:
        await gather_revisions(table)
    if _is_unanimous(table) and table.deliberation.objection is None:
        await raise_objection(table)


async def _conclude(table: Table) -> None:
    answers = len(table.answers)
    if not answers:
        table.tell(DeliberationFailed(_why_nobody(table.deliberation)))
    elif answers == 1:
        conclude_alone(table)
    else:
        table.tell(StageBegan(State.SYNTHESISING))
        await conclude(table)


def _why_nobody(deliberation: Deliberation) -> str:
    """Say why there is no answer: no model may be asked any more, or all members failed."""
    failures = [failed.failure for failed in deliberation.failures]
    if failures and all(failure.kind in _BY_WILL for failure in failures):
        return failures[0].sentence
    seats = len(deliberation.council.members)
    who = (
        "The only member did not answer" if seats == 1 else f"None of the {seats} members answered"
    )
    return f"{who}, so there is no answer. `council doctor` checks the models."


def _is_review_due(table: Table) -> bool:
    """Skip the review in fast mode, without two answers, once over, and on one exact answer."""
    if table.council.mode is Mode.FAST or len(table.answers) < 2:  # noqa: PLR2004  a comparison takes two
        return False
    if table.deliberation.state is State.SYNTHESISING:
        return False
    return table.council.mode is Mode.THOROUGH or not _is_unanimous(table)


def _is_unanimous(table: Table) -> bool:
    return consensus.is_unanimous(table.deliberation.answers, table.checks)
