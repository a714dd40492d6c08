"""Servers that let the bot go, and those that have it again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.discord.membership import Membership
from bot.domain import Tenant
from tests.adapters.discord.lobby import Lobby, open_lobby
from tests.fakes.discord.server import DiscordServer
from tests.fakes.records import FakeRecords
from tests.fakes.team.archive import FakeArchive


def departures(lobby: Lobby) -> set[str]:
    archive = lobby.desk.team.archive
    assert isinstance(archive, FakeArchive)
    return {tenant.workspace for tenant in archive.departures}


class Counted(FakeArchive):
    """Counts how often it is told that a server is here."""

    def __init__(self) -> None:
        super().__init__(FakeRecords())
        self.came_back = 0

    async def come_back(self, tenant: Tenant) -> None:
        self.came_back += 1
        await super().come_back(tenant)


async def test_a_server_that_lets_the_bot_go_is_noted_until_it_comes_back(lobby: Lobby) -> None:
    guild = lobby.discord.guild
    lobby.discord.kick_bot(guild)
    await lobby.discord.until(lambda: bool(departures(lobby)))
    left = departures(lobby)

    lobby.discord.invite_bot(guild)
    await lobby.discord.until(lambda: not departures(lobby))

    assert left == {str(guild.id)}


async def test_an_outage_is_no_departure(lobby: Lobby) -> None:
    guild = lobby.discord.guild

    lobby.discord.make_unavailable(guild)
    lobby.discord.make_available(guild)
    await lobby.mention("status")

    assert departures(lobby) == set()


async def test_a_server_that_came_back_while_nobody_listened_is_noted_at_the_start(
    discord: DiscordServer,
) -> None:
    archive = Counted()
    await archive.leave(Tenant("discord", str(discord.guild.id)), datetime.now(UTC))

    async with open_lobby(discord, archive=archive) as lobby:
        await lobby.discord.until(lambda: not archive.departures)

    assert archive.came_back == 1


@pytest.mark.parametrize("times", [2, 5])
async def test_a_server_that_is_known_is_looked_at_once(times: int) -> None:
    archive = Counted()
    membership = Membership(archive)

    for _ in range(times):
        await membership.here(["1"])

    assert archive.came_back == 1
