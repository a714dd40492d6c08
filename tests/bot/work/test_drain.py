"""The end of a process, on virtual time."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from bot.domain import FailureKind
from bot.errors import ModelError
from bot.ports import Completion, ModelRequest
from bot.work.drain import Drain, DrainedModels
from tests.fakes.models import Fails, FakeModels, Line, Says
from tests.fakes.virtual import virtual

CALL_S = 3.0
# A moment after the last call, for what it brought.
AFTERWARDS_S = 0.5
ANSWER = Says("Because.", CALL_S)


def request(deadline_s: float = 100.0) -> ModelRequest:
    return ModelRequest("fake/one", "", "Why?", "answer", deadline_s)


def drained(drain: Drain, line: Line = ANSWER) -> DrainedModels:
    return DrainedModels(FakeModels(lambda _: line), drain)


async def seconds_to_finish(drain: Drain, within_s: float, hurry: asyncio.Event) -> float:
    clock = asyncio.get_running_loop().time
    began = clock()
    await drain.finish(within_s, hurry)
    return clock() - began


async def begun(models: DrainedModels) -> asyncio.Task[Completion]:
    """Return a call that is out."""
    call = asyncio.create_task(models.complete(request()))
    await asyncio.sleep(0)
    return call


@virtual
async def test_a_call_goes_through_and_is_counted_while_it_is_out() -> None:
    drain = Drain()
    models = drained(drain)

    call = await begun(models)
    out = drain.out
    completion = await call

    assert (out, drain.out) == (1, 0)
    assert completion.text == "Because."
    assert [info.name for info in await models.list("fake")] == ["fake/one"]


@virtual
async def test_what_is_out_comes_in_and_has_a_moment_to_be_stored() -> None:
    drain = Drain()
    calls = [await begun(drained(drain, Says("Because.", after_s))) for after_s in (1.0, CALL_S)]

    assert await seconds_to_finish(drain, 60, asyncio.Event()) == CALL_S + AFTERWARDS_S
    assert [call.result().text for call in calls] == ["Because.", "Because."]


@virtual
async def test_where_nothing_is_out_nothing_is_waited_for() -> None:
    assert await seconds_to_finish(Drain(), 60, asyncio.Event()) == 0


@virtual
async def test_a_call_that_takes_too_long_is_not_waited_for() -> None:
    drain = Drain()
    call = await begun(drained(drain))

    assert await seconds_to_finish(drain, 2, asyncio.Event()) == 2
    assert not call.done()
    call.cancel()


@virtual
async def test_in_a_hurry_nothing_is_waited_for() -> None:
    drain, hurry = Drain(), asyncio.Event()
    call = await begun(drained(drain))
    asyncio.get_running_loop().call_later(1, hurry.set)

    assert await seconds_to_finish(drain, 60, hurry) == 1
    assert not call.done()
    call.cancel()


@virtual
async def test_no_call_begins_any_more_and_one_that_waits_can_be_stopped() -> None:
    drain = Drain()
    models = drained(drain)
    drain.close()

    plain = await begun(models)
    streamed = asyncio.create_task(anext(models.stream(request())))
    await asyncio.sleep(1000)
    out, are_done = drain.out, (plain.done(), streamed.done())
    for waiting in (plain, streamed):
        waiting.cancel()
    ended = await asyncio.gather(plain, streamed, return_exceptions=True)

    assert (out, are_done) == (0, (False, False))
    assert [type(end) for end in ended] == [asyncio.CancelledError] * 2
    assert await seconds_to_finish(drain, 60, asyncio.Event()) == 0


@virtual
async def test_a_stream_is_out_until_its_last_piece() -> None:
    drain = Drain()
    async with aclosing(drained(drain).stream(request())) as pieces:
        first = await anext(pieces)
        out = drain.out
        drain.close()
        *_, last = [piece async for piece in pieces]

    assert (first, out) == ("Because", 1)
    assert isinstance(last, Completion)
    assert drain.out == 0


@virtual
async def test_a_stream_that_nobody_reads_to_its_end_is_out_no_more() -> None:
    drain = Drain()
    async with aclosing(drained(drain).stream(request())) as pieces:
        await anext(pieces)

    assert drain.out == 0


@virtual
async def test_a_call_that_fails_or_is_stopped_is_out_no_more() -> None:
    drain = Drain()
    with pytest.raises(ModelError):
        await drained(drain, Fails(FailureKind.OVERLOADED)).complete(request())
    stopped = await begun(drained(drain))
    stopped.cancel()
    await asyncio.wait({stopped})

    assert drain.out == 0
