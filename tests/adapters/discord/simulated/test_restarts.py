"""What goes on when another process takes over, on simcord."""

from __future__ import annotations

from adapters.discord.thread import conclusion, root
from tests.adapters.discord.simulated.stage import Stage, told
from tests.adapters.discord.simulated.test_buttons import FACTS, asked_further


async def test_buttons_of_an_earlier_process_work(stage: Stage) -> None:
    running, thread = await stage.have("First, why?"), stage.thread("Second, why?")
    done = await stage.have("Second, why?", *FACTS, thread=thread)
    stop, buttons = stage.with_buttons(running.id), stage.with_buttons(done.id, thread)
    await stage.restart()

    stopped = await stage.ada.click(stop, custom_id=f"{root.STOP}:{running.id}")
    reviews = await stage.ada.click(buttons, custom_id=f"{conclusion.REVIEWS}:{done.id}")
    thumb = await stage.ada.click(buttons, custom_id=f"{conclusion.BAD}:{done.id}")
    further = await asked_further(stage, buttons, done.id)

    assert (told(stopped), told(thumb), further) == (None, "Noted, thank you.", None)
    assert "Ada is right." in (told(reviews) or "")
    assert stage.work.cancelled == [running.id]
    assert stage.feedback.thumbs[done.id] == {str(stage.ada.id): False}
    assert (await stage.asked())[-1].question.place == stage.place(stage.channel, thread)


async def test_a_form_that_was_open_meanwhile_is_taken(stage: Stage) -> None:
    message = await stage.ada.send(stage.channel, "We love SQLite.")
    opened = await stage.ada.context_menu(stage.channel, "Ask the council", message)
    await stage.restart()

    assert told(await stage.ada.submit_modal(opened, {"question": "Is that wise?"})) is None

    assert (await stage.only()).text == "Is that wise?"


async def test_what_was_delivered_before_is_not_asked_again(stage: Stage) -> None:
    await stage.ada.slash(stage.channel, "council ask", question="Why is that?")
    stage.deliver_again("INTERACTION_CREATE")
    await stage.env.settle()
    await stage.restart()

    stage.deliver_again("INTERACTION_CREATE")
    await stage.env.settle()

    assert (await stage.only()).text == "Why is that?"
