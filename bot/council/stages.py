"""The stages before the synthesis: who is asked what, and what comes of it.

Each stage skips what the deliberation holds already, so that a resumed run asks nothing twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.council import prompts
from bot.council.anonymity import Disguise, disguise, draw
from bot.council.answers import parse_answer
from bot.council.ranking import standings
from bot.council.reviews import Parsed, parse_review, uphold
from bot.council.table import EMPTY, Ask, Heard, Stragglers, Table, dismiss
from bot.domain import (
    Answer,
    Ballot,
    Failure,
    FailureKind,
    Mode,
    ModelCall,
    Review,
    Seat,
    Standings,
)
from bot.domain.events import (
    AnswerArrived,
    AnswerPiece,
    AnswerRevised,
    CallsUsed,
    CallsWasted,
    MemberFailed,
    ObjectionRaised,
    ReviewArrived,
    StandingsReady,
)
from bot.errors import ModelError

# The whole deadline is shared out so that each stage leaves time for those behind it.
ANSWERS_UNTIL = 0.5
REVIEWS_UNTIL = 0.75
REVISION_UNTIL = 0.85


@dataclass(frozen=True, slots=True)
class Ending:
    """When a stage is over: `done_s` are the latencies of what an earlier run brought."""

    purpose: str
    until: float
    done_s: Sequence[float]


async def gather_answers(table: Table) -> Stragglers:
    """Ask all members at once; return those who are still writing when the others go on."""
    known = {*table.answers, *(failed.member for failed in table.deliberation.failures)}
    waiting = {
        asyncio.create_task(_answer(table, seat)): seat.name
        for seat in table.council.members
        if seat.name not in known
    }
    done_s = [answer.latency_s for answer in table.answers.values()]
    try:
        return await table.settle(waiting, table.until(ANSWERS_UNTIL), done_s=done_s)
    except BaseException:
        await dismiss(waiting)
        raise


async def drop(table: Table, stragglers: Stragglers) -> None:
    """Give up on members who are still writing, and on those whom a restart cut off."""
    await dismiss(stragglers)
    failed = {failed.member for failed in table.deliberation.failures}
    for seat in table.council.members:
        if seat.name not in table.answers and seat.name not in failed:
            is_waiting = seat.name in stragglers.values()
            failure = _too_late(table, seat.model) if is_waiting else _cut_off(seat.model)
            table.tell(MemberFailed(seat.name, failure, (_lost_call(table, seat, "answer"),)))


async def gather_reviews(table: Table) -> None:
    """Ask every member that answered in time for its review, in thorough mode twice, and count."""
    members = [answer.member for answer in table.answers.values() if not answer.is_late]
    turns = (0, 1) if table.council.mode is Mode.THOROUGH else (0,)
    have = {(review.reviewer, review.turn) for review in table.deliberation.reviews}
    tasks = {
        asyncio.create_task(_review(table, members, member, turn)): member
        for member in members
        for turn in turns
        if (member, turn) not in have
    }
    done_s = [review.latency_s for review in table.deliberation.reviews]
    await _finish(table, tasks, Ending("review", table.until(REVIEWS_UNTIL), done_s))
    table.tell(StandingsReady(_counted(table, members)))


async def gather_revisions(table: Table) -> None:
    """Let every reviewed member look at the others' answers; only a named error changes one."""
    answers = table.answers.values()
    done_s = [answer.latency_s for answer in answers if answer.revised_because]
    tasks = {asyncio.create_task(_revise(table, member)): member for member in _unrevised(table)}
    await _finish(table, tasks, Ending("revision", table.until(REVISION_UNTIL), done_s))


async def raise_objection(table: Table) -> None:
    """Have one member argue against a unanimous answer."""
    member = draw(table.deliberation, table.answers, "advocate")
    shown = disguise(table.deliberation, table.answers, reader=f"{member} objects")
    prompt = prompts.objection(table.brief, shown)
    ask = Ask(prompt, "objection", table.until(REVISION_UNTIL))
    try:
        heard = await table.hear(_as_answered(table, member), ask)
    except ModelError as error:
        table.tell(CallsWasted(member, "objection", error.failure, error.calls))
        return
    answer = parse_answer(heard.text, member=member, model=heard.model, latency_s=heard.latency_s)
    if answer is None:
        table.tell(CallsUsed(member, "objection", heard.calls))
        return
    objection = replace(answer, text=shown.reveal(answer.text))
    table.tell(ObjectionRaised(objection, heard.calls))


async def _answer(table: Table, seat: Seat) -> float | None:
    def on_piece(text: str) -> None:
        table.tell(AnswerPiece(seat.name, text))

    prompt = prompts.answer(table.deliberation, seat)
    ask = Ask(prompt, "answer", table.until(ANSWERS_UNTIL))
    try:
        heard = await table.hear(
            seat, ask, on_piece=on_piece if table.is_streaming_answers else None
        )
    except ModelError as error:
        table.tell(MemberFailed(seat.name, error.failure, error.calls))
        return None
    answer = _parsed_answer(heard, seat.name)
    if answer is None:
        table.tell(MemberFailed(seat.name, EMPTY, heard.calls))
        return None
    is_late = table.is_reviewing or table.deliberation.standings is not None
    answer = replace(answer, is_late=is_late, revised_because=None)
    table.tell(AnswerArrived(answer, heard.calls))
    return heard.latency_s


async def _review(table: Table, members: Sequence[str], reviewer: str, turn: int) -> float | None:
    shown = disguise(table.deliberation, members, reader=reviewer, turn=turn)
    ask = Ask(
        prompt=prompts.review(table.brief, shown),
        purpose="review",
        until=table.until(REVIEWS_UNTIL),
        schema=prompts.review_schema(tuple(shown.names)),
    )
    try:
        heard = await table.hear(_as_answered(table, reviewer), ask)
    except ModelError as error:
        table.tell(CallsWasted(reviewer, "review", error.failure, error.calls))
        return None
    parsed, calls = _parsed_review(table, shown, reviewer, heard), heard.calls
    try:
        if parsed.ballot is None:
            ballot, more = await _mended(table, shown, reviewer, _repair(table, shown, ask, heard))
            parsed, calls = replace(parsed, ballot=ballot), calls + more
    finally:  # also if the wait for the mending is cut short
        table.tell(ReviewArrived(_as_review(reviewer, turn, heard, parsed), calls))
    return heard.latency_s


async def _mended(
    table: Table, shown: Disguise, reviewer: str, ask: Ask
) -> tuple[Ballot | None, tuple[ModelCall, ...]]:
    """Ask once more for a ballot that could not be read."""
    try:
        heard = await table.hear(_as_answered(table, reviewer), ask)
    except ModelError as error:
        return None, error.calls
    return _parsed_review(table, shown, reviewer, heard).ballot, heard.calls


def _repair(table: Table, shown: Disguise, ask: Ask, heard: Heard) -> Ask:
    return replace(ask, prompt=prompts.repair(table.deliberation, shown, heard.text))


def _as_review(reviewer: str, turn: int, heard: Heard, parsed: Parsed) -> Review:
    return Review(
        reviewer=reviewer,
        text=parsed.text,
        model=heard.model,
        latency_s=heard.latency_s,
        turn=turn,
        ballot=parsed.ballot,
        flags=parsed.flags,
        appraisals=parsed.appraisals,
    )


def _unrevised(table: Table) -> list[str]:
    """Return who is still to be asked: not those who, in an earlier run, kept their answer.

    Calls are known by model, so seats that share one are asked until as many calls were made.
    """
    answers = [answer for answer in table.answers.values() if not answer.is_late]
    heard = [c for c in table.deliberation.calls if c.purpose == "revision" and c.failure is None]
    kept = Counter(call.model for call in heard)
    kept.subtract(answer.model for answer in answers if answer.revised_because)
    waiting = [answer for answer in answers if not answer.revised_because]
    seats = Counter(answer.model for answer in waiting)
    return [answer.member for answer in waiting if kept[answer.model] < seats[answer.model]]


async def _revise(table: Table, member: str) -> float | None:
    others = [answer.member for answer in table.answers.values() if answer.member != member]
    shown = disguise(table.deliberation, others, reader=f"{member} revises")
    prompt = prompts.revision(table.brief, table.seat(member), shown)
    ask = Ask(prompt, "revision", table.until(REVISION_UNTIL))
    try:
        heard = await table.hear(_as_answered(table, member), ask)
    except ModelError as error:
        table.tell(CallsWasted(member, "revision", error.failure, error.calls))
        return None
    revised = _parsed_answer(heard, member)
    if revised is None or revised.revised_because is None:
        table.tell(CallsUsed(member, "revision", heard.calls))
    else:
        table.tell(AnswerRevised(_revealed(revised, shown), heard.calls))
    return heard.latency_s


async def _finish(table: Table, tasks: Stragglers, ending: Ending) -> None:
    """Wait as for answers, then give up on the rest: nobody joins a count that is over."""
    try:
        left = await table.settle(tasks, ending.until, done_s=ending.done_s)
    finally:
        await dismiss(tasks)
    for member, number in Counter(left.values()).items():
        seat = _as_answered(table, member)
        calls = (_lost_call(table, seat, ending.purpose),) * number
        table.tell(CallsWasted(member, ending.purpose, _too_late(table, seat.model), calls))


def _counted(table: Table, members: Sequence[str]) -> Standings:
    """Count the ballots; a member's two passes share its one vote."""
    reviews = table.deliberation.reviews
    ballots = [review.ballot for review in reviews if review.ballot is not None]
    passes = Counter(ballot.reviewer for ballot in ballots)
    flags = [flag for review in reviews for flag in review.flags]
    return standings(
        members,
        [replace(ballot, weight=ballot.weight / passes[ballot.reviewer]) for ballot in ballots],
        checks=table.checks,
        flags=uphold(flags, table.texts, table.checks),
    )


def _parsed_answer(heard: Heard, member: str) -> Answer | None:
    return parse_answer(heard.text, member=member, model=heard.model, latency_s=heard.latency_s)


def _parsed_review(table: Table, shown: Disguise, reviewer: str, heard: Heard) -> Parsed:
    parsed = parse_review(
        heard.text, shown, table.texts, reviewer=reviewer, is_truncated=heard.is_truncated
    )
    if parsed.ballot is None:
        return parsed
    return replace(parsed, ballot=replace(parsed.ballot, weight=table.seat(reviewer).weight))


def _revealed(answer: Answer, shown: Disguise) -> Answer:
    because = answer.revised_because
    return replace(
        answer,
        text=shown.reveal(answer.text),
        revised_because=shown.reveal(because) if because else None,
    )


def _as_answered(table: Table, member: str) -> Seat:
    """Return the seat with the model that answered first: it is known to work."""
    seat, model = table.seat(member), table.answers[member].model
    return replace(seat, model=model, fallbacks=tuple(m for m in seat.models if m != model))


def _too_late(table: Table, model: str) -> Failure:
    return Failure(
        FailureKind.TIMED_OUT, f"{model} had not finished after {table.elapsed_s:.0f} s."
    )


def _cut_off(model: str) -> Failure:
    return Failure(FailureKind.TIMED_OUT, f"{model} had not finished when the bot was stopped.")


def _lost_call(table: Table, seat: Seat, purpose: str) -> ModelCall:
    return ModelCall(seat.model, purpose, table.elapsed_s, FailureKind.TIMED_OUT)
