"""What comes over the gateway, and what the gateway knows."""

from __future__ import annotations

import asyncio
import logging

import discord as library
import pytest

from adapters.discord.setup.commands import sync
from adapters.discord.wire import gateway as gateway_module
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.gateway import Reach
from adapters.discord.wire.http import open_http
from tests.adapters.discord.wire.ears import Ears
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.server import DiscordServer


class Slow(Ears):
    """Listens until it is told to stop; `begun` counts, and `ended` those that came to an end."""

    def __init__(self, ears: Ears) -> None:
        super().__init__(ears.http)
        self.may_end = asyncio.Event()
        self.begun = self.ended = 0

    async def on_message(self, message: library.Message) -> None:
        self.begun += 1
        await self.may_end.wait()
        self.ended += 1


class Broken(Ears):
    """Fails once with what must not be shown."""

    async def on_message(self, message: library.Message) -> None:
        await super().on_message(message)
        if len(self.said) == 1:
            raise RuntimeError(message.content)


async def test_messages_and_commands_come_to_their_listeners(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    await sync(DiscordApi(ears.http, ears.pace), ears.http.identity.application)

    async with ears.open() as gateway:
        assert gateway.is_ready
        await discord.mention("hello", channel=channel, person=ada)
        reply = await discord.command("council", "help", channel=channel, person=ada)

    assert ears.said == ["hello"]
    assert (reply.is_acknowledged, ears.commands) == (True, ["council"])
    await discord.until(lambda: discord.connections == 0)


async def test_direct_messages_come_too(discord: DiscordServer, ears: Ears, ada: Person) -> None:
    async with ears.open():
        await discord.say("hello", channel=discord.direct(ada), person=ada)
        await discord.until(lambda: ears.said)

    assert ears.said == ["hello"]


async def test_a_server_that_was_away_is_heard_again(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    async with ears.open():
        discord.make_unavailable(discord.guild)
        discord.make_available(discord.guild)
        await discord.mention("hello", channel=channel, person=ada)
        await discord.until(lambda: ears.said)

    assert ears.said == ["hello"]


async def test_what_may_not_be_read_is_said_once_and_mentions_are_heard(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    async with ears.open() as gateway:
        await discord.say("secret", channel=channel, person=ada)
        await discord.mention("hello", channel=channel, person=ada)
        await discord.until(lambda: len(ears.said) == 2)

        assert not gateway.can_read

    assert ears.said == ["", "hello"]
    (sentence,) = ears.told
    assert "Message Content Intent" in sentence


async def test_what_may_be_read_is_read(
    discord: DiscordServer, channel: Channel, ada: Person
) -> None:
    discord.allowed_intents = Intent.MESSAGE_CONTENT
    async with open_http(discord.token, discord.api_url) as http:
        ears = Ears(http)
        async with ears.open() as gateway:
            await discord.say("open", channel=channel, person=ada)
            await discord.until(lambda: ears.said)

            assert gateway.can_read

    assert ears.said == ["open"]
    assert ears.told == []
    wanted = Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.DIRECT_MESSAGES | Intent.MESSAGE_CONTENT
    assert discord.sessions[0].intents == wanted


async def test_a_fault_in_one_delivery_is_told_by_its_name_and_none_of_the_next(
    discord: DiscordServer,
    ears: Ears,
    channel: Channel,
    ada: Person,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = Broken(ears.http)

    async with broken.open():
        for text in ("one", "two"):
            await discord.mention(text, channel=channel, person=ada)
        await discord.until(lambda: len(broken.said) == 2)

    logged = capsys.readouterr().out
    assert "RuntimeError" in logged
    assert "one" not in logged


async def test_the_end_waits_for_what_is_under_way(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    slow = Slow(ears)

    async with slow.open():
        await discord.mention("hello", channel=channel, person=ada)
        await discord.until(lambda: slow.begun)
        asyncio.get_running_loop().call_later(0.1, slow.may_end.set)

    assert slow.ended == 1


async def test_the_end_does_not_wait_for_what_nobody_waits_for_any_more(
    discord: DiscordServer,
    ears: Ears,
    channel: Channel,
    ada: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway_module, "_FINISH_S", 0.1)
    slow = Slow(ears)

    async with slow.open():
        await discord.mention("hello", channel=channel, person=ada)
        await discord.until(lambda: slow.begun)

    assert slow.ended == 0


async def test_nothing_is_left_behind(discord: DiscordServer, ears: Ears) -> None:
    before = asyncio.all_tasks()

    async with ears.open():
        await discord.reconnect()
        await discord.until(lambda: discord.sessions[0].resumes == 1)
    await discord.until(lambda: discord.connections == 0)
    await discord.until(lambda: asyncio.all_tasks() <= before)


async def test_channels_and_rights_are_known(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    guild = str(discord.guild.id)
    message = await discord.say("x", channel=channel, person=ada)

    async with ears.open() as gateway:
        await discord.until(lambda: gateway.channel(guild, str(channel.id)))
        thread = await discord.start_thread("About x", person=ada, message=message)
        await discord.until(lambda: gateway.channel(guild, str(thread.id)))

        for place in (channel, thread):
            rights = gateway.rights(guild, str(place.id))
            assert rights is not None
            assert rights.send_messages
        discord.deny(channel, Permission.SEND_MESSAGES)
        await discord.until(lambda: not gateway.rights(guild, str(channel.id)).send_messages)  # pyright: ignore[reportOptionalMemberAccess]  known above
        assert isinstance(gateway.channel(guild, str(thread.id)), library.Thread)
        assert gateway.guilds == 1


async def test_what_nobody_has_told_is_not_known(
    discord: DiscordServer, ears: Ears, channel: Channel
) -> None:
    guild = str(discord.guild.id)

    async with ears.open() as gateway:
        await discord.until(lambda: gateway.channel(guild, str(channel.id)))

        for place in ((guild, "1"), ("1", str(channel.id))):
            assert gateway.channel(*place) is None
            assert gateway.rights(*place) is None


async def test_another_address_of_the_gateway_is_taken(discord: DiscordServer, ears: Ears) -> None:
    async with ears.open(Reach(url=f"{discord.gateway_url}/")):
        paths = [call.path for call in discord.calls if call.route == "gateway"]

    assert paths == ["/gateway/"]


async def test_no_level_of_logging_shows_a_token_or_what_was_said(
    discord: DiscordServer,
    channel: Channel,
    ada: Person,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_http(discord.token, discord.api_url) as http:
        ears = Ears(http)
        await sync(DiscordApi(http, ears.pace), http.identity.application)
        async with ears.open():
            await discord.mention("xyzzy", channel=channel, person=ada)
            await discord.command("council", "help", channel=channel, person=ada)
            await discord.drop_gateway(0.1)
            await discord.until(lambda: discord.sessions[0].resumes)

    logged = caplog.text + "".join(capsys.readouterr())
    assert "discord gateway" in logged
    assert "xyzzy" not in logged
    for secret in (discord.token, discord.interactions[0].token, discord.sessions[0].id):
        assert secret not in logged
