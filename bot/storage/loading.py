"""Read deliberations back: their rows become what folding their facts gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from sqlalchemy import Connection, Row, Select, Table, bindparam, exists, select

from bot.domain import (
    Answer,
    Attachment,
    Ballot,
    Check,
    Confidence,
    Deliberation,
    Failure,
    FailureKind,
    Flag,
    MemberFailure,
    ModelCall,
    Place,
    Question,
    Review,
    Standing,
    Standings,
    State,
    Synthesis,
    Verdict,
)
from bot.storage import tables

_Row: TypeAlias = Row[tuple[object, ...]]
_Parts: TypeAlias = Mapping[Table, Sequence[_Row]]

# The tables of a deliberation's parts, and what orders their rows.
_ORDERS = {
    tables.attachments: "number",
    tables.answers: "position",
    tables.failures: "position",
    tables.reviews: "position",
    tables.ballots: "turn",
    tables.flags: "number",
    tables.counts: "deliberation_id",
    tables.standings: "number",
    tables.syntheses: "deliberation_id",
    tables.model_calls: "position",
}


def _part(table: Table, order: str) -> Select[tuple[object, ...]]:
    owner = table.c.deliberation_id == bindparam("id")
    return select(table).where(owner).order_by(table.c[order])


# A deliberation without its parts.
HEADS = select(tables.deliberations, tables.councils.c.definition).join(tables.councils)

_PARTS = {table: _part(table, order) for table, order in _ORDERS.items()}

# One look tells which parts there are: a deliberation that has just begun has none.
_HEAD = HEADS.where(tables.deliberations.c.id == bindparam("id")).add_columns(
    *(
        exists()
        .where(table.c.deliberation_id == tables.deliberations.c.id)
        .label(f"has_{table.name}")
        for table in _PARTS
    )
)


def load(connection: Connection, deliberation_id: str) -> Deliberation | None:
    """Return all that is known of a deliberation, None if there is none."""
    key = {"id": deliberation_id}
    head = connection.execute(_HEAD, key).one_or_none()
    if head is None:
        return None
    parts: dict[Table, Sequence[_Row]] = {}
    for table, statement in _PARTS.items():
        is_there = getattr(head, f"has_{table.name}")
        parts[table] = connection.execute(statement, key).all() if is_there else ()
    return _whole(headed(head), parts)


def headed(row: _Row) -> Deliberation:
    """Return what the row of a deliberation alone says."""
    place = Place(row.platform, row.workspace, row.channel, row.thread)
    return Deliberation(
        id=row.id,
        question=Question(
            row.question,
            place,
            row.asker,
            row.context,
            asker_id=row.asker_id,
            is_scheduled=row.is_scheduled,
        ),
        council=row.definition,
        created_at=row.created_at,
        state=State(row.state),
        is_rehearsal=row.is_rehearsal,
        epoch=row.epoch,
        reason=row.reason,
        timings=row.timings,
        estimate=row.estimate,
        is_capped=row.is_capped,
    )


def synthesis(row: _Row) -> Synthesis:
    """Return the synthesis in a row."""
    return Synthesis(
        text=row.text,
        chairman=row.chairman,
        model=row.model,
        confidence=Confidence(row.confidence),
        latency_s=row.latency_s,
        stand_in=row.stand_in,
        final_answer=row.final_answer,
        dissent=row.dissent,
        unresolved=row.unresolved,
    )


def _whole(head: Deliberation, parts: _Parts) -> Deliberation:
    attachments = tuple(
        Attachment(row.name, row.media_type, bytes(row.data), row.source, row.fault)
        for row in parts[tables.attachments]
    )
    objections = [row for row in parts[tables.answers] if row.kind == "objection"]
    return replace(
        head,
        question=replace(head.question, attachments=attachments),
        answers=_answers(parts[tables.answers]),
        failures=tuple(_failure(row) for row in parts[tables.failures]),
        reviews=_reviews(parts),
        objection=_answer(objections[-1]) if objections else None,
        standings=_standings(parts),
        synthesis=next((synthesis(row) for row in parts[tables.syntheses]), None),
        calls=tuple(model_call(row) for row in parts[tables.model_calls]),
    )


def _answers(rows: Sequence[_Row]) -> tuple[Answer, ...]:
    """Return each member's answer where it first stood, the revised one if there is one."""
    latest: dict[str, _Row] = {}
    for row in rows:
        if row.kind == "revision" or (row.kind == "answer" and row.member not in latest):
            latest[row.member] = row
    return tuple(_answer(row) for row in latest.values())


def _answer(row: _Row) -> Answer:
    return Answer(
        member=row.member,
        text=row.text,
        model=row.model,
        latency_s=row.latency_s,
        final_answer=row.final_answer,
        confidence=row.confidence,
        key_claims=row.key_claims,
        is_late=row.is_late,
        revised_because=row.revised_because,
    )


def _failure(row: _Row) -> MemberFailure:
    return MemberFailure(row.member, Failure(FailureKind(row.kind), row.sentence))


def _reviews(parts: _Parts) -> tuple[Review, ...]:
    ballots = {(row.reviewer, row.turn): _ballot(row) for row in parts[tables.ballots]}
    flags: dict[tuple[str, int], list[Flag]] = {}
    for row in parts[tables.flags]:
        flags.setdefault((row.reviewer, row.turn), []).append(_flag(row))
    return tuple(
        Review(
            reviewer=row.reviewer,
            text=row.text,
            model=row.model,
            latency_s=row.latency_s,
            turn=row.turn,
            ballot=ballots.get((row.reviewer, row.turn)),
            flags=tuple(flags.get((row.reviewer, row.turn), ())),
            appraisals=row.appraisals,
        )
        for row in parts[tables.reviews]
    )


def _ballot(row: _Row) -> Ballot:
    return Ballot(row.voter, row.tiers, row.weight, row.is_truncated)


def _flag(row: _Row) -> Flag:
    return Flag(
        reviewer=row.reviewer,
        author=row.author,
        quote=row.quote,
        kind=row.kind,
        severity=row.severity,
        why=row.why,
        fix=row.fix,
        is_upheld=row.is_upheld,
    )


def _standings(parts: _Parts) -> Standings | None:
    for row in parts[tables.counts]:
        return Standings(
            order=tuple(_standing(standing) for standing in parts[tables.standings]),
            confidence=Confidence(row.confidence),
            ballots_used=row.ballots_used,
            agreement=row.agreement,
            kendall_w=row.kendall_w,
            upheld=row.upheld,
        )
    return None


def _standing(row: _Row) -> Standing:
    return Standing(
        member=row.member,
        place=row.place,
        copeland=row.copeland,
        share=row.share,
        mean_rank=row.mean_rank,
        check=Check(Verdict(row.verdict), row.detail),
    )


def model_call(row: _Row) -> ModelCall:
    """Return what a row of `model_calls` says."""
    return ModelCall(
        model=row.model,
        purpose=row.purpose,
        latency_s=row.latency_s,
        failure=None if row.failure is None else FailureKind(row.failure),
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cost_usd=row.cost_usd,
    )
