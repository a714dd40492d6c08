"""The last stage: who takes the chair, and what is shown if nobody can."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.council import consensus, prompts
from bot.council.anonymity import Disguise, disguise
from bot.council.synthesis import LiveText, parse_synthesis, settled, verbatim
from bot.council.table import EMPTY, Ask, Heard, Table
from bot.domain import Answer, Check, Confidence, Failure, Seat, Synthesis, Verdict
from bot.domain.events import CallsWasted, SynthesisPiece, SynthesisReady, SynthesisRestarted
from bot.errors import ModelError

_ATTEMPT_SHARE = (
    0.6  # of the time that is left, so that a hanging chairman leaves some for the next
)


@dataclass(frozen=True, slots=True)
class Chair:
    """Someone who may write the synthesis; `stand_in` says why it is not the chairman."""

    seat: Seat
    stand_in: str | None


async def conclude(table: Table) -> None:
    """Have the final answer written: by the chairman, a fallback or the best other member."""
    shown = disguise(table.deliberation, table.answers, reader="\0chairman")
    ranked = _by_standing(table)
    winner = consensus.voted(ranked, table.checks)
    stands = winner.final_answer if winner else None
    prompt = prompts.synthesis(table.brief, shown, stands)
    failed: dict[str, Failure] = {}
    for chair in _chairs(table, ranked, failed):
        try:
            heard = await _written(table, chair, Ask(prompt, "synthesis", _until(table)), shown)
            written = _synthesis(table, chair, heard, shown)
        except ModelError as error:
            failed[chair.seat.model] = error.failure
            table.tell(CallsWasted(chair.seat.name, "synthesis", error.failure, error.calls))
            continue
        final = settled(written, winner, _supporters(winner, ranked))
        table.tell(SynthesisReady(final, heard.calls))
        return
    best = winner or ranked[0]
    rank = "the highest-ranked" if table.deliberation.standings else "the first"
    stand_in = f"No chairman answered: this is {best.member}'s answer, {rank}, word for word."
    table.tell(SynthesisReady(verbatim(best, confidence=confidence(table), stand_in=stand_in)))


def conclude_alone(table: Table) -> None:
    """Show the only answer as what it is."""
    answer = table.deliberation.answers[0]
    stand_in = f"Only {answer.member} answered: nothing was compared or combined."
    table.tell(SynthesisReady(verbatim(answer, confidence=Confidence.NO_QUORUM, stand_in=stand_in)))


def confidence(table: Table) -> Confidence:
    """Say how far the members' judgement carries."""
    standings = table.deliberation.standings
    if standings is not None and standings.order:
        return standings.confidence
    if consensus.is_unanimous(table.deliberation.answers, table.checks):
        return Confidence.UNANIMOUS
    return Confidence.UNREVIEWED


def _chairs(table: Table, ranked: list[Answer], failed: Mapping[str, Failure]) -> Iterator[Chair]:
    chairman = table.council.chairman
    yield Chair(Seat(chairman.name, chairman.model), None)
    for model in chairman.fallbacks:
        why = f"The chairman's model {chairman.model} failed; its fallback {model} wrote this."
        yield Chair(Seat(chairman.name, model), why)
    for answer in ranked:
        if answer.member != chairman.name and answer.model not in failed:
            why = (
                f"The chairman failed: {failed[chairman.model].sentence} "
                f"{answer.member}, the best-placed other member, took the chair."
            )
            yield Chair(Seat(answer.member, answer.model), why)
            return


async def _written(table: Table, chair: Chair, ask: Ask, shown: Disguise) -> Heard:
    live = LiveText(shown)
    has_shown = False

    def show(text: str) -> None:
        nonlocal has_shown
        if text:
            has_shown = True
            table.tell(SynthesisPiece(text))

    try:
        heard = await table.hear(chair.seat, ask, on_piece=lambda piece: show(live.feed(piece)))
    except ModelError:
        if has_shown:
            table.tell(SynthesisRestarted())
        raise
    show(live.rest())
    return heard


def _synthesis(table: Table, chair: Chair, heard: Heard, shown: Disguise) -> Synthesis:
    written = parse_synthesis(heard.text, shown)
    if written is None:
        raise ModelError(EMPTY, heard.calls)
    return Synthesis(
        text=written.text,
        chairman=chair.seat.name,
        model=heard.model,
        confidence=confidence(table),
        latency_s=heard.latency_s,
        stand_in=chair.stand_in,
        final_answer=written.final_answer,
        dissent=written.dissent,
        unresolved=written.unresolved,
    )


def _by_standing(table: Table) -> list[Answer]:
    """Return the answers best first: unranked ones as they came, failed checks last of all."""
    standings = table.deliberation.standings
    places = {s.member: s.place for s in standings.order} if standings else {}
    checks = table.checks

    def key(answer: Answer) -> tuple[bool, int]:
        has_failed = checks.get(answer.member, Check()).verdict is Verdict.FAIL
        return has_failed, places.get(answer.member, len(places) + 1)

    return sorted(table.deliberation.answers, key=key)


def _supporters(winner: Answer | None, answers: list[Answer]) -> list[str]:
    if winner is None or winner.final_answer is None:
        return []
    final = winner.final_answer
    return [
        a.member for a in answers if a.final_answer and consensus.is_same(a.final_answer, final)
    ]


def _until(table: Table) -> float:
    now, end = asyncio.get_running_loop().time(), table.until(1.0)
    return now + (end - now) * _ATTEMPT_SHARE
