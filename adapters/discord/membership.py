"""Which servers have the bot, so that what is known of one that let it go is not kept for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from adapters.discord.caller import PLATFORM
from bot.domain import Tenant
from bot.ports import Archive


class Membership:
    """Notes servers that let the bot go, and that have it. Methods raise `StorageError`.

    With each start Discord tells of all servers. They are looked at one after the other, since
    nobody waits for that and others wait for the database.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._known: set[str] = set()
        self._turn = asyncio.Lock()

    async def left(self, guild: str) -> None:
        """Note that a server let the bot go."""
        async with self._turn:
            self._known.discard(guild)
            await self._archive.leave(Tenant(PLATFORM, guild))

    async def here(self, guilds: Sequence[str]) -> None:
        """Note that servers have the bot, perhaps again."""
        for guild in guilds:
            async with self._turn:
                if guild not in self._known:
                    await self._archive.come_back(Tenant(PLATFORM, guild))
                    self._known.add(guild)
