"""The models of one deliberation, held to what was set aside for it and to the switch."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from bot.council.course import deliberate
from bot.domain import Deliberation, Estimate, Failure, FailureKind, Mode, ModelCall, State
from bot.domain.course import after
from bot.domain.events import Passing
from bot.errors import ModelError, StorageError
from bot.ports import Completion, ModelInfo, ModelRequest, Models
from bot.team.spending.estimates import OUTPUT_TOKENS, estimated
from bot.team.spending.halting import Halting
from bot.team.spending.metered import metered
from bot.team.spending.prices import paid_micros
from bot.work.worker import Platform, Worker
from tests.fakes.chat import FakeChat
from tests.fakes.council import COUNCIL, deliberation
from tests.fakes.models import Fails, FakeModels, Line, Says
from tests.fakes.records import FakeOutbox, FakeRecords
from tests.fakes.team.budgets import FakeSwitch
from tests.fakes.team.catalog import FakeCatalog
from tests.fakes.turns import FakeTurns
from tests.fakes.virtual import virtual

NAMES = ("test/a", "test/b", "test/c")
# A call with output up to its limit costs 6,000 micros and some for its prompt.
CATALOG = FakeCatalog(*(ModelInfo(name, 0.1, 1.0) for name in NAMES))
MOST_A_CALL = 6_140
REQUEST = ModelRequest("test/a", "", "Why?", "answer", 10.0, max_tokens=16_000)


class Billing:
    """Models whose every call costs so many micros; None tells nothing of it."""

    def __init__(self, micros: int | None, failure: FailureKind | None = None) -> None:
        self.requests: list[ModelRequest] = []
        self._micros = micros
        self._failure = failure
        self._fake = FakeModels(lambda _: Says("42", 0.0))

    async def complete(self, request: ModelRequest) -> Completion:
        self.requests.append(request)
        usd = None if self._micros is None else self._micros / 1_000_000
        call = ModelCall(request.model, request.purpose, 1.0, self._failure, cost_usd=usd)
        completion = await self._fake.complete(request)
        return replace(completion, calls=(call,))

    async def stream(self, request: ModelRequest):
        yield "4"
        yield await self.complete(request)

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        return await self._fake.list(provider)


def capped(most: int, *calls: ModelCall) -> Deliberation:
    estimate = Estimate(most // 10, most, calls=10)
    return replace(deliberation(), estimate=estimate, is_capped=True, calls=calls)


def held(known: Deliberation, models: Models, switch: FakeSwitch | None = None) -> Models:
    return metered(known, models, catalog=CATALOG, halting=Halting(switch or FakeSwitch()))


async def ask_until_refused(models: Models) -> int:
    """Return how often a model answered before it was refused."""
    number = 0
    while True:
        try:
            await models.complete(REQUEST)
        except ModelError as error:
            refused = error
            break
        number += 1
    assert refused.failure == Failure(FailureKind.OVER_BUDGET, "The council's budget is used up.")
    assert refused.calls == ()
    return number


@virtual
async def test_without_a_limit_a_request_goes_through_as_it_is() -> None:
    fake = Billing(10**9)
    models = held(replace(capped(0), is_capped=False), fake)

    for _ in range(3):
        await models.complete(REQUEST)

    assert fake.requests == [REQUEST] * 3


@virtual
async def test_outputs_are_held_to_the_length_that_was_reckoned_with() -> None:
    fake = Billing(0)
    models = held(capped(10**6), fake)

    await models.complete(REQUEST)
    await models.complete(replace(REQUEST, max_tokens=None))
    await models.complete(replace(REQUEST, max_tokens=9))

    limits = [request.max_tokens for request in fake.requests]
    assert limits == [OUTPUT_TOKENS, OUTPUT_TOKENS, 9]


@virtual
async def test_what_a_call_did_not_use_is_there_for_the_next() -> None:
    models = held(capped(MOST_A_CALL + 5_000), Billing(1_000))

    assert await ask_until_refused(models) == 6


@virtual
async def test_calls_at_once_do_not_share_what_is_left() -> None:
    fake = Billing(0)
    models = held(capped(3 * MOST_A_CALL), fake)

    told = await asyncio.gather(
        *(models.complete(REQUEST) for _ in range(10)), return_exceptions=True
    )

    assert sum(isinstance(one, Completion) for one in told) == 3
    assert len(fake.requests) == 3


@virtual
async def test_what_was_paid_before_a_restart_counts() -> None:
    before = (ModelCall("test/a", "answer", 1.0, cost_usd=0.004),)

    assert await ask_until_refused(held(capped(10_000, *before), Billing(6_000))) == 0
    assert await ask_until_refused(held(capped(10_200, *before), Billing(6_000))) == 1


@virtual
async def test_a_provider_that_bills_far_more_is_asked_once() -> None:
    assert await ask_until_refused(held(capped(10**6), Billing(10**12))) == 1


@virtual
async def test_a_call_of_which_nothing_is_known_counts_its_most() -> None:
    lost = Billing(None, FailureKind.TIMED_OUT)

    assert await ask_until_refused(held(capped(3 * MOST_A_CALL), lost)) == 3


@virtual
async def test_a_call_that_nobody_bills_leaves_everything() -> None:
    fake = FakeModels(lambda _: Fails(FailureKind.OVERLOADED))
    models = held(capped(MOST_A_CALL), fake)

    for _ in range(5):
        with pytest.raises(ModelError, match="overloaded"):
            await models.complete(REQUEST)


@virtual
async def test_a_call_that_is_given_up_counts_its_most() -> None:
    models = held(capped(MOST_A_CALL), FakeModels(lambda _: Says("late", 60.0)))
    given_up = asyncio.create_task(models.complete(replace(REQUEST, deadline_s=90.0)))
    await asyncio.sleep(1)
    given_up.cancel()
    await asyncio.wait([given_up])

    assert await ask_until_refused(models) == 0


@virtual
async def test_a_dear_model_is_refused_where_a_cheap_one_still_may_answer() -> None:
    models = held(capped(MOST_A_CALL), Billing(0))

    with pytest.raises(ModelError, match="used up"):
        await models.complete(replace(REQUEST, model="own/unpriced"))
    await models.complete(REQUEST)


@virtual
async def test_models_that_cost_nothing_need_no_budget() -> None:
    models = held(capped(0), Billing(0))

    await models.complete(replace(REQUEST, model="rehearsal/a"))


@virtual
async def test_a_stream_is_held_to_the_budget_too() -> None:
    models = held(capped(MOST_A_CALL + 2_000), Billing(1_500))

    async def ask() -> list[str | Completion]:
        async with aclosing(models.stream(REQUEST)) as pieces:
            return [piece async for piece in pieces]

    assert [(await ask())[0] for _ in range(2)] == ["4", "4"]
    with pytest.raises(ModelError, match="used up"):
        await ask()


@virtual
async def test_a_long_prompt_counts() -> None:
    models = held(capped(MOST_A_CALL), Billing(0))

    with pytest.raises(ModelError, match="used up"):
        await models.complete(replace(REQUEST, prompt="word " * 50_000))


@virtual
async def test_a_whole_council_keeps_to_its_most() -> None:
    """Providers bill each call at its most, and all that may happen does."""
    council = replace(COUNCIL, mode=Mode.THOROUGH)
    estimate = estimated(deliberation().question, council, CATALOG.models)
    known = replace(deliberation(), council=council, estimate=estimate, is_capped=True)
    fake = Billing(MOST_A_CALL)

    async with aclosing(deliberate(known, held(known, fake))) as events:
        async for event in events:
            if not isinstance(event, Passing):
                known = after(known, event)

    assert known.state is State.DONE
    assert 0 < paid_micros(known.calls, 0) <= estimate.most_micros


@virtual
async def test_halted_councils_ask_no_model() -> None:
    switch, fake = FakeSwitch(), Billing(0)
    halting = Halting(switch)
    models = metered(deliberation(), fake, catalog=CATALOG, halting=halting)
    await switch.halt("The bill is being looked at.")
    await halting.look()

    with pytest.raises(ModelError, match="halted by my operator: The bill") as halted:
        await models.complete(REQUEST)
    with pytest.raises(ModelError, match="halted"):
        await anext(models.stream(REQUEST))
    assert halted.value.failure.kind is FailureKind.HALTED
    assert fake.requests == []

    await switch.go_on()
    await models.complete(REQUEST)


@virtual
async def test_a_halt_breaks_off_what_is_out() -> None:
    switch = FakeSwitch()
    halting = Halting(switch)
    slow = FakeModels(lambda _: Says("late", 60.0))
    models = metered(deliberation(), slow, catalog=CATALOG, halting=halting)
    request = replace(REQUEST, deadline_s=90.0)
    plain = asyncio.create_task(models.complete(request))
    stream = asyncio.ensure_future(anext(models.stream(request)))
    await asyncio.sleep(1)

    await switch.halt("Enough.")
    await halting.look()
    await halting.look()
    told = await asyncio.wait_for(asyncio.gather(plain, stream, return_exceptions=True), 0.1)

    for error in told:
        assert isinstance(error, ModelError)
        assert error.failure.kind is FailureKind.HALTED
        # It was sent: what it cost is not known.
        assert [call.failure for call in error.calls] == [FailureKind.CUT_OFF]


@virtual
async def test_a_stream_that_was_paid_for_is_broken_off_between_two_pieces() -> None:
    switch = FakeSwitch()
    halting = Halting(switch)
    models = metered(deliberation(), Billing(0), catalog=CATALOG, halting=halting)
    pieces = models.stream(REQUEST)
    assert await anext(pieces) == "4"

    await switch.halt("Enough.")
    await halting.look()

    with pytest.raises(ModelError) as halted:
        await anext(pieces)
    assert [call.failure for call in halted.value.calls] == [FailureKind.CUT_OFF]


@virtual
async def test_whoever_cancels_a_halted_call_stops_it() -> None:
    switch = FakeSwitch()
    halting = Halting(switch)
    slow = FakeModels(lambda _: Says("late", 60.0))
    models = metered(deliberation(), slow, catalog=CATALOG, halting=halting)
    out = asyncio.create_task(models.complete(replace(REQUEST, deadline_s=90.0)))
    await asyncio.sleep(1)

    await switch.halt("Enough.")
    await halting.look()
    out.cancel()
    await asyncio.wait([out])

    assert out.cancelled()


@virtual
async def test_a_timeout_of_the_call_itself_is_no_halt() -> None:
    class Late:
        async def complete(self, request: ModelRequest) -> Completion:
            raise TimeoutError

        stream = FakeModels(lambda _: Says("")).stream
        list = FakeModels(lambda _: Says("")).list

    with pytest.raises(TimeoutError):
        await held(deliberation(), Late()).complete(REQUEST)


@virtual
async def test_while_the_database_is_silent_the_last_word_holds() -> None:
    class Silent(FakeSwitch):
        is_silent = False

        async def reason(self) -> str | None:
            if self.is_silent:
                message = "The database cannot be reached."
                raise StorageError(message)
            return await super().reason()

    switch = Silent()
    halting = Halting(switch)
    await switch.halt("Enough.")
    await halting.look()
    switch.is_silent = True
    await halting.look()

    with pytest.raises(ModelError, match="Enough"):
        await metered(deliberation(), Billing(0), catalog=CATALOG, halting=halting).complete(
            REQUEST
        )


@virtual
async def test_a_running_council_that_is_halted_says_so_and_pays_nothing_more() -> None:
    switch, records = FakeSwitch(), FakeRecords()
    halting = Halting(switch)

    def line(request: ModelRequest) -> Line:
        return Says("42", 1.0 if request.purpose == "answer" else 4.0)

    fake = FakeModels(line)
    worker = Worker(
        deliberate=deliberate,
        models=lambda known: metered(known, fake, catalog=CATALOG, halting=halting),
        records=records,
        outbox=FakeOutbox(records),
        turns=FakeTurns(records),
        platforms={"console": Platform(FakeChat())},
    )
    thorough = replace(COUNCIL, mode=Mode.THOROUGH)
    await records.create(replace(deliberation(), council=thorough))
    run = asyncio.create_task(worker.run("d1"))
    await asyncio.sleep(2)  # the answers are there, the reviews are out

    await switch.halt("The bill is being looked at.")
    await halting.look()
    asked = len(fake.requests)
    await run

    known = await records.load("d1")
    assert len(fake.requests) == asked
    assert [answer.text for answer in known.answers] == ["42", "42"]
    assert known.state is State.DONE
    assert known.synthesis is not None
    assert "No chairman answered" in (known.synthesis.stand_in or "")


@virtual
async def test_a_council_that_is_halted_before_any_answer_fails_with_the_reason() -> None:
    switch, records = FakeSwitch(), FakeRecords()
    halting = Halting(switch)
    fake = FakeModels(lambda _: Says("42"))
    worker = Worker(
        deliberate=deliberate,
        models=lambda known: metered(known, fake, catalog=CATALOG, halting=halting),
        records=records,
        outbox=FakeOutbox(records),
        turns=FakeTurns(records),
        platforms={"console": Platform(FakeChat())},
    )
    await records.create(deliberation())
    await switch.halt("Enough.")
    await halting.look()

    await worker.run("d1")

    known = await records.load("d1")
    assert fake.requests == []
    assert known.state is State.FAILED
    sentences = {failed.failure.sentence for failed in known.failures}
    assert sentences == {"Councils are halted by my operator: Enough."}
