"""A Discord that discord.py talks to, with a channel and a person, and a bot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord.library import (
    Attachment,
    ExponentialBackoff,
    Interaction,
    Message,
    User,
    app_commands,
)
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, logged_in, point_at, running
from tests.fakes.discord.server import DiscordServer

AGAIN_AFTER_S = 0.05


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as discord:
        point_at(discord, monkeypatch)
        monkeypatch.setattr(ExponentialBackoff, "delay", _soon)
        yield discord


@pytest.fixture
def channel(discord: DiscordServer) -> Channel:
    return discord.add_channel("general")


@pytest.fixture
def ada(discord: DiscordServer) -> Person:
    return discord.add_person("Ada")


@pytest.fixture
async def rest(discord: DiscordServer) -> AsyncIterator[Bot]:
    """Give a bot that is logged in without the gateway."""
    async with logged_in(discord) as bot:
        yield bot


@pytest.fixture
async def bot(discord: DiscordServer) -> AsyncIterator[Bot]:
    """Give a bot that is connected."""
    bot = Bot()
    async with running(discord, bot):
        yield bot


@pytest.fixture
async def asked(bot: Bot) -> list[Interaction]:
    """Register commands, and collect the interactions that come of them."""
    seen: list[Interaction] = []
    group = app_commands.Group(name="council", description="Ask")

    @group.command(name="ask", description="Ask")
    @app_commands.describe(question="What")
    @app_commands.choices(mode=[app_commands.Choice(name="Fast", value="fast")])
    async def ask(
        interaction: Interaction,
        question: app_commands.Range[str, 3, 100],
        mode: str = "",
        attachment: Attachment | None = None,
    ) -> None:
        interaction.extras |= {"question": question, "mode": mode, "attachment": attachment}
        seen.append(interaction)

    @group.command(name="show", description="Show")
    async def show(interaction: Interaction, key: str) -> None:
        interaction.extras["key"] = key
        seen.append(interaction)

    @show.autocomplete("key")
    async def keys(_: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}{n}", value=str(n)) for n in range(3)]

    @bot.tree.context_menu(name="Ask the council")
    async def menu(interaction: Interaction, message: Message) -> None:
        interaction.extras["content"] = message.content
        seen.append(interaction)

    @bot.tree.context_menu(name="Who is it")
    async def who(interaction: Interaction, person: User) -> None:
        interaction.extras["person"] = person
        seen.append(interaction)

    bot.tree.add_command(group)
    await bot.tree.sync()
    return seen


def _soon(_: object) -> float:
    """Wait less than discord.py would before it connects again."""
    return AGAIN_AFTER_S
