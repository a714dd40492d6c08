"""First answers, deadlines and what follows, through the real discord.py."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.fakes.discord.kinds import Flag
from tests.fakes.discord.library import Interaction
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, answered, ask, refusal, running, stored
from tests.fakes.discord.server import DiscordServer

CALLBACK = "POST /interactions/{id}/{token}/callback"
pytestmark = pytest.mark.usefixtures("asked")


async def test_a_deferred_response_is_completed(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.defer()
        assert Flag.LOADING in stored(channel).flags
        await interaction.edit_original_response(content="done")

    bot.answer = answer
    reply = await ask(discord, channel, ada)
    await discord.until(lambda: stored(channel).content)

    assert reply.kind == "deferred"
    assert stored(channel).flags == Flag(0)
    assert stored(channel).edited_at_s is None


async def test_the_first_followup_completes_a_deferred_response(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("first", ephemeral=False)
        await interaction.followup.send("second", ephemeral=False)

    bot.answer = answer
    reply = await ask(discord, channel, ada)
    await discord.until(lambda: reply.followups)

    assert [message.content for message in discord.ephemerals] == ["first"]
    assert discord.ephemerals[0].person is ada
    assert [message.content for message in channel.messages] == ["second"]


async def test_an_answer_after_three_seconds_is_too_late(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    discord.ack_deadline_s = 0.1
    late: list[tuple[int, int]] = []

    async def answer(interaction: Interaction) -> None:
        await asyncio.sleep(0.15)
        late.append(await refusal(interaction.response.send_message("late")))
        late.append(await refusal(interaction.followup.send("later")))

    bot.answer = answer
    reply = await ask(discord, channel, ada)
    await discord.until(lambda: len(late) == 2)

    assert (reply.is_acknowledged, reply.kind, reply.elapsed_s) == (False, "", 0.1)
    assert late == [(404, 10062), (404, 10015)]
    assert channel.messages == []


async def test_a_second_answer_is_refused(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    """Two processes with the same shard both hear of it; one is the first."""
    discord.identify_interval_s = 0
    bot.answer = answered
    other = Bot()
    other.answer = answered

    async with running(discord, other):
        await ask(discord, channel, ada)
        await discord.until(lambda: discord.count(CALLBACK) == 2)

    codes = {call.code for call in discord.calls if call.route == CALLBACK}
    assert codes == {None, 40060}
    assert len(channel.messages) == 1


async def test_tokens_die_after_fifteen_minutes(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot, asked: list[Interaction]
) -> None:
    bot.answer = answered
    await ask(discord, channel, ada)
    await discord.until(lambda: asked)

    discord.pass_time(minutes=14)
    await asked[0].edit_original_response(content="in time")
    discord.pass_time(minutes=2)

    assert await refusal(asked[0].edit_original_response(content="late")) == (401, 50027)
    assert await refusal(asked[0].followup.send("late")) == (401, 50027)
    place: Any = bot.get_channel(channel.id)
    await place.get_partial_message(stored(channel).id).edit(content="by the bot")
    assert stored(channel).content == "by the bot"


async def test_original_and_followups_can_be_read_and_deleted(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot, asked: list[Interaction]
) -> None:
    discord.is_throttling = False
    bot.answer = answered
    reply = await ask(discord, channel, ada)
    await discord.until(lambda: asked)
    more = await asked[0].followup.send("more", wait=True)

    assert (await asked[0].original_response()).content == "done"
    assert reply.followups[0].replied_to is reply.message
    await more.edit(content="most")
    assert reply.followups[0].content == "most"
    await more.delete()
    await asked[0].delete_original_response()
    assert channel.shown == []
    assert await refusal(asked[0].edit_original_response(content="x")) == (404, 10008)


async def test_ephemeral_messages_are_in_no_channel(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot, asked: list[Interaction]
) -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.send_message("psst", ephemeral=True)

    bot.answer = answer
    await ask(discord, channel, ada)
    await discord.until(lambda: asked)

    [message] = discord.ephemerals
    assert channel.messages == bot.heard == []
    place: Any = bot.get_channel(channel.id)
    assert await refusal(place.get_partial_message(message.id).pin()) == (404, 10008)
