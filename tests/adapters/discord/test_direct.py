"""Direct messages to the bot."""

from __future__ import annotations

import pytest

from bot.domain import PlaceSettings, Remark
from bot.domain.events import SynthesisReady
from bot.errors import StorageError
from tests.adapters.discord.lobby import FOLLOW_UP, STOP, Lobby, open_lobby
from tests.fakes.council import SYNTHESIS
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.message_wire import told, wire_of_message
from tests.fakes.discord.records import Channel, Message
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Event

SECRET = "Should I resign, and when?"


@pytest.fixture
def direct(lobby: Lobby) -> Channel:
    return lobby.discord.direct(lobby.ada)


async def say(
    lobby: Lobby, text: str, channel: Channel, reply_to: Message | None = None
) -> str | None:
    message = await lobby.discord.say(text, channel=channel, person=lobby.ada, reply_to=reply_to)
    return await lobby.heard(message)


async def test_a_direct_message_asks_without_a_mention(lobby: Lobby, direct: Channel) -> None:
    assert await say(lobby, "Why is that?", direct) is None

    question = await lobby.only()
    assert question.text == "Why is that?"
    assert question.place == lobby.place(direct)
    assert (question.asker, question.asker_id) == ("Ada", str(lobby.ada.id))


async def test_a_mention_in_a_direct_message_is_no_part_of_the_question(
    lobby: Lobby, direct: Channel
) -> None:
    await say(lobby, f"{lobby.discord.bot.mention} is {lobby.ada.mention} right?", direct)

    assert (await lobby.only()).text == "is @Ada right?"


async def test_the_next_message_is_a_follow_up(lobby: Lobby, direct: Channel) -> None:
    first = await lobby.have("First, why?", SynthesisReady(SYNTHESIS), channel=direct)

    await say(lobby, "And then?", direct)

    _, second = await lobby.asked()
    assert second.question.place == lobby.place(direct)
    assert second.question.context == (
        Remark("Ada", first.question.text),
        Remark("Council", SYNTHESIS.text),
    )


async def test_the_message_that_one_replies_to_comes_along(lobby: Lobby, direct: Channel) -> None:
    answer = lobby.bot_says([{"type": 10, "content": "It is 42."}], channel=direct)

    await say(lobby, "Why?", direct, reply_to=answer)

    assert (await lobby.only()).context == (Remark("council", "It is 42."),)


async def test_a_file_alone_is_asked_about(lobby: Lobby, direct: Channel) -> None:
    plan = lobby.discord.add_file("plan.md", b"# Plan")

    message = await lobby.discord.say("", channel=direct, person=lobby.ada, files=[plan])

    assert await lobby.heard(message) is None
    question = await lobby.only()
    assert question.text == "What do you make of this?"
    assert [file.name for file in question.attachments] == ["plan.md"]


async def test_commands_work_directly(lobby: Lobby, direct: Channel) -> None:
    said = await say(lobby, "help", direct)

    assert said is not None
    assert "`/council status`" in said
    assert await lobby.cost_nothing()


async def test_the_slash_commands_work_in_ones_own_direct_messages(
    lobby: Lobby, direct: Channel
) -> None:
    assert await lobby.ask("Why is that?", direct) is None

    assert (await lobby.only()).place == lobby.place(direct)
    said = await lobby.command("status", channel=direct)
    assert said is not None
    assert said.startswith("- Why is that? · Ada · queued")


async def test_the_menu_of_a_message_works_directly(lobby: Lobby, direct: Channel) -> None:
    message = await lobby.discord.say("help", channel=direct, person=lobby.ada)
    await lobby.heard(message)

    assert await lobby.submit(await lobby.opened(message), "What is this?") is None

    question = await lobby.only()
    assert question.place == lobby.place(direct)
    assert question.context == (Remark("Ada", "help"),)


async def test_buttons_work_directly_and_for_that_person_alone(
    lobby: Lobby, direct: Channel
) -> None:
    bob = lobby.discord.add_person("Bob", is_admin=True)
    theirs = lobby.discord.direct(bob)
    running = await lobby.have("First, why?", channel=direct)
    message = lobby.with_buttons(running.id, channel=direct)
    forged = lobby.with_buttons(running.id, channel=theirs)

    refused = await lobby.click(forged, STOP, bob)
    before = list(lobby.work.cancelled)
    clicked = await lobby.discord.click(message, FOLLOW_UP, person=lobby.ada)
    assert clicked.modal is not None
    await lobby.submit(clicked.modal, "And then?")
    await lobby.click(message, STOP)

    assert refused == "There is no deliberation of that id."
    assert before == []
    assert lobby.work.cancelled == [running.id]
    assert [one.question.text for one in await lobby.asked()] == ["First, why?", "And then?"]


async def test_what_goes_wrong_is_said(lobby: Lobby, direct: Channel) -> None:
    lobby.records.fault = StorageError("secret words of the database")
    away = await say(lobby, "Why is that?", direct)
    lobby.records.fault = None

    assert away is not None
    assert away.startswith("My database does not answer")
    assert "single character" in str(await say(lobby, "x", direct))
    assert await lobby.cost_nothing()


async def test_it_works_without_the_right_to_read(discord: DiscordServer) -> None:
    discord.allowed_intents = Intent(0)
    async with open_lobby(discord) as lobby:
        await say(lobby, "Why is that?", discord.direct(lobby.ada))

        question = await lobby.only()
        assert (question.text, question.attachments) == ("Why is that?", ())


async def test_a_forwarded_message_brings_help(lobby: Lobby, direct: Channel) -> None:
    message = lobby.discord.new_message(direct, lobby.ada)
    payload = told(wire_of_message(message, lobby.discord.bot), message)
    payload["message_reference"] = {"type": 1, "channel_id": "1", "message_id": "2"}

    lobby.discord.emit(Event("MESSAGE_CREATE", payload))

    said = await lobby.heard(message)
    assert said is not None
    assert "**Apps › Ask the council**" in said
    assert await lobby.cost_nothing()


@pytest.mark.parametrize(
    "words",
    [
        "status",
        "history",
        "history resign",
        "stats",
        "budget",
        "show {asked}",
        "cancel {asked}",
        "forget {asked}",
        "forget {ada}",
        "forget workspace",
        "schedule list",
        "schedule run {plan}",
        'schedule edit {plan} "daily 10:00"',
        "schedule remove {plan}",
        "config show",
        "config changes",
        "config workspace changes",
        "config reset",
        "config workspace import pins = 1",
        "config save ours",
    ],
)
async def test_nobody_sees_or_changes_what_another_wrote_directly(
    lobby: Lobby, direct: Channel, words: str
) -> None:
    asked = await lobby.have(SECRET, SynthesisReady(SYNTHESIS), channel=direct)
    await say(lobby, f'schedule add "daily 09:00" {SECRET}', direct)
    (plan,) = await lobby.desk.team.schedules.all(lobby.place(direct))
    bob = lobby.discord.add_person("Bob", is_admin=True)
    typed = words.format(asked=asked.id, plan=plan.id, ada=lobby.ada.mention)

    message = await lobby.discord.say(typed, channel=lobby.discord.direct(bob), person=bob)
    said = await lobby.heard(message)

    assert said
    assert "resign" not in said
    assert SYNTHESIS.text not in said
    assert [one.id for one in await lobby.asked()] == [asked.id]
    assert await lobby.desk.team.schedules.all(lobby.place(direct)) == (plan,)
    workspace, _ = await lobby.desk.team.settings.at(lobby.place(direct))
    assert workspace.settings == PlaceSettings()


async def test_all_that_one_asked_directly_is_forgotten_and_nothing_of_others(
    lobby: Lobby, direct: Channel
) -> None:
    bob = lobby.discord.add_person("Bob")
    kept = await lobby.have(SECRET, channel=lobby.discord.direct(bob), asker=bob)
    await lobby.have(SECRET, SynthesisReady(SYNTHESIS), channel=direct)

    said = await lobby.command("forget", {"what": "me"}, channel=direct)

    assert (said or "").startswith("Deleted: one question of yours")
    assert [one.id for one in await lobby.asked()] == [kept.id]
