"""Whatever Discord delivers, how often and to whom: one deliberation."""

from __future__ import annotations

import asyncio

from bot.errors import StorageError
from tests.adapters.discord.lobby import FOLLOW_UP, STOP, Lobby, deliver, open_lobby
from tests.adapters.discord.office import Office
from tests.adapters.stage import MEMBERS, settled
from tests.fakes.discord.message_wire import told, wire_of_message
from tests.fakes.discord.records import Message
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Event

TIMES = 50


def tell(discord: DiscordServer, message: Message, times: int) -> None:
    """Deliver a message again, as often as that."""
    payload = told(wire_of_message(message, discord.bot), message)
    for _ in range(times):
        discord.emit(Event("MESSAGE_CREATE", payload, message.channel.guild))


async def test_fifty_deliveries_at_once_are_one_deliberation(office: Office) -> None:
    discord, ada = office.discord, office.ada
    async with office.open():
        typing = asyncio.create_task(
            discord.command(
                "council", "ask", {"question": "Which?"}, channel=office.channel, person=ada
            )
        )
        await discord.until(lambda: len(discord.interactions) > 0)
        deliver(discord, discord.interactions[0], TIMES)
        mention = await discord.mention("Which one?", channel=office.channel, person=ada)
        tell(discord, mention, TIMES)
        alone = await discord.say("Which one?", channel=discord.direct(ada), person=ada)
        tell(discord, alone, TIMES)
        reply = await typing
        await settled(office, 3)
        await office.idle()

    assert reply.is_acknowledged
    assert office.models.calls() == 3 * (2 * len(MEMBERS) + 1)
    roots = [one for one in office.channel.shown if one.thread is not None]
    assert len(roots) == 2
    assert all(one.is_deleted for one in discord.ephemerals)


async def test_what_comes_again_is_answered_once(lobby: Lobby) -> None:
    running = await lobby.have("First, why?")
    message = lobby.with_buttons(running.id)
    replies = [
        await lobby.give("status"),
        await lobby.discord.click(message, STOP, person=lobby.ada),
        await lobby.discord.click(message, FOLLOW_UP, person=lobby.ada),
        await lobby.discord.message_command(
            "Ask the council",
            await lobby.discord.say("Hello", channel=lobby.channel, person=lobby.ada),
            person=lobby.ada,
        ),
    ]
    status = await lobby.outcome(replies[0])

    for reply in replies:
        deliver(lobby.discord, reply.interaction, 5)
    await lobby.discord.until(lambda: all(lobby.done.count(r.interaction.id) == 6 for r in replies))

    assert await lobby.outcome(replies[0]) == status
    assert len(lobby.discord.modals) == 2
    assert len(await lobby.asked()) == 1


async def test_a_sentence_is_replied_once_however_often_a_mention_comes(lobby: Lobby) -> None:
    message = await lobby.discord.mention("status", channel=lobby.channel, person=lobby.ada)
    tell(lobby.discord, message, 5)
    await lobby.discord.until(lambda: lobby.done.count(message.id) == 6)

    assert await lobby.heard(message) == "The council is not working on anything in this channel."


async def test_what_came_while_the_line_was_cut_is_asked_once_it_is_back(lobby: Lobby) -> None:
    await lobby.discord.mute_gateway(60)
    typing = asyncio.create_task(lobby.give("ask", {"question": "Which one?"}))
    await lobby.discord.until(lambda: len(lobby.discord.interactions) > 0)
    await lobby.discord.drop_gateway()
    reply = await typing

    assert await lobby.outcome(reply) is None
    assert (await lobby.only()).text == "Which one?"
    assert lobby.discord.sessions[0].resumes == 1


async def test_a_line_that_is_cut_right_after_a_delivery_asks_once(lobby: Lobby) -> None:
    typing = asyncio.create_task(lobby.give("ask", {"question": "Which one?"}))
    await lobby.discord.until(lambda: len(lobby.discord.interactions) > 0)
    deliver(lobby.discord, lobby.discord.interactions[0], 1)
    await lobby.discord.drop_gateway()
    deliver(lobby.discord, lobby.discord.interactions[0], 1)
    reply = await typing
    await lobby.discord.until(lambda: lobby.done.count(reply.interaction.id) == 3)

    assert await lobby.outcome(reply) is None
    assert (await lobby.only()).text == "Which one?"


async def test_what_comes_after_discord_has_given_it_up_is_not_asked(lobby: Lobby) -> None:
    lobby.discord.ack_deadline_s = 0.2
    await lobby.discord.mute_gateway(60)
    reply = await lobby.give("ask", {"question": "Which one?"})
    await lobby.discord.drop_gateway()
    await lobby.discord.until(lambda: reply.interaction.id in lobby.done)

    assert not reply.is_acknowledged
    assert await lobby.cost_nothing()


async def test_two_processes_that_hear_the_same_ask_once(discord: DiscordServer) -> None:
    async with open_lobby(discord) as lobby, open_lobby(discord, beside=lobby) as other:
        assert discord.connections == 2
        reply = await lobby.give("ask", {"question": "Which one?"})
        message = await discord.mention("Which one?", channel=lobby.channel, person=lobby.ada)
        refused = await discord.mention("x", channel=lobby.channel, person=lobby.ada)
        all_of_it = {reply.interaction.id, message.id, refused.id}
        await discord.until(lambda: all_of_it <= {*lobby.done} & {*other.done})

        assert await lobby.outcome(reply) is None
        assert "single character" in str(await lobby.heard(refused))
        assert len(await lobby.asked()) == 2


async def test_what_could_not_be_stored_is_asked_when_it_is_given_again(lobby: Lobby) -> None:
    lobby.records.fault = StorageError("secret words of the database")
    before = await lobby.ask("Which one?")
    lobby.records.fault = None

    after = await lobby.ask("Which one?")

    assert before is not None
    assert after is None
    await lobby.only()


async def test_the_same_words_twice_are_two_questions(lobby: Lobby) -> None:
    await lobby.ask("Which one?")
    await lobby.ask("Which one?")
    await lobby.mention("Which one?")

    assert len(await lobby.asked()) == 3
