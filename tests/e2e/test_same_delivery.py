"""Two processes hear the same from Discord, again and again: one deliberation each time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.adapters.discord.lobby import deliver
from tests.e2e.crash import sightings
from tests.e2e.crash_discord import DiscordSite, open_discord
from tests.e2e.crash_server import CrashServer
from tests.e2e.crash_site import broken, is_whole
from tests.e2e.service import Service, configure
from tests.fakes.discord.message_wire import told, wire_of_message
from tests.fakes.discord.traffic import Event
from tests.launcher import Launcher

TIMES = 50
TYPED, SAID = "Which one was typed?", "Which one was said?"
PATIENCE_S = 120.0


@pytest.mark.postgres
async def test_what_two_processes_hear_fifty_times_is_asked_once(
    launcher: Launcher, tmp_path: Path, postgres_url: str
) -> None:
    async with CrashServer() as server, open_discord() as discord:
        configure(tmp_path, server, mode="fast")
        site = DiscordSite(discord)
        service = Service(launcher.start, tmp_path, postgres_url, site.settings)
        try:
            await asyncio.gather(service.start(), service.start())
            await discord.until(lambda: discord.connections == 2)
            typing = asyncio.create_task(site.ask(TYPED))
            await discord.until(lambda: bool(discord.interactions))
            deliver(discord, discord.interactions[0], TIMES)
            await site.ask(SAID, by_mention=True)
            said = site.last_said(SAID)
            payload = told(wire_of_message(said, discord.bot), said)
            for _ in range(TIMES):
                discord.emit(Event("MESSAGE_CREATE", payload, said.channel.guild))
            await typing
            is_done = lambda: is_whole(site, TYPED) and is_whole(site, SAID)  # noqa: E731
            await discord.until(is_done, PATIENCE_S)
        finally:
            await service.stop()

        ends = await sightings(postgres_url, server, [TYPED, SAID])
        faults = [fault for name, end in ends.items() for fault in broken(site, name, [], end)]
        assert faults == []
        assert service.ended == []
        assert len({asked.question for asked in server.requested}) == 2
