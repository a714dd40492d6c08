"""Reports that take several messages, and what an interrupted run left of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from bot.domain import Answer, PostState
from bot.domain.events import AnswerArrived, SynthesisReady
from bot.errors import ChatRefused, ChatUnclear
from tests.bot.work.stage import Stage
from tests.fakes.chat import FakeChat
from tests.fakes.council import SYNTHESIS, WHOLE
from tests.fakes.virtual import virtual

LONG_ANSWER = AnswerArrived(Answer("Ada", "x" * 25, "test/a", 0.1))
LONG_END = SynthesisReady(replace(SYNTHESIS, text="y" * 25))
LONG = (*WHOLE[:3], LONG_ANSWER, *WHOLE[4:13], LONG_END)


def long_stage() -> Stage:
    return Stage(FakeChat(message_chars=10))


def sent(stage: Stage) -> list[tuple[str, int]]:
    return [(message.slot, message.part) for message in stage.chat.messages]


@virtual
async def test_a_long_answer_is_posted_in_its_parts() -> None:
    stage = long_stage()
    await stage.ask()

    await stage.run(*LONG)

    assert sent(stage)[:4] == [("root", 1), ("answer:Ada", 1), ("answer:Ada", 2), ("answer:Ada", 3)]


@virtual
async def test_a_long_final_answer_goes_on_after_its_first_message() -> None:
    stage = long_stage()
    await stage.ask()

    await stage.run(*LONG)

    assert sent(stage)[-3:] == [("synthesis", 1), ("synthesis", 2), ("synthesis", 3)]
    pinned = [message for message in stage.chat.messages if message.is_pinned]
    assert [(message.slot, message.part) for message in pinned] == [("synthesis", 1)]


@virtual
async def test_parts_have_keys_of_their_own() -> None:
    stage = long_stage()
    await stage.ask()

    await stage.run(*LONG)

    assert set(Counter(message.key for message in stage.chat.messages).values()) == {1}


@virtual
async def test_an_interrupted_run_goes_on_with_the_part_that_is_missing() -> None:
    stage = long_stage()
    await stage.ask()
    await stage.interrupt(*LONG[:5])
    last = stage.records.posts["d1", "answer:Ada", 3]
    stage.records.posts["d1", "answer:Ada", 3] = replace(
        last, state=PostState.PLANNED, message_id=None
    )
    stage.chat.messages = [
        message
        for message in stage.chat.messages
        if (message.slot, message.part) != ("answer:Ada", 3)
    ]

    await stage.run(*LONG)

    assert Counter(sent(stage)) == Counter(dict.fromkeys(sent(stage), 1))
    assert ("answer:Ada", 3) in sent(stage)


@virtual
async def test_parts_that_an_older_version_did_not_plan_are_posted() -> None:
    stage = long_stage()
    await stage.ask()
    stage.chat.message_chars = 100
    await stage.interrupt(*LONG[:5])
    stage.chat.message_chars = 10

    await stage.run(*LONG)

    assert [part for slot, part in sent(stage) if slot == "answer:Ada"] == [1, 2, 3]


@virtual
async def test_what_may_have_been_sent_is_looked_up_at_once() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(*WHOLE[:9])
    for slot in ("answer:Ada", "answer:Bob", "review:Ada:0"):
        post = stage.records.posts["d1", slot, 1]
        stage.records.posts["d1", slot, 1] = replace(post, state=PostState.PLANNED, message_id=None)

    await stage.run()

    assert stage.chat.count("find") == 1
    assert set(Counter(stage.chat.slots()).values()) == {1}


@virtual
async def test_if_all_cannot_be_looked_up_at_once_each_is_looked_for_before_it_is_sent() -> None:
    stage = Stage()
    await stage.ask()
    await stage.interrupt(*WHOLE[:9])
    for slot in ("answer:Ada", "answer:Bob"):
        post = stage.records.posts["d1", slot, 1]
        stage.records.posts["d1", slot, 1] = replace(post, state=PostState.PLANNED, message_id=None)
    stage.chat.break_next("find", *[ChatUnclear("No answer.")] * 3)

    await stage.run()

    assert stage.chat.count("find") == 5
    assert set(Counter(stage.chat.slots()).values()) == {1}


@virtual
async def test_the_root_message_links_the_final_answer() -> None:
    stage = Stage()
    await stage.ask()

    await stage.run()

    assert stage.root().conclusion == stage.chat.message("synthesis").id
    assert stage.root().remark is None


@virtual
async def test_the_root_message_says_why_the_answer_is_not_pinned() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.break_next("pin", ChatRefused("The channel has 100 pins already."))

    await stage.run()

    assert stage.root().remark == "The channel has 100 pins already."
    assert stage.states()["synthesis"] is PostState.SENT


@virtual
async def test_a_pin_without_a_clear_outcome_is_tried_again() -> None:
    stage = Stage()
    await stage.ask()
    stage.chat.break_next("pin", ChatUnclear("No answer."))
    stage.chat.lose_next("pin")

    await stage.run()

    assert stage.chat.message("synthesis").is_pinned
    assert stage.root().remark is None


@virtual
async def test_a_run_that_finds_all_done_keeps_the_link_to_the_answer() -> None:
    stage = Stage()
    await stage.ask()
    await stage.run()

    await stage.run()

    assert stage.root().conclusion == stage.chat.message("synthesis").id
