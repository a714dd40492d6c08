"""How far reviewers agree with their peers, and what they count for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.council.reviewers import agreements, earned
from bot.domain import Ballot

# Nobody who votes here wrote one of these answers.
ABC = (("a",), ("b",), ("c",))
CBA = (("c",), ("b",), ("a",))

NAMES = st.permutations(["a", "b", "c", "v1", "v2"])
BALLOTS = st.lists(
    st.tuples(st.sampled_from(["v1", "v2", "v3"]), NAMES, st.integers(0, 4)).map(
        lambda drawn: Ballot(drawn[0], _tiers(drawn[1], drawn[2]))
    ),
    max_size=5,
)


def _tiers(names: list[str], tied: int) -> tuple[tuple[str, ...], ...]:
    """Tie the first so many."""
    first = (tuple(names[:tied]),) if tied else ()
    return (*first, *((name,) for name in names[tied:]))


def test_the_same_order_agrees_wholly() -> None:
    assert agreements([Ballot("v1", ABC), Ballot("v2", ABC)]) == (1, 1)


def test_the_reverse_order_does_not_agree_at_all() -> None:
    assert agreements([Ballot("v1", ABC), Ballot("v2", CBA)]) == (0, 0)


def test_one_swapped_pair_of_three_agrees_to_two_thirds() -> None:
    swapped = (("b",), ("a",), ("c",))

    assert agreements([Ballot("v1", ABC), Ballot("v2", swapped)]) == pytest.approx((2 / 3, 2 / 3))


def test_a_pair_that_only_one_ties_counts_half() -> None:
    tied, apart = (("a", "b"),), (("a",), ("b",))

    assert agreements([Ballot("v1", tied), Ballot("v2", apart)]) == (0.5, 0.5)
    assert agreements([Ballot("v1", tied), Ballot("v2", tied)]) == (1, 1)


def test_whoever_stands_alone_against_two_agrees_least() -> None:
    ballots = [Ballot("v1", ABC), Ballot("v2", ABC), Ballot("v3", CBA)]

    assert agreements(ballots) == (0.5, 0.5, 0)


def test_self_praise_weighs_half() -> None:
    # The reviewer put its own answer before both others, and agrees on those.
    own = Ballot("a", (("a",), ("b",), ("c",)))
    peer = Ballot("v2", (("b",), ("c",), ("a",)))

    assert agreements([own, peer])[0] == pytest.approx(1 / (1 + 0.5 + 0.5))


def test_two_passes_of_a_reviewer_share_its_voice_and_are_no_peers() -> None:
    passes = [Ballot("v1", ABC), Ballot("v1", CBA)]
    judged = Ballot("v2", ABC)

    assert agreements(passes) == (None, None)
    assert agreements([*passes, judged, Ballot("v3", ABC)])[2] == pytest.approx(0.75)


def test_without_a_common_pair_there_is_nothing_to_agree_on() -> None:
    assert agreements([]) == ()
    assert agreements([Ballot("v1", ABC)]) == (None,)
    assert agreements([Ballot("v1", ABC), Ballot("v2", (("a",), ("d",)))]) == (None, None)


@given(ballots=BALLOTS)
def test_agreement_lies_between_nothing_and_all(ballots: list[Ballot]) -> None:
    for agreement in agreements(ballots):
        assert agreement is None or 0 <= agreement <= 1


@given(ballots=BALLOTS)
def test_the_order_of_the_ballots_does_not_matter(ballots: list[Ballot]) -> None:
    backwards = agreements(ballots[::-1])[::-1]

    for one, other in zip(agreements(ballots), backwards, strict=True):
        assert one == (other if other is None else pytest.approx(other))


def test_a_reviewer_counts_one_until_it_has_thirty_reviews() -> None:
    assert earned([0.5] * 29) == 1
    assert earned([0.5] * 30) == 0.5


def test_a_reviewer_never_counts_less_than_a_quarter() -> None:
    assert earned([0.0] * 40) == 0.25


def test_weights_are_told_in_hundredths() -> None:
    assert earned([2 / 3] * 30) == 0.67
