"""The counts behind how members fared: each row of a deliberation falls to the member it is of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from sqlalchemy import Connection, func, select

from bot.council.reviewers import agreements
from bot.domain import Ballot, MemberRecord
from bot.storage.tables import (
    answers,
    ballots,
    councils,
    counts,
    deliberations,
    failures,
    feedback,
    model_calls,
    reviews,
    standings,
)

_Name = tuple[str, str]
"""A member of one deliberation: the deliberation's id and the member's name."""


@dataclass(slots=True)
class _Tally:
    """What falls to one member, a name with a model."""

    sat: int = 0
    ranked: int = 0
    won: int = 0
    flagged: int = 0
    failed: int = 0
    reviews: int = 0
    praised: int = 0
    blamed: int = 0
    agreed: list[float] = field(default_factory=list[float])
    latencies_s: list[float] = field(default_factory=list[float])
    costs_usd: list[float] = field(default_factory=list[float])


def tallied(
    connection: Connection, ids: Sequence[str], weights: Mapping[str, float]
) -> tuple[MemberRecord, ...]:
    """Return how members fared in some deliberations; those that won most come first.

    A member counts with the model that answered for it, else with that of its seat.
    """
    tallies = _Tallies(connection, ids)
    tallies.count_seats()
    tallies.count_ranks()
    tallies.count_reviews()
    tallies.count_costs()
    records = (_record(who, tally, weights) for who, tally in tallies.by_member.items())
    return tuple(sorted(records, key=lambda each: (-each.won, -each.sat, each.member, each.model)))


class _Tallies:
    """The tallies of members, and the rows that they are made of."""

    def __init__(self, connection: Connection, ids: Sequence[str]) -> None:
        self.by_member: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
        self._connection = connection
        self._ids = ids
        self._models: dict[_Name, str] = {}

    def count_seats(self) -> None:
        """Count who answered and who failed."""
        row = answers.c
        said = select(row.deliberation_id, row.member, row.model, row.latency_s)
        first = said.where(row.deliberation_id.in_(self._ids), row.kind == "answer")
        for each in self._connection.execute(first):
            self._models[each.deliberation_id, each.member] = each.model
            tally = self.by_member[each.member, each.model]
            tally.sat += 1
            tally.latencies_s.append(each.latency_s)
        for name, model in self._absent():
            self._models[name] = model
            tally = self.by_member[name[1], model]
            tally.sat += 1
            tally.failed += 1

    def count_ranks(self) -> None:
        """Count who was ranked, who came first, who was faulted, and what people thought."""
        row = standings.c
        ranked = select(row.deliberation_id, row.member, row.place)
        thumbs = self._thumbs()
        for each in self._connection.execute(ranked.where(row.deliberation_id.in_(self._ids))):
            if (tally := self._of(each.deliberation_id, each.member)) is None:
                continue
            tally.ranked += 1
            if each.place == 1:
                tally.won += 1
                tally.praised += thumbs[each.deliberation_id].count(True)
                tally.blamed += thumbs[each.deliberation_id].count(False)
        upheld = select(counts.c.deliberation_id, counts.c.upheld)
        for each in self._connection.execute(upheld.where(counts.c.deliberation_id.in_(self._ids))):
            for flag in each.upheld:
                if (tally := self._of(each.deliberation_id, flag.author)) is not None:
                    tally.flagged += 1

    def count_reviews(self) -> None:
        """Count who reviewed, and how far ballots agree."""
        row = reviews.c
        written = select(row.deliberation_id, row.reviewer)
        for each in self._connection.execute(written.where(row.deliberation_id.in_(self._ids))):
            if (tally := self._of(each.deliberation_id, each.reviewer)) is not None:
                tally.reviews += 1
        cast: dict[str, list[tuple[str, Ballot]]] = defaultdict(list)
        rows = select(ballots).where(ballots.c.deliberation_id.in_(self._ids))
        for each in self._connection.execute(rows):
            ballot = Ballot(each.voter, each.tiers)
            cast[each.deliberation_id].append((each.reviewer, ballot))
        for deliberation_id, together in cast.items():
            found = agreements([ballot for _, ballot in together])
            for (reviewer, _), agreement in zip(together, found, strict=True):
                tally = self._of(deliberation_id, reviewer)
                if tally is not None and agreement is not None:
                    tally.agreed.append(agreement)

    def count_costs(self) -> None:
        """Add up what answers, reviews and the like have cost; the chair is no member's cost."""
        row = model_calls.c
        paid = (
            select(row.deliberation_id, row.member, func.sum(row.cost_usd).label("cost_usd"))
            .where(row.deliberation_id.in_(self._ids), row.purpose != "synthesis")
            .where(row.cost_usd.is_not(None), row.member.is_not(None))
            .group_by(row.deliberation_id, row.member)
        )
        for each in self._connection.execute(paid):
            if (tally := self._of(each.deliberation_id, each.member)) is not None:
                tally.costs_usd.append(each.cost_usd)

    def _of(self, deliberation_id: str, member: str) -> _Tally | None:
        model = self._models.get((deliberation_id, member))
        return None if model is None else self.by_member[member, model]

    def _absent(self) -> Iterator[tuple[_Name, str]]:
        """Yield who failed without an answer, with the model of the seat."""
        failed = (
            select(failures.c.deliberation_id, failures.c.member, deliberations.c.council_digest)
            .join(deliberations)
            .where(failures.c.deliberation_id.in_(self._ids))
        )
        rows = self._connection.execute(failed).all()
        digests = {row.council_digest for row in rows}
        known = select(councils).where(councils.c.digest.in_(digests))
        seats = {row.digest: row.definition.members for row in self._connection.execute(known)}
        for row in rows:
            name = (row.deliberation_id, row.member)
            for seat in seats[row.council_digest]:
                if seat.name == row.member and name not in self._models:
                    yield name, seat.model

    def _thumbs(self) -> Mapping[str, list[bool]]:
        """Return what people thought of each final answer."""
        thumbs: dict[str, list[bool]] = defaultdict(list)
        row = feedback.c
        given = select(row.deliberation_id, row.is_good).where(row.deliberation_id.in_(self._ids))
        for each in self._connection.execute(given):
            thumbs[each.deliberation_id].append(each.is_good)
        return thumbs


def _record(who: tuple[str, str], tally: _Tally, weights: Mapping[str, float]) -> MemberRecord:
    member, model = who
    return MemberRecord(
        member=member,
        model=model,
        sat=tally.sat,
        ranked=tally.ranked,
        won=tally.won,
        flagged=tally.flagged,
        failed=tally.failed,
        reviews=tally.reviews,
        agreement=fmean(tally.agreed) if tally.agreed else None,
        latency_s=median(tally.latencies_s) if tally.latencies_s else None,
        cost_usd=sum(tally.costs_usd) if tally.costs_usd else None,
        praised=tally.praised,
        blamed=tally.blamed,
        weight=weights.get(model, 1.0),
    )
