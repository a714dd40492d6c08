from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.domain import Post, PostState, Shown, State
from bot.domain.events import SynthesisPiece, SynthesisReady, SynthesisRestarted
from bot.domain.reports import FailureReport, SynthesisReport
from bot.errors import ChatBusy, ChatError, ChatRefused, ChatUnclear
from bot.work.posts import conclusion_slot
from tests.bot.work.stage import Stage
from tests.fakes.chat import Call, FakeChat
from tests.fakes.council import PLACE, SLOTS, SYNTHESIS, WHOLE, deliberation
from tests.fakes.virtual import virtual

BUSY = ChatBusy("Too many messages.", retry_after_s=7)
UNCLEAR = ChatUnclear("No answer.")
REFUSED = ChatRefused("The channel is archived.")
PIECES = WHOLE[:13]
END = SynthesisReady(SYNTHESIS)


@virtual
async def test_a_busy_platform_is_left_alone_as_long_as_it_asks() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.break_next("post", BUSY, BUSY)

    await stage.run()

    assert asyncio.get_running_loop().time() == 14
    assert stage.chat.slots() == SLOTS


@virtual
async def test_a_message_whose_answer_was_lost_is_not_sent_twice() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.lose_next("post")

    await stage.run()

    assert stage.chat.slots() == SLOTS
    assert stage.chat.count("find") == 1
    assert set(stage.states().values()) == {PostState.SENT}


@virtual
async def test_a_message_that_did_not_arrive_is_sent_again() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.break_next("post", UNCLEAR, UNCLEAR)

    await stage.run()

    assert stage.chat.slots() == SLOTS


@virtual
async def test_a_platform_that_never_answers_is_given_up() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.gates["post", "answer:Ada"] = asyncio.Event()

    ended = await stage.run()

    assert ended.state is State.DONE
    assert stage.states()["answer:Ada"] is PostState.GIVEN_UP
    assert stage.chat.slots() == [slot for slot in SLOTS if slot != "answer:Ada"]


@virtual
async def test_a_refused_message_is_given_up_and_the_others_go_on() -> None:
    stage = Stage()
    await stage.ask()
    hold = stage.chat.gates["post", "answer:Ada"] = asyncio.Event()
    run = asyncio.create_task(stage.run())
    await stage.chat.until("post", "answer:Ada")
    stage.chat.break_next("post", REFUSED)

    hold.set()
    await run

    assert stage.chat.slots() == [slot for slot in SLOTS if slot != "answer:Ada"]
    assert stage.records.posts["d1", "answer:Ada", 1].reason == "The channel is archived."


@virtual
async def test_without_a_thread_only_the_final_answer_is_posted() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.break_next("post", REFUSED)

    await stage.run()

    assert stage.chat.slots() == ["synthesis"]
    assert stage.records.posts["d1", "standings", 1].reason == "The thread could not be opened."


@virtual
async def test_in_a_thread_the_replies_do_without_a_root_message() -> None:
    stage = Stage()
    await stage.ask(replace(PLACE, thread="t1"))
    stage.chat.break_next("post", REFUSED)

    await stage.run()

    assert stage.chat.slots() == SLOTS[1:]
    assert {message.thread for message in stage.chat.messages} == {"t1"}


@virtual
async def test_a_message_that_an_earlier_run_sent_is_found_again() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(*WHOLE[:5])
    for slot in ("root", "answer:Bob"):
        post = stage.records.posts["d1", slot, 1]
        stage.records.posts["d1", slot, 1] = replace(post, state=PostState.PLANNED, message_id=None)

    await stage.run()

    assert stage.chat.slots() == SLOTS


@virtual
async def test_a_platform_that_forbids_to_look_gets_the_message_again() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.lose_next("post")
    stage.chat.break_next("find", REFUSED)

    await stage.run()

    assert stage.chat.slots() == ["root", *SLOTS]


@virtual
async def test_the_final_answer_is_written_as_it_comes() -> None:
    stage = Stage()
    await stage.ask()

    await stage.interrupt(*PIECES)

    assert stage.chat.message("synthesis").text == "It is 42."
    assert stage.states()["synthesis"] is PostState.OPEN


@virtual
async def test_pieces_that_come_while_the_platform_is_slow_are_written_together() -> None:
    stage = Stage()
    await stage.ask()
    hold = stage.chat.gates["append", "synthesis"] = asyncio.Event()
    more = [1, SynthesisPiece("!")] * 5
    run = asyncio.create_task(stage.interrupt(*PIECES, *more))

    await asyncio.sleep(10)
    hold.set()
    await run

    assert stage.chat.message("synthesis").text == "It is 42.!!!!!"
    assert stage.chat.count("append") == 2


@virtual
async def test_another_chairman_starts_afresh() -> None:
    stage = Stage()
    await stage.ask()

    await stage.interrupt(*PIECES, 1, SynthesisRestarted(), SynthesisPiece("So: 42."))

    assert stage.chat.message("synthesis").text == "So: 42."


@virtual
async def test_a_busy_draft_loses_no_piece() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.break_next("append", BUSY)
    stage.chat.break_next("draft", BUSY)

    await stage.interrupt(*PIECES)

    assert stage.chat.message("synthesis").text == "It is 42."


@pytest.mark.parametrize("error", [UNCLEAR, REFUSED])
@pytest.mark.parametrize("call", ["draft", "append", "finish"])
def test_a_draft_that_fails_still_ends_in_the_final_answer(call: Call, error: ChatError) -> None:
    @virtual
    async def story() -> None:
        stage = Stage()
        await stage.ask()
        stage.chat.break_next(call, error)

        with capture_logs() as logs:
            await stage.run(*PIECES, 1, END)

        assert [line for line in logs if line["log_level"] != "info"] == []
        assert stage.chat.slots() == SLOTS
        assert isinstance(stage.chat.message("synthesis").reports[-1], SynthesisReport)
        assert stage.chat.message("synthesis").is_pinned

    story()


@virtual
async def test_a_draft_whose_opening_got_lost_is_found_and_completed() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.lose_next("draft")

    await stage.run(*PIECES, 1, END)

    assert stage.chat.slots() == SLOTS
    assert isinstance(stage.chat.message("synthesis").reports[-1], SynthesisReport)


@virtual
async def test_a_busy_platform_gets_the_finished_draft_later() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.break_next("finish", BUSY, BUSY)

    await stage.run(*PIECES, 1, END)

    assert stage.chat.count("finish") == 3


@virtual
async def test_a_half_written_answer_of_a_dead_process_is_completed_in_place() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(*PIECES)

    await stage.run()

    message = stage.chat.message("synthesis")
    assert stage.chat.slots() == SLOTS
    assert isinstance(message.reports[-1], SynthesisReport)
    assert stage.chat.count("append") == 1


@virtual
async def test_a_half_written_answer_that_was_deleted_is_sent_anew() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(*PIECES)
    stage.chat.messages.pop()

    await stage.run()

    assert stage.chat.slots() == SLOTS


@virtual
async def test_the_final_answer_comes_last_although_it_was_planned_before() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(*WHOLE[:5])
    stage.records.posts["d1", "synthesis", 1] = Post("d1", "synthesis")

    await stage.run()

    assert stage.chat.slots() == SLOTS


@virtual
async def test_a_half_written_answer_becomes_the_message_of_the_failure() -> None:
    stage = Stage()
    await stage.ask()

    await stage.run(*PIECES, 1, RuntimeError())

    assert stage.chat.slots() == SLOTS
    assert isinstance(stage.chat.message("synthesis").reports[-1], FailureReport)


@virtual
async def test_a_post_without_content_is_given_up() -> None:
    stage = Stage()
    await stage.ask()
    await stage.records.take_up("d1")
    stage.records.posts["d1", "answer:Nobody", 1] = Post("d1", "answer:Nobody")

    ended = await stage.run()

    assert ended.state is State.DONE
    assert stage.states()["answer:Nobody"] is PostState.GIVEN_UP


@virtual
async def test_a_pin_that_fails_costs_nothing() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.break_next("pin", REFUSED)

    ended = await stage.run()

    assert ended.state is State.DONE
    assert set(stage.states().values()) == {PostState.SENT}


@virtual
async def test_the_outcome_is_shown_even_if_the_platform_is_busy() -> None:
    stage = Stage(FakeChat(edit_every_s=100))
    await stage.ask()
    stage.chat.break_next("edit", BUSY, UNCLEAR)

    await stage.run()

    assert stage.root().state is State.DONE
    assert stage.chat.calls[-1] == ("edit", "root")


@virtual
async def test_live_edits_rest_while_the_platform_is_busy() -> None:
    stage = Stage(FakeChat(edit_every_s=1))
    await stage.ask()
    stage.chat.break_next("edit", BUSY)

    run = asyncio.create_task(stage.interrupt(WHOLE[0], 1, *WHOLE[1:3], 1, WHOLE[3]))
    await asyncio.sleep(7)
    while_busy = stage.chat.count("edit")
    await run

    assert (while_busy, stage.chat.count("edit")) == (1, 2)


@virtual
async def test_a_live_edit_that_hangs_is_dropped() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.gates["edit", "root"] = asyncio.Event()

    await stage.interrupt(WHOLE[0], 1, *WHOLE[1:4])

    assert stage.chat.slots() == ["root", "answer:Ada"]


@virtual
async def test_a_given_up_post_has_another_chance_when_the_deliberation_goes_on() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.break_next("post", REFUSED)
    await stage.interrupt(*WHOLE[:5])

    await stage.run()

    assert stage.chat.slots() == SLOTS


def test_a_message_that_told_of_a_failure_stays_as_it_is() -> None:
    told = Post("d1", "synthesis", PostState.SENT)

    assert conclusion_slot([]) == "synthesis"
    assert conclusion_slot([Post("d1", "synthesis")]) == "synthesis"
    assert conclusion_slot([told]) == "synthesis:2"
    assert conclusion_slot([told, replace(told, slot="synthesis:2")]) == "synthesis:3"


@pytest.mark.parametrize(
    ("shown", "slots"),
    [
        (Shown.ANSWERS, ["root", "answer:Ada", "answer:Bob", "synthesis"]),
        (Shown.FINAL, ["root", "synthesis"]),
    ],
)
@virtual
async def test_a_thread_shows_as_much_as_its_team_wants(shown: Shown, slots: list[str]) -> None:
    stage = Stage()
    course = deliberation()
    await stage.records.create(replace(course, council=replace(course.council, shown=shown)))

    ended = await stage.run()

    assert stage.chat.slots() == slots
    assert len(ended.reviews) == 2
