"""Somebody who listens at the gateway."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import discord as library

from adapters.discord.wire.gateway import Gateway, Listeners, Reach, open_gateway
from adapters.discord.wire.http import DiscordHttp
from adapters.discord.wire.shard import Tempo
from bot.ports import Pace
from tests.adapters.discord.wire.calls import CALLBACK
from tests.fakes.shapes import Json
from tests.fakes.workspaces import FakePace

SPEED = 20.0
# A good deal above what Discord asks for: both ends of it run on one busy machine.
FAST = Tempo(again_after_s=0.02, identify_every_s=8 / SPEED)


@dataclass
class Ears:
    """Notes what comes, and answers interactions; `told` is what the operator hears."""

    http: DiscordHttp
    pace: Pace = field(default_factory=FakePace)
    said: list[str] = field(default_factory=list[str])
    commands: list[str] = field(default_factory=list[str])
    told: list[str] = field(default_factory=list[str])

    async def on_interaction(self, interaction: library.Interaction) -> None:
        self.commands.append(str((interaction.data or {}).get("name")))
        ids = {"interaction_id": str(interaction.id), "interaction_token": interaction.token}
        said: Json = {"content": "noted", "allowed_mentions": {"parse": []}}
        await self.http.call("POST", CALLBACK, ids, json={"type": 4, "data": said})

    async def on_message(self, message: library.Message) -> None:
        if not message.author.bot:
            self.said.append(message.content.split(" ")[-1])

    @asynccontextmanager
    async def open(
        self, reach: Reach | None = None, *, patience_s: float = 10.0, **tempo: float
    ) -> AsyncGenerator[Gateway]:
        """Listen."""
        listeners = Listeners(self.on_interaction, self.on_message)
        async with open_gateway(
            self.http,
            self.pace,
            listeners,
            self.told.append,
            reach=reach or Reach(),
            tempo=replace(FAST, **tempo),
            patience_s=patience_s,
        ) as gateway:
            yield gateway
