"""From ballots to an order: weighted Copeland, with the measures of agreement that go with it.

Copeland with a smoothed pairwise share as the second key: A. H. Copeland, "A reasonable social
welfare function" (1951). Kendall's W with the correction for ties: M. G. Kendall, "Rank
Correlation Methods" (1948), chapter 6.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from bot.domain import Ballot, Check, Confidence, Flag, Standing, Standings, Verdict

OWN_WEIGHT = 0.5  # minimax between excluding one's own answer and letting a self-promoter win
STRONG_SHARE = 0.8  # the top must hold this much of the weight against every other
CONTESTED_AGREEMENT = 0.34  # below a third, the pairs are nearly coin flips

Tiers = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class CleanBallot:
    """A ballot reduced to what counts. Fewer than two usable names leave no tiers.

    `problems` name what was dropped: `unknown:X`, `duplicate:X`, `missing:X,Y`, `rejected`.
    """

    tiers: Tiers
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """The result of a count over candidates.

    `order` lists tiers of names, best first, empty without a usable ballot. `copeland` is pairs
    won plus half of pairs drawn or unseen; `share` the mean over rivals of (W_ab + 0.5) / (W_ab +
    W_ba + 1); `agreement` the mean over seen pairs of |W_ab - W_ba| / (W_ab + W_ba); `kendall_w`
    is taken over complete ballots, None for fewer than two.
    """

    order: Tiers
    copeland: Mapping[str, float]
    share: Mapping[str, float]
    mean_rank: Mapping[str, float | None]
    condorcet: str | None
    agreement: float | None
    kendall_w: float | None
    ballots_used: int
    pair_weights: Mapping[tuple[str, str], float]


def clean(
    tiers: Iterable[Iterable[str]], names: Sequence[str], *, is_truncated: bool
) -> CleanBallot:
    """Drop unknown names and repeats; a truncated ballot's missing names become its last tier."""
    kept, problems = _first_mentions(tiers, names)
    seen = {name for tier in kept for name in tier}
    missing = tuple(name for name in names if name not in seen)
    if missing and is_truncated and seen:
        kept.append(missing)
    elif missing:
        problems.append(f"missing:{','.join(missing)}")
    if sum(len(tier) for tier in kept) < 2:  # noqa: PLR2004  a comparison takes two
        return CleanBallot((), (*problems, "rejected"))
    return CleanBallot(tuple(kept), tuple(problems))


def _first_mentions(
    tiers: Iterable[Iterable[str]], names: Sequence[str]
) -> tuple[list[tuple[str, ...]], list[str]]:
    problems: list[str] = []
    seen: set[str] = set()
    kept: list[tuple[str, ...]] = []
    for tier in tiers:
        fresh: list[str] = []
        for name in tier:
            if name in names and name not in seen:
                seen.add(name)
                fresh.append(name)
            else:
                problems.append(f"{'duplicate' if name in seen else 'unknown'}:{name}")
        if fresh:
            kept.append(tuple(fresh))
    return kept, problems


def count(
    names: Sequence[str], ballots: Iterable[Ballot], *, own_weight: float = OWN_WEIGHT
) -> Count:
    """Count ballots over names; those without two usable names are left out."""
    usable: list[tuple[Ballot, Tiers]] = []
    for ballot in ballots:
        tiers = clean(ballot.tiers, names, is_truncated=ballot.is_truncated).tiers
        if tiers:
            usable.append((ballot, tiers))
    weights = _pair_weights(usable, own_weight)
    copeland = {a: sum(_won(weights, a, b) for b in names if b != a) for a in names}
    shares = {a: [_share(weights, a, b) for b in names if b != a] for a in names}
    share = {a: _mean(values) or 0.0 for a, values in shares.items()}
    ranks = [_ranks(tiers) for _, tiers in usable]
    return Count(
        order=_order(names, copeland, share) if usable else (),
        copeland=copeland,
        share=share,
        mean_rank={a: _mean([r[a] for r in ranks if a in r]) for a in names},
        condorcet=_condorcet(names, weights),
        agreement=_agreement(names, weights),
        kendall_w=_kendall_w(names, [tiers for _, tiers in usable]),
        ballots_used=len(usable),
        pair_weights=weights,
    )


def standings(
    names: Sequence[str],
    ballots: Iterable[Ballot],
    *,
    checks: Mapping[str, Check],
    flags: Iterable[Flag] = (),
) -> Standings:
    """Count ballots, put failed checks last, and say how far the result carries.

    `flags` are all that were raised; only upheld ones weigh on the confidence.
    """
    counted = count(names, ballots)
    upheld = tuple(flag for flag in flags if flag.is_upheld)
    failed = {name for name, check in checks.items() if check.verdict is Verdict.FAIL}
    tiers = _last(failed, counted.order)
    sound = [name for name in names if name not in failed]
    order: list[Standing] = []
    for tier in tiers:
        place = len(order) + 1
        order += [
            Standing(
                member=name,
                place=place,
                copeland=counted.copeland[name],
                share=counted.share[name],
                mean_rank=counted.mean_rank[name],
                check=checks.get(name, Check()),
            )
            for name in tier
        ]
    return Standings(
        order=tuple(order),
        confidence=_confidence(tiers, counted, upheld, sound),
        ballots_used=counted.ballots_used,
        agreement=counted.agreement,
        kendall_w=counted.kendall_w,
        upheld=upheld,
    )


def _confidence(
    tiers: Tiers, counted: Count, upheld: Sequence[Flag], sound: Sequence[str]
) -> Confidence:
    """Weigh the top answer against its `sound` rivals: those that no checker failed."""
    if not tiers:
        return Confidence.UNREVIEWED
    top = tiers[0]
    least = min((_held(counted.pair_weights, top[0], b) for b in sound if b != top[0]), default=0.5)
    against_top = [flag for flag in upheld if flag.author in top]
    is_split = counted.agreement is not None and counted.agreement < CONTESTED_AGREEMENT
    has_major = any(flag.severity == "major" for flag in against_top)
    is_beaten = least < 0.5  # noqa: PLR2004  a winner that loses a pair stands in a cycle
    if len(top) > 1 or is_beaten or is_split or has_major:
        return Confidence.CONTESTED
    if least >= STRONG_SHARE and not against_top:
        return Confidence.STRONG
    return Confidence.MODERATE


def _last(failed: Collection[str], order: Tiers) -> Tiers:
    good = [tuple(name for name in tier if name not in failed) for tier in order]
    bad = [tuple(name for name in tier if name in failed) for tier in order]
    return tuple(tier for tier in (*good, *bad) if tier)


def _pair_weights(
    usable: Iterable[tuple[Ballot, Tiers]], own_weight: float
) -> Mapping[tuple[str, str], float]:
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for ballot, tiers in usable:
        place = {name: depth for depth, tier in enumerate(tiers) for name in tier}
        for a, b in combinations(place, 2):
            weight = ballot.weight * (own_weight if ballot.reviewer in (a, b) else 1.0)
            ahead = 0.5 if place[a] == place[b] else float(place[a] < place[b])
            weights[a, b] += weight * ahead
            weights[b, a] += weight * (1.0 - ahead)
    return weights


def _won(weights: Mapping[tuple[str, str], float], a: str, b: str) -> float:
    ahead, behind = weights.get((a, b), 0.0), weights.get((b, a), 0.0)
    return 0.5 if ahead == behind else float(ahead > behind)


def _share(weights: Mapping[tuple[str, str], float], a: str, b: str) -> float:
    ahead, behind = weights.get((a, b), 0.0), weights.get((b, a), 0.0)
    return (ahead + 0.5) / (ahead + behind + 1.0)


def _held(weights: Mapping[tuple[str, str], float], a: str, b: str) -> float:
    """Return the unsmoothed share of the weight that a holds against b, a half if unseen."""
    ahead, behind = weights.get((a, b), 0.0), weights.get((b, a), 0.0)
    return ahead / (ahead + behind) if ahead + behind > 0 else 0.5


def _order(
    names: Sequence[str], copeland: Mapping[str, float], share: Mapping[str, float]
) -> Tiers:
    def key(name: str) -> tuple[float, float]:
        return (
            -round(copeland[name], 9),
            -round(share[name], 9),
        )  # equal up to float noise is a tie

    ordered = sorted(names, key=key)
    return tuple(tuple(tier) for _, tier in groupby(ordered, key=key))


def _condorcet(names: Sequence[str], weights: Mapping[tuple[str, str], float]) -> str | None:
    for a in names:
        if all(weights.get((a, b), 0.0) > weights.get((b, a), 0.0) for b in names if b != a):
            return a
    return None


def _agreement(names: Sequence[str], weights: Mapping[tuple[str, str], float]) -> float | None:
    pairs = [
        (weights.get((a, b), 0.0), weights.get((b, a), 0.0)) for a, b in combinations(names, 2)
    ]
    return _mean([abs(ab - ba) / (ab + ba) for ab, ba in pairs if ab + ba > 0])


def _ranks(tiers: Tiers) -> dict[str, float]:
    ranks: dict[str, float] = {}
    for tier in tiers:
        middle = len(ranks) + (len(tier) + 1) / 2
        ranks.update(dict.fromkeys(tier, middle))
    return ranks


def _kendall_w(names: Sequence[str], ballots: Iterable[Tiers]) -> float | None:
    complete = [tiers for tiers in ballots if sum(map(len, tiers)) == len(names)]
    judges, items = len(complete), len(names)
    if judges < 2:  # noqa: PLR2004  one judge has no one to agree with
        return None
    ranks = [_ranks(tiers) for tiers in complete]
    sums = [sum(r[name] for r in ranks) for name in names]
    mean = sum(sums) / items
    ties = sum(len(tier) ** 3 - len(tier) for tiers in complete for tier in tiers)
    greatest = judges**2 * (items**3 - items) - judges * ties
    return 12 * sum((s - mean) ** 2 for s in sums) / greatest if greatest > 0 else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
