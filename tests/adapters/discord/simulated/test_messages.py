"""Messages to the bot and the command about a message, on simcord."""

from __future__ import annotations

from bot.domain import Remark
from bot.domain.events import SynthesisReady
from tests.adapters.discord.simulated.stage import Stage, open_stage, told
from tests.fakes.council import SYNTHESIS

ABOUT_THIS = "What do you make of this?"


async def test_a_mention_in_a_channel_takes_the_discussion_along(stage: Stage) -> None:
    bob = stage.person("Bob")
    await bob.send(stage.channel, "We love SQLite.", attachments=[("plan.md", b"# Plan")])
    stage.with_buttons("of the bot itself")
    await stage.ada.send(stage.channel, "Hm.")

    said = await stage.ada.send(stage.channel, f"{stage.mention} is {bob.mention} right?")

    assert stage.reply(said) is None
    question = await stage.only()
    assert question.text == "is @Bob right?"
    assert question.place == stage.place(stage.channel)
    assert (question.asker, question.asker_id) == ("Ada", str(stage.ada.id))
    assert question.context == (
        Remark("Bob", "We love SQLite.\n[attached: plan.md]"),
        Remark("Ada", "Hm."),
    )


async def test_a_mention_in_a_thread_takes_that_discussion_along(stage: Stage) -> None:
    thread = stage.thread("Aside")
    await stage.ada.send(stage.channel, "Elsewhere.")
    await stage.ada.send(thread, "We love SQLite.")

    said = await stage.ada.send(thread, f"{stage.mention} why?")

    assert stage.reply(said) is None
    question = await stage.only()
    assert question.place == stage.place(stage.channel, thread)
    assert question.context == (Remark("Ada", "We love SQLite."),)


async def test_a_mention_in_a_post_of_a_forum_asks_its_title(stage: Stage) -> None:
    forum = stage.guild.create_forum_channel("forum")
    post = stage.thread("Which database?", forum)

    said = await stage.ada.send(post, stage.mention)

    assert stage.reply(said) is None
    question = await stage.only()
    assert question.text == "Which database?"
    assert question.place == stage.place(forum, post)


async def test_a_reply_brings_what_it_replies_to_with_its_files(stage: Stage) -> None:
    first = await stage.person("Bob").send(
        stage.channel, "We love SQLite.", attachments=[("plan.md", b"# Plan")]
    )
    await stage.ada.send(stage.channel, "Hm.")

    await stage.ada.send(stage.channel, stage.mention, reply_to=first)

    question = await stage.only()
    assert question.text == ABOUT_THIS
    assert Remark("Bob", "We love SQLite.\n[attached: plan.md]") in question.context
    (file,) = question.attachments
    assert await stage.chat.fetch(file, question.place) == b"# Plan"


async def test_a_direct_message_asks_without_a_mention(stage: Stage) -> None:
    direct = stage.place(stage.ada.user.dm_channel)
    await stage.have("First, why?", SynthesisReady(SYNTHESIS), place=direct)

    said = await stage.ada.send_dm("And then?")

    assert stage.reply(said) is None
    _, second = await stage.asked()
    assert (second.question.text, second.question.place) == ("And then?", direct)
    assert second.question.context[-1] == Remark("Council", SYNTHESIS.text)


async def test_without_the_right_to_read_a_mention_asks_and_says_what_is_left_out() -> None:
    async with open_stage(can_read=False) as stage:
        first = await stage.ada.send(stage.channel, "We love SQLite.")

        await stage.ada.send(stage.channel, f"{stage.mention} why?", reply_to=first)
        said = await stage.ada.send(stage.channel, stage.mention, reply_to=first)
        await stage.ada.send_dm("And then?")
        opened = await stage.ada.context_menu(stage.channel, "Ask the council", first)

        mentioned, written = [one.question for one in await stage.asked()]
        (note,) = mentioned.attachments
        assert (mentioned.text, mentioned.context) == ("why?", ())
        assert (note.fault or "").startswith("I see only messages that mention me")
        assert (stage.reply(said) or "").startswith("I cannot read the message that you reply to")
        assert written.text == "And then?"
        assert "We love SQLite." in str(opened.modal)


async def test_a_mention_may_be_a_command(stage: Stage) -> None:
    said = await stage.ada.send(stage.channel, f"{stage.mention} status")

    assert stage.reply(said) == "The council is not working on anything in this channel."
    assert await stage.cost_nothing()


async def test_what_is_not_for_the_bot_or_from_a_bot_asks_nothing(stage: Stage) -> None:
    robot = stage.guild.add_member(stage.env.create_user("robot", bot=True))
    webhook = stage.guild.create_webhook(stage.channel)

    await stage.ada.send(stage.channel, "Why is that?")
    await robot.send(stage.channel, f"{stage.mention} why?")
    await webhook.send(f"{stage.mention} why?")

    assert len(stage.channel.history()) == 3
    assert await stage.cost_nothing()


async def test_the_command_of_a_message_asks_about_it(stage: Stage) -> None:
    message = await stage.person("Bob").send(
        stage.channel, "We love SQLite.", attachments=[("plan.md", b"# Plan")]
    )

    opened = await stage.ada.context_menu(stage.channel, "Ask the council", message)
    sent = await stage.ada.submit_modal(opened, {"question": "Is that wise?"})

    assert "We love SQLite." in str(opened.modal)
    assert told(sent) is None
    question = await stage.only()
    assert question.text == "Is that wise?"
    assert question.context == (Remark("Bob", "We love SQLite."),)
    assert [file.name for file in question.attachments] == ["plan.md"]


async def test_the_form_about_a_message_may_be_sent_empty(stage: Stage) -> None:
    message = await stage.ada.send(stage.channel, "We love SQLite.")

    opened = await stage.ada.context_menu(stage.channel, "Ask the council", message)
    await stage.ada.submit_modal(opened, {})

    assert (await stage.only()).text == ABOUT_THIS


async def test_a_message_that_says_nothing_opens_no_form(stage: Stage) -> None:
    message = await stage.ada.send(stage.channel, "We love SQLite.")
    stage.stored(stage.channel.id, message.id).content = ""

    result = await stage.ada.context_menu(stage.channel, "Ask the council", message)

    assert told(result) == "This message has neither text nor files that I can read."
