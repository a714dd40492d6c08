"""Aggregation, on the published cases and on properties that any count must have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.council.ranking import clean, count, standings
from bot.council.reviews import parse_ranking
from bot.domain import Ballot, Check, Confidence, Flag, Verdict

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "ranking-vectors.json").read_text(encoding="utf-8")
)
FAILED = Check(Verdict.FAIL, "No.")


def ballot(reviewer: str | None, *tiers: str, weight: float = 1.0) -> Ballot:
    return Ballot(reviewer, tuple(tuple(tier) for tier in tiers), weight)


def rounded(values: Any) -> Any:
    if isinstance(values, float):
        return round(values, 4)
    return {k: rounded(v) for k, v in values.items()} if isinstance(values, dict) else values  # pyright: ignore[reportUnknownVariableType]  JSON


@pytest.mark.parametrize("case", VECTORS["vectors"], ids=lambda case: case["name"])
def test_the_published_cases_hold(case: dict[str, Any]) -> None:
    ballots = [
        Ballot(b["author"], tuple(map(tuple, b["tiers"])), b["weight"], b["truncated"])
        for b in case["ballots"]
    ]

    counted = count(case["candidates"], ballots, own_weight=case["own_weight"])

    expected = case["expect"]
    assert [sorted(tier) for tier in counted.order] == [sorted(t) for t in expected["order"]]
    for name in ("copeland", "share", "mean_rank", "agreement", "kendall_w"):
        assert rounded(getattr(counted, name)) == expected[name], name
    assert counted.condorcet == expected["condorcet"]
    assert counted.ballots_used == expected["ballots_used"]
    problems = [
        clean(b.tiers, case["candidates"], is_truncated=b.is_truncated).problems for b in ballots
    ]
    assert [list(found) for found in problems] == expected["problems"]


@pytest.mark.parametrize("case", VECTORS["parse_vectors"], ids=lambda case: case["text"][:30])
def test_the_published_lists_are_read(case: dict[str, Any]) -> None:
    tiers, problems = parse_ranking(case["text"], case["labels"])

    assert [list(tier) for tier in tiers] == case["expect"]["tiers"]
    assert list(problems) == case["expect"]["problems"]


def test_all_cases_are_here() -> None:
    assert (len(VECTORS["vectors"]), len(VECTORS["parse_vectors"])) == (21, 5)


def test_failed_checks_go_last_whatever_the_votes() -> None:
    ballots = [ballot(None, "A", "B", "C")] * 3

    result = standings("ABC", ballots, checks={"A": FAILED})

    assert [(s.member, s.place) for s in result.order] == [("B", 1), ("C", 2), ("A", 3)]
    assert result.confidence is Confidence.STRONG


def test_a_tie_is_shown_as_a_tie() -> None:
    result = standings("ABC", [ballot(None, "AB", "C")], checks={})

    assert [(s.member, s.place) for s in result.order] == [("A", 1), ("B", 1), ("C", 3)]
    assert result.confidence is Confidence.CONTESTED


def test_a_narrow_majority_is_moderate() -> None:
    ballots = [ballot(None, "A", "B", "C")] * 3 + [ballot(None, "B", "A", "C")]

    assert standings("ABC", ballots, checks={}).confidence is Confidence.MODERATE


def test_a_cycle_is_contested() -> None:
    ballots = [ballot(None, *order) for order in ("ABCD", "BCAD", "CABD")]

    assert standings("ABCD", ballots, checks={}).confidence is Confidence.CONTESTED


def test_a_winner_that_loses_one_pair_is_contested() -> None:
    ballots = [ballot(None, *order) for order in ("ABCDE", "ABCDE", "EABCD", "EABDC", "EBACD")]

    result = standings("ABCDE", [*ballots, ballot(None, "E", "A")], checks={"E": Check()})

    assert result.confidence in (Confidence.CONTESTED, Confidence.MODERATE)


def test_hardly_any_agreement_is_contested() -> None:
    ballots = [ballot(None, "A", "B")] * 5 + [ballot(None, "B", "A")] * 4

    assert standings("AB", ballots, checks={}).confidence is Confidence.CONTESTED


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("major", Confidence.CONTESTED), ("minor", Confidence.MODERATE)],
)
def test_an_upheld_flag_on_the_winner_costs_confidence(severity: str, expected: Confidence) -> None:
    flag = Flag("B", "A", "quote", "wrong", severity, "why", is_upheld=True)

    result = standings("ABC", [ballot(None, "A", "B", "C")] * 3, checks={}, flags=[flag])

    assert result.confidence is expected
    assert result.upheld == (flag,)


def test_a_flag_on_another_answer_does_not() -> None:
    flag = Flag("B", "C", "quote", "wrong", "major", "why", is_upheld=True)

    result = standings("ABC", [ballot(None, "A", "B", "C")] * 3, checks={}, flags=[flag])

    assert result.confidence is Confidence.STRONG


def test_a_rival_that_was_never_compared_leaves_the_top_moderate() -> None:
    result = standings("ABC", [ballot(None, "A", "B"), ballot(None, "B", "C")], checks={})

    assert result.order[0].member == "A"
    assert result.confidence is Confidence.MODERATE


BALLOTS = st.lists(
    st.builds(
        Ballot,
        st.sampled_from([None, "A", "B", "C"]),
        st.lists(st.lists(st.sampled_from("ABCDX"), max_size=3).map(tuple), max_size=5).map(tuple),
        st.sampled_from([0.25, 0.5, 1.0]),
        st.booleans(),
    ),
    max_size=6,
)


@given(BALLOTS)
def test_any_ballots_give_a_count_within_bounds(ballots: list[Ballot]) -> None:
    counted = count("ABCD", ballots)

    assert sorted(name for tier in counted.order for name in tier) in ([], list("ABCD"))
    assert sum(counted.copeland.values()) == pytest.approx(6.0)
    assert all(0 < share < 1 for share in counted.share.values())
    assert counted.agreement is None or 0 <= counted.agreement <= 1
    assert counted.kendall_w is None or -1e-9 <= counted.kendall_w <= 1 + 1e-9


@given(BALLOTS, st.permutations("ABCD"))
def test_the_order_of_the_seats_changes_nothing(ballots: list[Ballot], names: list[str]) -> None:
    one, other = count("ABCD", ballots), count(names, ballots)

    assert [sorted(tier) for tier in one.order] == [sorted(tier) for tier in other.order]


@given(BALLOTS)
def test_one_reviewer_moves_a_pair_by_no_more_than_its_weight(ballots: list[Ballot]) -> None:
    before = count("ABCD", ballots).pair_weights

    weights = count("ABCD", [*ballots, ballot("A", "A", "B", "C", "D")]).pair_weights

    assert all(0 <= value - before.get(pair, 0.0) <= 1 for pair, value in weights.items())
    assert weights["A", "B"] - before.get(("A", "B"), 0.0) == pytest.approx(0.5)
