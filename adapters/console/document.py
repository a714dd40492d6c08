"""A deliberation as the JSON object that `--json` prints; programs rely on its form."""

from __future__ import annotations

from dataclasses import asdict

from bot.domain import Deliberation, Flag, Review, Standing, Synthesis
from bot.domain.reports import SeatReport, SeatStatus
from bot.reports import seat_reports, usage_of


def document(deliberation: Deliberation) -> dict[str, object]:
    """Return the object; its keys and their order are fixed."""
    usage = usage_of(deliberation.calls)
    standings = deliberation.standings.order if deliberation.standings else ()
    return {
        "id": deliberation.id,
        "status": str(deliberation.state),
        "question": deliberation.question.text,
        "mode": str(deliberation.council.mode),
        "members": _members(deliberation),
        "answers": [
            {
                "member": answer.member,
                "text": answer.text,
                "final_answer": answer.final_answer,
                "confidence": answer.confidence,
                "latency_s": answer.latency_s,
            }
            for answer in deliberation.answers
        ],
        "reviews": [_review(review) for review in deliberation.reviews],
        "standings": [_standing(standing) for standing in standings],
        "synthesis": _synthesis(deliberation.synthesis),
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cost_usd": usage.cost_usd,
        },
        "timings": asdict(deliberation.timings),
    }


def _members(deliberation: Deliberation) -> list[dict[str, object]]:
    late = {answer.member for answer in deliberation.answers if answer.is_late}
    present = {answer.member for answer in deliberation.answers}
    return [
        {
            "name": seat.name,
            "model": seat.model,
            "status": _status(seat, is_present=seat.name in present, is_late=seat.name in late),
            "reason": _reason(seat, is_present=seat.name in present),
            "latency_s": seat.latency_s,
        }
        for seat in seat_reports(deliberation)
    ]


def _status(seat: SeatReport, *, is_present: bool, is_late: bool) -> str:
    if seat.status is SeatStatus.FAILED or not is_present:
        return "failed"
    return "late" if is_late else "answered"


def _reason(seat: SeatReport, *, is_present: bool) -> str | None:
    if is_present or seat.reason is not None:
        return seat.reason
    return "There was no answer when the deliberation ended."


def _review(review: Review) -> dict[str, object]:
    return {
        "member": review.reviewer,
        "text": review.text,
        "ballot": [list(tier) for tier in review.ballot.tiers] if review.ballot else None,
        "flags": [_flag(flag) for flag in review.flags],
    }


def _flag(flag: Flag) -> dict[str, object]:
    return {
        "member": flag.author,
        "quote": flag.quote,
        "type": flag.kind,
        "severity": flag.severity,
        "why": flag.why,
        "fix": flag.fix,
        "upheld": flag.is_upheld,
    }


def _standing(standing: Standing) -> dict[str, object]:
    return {
        "member": standing.member,
        "place": standing.place,
        "copeland": standing.copeland,
        "share": standing.share,
        "mean_rank": standing.mean_rank,
    }


def _synthesis(synthesis: Synthesis | None) -> dict[str, object] | None:
    if synthesis is None:
        return None
    return {
        "text": synthesis.text,
        "chairman": synthesis.chairman,
        "stand_in": synthesis.stand_in,
        "confidence": str(synthesis.confidence),
        "dissent": [
            {"who": view.who, "claim": view.claim, "reason": view.reason}
            for view in synthesis.dissent
        ],
        "unresolved": list(synthesis.unresolved),
    }
