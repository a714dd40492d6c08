"""How members fared, counted on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import event

from bot.domain import (
    Answer,
    Ballot,
    Confidence,
    Council,
    Deliberation,
    Failure,
    FailureKind,
    Flag,
    MemberRecord,
    ModelCall,
    Place,
    Review,
    Seat,
    Standing,
    Standings,
    Synthesis,
    Tenant,
)
from bot.domain.events import (
    AnswerArrived,
    CallsWasted,
    DeliberationCancelled,
    DeliberationFailed,
    Fact,
    MemberFailed,
    ReviewArrived,
    StandingsReady,
    SynthesisReady,
)
from bot.storage.database import Database
from bot.storage.records import SqlRecords
from bot.storage.team.statistics import SqlStatistics
from bot.storage.workspaces.feedback import SqlFeedback
from tests.contracts.records import a_deliberation

HERE = Tenant("slack", "T1")
CHANNEL = Place("slack", "T1", "C1")
COUNCIL = Council(
    (Seat("Ada", "work/a", fallbacks=("work/x",)), Seat("Bob", "work/b"), Seat("Cyd", "work/c")),
    Seat("Eve", "work/e"),
)
MODELS = {"Ada": "work/a", "Bob": "work/b", "Cyd": "work/c"}
FAILURE = Failure(FailureKind.OVERLOADED, "It is overloaded.")


def answered(member: str, latency_s: float = 1.0, model: str | None = None) -> Fact:
    model = model or MODELS[member]
    calls = (ModelCall(model, "answer", latency_s, None, 10, 20, 0.25),)
    return AnswerArrived(Answer(member, "It scatters.", model, latency_s), calls)


def reviewed(member: str, *ranking: str) -> Fact:
    ballot = Ballot(member, tuple((name,) for name in ranking)) if ranking else None
    calls = (ModelCall(MODELS[member], "review", 1.0, None, 10, 20, 0.5),)
    return ReviewArrived(Review(member, "Good.", MODELS[member], 1.0, ballot=ballot), calls)


def ranked(*tiers: Sequence[str], upheld: tuple[Flag, ...] = ()) -> Fact:
    places = {name: place for place, tier in enumerate(tiers, 1) for name in tier}
    order = tuple(Standing(name, place, 1.0, 0.5, None) for name, place in places.items())
    return StandingsReady(Standings(order, Confidence.STRONG, 2, upheld=upheld))


CONCLUDED = SynthesisReady(
    Synthesis("Final.", "Eve", "work/e", Confidence.STRONG, 1.0),
    (ModelCall("work/e", "synthesis", 1.0, None, 10, 20, 7.0),),
)
A_WHOLE_ONE = (
    answered("Ada", 2.0),
    answered("Bob", 4.0),
    answered("Cyd", 6.0),
    reviewed("Ada", "Ada", "Bob", "Cyd"),
    reviewed("Bob", "Ada", "Bob", "Cyd"),
    reviewed("Cyd", "Cyd", "Bob", "Ada"),
    ranked(["Ada"], ["Bob"], ["Cyd"]),
    CONCLUDED,
)


async def held(
    database: Database, *facts: Fact, place: Place = CHANNEL, council: Council = COUNCIL
) -> Deliberation:
    """Store a deliberation with these facts."""
    records, new = SqlRecords(database), a_deliberation()
    question = replace(new.question, place=place, attachments=())
    new = await records.create(replace(new, question=question, council=council))
    await records.save(new, facts)
    return new


async def records_of(database: Database, place: Place = CHANNEL) -> dict[str, MemberRecord]:
    found = await SqlStatistics(database).members(place)
    assert len({(each.member, each.model) for each in found}) == len(found)
    return {f"{each.member} {each.model}": each for each in found}


async def test_nothing_is_told_of_a_place_without_councils(database: Database) -> None:
    assert await SqlStatistics(database).members(CHANNEL) == ()


async def test_who_sat_won_reviewed_and_what_it_cost(database: Database) -> None:
    for _ in range(2):
        await held(database, *A_WHOLE_ONE)

    found = await records_of(database)

    ada = found["Ada work/a"]
    assert (ada.sat, ada.ranked, ada.won, ada.failed, ada.reviews) == (2, 2, 2, 0, 2)
    assert ada.latency_s == 2.0
    assert ada.cost_usd == pytest.approx(2 * (0.25 + 0.5))
    assert [found[name].won for name in ("Bob work/b", "Cyd work/c")] == [0, 0]
    # Nobody is charged for what the chairman wrote.
    assert set(found) == {"Ada work/a", "Bob work/b", "Cyd work/c"}


async def test_those_that_won_most_come_first(database: Database) -> None:
    await held(database, *A_WHOLE_ONE[:-2], ranked(["Cyd"], ["Ada"], ["Bob"]), CONCLUDED)

    assert [each.member for each in await SqlStatistics(database).members(CHANNEL)] == [
        *("Cyd", "Ada", "Bob")
    ]


async def test_whoever_disagrees_with_the_others_agrees_least(database: Database) -> None:
    await held(database, *A_WHOLE_ONE)

    found = await records_of(database)

    agreement = [found[f"{name} {model}"].agreement or 0.0 for name, model in MODELS.items()]
    assert agreement[0] == agreement[1] > agreement[2]


async def test_a_shared_first_place_is_won_by_both(database: Database) -> None:
    await held(database, *A_WHOLE_ONE[:-2], ranked(["Ada", "Bob"], ["Cyd"]), CONCLUDED)

    found = await records_of(database)

    assert [found[f"{name} {MODELS[name]}"].won for name in MODELS] == [1, 1, 0]


async def test_a_failed_seat_sat_and_failed_with_its_own_model(database: Database) -> None:
    lost = (ModelCall("work/a", "answer", 1.0, FailureKind.OVERLOADED, cost_usd=0.1),)
    await held(database, MemberFailed("Ada", FAILURE, lost), answered("Bob"), CONCLUDED)

    ada = (await records_of(database))["Ada work/a"]

    assert (ada.sat, ada.failed, ada.ranked, ada.latency_s) == (1, 1, 0, None)
    assert ada.cost_usd == pytest.approx(0.1)


async def test_an_answer_counts_for_the_model_that_gave_it(database: Database) -> None:
    await held(database, answered("Ada", model="work/x"), CONCLUDED)

    assert set(await records_of(database)) == {"Ada work/x"}


async def test_calls_that_brought_nothing_cost_all_the_same(database: Database) -> None:
    wasted = CallsWasted("Ada", "review", FAILURE, (ModelCall("work/a", "review", 1, cost_usd=1),))
    await held(database, answered("Ada"), wasted, CONCLUDED)

    assert (await records_of(database))["Ada work/a"].cost_usd == pytest.approx(1.25)


async def test_what_has_no_price_costs_nothing_that_is_known(database: Database) -> None:
    unpriced = AnswerArrived(
        Answer("Ada", "It scatters.", "work/a", 1.0), (ModelCall("work/a", "answer", 1.0),)
    )
    await held(database, unpriced, CONCLUDED)

    assert (await records_of(database))["Ada work/a"].cost_usd is None


async def test_upheld_flags_fall_to_the_author(database: Database) -> None:
    flag = Flag("Bob", "Ada", "quote", "wrong", "major", "why", is_upheld=True)
    again = replace(flag, reviewer="Cyd")
    order = ranked(["Bob"], ["Ada"], ["Cyd"], upheld=(flag, again))
    await held(database, *A_WHOLE_ONE[:-2], order, CONCLUDED)

    found = await records_of(database)

    assert (found["Ada work/a"].flagged, found["Bob work/b"].flagged) == (2, 0)


async def test_thumbs_fall_to_whoever_won(database: Database) -> None:
    feedback = SqlFeedback(database)
    new = await held(database, *A_WHOLE_ONE)
    for person, is_good in (("U1", True), ("U2", True), ("U3", False)):
        await feedback.rate(new.id, person, is_good=is_good)

    found = await records_of(database)

    assert (found["Ada work/a"].praised, found["Ada work/a"].blamed) == (2, 1)
    assert (found["Bob work/b"].praised, found["Bob work/b"].blamed) == (0, 0)


async def test_only_councils_that_have_ended_count(database: Database) -> None:
    await held(database, *A_WHOLE_ONE[:-1])
    assert await records_of(database) == {}

    await held(database, answered("Ada"), DeliberationCancelled())
    await held(database, answered("Ada"), DeliberationFailed("Too few."))

    assert (await records_of(database))["Ada work/a"].sat == 2


async def test_channels_and_workspaces_have_their_own(database: Database) -> None:
    await held(database, *A_WHOLE_ONE)
    await held(database, *A_WHOLE_ONE, place=replace(CHANNEL, channel="C2"))
    await held(database, *A_WHOLE_ONE, place=replace(CHANNEL, workspace="T2"))
    await held(database, *A_WHOLE_ONE, place=replace(CHANNEL, platform="discord"))

    async def sat(place: Place) -> int:
        return (await records_of(database, place))["Ada work/a"].sat

    assert await sat(CHANNEL) == 1
    assert await sat(replace(CHANNEL, channel="")) == 2
    assert await records_of(database, replace(CHANNEL, channel="C3")) == {}


async def test_ballots_weigh_one_until_there_are_thirty_reviews(database: Database) -> None:
    models = list(MODELS.values())
    for _ in range(29):
        await held(database, *A_WHOLE_ONE)
    assert set((await SqlStatistics(database).weights(HERE, models)).values()) == {1.0}

    await held(database, *A_WHOLE_ONE)

    weights = await SqlStatistics(database).weights(HERE, [*models, "work/new"])
    assert weights["work/a"] == weights["work/b"] > weights["work/c"] >= 0.25
    assert "work/new" not in weights
    assert (await records_of(database))["Cyd work/c"].weight == weights["work/c"]
    assert await SqlStatistics(database).weights(Tenant("slack", "T2"), models) == {}


async def test_weights_are_counted_anew_after_a_while(database: Database) -> None:
    now_s = 0.0
    statistics = SqlStatistics(database, now=lambda: now_s)

    async def counted() -> int:
        return len(await statistics.weights(HERE, list(MODELS.values())))

    assert await counted() == 0
    await held(database, *A_WHOLE_ONE)
    assert await counted() == 0
    now_s = 601.0
    assert await counted() == 3


async def test_many_who_ask_at_once_count_once(database: Database) -> None:
    await held(database, *A_WHOLE_ONE)
    statistics, counted = SqlStatistics(database), list[str]()

    def note(_connection: object, clause: object, *_rest: object) -> None:
        if "FROM ballots" in str(clause):
            counted.append("ballots")

    event.listen(database.sessions.engine, "before_execute", note)
    found = await asyncio.gather(*(statistics.weights(HERE, ["work/a"]) for _ in range(50)))

    assert found == [{"work/a": 1.0}] * 50
    assert counted == ["ballots"]
