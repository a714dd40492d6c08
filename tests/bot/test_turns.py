"""Whose turn it is, among all that wait."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Tenant, Turn
from bot.domain.turns import fair

TENANTS = [Tenant("slack", f"T{number}") for number in range(4)]

lines = st.lists(st.tuples(st.sampled_from(TENANTS), st.booleans()), max_size=30).map(
    lambda drawn: [
        Turn(f"d{number}", 0, tenant, is_scheduled=is_scheduled)
        for number, (tenant, is_scheduled) in enumerate(drawn)
    ]
)
loads = st.dictionaries(st.sampled_from(TENANTS), st.integers(0, 5)).map(Counter)
orders = st.permutations(TENANTS)


def waiting_of(tenant: Tenant, number: int) -> list[Turn]:
    """Return so many turns of a workspace that wait."""
    return [Turn(f"{tenant.workspace}:{each}", 0, tenant) for each in range(number)]


@given(lines, loads, orders, st.integers(0, 40))
def test_as_many_are_chosen_as_there_is_room_for_and_each_once(
    waiting: list[Turn], running: Counter[Tenant], served: Sequence[Tenant], most: int
) -> None:
    chosen = fair(waiting, running, served, most)

    assert len(chosen) == min(most, len(waiting))
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= set(waiting)


@given(lines, loads, orders, st.integers(0, 40))
def test_nothing_is_forgotten_or_changed(
    waiting: list[Turn], running: Counter[Tenant], served: Sequence[Tenant], most: int
) -> None:
    before = (list(waiting), running.copy(), list(served))

    fair(waiting, running, served, most)

    assert (waiting, running, list(served)) == before


@given(lines, loads, orders, st.integers(0, 40))
def test_no_schedule_comes_before_a_person(
    waiting: list[Turn], running: Counter[Tenant], served: Sequence[Tenant], most: int
) -> None:
    kinds = [turn.is_scheduled for turn in fair(waiting, running, served, most)]

    assert kinds == sorted(kinds)
    assert sum(not kind for kind in kinds) == min(
        most, sum(not turn.is_scheduled for turn in waiting)
    )


@given(lines, loads, orders, st.integers(0, 40))
def test_a_workspace_is_served_in_the_order_it_asked(
    waiting: list[Turn], running: Counter[Tenant], served: Sequence[Tenant], most: int
) -> None:
    lines: dict[tuple[Tenant, bool], list[int]] = defaultdict(list)
    for turn in fair(waiting, running, served, most):
        lines[turn.tenant, turn.is_scheduled].append(waiting.index(turn))

    for line in lines.values():
        assert all(one < other for one, other in pairwise(line))


@given(lines, loads, orders, st.integers(0, 40))
def test_nobody_gets_a_turn_while_somebody_with_less_waits(
    waiting: list[Turn], running: Counter[Tenant], served: Sequence[Tenant], most: int
) -> None:
    left = [turn for turn in waiting if not turn.is_scheduled]
    has = running.copy()

    for turn in fair(left, running, served, most):
        assert has[turn.tenant] == min(has[each.tenant] for each in left)
        has[turn.tenant] += 1
        left.remove(turn)


@pytest.mark.parametrize("was_served_last", [False, True])
def test_ten_thousand_questions_delay_another_workspace_by_one_turn(
    *, was_served_last: bool
) -> None:
    crowd, other = TENANTS[:2]
    waiting = waiting_of(crowd, 9_900) + waiting_of(other, 1)
    served = [crowd, other] if was_served_last else [other, crowd]

    while_it_runs = fair(waiting, Counter({crowd: 1}), served, 2)
    while_all_is_idle = fair(waiting, Counter(), served, 2)

    assert while_it_runs[0].tenant == other
    assert while_all_is_idle[int(was_served_last)].tenant == other


def test_among_equals_the_one_that_waited_longest_is_first() -> None:
    waiting = [turn for tenant in TENANTS for turn in waiting_of(tenant, 1)]

    chosen = fair(waiting, Counter(), [TENANTS[3], TENANTS[0], TENANTS[1]], 4)

    assert [turn.tenant for turn in chosen] == [TENANTS[number] for number in (2, 3, 0, 1)]


@given(
    st.integers(1, 4),
    st.lists(st.lists(st.integers(1, 6), max_size=12), min_size=2, max_size=4),
)
def test_nobody_starves(places: int, courses: list[list[int]]) -> None:
    """While one waits, another workspace begins no more than the server has places, and one.

    `courses` are how long the questions of each workspace take.
    """
    left = {TENANTS[number]: list(course) for number, course in enumerate(courses)}
    running: list[tuple[int, Tenant]] = []
    served: list[Tenant] = []
    passed = {tenant: Counter[Tenant]() for tenant in left}
    for now in count():
        running = [(end, tenant) for end, tenant in running if end > now]
        waiting = [turn for tenant in left for turn in waiting_of(tenant, len(left[tenant]))]
        if not waiting:
            return
        has = Counter(tenant for _, tenant in running)
        for turn in fair(waiting, has, served, places - len(running)):
            running.append((now + left[turn.tenant].pop(0), turn.tenant))
            served = [*(each for each in served if each != turn.tenant), turn.tenant]
            passed[turn.tenant].clear()
            for other, course in left.items():
                if course and other != turn.tenant:
                    passed[other][turn.tenant] += 1
                    assert passed[other][turn.tenant] <= places + 1
