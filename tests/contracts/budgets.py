"""What all records and budgets must do about money; subclass and give both as fixtures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import (
    Cap,
    Council,
    Deliberation,
    Estimate,
    Failure,
    FailureKind,
    Mode,
    ModelCall,
    Room,
    Seat,
    Spent,
    Tenant,
)
from bot.domain.events import (
    CallsUsed,
    DeliberationCancelled,
    DeliberationFailed,
    Fact,
    MemberFailed,
)
from bot.errors import NotFound, OverLimit
from bot.ports import Budgets, Records
from tests.contracts.records import a_deliberation, a_synthesis

ACME = Tenant("slack", "T1")
ENDS = datetime.now(UTC) + timedelta(hours=5)
CENT = 10_000
# Two members and a chairman: five calls in standard mode, of 5,000 micros at most, 1,000 usually.
COUNCIL = Council((Seat("Ada", "p/a"), Seat("Bob", "p/b")), Seat("Eve", "p/e"), Mode.STANDARD)
MOST = 25_000
ESTIMATE = Estimate(5_000, MOST, calls=5)


def a_council(most: int = MOST, workspace: str = "T1") -> Deliberation:
    """Return a new deliberation that may cost so much."""
    new = a_deliberation()
    place = replace(new.question.place, workspace=workspace)
    question = replace(new.question, place=place)
    estimate = replace(ESTIMATE, most_micros=most)
    return replace(new, question=question, council=COUNCIL, estimate=estimate, is_rehearsal=False)


def cap(key: str, most: int | None = None, councils: int | None = None) -> Cap:
    """Return a cap of the workspace's."""
    return Cap(key, "This workspace", ENDS, most, councils)


def paid(usd: float, number: int = 1) -> CallsUsed:
    """Return calls that cost so much each."""
    return CallsUsed("Ada", "answer", (ModelCall("p/a", "answer", 1.0, cost_usd=usd),) * number)


class BudgetsContract:
    """Holds for all budgets over their records."""

    @pytest.fixture
    def records(self) -> Records:
        raise NotImplementedError

    @pytest.fixture
    def budgets(self, records: Records) -> Budgets:
        raise NotImplementedError

    async def test_what_a_council_may_cost_is_set_aside(
        self, records: Records, budgets: Budgets
    ) -> None:
        await records.create(a_council(), caps=[cap("aside:day"), cap("aside:month")])

        held = await budgets.spent(ACME, ["aside:day", "aside:month", "aside:other"])

        assert held == {"aside:day": Spent(MOST, 1), "aside:month": Spent(MOST, 1)}

    async def test_a_council_without_room_is_refused_and_leaves_nothing(
        self, records: Records, budgets: Budgets
    ) -> None:
        caps = [cap("room:all"), cap("room", MOST + CENT)]
        await records.create(a_council(), caps=caps)
        late = a_council()

        with pytest.raises(OverLimit, match=r"\$0\.01 is left and this council may take \$0\.03"):
            await records.create(late, delivery="late", caps=caps)

        with pytest.raises(NotFound):
            await records.load(late.id)
        held = await budgets.spent(ACME, ["room", "room:all"])
        assert held == {"room": Spent(MOST, 1), "room:all": Spent(MOST, 1)}

    async def test_one_that_cannot_wait_sets_nothing_aside(
        self, records: Records, budgets: Budgets
    ) -> None:
        caps = [cap("line")]
        await records.create(a_council(), caps=caps, room=Room(1))

        with pytest.raises(OverLimit, match="has 1 question waiting already"):
            await records.create(a_council(), caps=caps, room=Room(1))

        assert await budgets.spent(ACME, ["line"]) == {"line": Spent(MOST, 1)}

    async def test_one_without_money_takes_no_room(self, records: Records) -> None:
        with pytest.raises(OverLimit, match="is left and this council"):
            await records.create(a_council(), caps=[cap("poor", CENT)], room=Room(1))

        await records.create(a_council(), room=Room(1))

    async def test_a_cap_that_is_met_exactly_has_room(self, records: Records) -> None:
        for _ in range(2):
            await records.create(a_council(), caps=[cap("exact", 2 * MOST, 2)])

        with pytest.raises(OverLimit):
            await records.create(a_council(), caps=[cap("exact", 2 * MOST)])

    async def test_councils_are_counted_beside_the_money(self, records: Records) -> None:
        await records.create(a_council(0), caps=[cap("number", councils=1)])

        with pytest.raises(OverLimit, match="may hold 1 council a day; none is left"):
            await records.create(a_council(0), caps=[cap("number", councils=1)])

    async def test_two_caps_under_one_key_count_once(
        self, records: Records, budgets: Budgets
    ) -> None:
        await records.create(a_council(), caps=[cap("twice", 10 * MOST), cap("twice", 9 * MOST)])

        assert await budgets.spent(ACME, ["twice"]) == {"twice": Spent(MOST, 1)}

    async def test_a_delivery_that_comes_again_is_neither_counted_nor_refused(
        self, records: Records, budgets: Budgets
    ) -> None:
        first = await records.create(a_council(), delivery="again", caps=[cap("again", MOST)])

        for _ in range(3):
            again = await records.create(a_council(), delivery="again", caps=[cap("again", MOST)])
            assert again.id == first.id

        assert await budgets.spent(ACME, ["again"]) == {"again": Spent(MOST, 1)}

    async def test_a_refused_delivery_may_come_again(self, records: Records) -> None:
        tries = [
            records.create(a_council(), delivery="refused", caps=[cap("refused", MOST - 1)])
            for _ in range(5)
        ]

        refused = await asyncio.gather(*tries, return_exceptions=True)

        assert [type(one) for one in refused] == [OverLimit] * 5
        await records.create(a_council(), delivery="refused", caps=[cap("refused", MOST)])

    async def test_workspaces_do_not_share_their_keys(
        self, records: Records, budgets: Budgets
    ) -> None:
        await records.create(a_council(), caps=[cap("ours", MOST)])
        await records.create(a_council(workspace="T2"), caps=[cap("ours", MOST)])

        assert await budgets.spent(Tenant("slack", "T2"), ["ours"]) == {"ours": Spent(MOST, 1)}
        assert await budgets.spent(Tenant("discord", "T1"), ["ours"]) == {}

    async def test_a_running_council_is_not_settled(
        self, records: Records, budgets: Budgets
    ) -> None:
        new = await records.create(a_council(), caps=[cap("running")])
        await records.save(new, [paid(0.001)])

        await budgets.settle()

        assert await budgets.spent(ACME, ["running"]) == {"running": Spent(MOST, 1)}

    @pytest.mark.parametrize(
        ("facts", "micros"),
        [
            ([paid(0.001), paid(0.002), a_synthesis()], 3_000),
            ([a_synthesis()], 0),
            ([DeliberationFailed("Nobody answered.")], 0),
            # Nobody knows the price: the tokens count at the cap.
            ([CallsUsed("Ada", "x", (ModelCall("p/a", "x", 1.0, None, 100, 10),))], 2_250),
            # Not even the tokens are known: its share of what was set aside.
            ([CallsUsed("Ada", "x", (ModelCall("p/a", "x", 1.0, FailureKind.TIMED_OUT),))], 5_000),
            # A provider that is overloaded bills nothing.
            ([CallsUsed("Ada", "x", (ModelCall("p/a", "x", 1.0, FailureKind.OVERLOADED),))], 0),
            # More than the most was used: that is what counts.
            ([paid(0.9)], 900_000),
        ],
    )
    async def test_an_ended_council_counts_what_it_cost(
        self, records: Records, budgets: Budgets, facts: Sequence[Fact], micros: int
    ) -> None:
        new = a_council()
        await records.create(new, caps=[cap(f"cost:{new.id}"), cap(f"cost:{new.id}:month")])
        await records.save(new, [*facts, DeliberationFailed("It ended.")])

        assert [await budgets.settle() for _ in range(3)] == [1, 0, 0]

        key = f"cost:{new.id}"
        held = await budgets.spent(ACME, [key, f"{key}:month"])
        assert held == {key: Spent(micros, 1), f"{key}:month": Spent(micros, 1)}

    async def test_what_was_out_when_a_council_was_stopped_counts_as_usual(
        self, records: Records, budgets: Budgets
    ) -> None:
        new = await records.create(a_council(), caps=[cap("stopped")])
        taken = await records.take_up(new.id)
        await records.save(taken, [paid(0.004)])
        await records.save(await records.take_up(new.id), [DeliberationCancelled()])

        await budgets.settle()

        # One call was paid, and those of the two members may have been out.
        assert await budgets.spent(ACME, ["stopped"]) == {"stopped": Spent(4_000 + 2 * 1_000, 1)}

    async def test_a_council_that_is_stopped_before_it_begins_cost_nothing(
        self, records: Records, budgets: Budgets
    ) -> None:
        new = await records.create(a_council(), caps=[cap("early")])
        await records.save(await records.take_up(new.id), [DeliberationCancelled()])

        await budgets.settle()

        assert await budgets.spent(ACME, ["early"]) == {"early": Spent(0, 1)}

    async def test_a_reopened_council_may_cost_its_most_again(
        self, records: Records, budgets: Budgets
    ) -> None:
        new = await records.create(a_council(), caps=[cap("reopened")])
        await records.save(new, [paid(0.004), DeliberationFailed("No.")])
        await budgets.settle()
        assert await budgets.spent(ACME, ["reopened"]) == {"reopened": Spent(4_000, 1)}

        taken = await records.take_up(new.id, is_fresh=True)

        assert await budgets.spent(ACME, ["reopened"]) == {"reopened": Spent(MOST, 1)}
        assert await budgets.settle() == 0
        await records.save(taken, [paid(0.005), a_synthesis()])
        assert await budgets.settle() == 1
        assert await budgets.spent(ACME, ["reopened"]) == {"reopened": Spent(9_000, 1)}

    async def test_one_that_is_reopened_before_it_was_settled_counts_once(
        self, records: Records, budgets: Budgets
    ) -> None:
        new = await records.create(a_council(), caps=[cap("soon")])
        await records.save(new, [DeliberationFailed("No.")])

        await records.take_up(new.id, is_fresh=True)
        await budgets.settle()

        assert await budgets.spent(ACME, ["soon"]) == {"soon": Spent(MOST, 1)}

    async def test_a_failure_counts_its_calls(self, records: Records, budgets: Budgets) -> None:
        new = await records.create(a_council(), caps=[cap("failed")])
        call = ModelCall("p/b", "answer", 1.0, FailureKind.REFUSED, cost_usd=0.002)
        failed = MemberFailed("Bob", Failure(FailureKind.REFUSED, "It declined."), (call,))
        await records.save(new, [failed, a_synthesis()])

        await budgets.settle()

        assert await budgets.spent(ACME, ["failed"]) == {"failed": Spent(2_000, 1)}

    async def test_without_caps_nothing_is_set_aside(
        self, records: Records, budgets: Budgets
    ) -> None:
        new = await records.create(a_council())
        await records.save(new, [a_synthesis()])

        assert await budgets.settle() == 0
