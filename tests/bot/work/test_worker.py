from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from bot.domain import Answer, Place, Post, PostState, State
from bot.domain.events import (
    AnswerArrived,
    AnswerPiece,
    DeliberationCancelled,
    DeliberationFailed,
    SeatAsked,
    StageBegan,
    SynthesisReady,
)
from bot.domain.reports import FailureReport, SeatStatus, SynthesisReport
from bot.errors import StorageError
from tests.bot.work.stage import Stage
from tests.fakes.chat import FakeChat
from tests.fakes.council import PLACE, SLOTS, SYNTHESIS, WHOLE, Script
from tests.fakes.virtual import virtual

ADA = AnswerArrived(Answer("Ada", "42", "test/a", 0.1))
BEGUN = (StageBegan(State.ANSWERING), ADA)


@virtual
async def test_a_deliberation_is_saved_and_shown_to_its_end() -> None:
    stage = Stage()
    await stage.ask()

    ended = await stage.run()

    assert ended.state is State.DONE
    assert stage.chat.slots() == SLOTS
    assert set(stage.states().values()) == {PostState.SENT}
    assert stage.chat.message("synthesis").is_pinned
    assert stage.root().state is State.DONE


@virtual
async def test_replies_stand_in_the_thread_of_the_root_message() -> None:
    stage = Stage()
    await stage.ask()

    await stage.run()

    root, *replies = stage.chat.messages
    assert root.thread is None
    assert {reply.thread for reply in replies} == {root.id}


@virtual
async def test_a_fact_is_saved_before_it_is_shown() -> None:
    stage = Stage()
    await stage.ask()
    shown = asyncio.Event()
    stage.chat.gates["post", "answer:Ada"] = shown
    run = asyncio.create_task(stage.run())

    await stage.chat.until("post", "answer:Ada")
    answers = (await stage.records.load("d1")).answers
    shown.set()
    await run

    assert answers[0].member == "Ada"


@virtual
async def test_a_slow_platform_does_not_hold_up_the_reasoning() -> None:
    stage = Stage()
    await stage.ask()
    answered = asyncio.Event()
    stage.chat.gates["post", "root"] = answered
    run = asyncio.create_task(stage.run())

    await asyncio.sleep(1)
    state = (await stage.records.load("d1")).state
    answered.set()
    await run

    assert state is State.DONE
    assert stage.chat.slots() == SLOTS


@virtual
async def test_the_root_message_follows_the_seats_at_the_platforms_pace() -> None:
    stage = Stage(FakeChat(edit_every_s=10.0))
    await stage.ask()
    asked = SeatAsked("Ada", "test/a", "answer")
    pieces = [1, AnswerPiece("Ada", "one more ")] * 9

    await stage.interrupt(StageBegan(State.ANSWERING), 1, asked, *pieces)

    seat = stage.root().seats[0]
    assert (seat.status, seat.words) == (SeatStatus.ANSWERING, 18)
    assert stage.chat.count("edit") == 1


@virtual
async def test_timings_count_from_the_start_of_the_run() -> None:
    stage = Stage()
    await stage.ask()

    ended = await stage.run(WHOLE[0], 2, *WHOLE[3:6], 3, *WHOLE[7:])

    assert ended.timings.first_answer_s == 2
    assert ended.timings.answers_s == 2
    assert ended.timings.reviews_s == 3
    assert ended.timings.total_s == 5


@virtual
async def test_a_resumed_run_keeps_what_the_earlier_one_measured() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(WHOLE[0], 2, *WHOLE[3:5], 1, WHOLE[5])

    ended = await stage.run(WHOLE[5], 3, *WHOLE[7:])

    assert ended.timings.first_answer_s == 2
    assert ended.timings.answers_s == 3
    assert ended.timings.reviews_s == 3


@virtual
async def test_an_answer_that_is_shown_after_the_end_is_timed_as_well() -> None:
    stage = Stage()
    await stage.ask()
    shown = asyncio.Event()
    stage.chat.gates["post", "answer:Ada"] = shown
    asyncio.get_running_loop().call_later(3, shown.set)

    ended = await stage.run()

    assert (ended.timings.first_answer_s, ended.timings.total_s) == (3, 0)


@virtual
async def test_a_resumed_run_asks_and_posts_only_what_is_missing() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(*WHOLE[:5])

    ended = await stage.run()

    assert ended.state is State.DONE
    assert stage.chat.slots() == SLOTS
    assert sum(isinstance(fact, AnswerArrived) for fact in stage.records.saved) == 2


@virtual
async def test_an_ended_deliberation_only_gets_its_owed_posts() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.gates["post", "answer:Bob"] = asyncio.Event()
    await stage.interrupt(*WHOLE)
    del stage.chat.gates["post", "answer:Bob"]
    script = Script()

    await stage.worker(script).run("d1")

    assert script.asked == []
    assert stage.chat.slots() == SLOTS
    assert stage.root().state is State.DONE


@virtual
async def test_a_failure_is_told_in_the_thread_and_at_its_root() -> None:
    stage = Stage()
    await stage.ask()

    await stage.run(*BEGUN, DeliberationFailed("Nobody answered."))

    told = stage.chat.message("synthesis").reports[-1]
    assert isinstance(told, FailureReport)
    assert told.reason == "Nobody answered."
    assert stage.root().headline == "Nobody answered."
    assert not stage.chat.message("synthesis").is_pinned


@virtual
async def test_an_unexpected_error_fails_in_plain_words() -> None:
    stage = Stage()
    await stage.ask()

    ended = await stage.run(*BEGUN, RuntimeError("secret sk-123"))

    assert ended.state is State.FAILED
    assert ended.reason is not None
    assert "secret" not in ended.reason
    assert stage.chat.slots() == ["root", "answer:Ada", "synthesis"]


@virtual
async def test_a_failed_one_that_goes_on_ends_with_a_new_message() -> None:
    stage = Stage()
    await stage.ask()
    await stage.run(*BEGUN, RuntimeError())
    await stage.records.take_up("d1", is_fresh=True)

    ended = await stage.run()

    assert ended.state is State.DONE
    assert stage.chat.slots() == ["root", "answer:Ada", "synthesis", *SLOTS[2:6], "synthesis:2"]
    assert isinstance(stage.chat.message("synthesis").reports[-1], FailureReport)
    assert isinstance(stage.chat.message("synthesis:2").reports[-1], SynthesisReport)


@virtual
async def test_a_council_that_just_stops_has_failed() -> None:
    stage = Stage()
    await stage.ask()

    ended = await stage.run(*BEGUN)

    assert ended.state is State.FAILED


@virtual
async def test_a_council_that_hangs_is_stopped_in_the_end() -> None:
    stage = Stage()
    await stage.ask()

    ended = await stage.run(*BEGUN, asyncio.Event())

    assert ended.state is State.FAILED
    assert ended.reason is not None
    assert "too long" in ended.reason
    assert asyncio.get_running_loop().time() == 50


@virtual
async def test_whoever_is_superseded_stops_without_a_word() -> None:
    stage = Stage()
    await stage.ask()
    go_on = asyncio.Event()
    script = Script(*BEGUN, go_on, *WHOLE)
    run = asyncio.create_task(stage.worker(script).run("d1"))
    await asyncio.sleep(1)

    await stage.records.take_up("d1")
    calls = list(stage.chat.calls)
    go_on.set()
    await run

    assert script.is_closed
    assert asyncio.get_running_loop().time() == 1
    assert stage.chat.calls == calls
    assert (await stage.records.load("d1")).state is State.ANSWERING


@virtual
async def test_a_process_that_ends_leaves_the_deliberation_as_it_is() -> None:
    stage = Stage()
    await stage.ask()

    await stage.interrupt(*BEGUN)

    assert (await stage.records.load("d1")).state is State.ANSWERING
    assert stage.root().headline == "The members are answering."


@virtual
async def test_a_cancelled_deliberation_says_so() -> None:
    stage = Stage()
    await stage.ask()
    run = asyncio.create_task(stage.worker(Script(*WHOLE[:12], asyncio.Event())).run("d1"))
    await asyncio.sleep(1)

    taken = await stage.records.take_up("d1")
    await stage.records.save(taken, [DeliberationCancelled()])
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run

    assert run.cancelled()
    assert stage.root().state is State.CANCELLED
    assert isinstance(stage.chat.message("synthesis").reports[-1], FailureReport)


@virtual
async def test_a_worker_that_finds_it_cancelled_says_so_too() -> None:
    stage = Stage()
    await stage.ask()
    go_on = asyncio.Event()
    run = asyncio.create_task(stage.run(*BEGUN, go_on, *WHOLE))
    await asyncio.sleep(1)

    taken = await stage.records.take_up("d1")
    await stage.records.save(taken, [DeliberationCancelled()])
    go_on.set()
    await run

    assert stage.root().state is State.CANCELLED


@virtual
async def test_a_database_that_comes_back_loses_nothing() -> None:
    stage = Stage()
    await stage.ask()
    stage.records.fault = StorageError("locked")
    asyncio.get_running_loop().call_later(1.5, setattr, stage.records, "fault", None)

    ended = await stage.run()

    assert ended.state is State.DONE
    assert stage.chat.slots() == SLOTS


@virtual
async def test_a_database_that_stays_away_ends_the_run_in_silence() -> None:
    stage = Stage()
    await stage.ask()
    fault = asyncio.Event()
    run = asyncio.create_task(stage.worker(Script(*BEGUN, fault, *WHOLE)).run("d1"))
    await asyncio.sleep(1)

    stage.records.fault = StorageError("gone")
    fault.set()
    await run
    stage.records.fault = None

    assert (await stage.records.load("d1")).state is State.ANSWERING


@virtual
async def test_a_database_that_comes_back_late_is_named_as_the_reason() -> None:
    stage = Stage()
    await stage.ask()
    fault = asyncio.Event()
    run = asyncio.create_task(stage.worker(Script(*BEGUN, fault, *WHOLE)).run("d1"))
    await asyncio.sleep(1)

    stage.records.fault = StorageError("The disk is full; free some space.")
    fault.set()
    asyncio.get_running_loop().call_later(7, setattr, stage.records, "fault", None)
    await run

    reason = (await stage.records.load("d1")).reason
    assert reason == (
        "The disk is full; free some space. Resume the deliberation to go on from here."
    )


@virtual
async def test_a_deliberation_that_nobody_knows_is_no_trouble() -> None:
    stage = Stage()

    await stage.worker(Script()).run("nothing")

    assert stage.chat.calls == []


@virtual
async def test_a_platform_that_is_not_connected_fails_in_the_records() -> None:
    stage = Stage()
    await stage.ask(Place("elsewhere", "w", "c"))

    ended = await stage.run()

    assert ended.state is State.FAILED


@virtual
async def test_one_that_is_given_up_has_failed_and_can_go_on() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(*BEGUN)

    await stage.worker(Script()).give_up("d1")

    given_up = await stage.records.load("d1")
    assert given_up.reason is not None
    assert "five times" in given_up.reason
    assert stage.chat.slots() == ["root", "answer:Ada", "synthesis"]


@virtual
async def test_a_question_in_a_thread_is_answered_there() -> None:
    stage = Stage()
    await stage.ask(replace(PLACE, thread="t1"))
    await stage.records.take_up("d1")

    await stage.run(*BEGUN, SynthesisReady(SYNTHESIS))

    assert (await stage.records.load("d1")).state is State.DONE
    assert [post.slot for post in await stage.outbox.owed("d1")] == [
        "root",
        "answer:Ada",
        "synthesis",
    ]
    assert Post("d1", "root").key == stage.chat.message("root").key
