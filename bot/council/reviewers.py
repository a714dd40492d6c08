"""How far reviewers agree with their peers, and what their ballots count for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from statistics import fmean

from bot.council.ranking import OWN_WEIGHT
from bot.domain import Ballot

LEAST_REVIEWS = 30  # before that, agreement is mostly chance
LEAST_WEIGHT = 0.25  # whoever disagrees with all others may still be the one who is right
# Finer differences mean nothing, and each would make another council to keep.
_DECIMALS = 2

_Pairs = dict[tuple[str, str], float]


def agreements(ballots: Sequence[Ballot]) -> tuple[float | None, ...]:
    """Return how far each ballot on one question agrees with those of other reviewers, 0 to 1.

    It is the share of pairs of answers that ballot and peer put in the same order; a pair that only
    one of them ties counts half. That is 1 - K / pairs, K being Kendall's distance with a penalty
    of one half for ties (R. Fagin et al., "Comparing and Aggregating Rankings with Ties", 2004).
    As in the count of ballots, a pair counts half for each of the two who wrote one of its answers,
    and a reviewer's two passes share its one voice. None if no peer ranked two of the same answers.
    """
    orders = [_order(ballot) for ballot in ballots]
    passes = Counter(ballot.reviewer for ballot in ballots)
    return tuple(
        _mean_of(
            found
            for peer, others in zip(ballots, orders, strict=True)
            if peer.reviewer != ballot.reviewer
            for found in _compared((ballot, order), (peer, others), 1 / passes[peer.reviewer])
        )
        for ballot, order in zip(ballots, orders, strict=True)
    )


def earned(agreed: Sequence[float]) -> float:
    """Return what a reviewer's ballots count, by the agreement of each of its earlier ones."""
    if len(agreed) < LEAST_REVIEWS:
        return 1.0
    return max(LEAST_WEIGHT, round(fmean(agreed), _DECIMALS))


def _order(ballot: Ballot) -> _Pairs:
    """Return for each pair of answers 1 if the first is ahead, 0 if behind, a half for a tie."""
    place = {name: depth for depth, tier in enumerate(ballot.tiers) for name in tier}
    return {
        (a, b): 0.5 if place[a] == place[b] else float(place[a] < place[b])
        for a, b in combinations(sorted(place), 2)
    }


def _compared(
    own: tuple[Ballot, _Pairs], peers: tuple[Ballot, _Pairs], voice: float
) -> Iterator[tuple[float, float]]:
    """Yield how far two ballots agree on each pair that both rank, and what the pair counts."""
    (ballot, order), (peer, others) = own, peers
    for pair in order.keys() & others.keys():
        wrote = sum(reviewer in pair for reviewer in (ballot.reviewer, peer.reviewer))
        yield 1 - abs(order[pair] - others[pair]), voice * OWN_WEIGHT**wrote


def _mean_of(found: Iterator[tuple[float, float]]) -> float | None:
    weighed = list(found)
    total = sum(weight for _, weight in weighed)
    return sum(value * weight for value, weight in weighed) / total if total else None
