"""What a process does with its places, and what it owes to others."""

from __future__ import annotations

import pytest

from bot.storage.places.pool import Held, Other, Pool, owed


@pytest.mark.parametrize(
    ("ours", "others", "expected"),
    [
        (4, [], 0),
        (4, [Other(has=0, wants=0)], 0),
        (4, [Other(has=0, wants=9)], 2),
        (4, [Other(has=0, wants=1)], 1),
        (1, [Other(has=0, wants=1)], 1),
        (2, [Other(has=1, wants=1)], 1),
        (2, [Other(has=2, wants=9)], 0),
        (1, [Other(has=3, wants=9)], 0),
        (9, [Other(has=0, wants=2), Other(has=5, wants=9), Other(has=9, wants=9)], 5),
        (0, [Other(has=0, wants=1)], 0),
    ],
)
def test_others_get_half_of_what_one_has_more(ours: int, others: list[Other], expected: int):
    assert owed(ours, others) == expected


async def in_use(pool: Pool, *numbers: int) -> list[Held]:
    pool.gain(numbers, now=0.0)
    return [held for _ in numbers if (held := pool.take()) is not None]


async def test_a_place_that_is_given_back_goes_to_whoever_waits_here():
    pool = Pool("k", 1)
    (held,) = await in_use(pool, 1)
    waiter = pool.wait()

    pool.leave(held, now=1.0)
    pool.serve()

    assert (await waiter).number == 1
    assert pool.returned == []


async def test_nobody_overtakes_those_who_wait():
    pool = Pool("k", 2)
    waiter = pool.wait()
    pool.gain([1], now=0.0)

    assert pool.take() is None

    pool.serve()
    assert waiter.done()


async def test_what_is_owed_is_given_back_though_somebody_waits_here():
    pool = Pool("k", 2)
    first, second = await in_use(pool, 1, 2)
    waiter = pool.wait()

    pool.consider([Other(has=0, wants=1)], now=0.0)
    pool.leave(first, now=1.0)
    pool.leave(second, now=1.0)
    pool.serve()

    assert pool.returned == [first.number]
    assert (await waiter).number == second.number


async def test_who_owes_asks_for_no_more_until_the_next_look():
    pool = Pool("k", 4)
    await in_use(pool, 1, 2)
    pool.wait()
    assert pool.wants == 1

    pool.consider([Other(has=0, wants=1)], now=0.0)
    assert pool.wants == 0

    pool.consider([Other(has=2, wants=1)], now=0.3)
    assert pool.wants == 1


async def test_a_place_that_nobody_needs_is_given_back_after_a_second():
    pool = Pool("k", 2)
    pool.gain([1], now=10.0)

    pool.consider([], now=10.9)
    assert pool.returned == []

    pool.consider([], now=11.0)
    assert pool.returned == [1]


async def test_a_place_that_others_want_is_given_back_as_soon_as_nobody_here_needs_it():
    pool = Pool("k", 2)
    (held,) = await in_use(pool, 1)
    pool.consider([Other(has=1, wants=1)], now=0.0)

    pool.leave(held, now=0.1)

    assert pool.returned == [1]


async def test_no_more_is_wanted_than_there_is():
    pool = Pool("k", 3)
    await in_use(pool, 1, 2)

    for _ in range(5):
        pool.wait()

    assert pool.wants == 1


async def test_a_lost_place_is_not_handed_on():
    pool = Pool("k", 1)
    (held,) = await in_use(pool, 1)
    waiter = pool.wait()

    pool.lose()
    assert (pool.locked, pool.wants) == ([], 0)
    pool.leave(held, now=0.0)
    pool.serve()

    assert not waiter.done()
    assert pool.wants == 1


async def test_a_place_that_is_ours_again_is_handed_on():
    pool = Pool("k", 2)
    first, second = await in_use(pool, 1, 2)
    pool.lose()
    pool.leave(second, now=0.0)

    pool.regain([first.number, second.number])

    assert sorted(pool.locked) == [1, 2]
    assert pool.returned == [second.number]


async def test_nothing_is_left_once_all_is_given_back():
    pool = Pool("k", 1)
    (held,) = await in_use(pool, 1)
    waiter = pool.wait()
    assert not pool.is_over

    pool.forget(waiter)
    pool.leave(held, now=0.0)
    pool.consider([], now=5.0)
    pool.returned.clear()

    assert pool.is_over
