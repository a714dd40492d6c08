"""Pins, by both sets of routes."""

from __future__ import annotations

from aiohttp import ClientSession

from tests.fakes.discord.kinds import MessageType
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal, stored
from tests.fakes.discord.server import DiscordServer


async def test_a_pin_is_told_and_said(discord: DiscordServer, channel: Channel, bot: Bot) -> None:
    sent = await channel_of(bot, channel).send("one")
    await sent.pin()
    await sent.pin()

    assert [pin.id for pin in channel.pins] == [sent.id]
    assert stored(channel, 0).is_pinned
    assert stored(channel).type is MessageType.PIN
    assert stored(channel).reference is not None
    await discord.until(lambda: len(bot.heard) == 2)
    assert bot.heard[1].author.id == discord.bot.id
    assert "CHANNEL_PINS_UPDATE" in bot.events

    await sent.unpin()
    assert channel.pins == []


async def test_a_channel_is_full_at_some_time(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.most_pins = 1
    first = await channel_of(rest, channel).send("one")
    second = await channel_of(rest, channel).send("two")
    await first.pin()

    assert await refusal(second.pin()) == (400, 30003)
    await first.unpin()
    await second.pin()
    assert DiscordServer().most_pins == 250


async def test_who_may_pin_what(
    discord: DiscordServer, channel: Channel, ada: Person, rest: Bot
) -> None:
    sent = await channel_of(rest, channel).send("one")
    await sent.pin()
    note = channel_of(rest, channel).get_partial_message(stored(channel).id)

    assert await refusal(note.pin()) == (403, 50021)
    assert await refusal(channel_of(rest, channel).get_partial_message(1).pin()) == (404, 10008)
    discord.deny(channel, Permission.PIN_MESSAGES)
    assert await refusal(sent.pin()) == (403, 50013)
    theirs = await discord.say("psst", channel=discord.direct(ada), person=ada)
    await channel_of(rest, discord.direct(ada)).get_partial_message(theirs.id).pin()
    assert theirs.is_pinned


async def test_pins_are_read_in_pages(discord: DiscordServer, channel: Channel, rest: Bot) -> None:
    discord.is_throttling = False
    place = channel_of(rest, channel)
    for number in range(4):
        await (await place.send(str(number))).pin()
        discord.pass_time(1)

    assert [pin.content async for pin in place.pins(limit=3)] == ["3", "2", "1"]
    pages = await rest.http.pins_from(channel.id, limit=2)
    assert (len(pages["items"]), pages["has_more"]) == (2, True)
    rest_of = await rest.http.pins_from(channel.id, before=pages["items"][-1]["pinned_at"])
    assert (len(rest_of["items"]), rest_of["has_more"]) == (2, False)
    discord.deny(channel, Permission.READ_MESSAGE_HISTORY)
    assert [pin async for pin in place.pins()] == []


async def test_the_old_routes_still_work(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    sent = await channel_of(rest, channel).send("one")
    url = f"{discord.api_url}/channels/{channel.id}/pins"
    headers = {"Authorization": f"Bot {discord.token}"}

    async with ClientSession(headers=headers) as session:
        async with session.put(f"{url}/{sent.id}") as response:
            assert response.status == 204
        async with session.get(url) as response:
            assert [pin["id"] for pin in await response.json()] == [str(sent.id)]
        async with session.delete(f"{url}/{sent.id}") as response:
            assert response.status == 204

    assert channel.pins == []
