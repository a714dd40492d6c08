"""The commands, on simcord."""

from __future__ import annotations

import pytest

from adapters.discord.setup.commands import sync
from bot.domain import Mode, State
from bot.domain.events import StageBegan, SynthesisReady
from tests.adapters.discord.simulated.stage import Stage, told
from tests.fakes.council import SYNTHESIS

IDLE = "The council is not working on anything in this channel."
RUNNING = StageBegan(State.ANSWERING)


async def test_commands_are_written_once(stage: Stage) -> None:
    assert not await sync(stage.api, stage.identity.application)


async def test_a_question_comes_with_its_file_and_mode(stage: Stage) -> None:
    bob = stage.person("Bob")

    result = await stage.ada.slash(
        stage.channel,
        "council ask",
        question=f"Is {bob.mention} right in {stage.channel.mention}?",
        attachment=("plan.md", b"# Plan"),
        mode="thorough",
    )

    assert told(result) is None
    assert result.ephemeral
    question = await stage.only()
    assert question.text == "Is @Bob right in #general?"
    assert question.place == stage.place(stage.channel)
    assert (question.asker, question.asker_id) == ("Ada", str(stage.ada.id))
    (file,) = question.attachments
    assert file.name == "plan.md"
    assert await stage.chat.fetch(file, question.place) == b"# Plan"
    assert (await stage.asked())[0].council.mode is Mode.THOROUGH


async def test_what_is_no_question_is_refused_in_a_sentence(stage: Stage) -> None:
    result = await stage.ada.slash(stage.channel, "council ask", question="x")

    assert "single character" in (told(result) or "")
    assert await stage.cost_nothing()


async def test_status_history_and_help_answer_one_person_alone(stage: Stage) -> None:
    await stage.have("First, why?", RUNNING)
    await stage.have("Second, why?", SynthesisReady(SYNTHESIS))

    status = await stage.ada.slash(stage.channel, "council status")
    history = await stage.ada.slash(stage.channel, "council history", words="second")
    helped = await stage.ada.slash(stage.channel, "council help")

    assert told(status) == "- First, why? · Ada · answering"
    assert (told(history) or "").startswith("- Second, why? · Ada · done")
    assert "`/council status`" in (told(helped) or "")
    assert stage.channel.history() == []


async def test_cancel_stops_what_is_chosen_from_what_runs(stage: Stage) -> None:
    first, second = await stage.have("First, why?", RUNNING), await stage.have("Second, why?")

    offered = await stage.ada.autocomplete(stage.channel, "council cancel", "id", "FIRST")
    result = await stage.ada.slash(stage.channel, "council cancel", id=offered[0]["value"])

    day = f"{first.created_at:%Y-%m-%d}"
    assert offered == [{"name": f"First, why? · Ada · {day}", "value": first.id}]
    assert (told(result) or "").startswith("Stopped.")
    assert stage.work.cancelled == [first.id]
    assert not (await stage.records.load(second.id)).state.is_final


async def test_somebody_else_cancels_nothing(stage: Stage) -> None:
    await stage.have("First, why?", RUNNING)
    other = stage.person("Other")

    result = await other.slash(stage.channel, "council cancel")

    assert told(result) == "Only Ada, who asked, or an admin can stop this."
    assert stage.work.cancelled == []


@pytest.mark.parametrize("place", ["thread", "post"])
async def test_a_command_in_a_thread_is_answered_there(stage: Stage, place: str) -> None:
    parent = stage.guild.create_forum_channel("forum") if place == "post" else stage.channel
    thread = stage.thread("Aside", parent)

    result = await stage.ada.slash(thread, "council ask", question="Why is that?")

    assert told(result) is None
    assert (await stage.only()).place == stage.place(parent, thread)


async def test_commands_work_directly(stage: Stage) -> None:
    user = stage.ada.user
    idle = await user.slash("council status")

    result = await user.slash("council ask", question="Why is that?")

    assert (told(idle), told(result)) == (IDLE, None)
    assert (await stage.only()).place == stage.place(user.dm_channel)
