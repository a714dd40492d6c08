"""What Discord's listeners work with, and the one way in which every question is asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.discord.caller import DIRECT, Caller
from adapters.discord.incoming import Names, plain_text
from adapters.discord.thread.posting import NO_FILES, write_to
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.http import Json
from bot.desk import Desk
from bot.domain import Attachment, Mode, Question, Remark
from bot.errors import ChatError

_MEMBER = "/guilds/{guild_id}/members/{user_id}"
_MENTION = re.compile(r"<@!?(\d+)>")
_MOST_NAMES = 5  # each takes a call
NAMED_WITHIN_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordDesk(Desk):
    """What Discord's listeners work with.

    `discussion` is how many messages before a mention are taken along.
    """

    api: DiscordApi
    discussion: int = 20

    @property
    def bot_user(self) -> str:
        """The bot's own id."""
        return self.api.identity.user

    @property
    def can_read(self) -> bool:
        """Discord shows us messages that do not mention us."""
        return self.api.identity.can_read

    async def ask(
        self,
        caller: Caller,
        text: str,
        *,
        delivery: str,
        attachments: tuple[Attachment, ...] = (),
        context: tuple[Remark, ...] = (),
        mode: Mode | None = None,
    ) -> str | None:
        """Store a question, and start its deliberation.

        Returns a sentence if the council may not answer there; then it has cost nothing. Returns an
        `Aside` if others come first. Raises
        `NotAllowed`, `OverLimit`, `BadQuestion`, `StorageError`.
        """
        if caller.fault is not None:
            return caller.fault
        person = caller.person
        asked = Question(text, caller.place, person.name, context, attachments, asker_id=person.id)
        # A private thread is no way around what its channel allows and spends.
        put = await self.put(person, asked, delivery=delivery, mode=mode, home=caller.home)
        return None if put is None else await self.line(put)

    async def plain(self, typed: str, caller: Caller, names: Names) -> str:
        """Return what was typed into a command or a form as plain text."""
        users = list(dict.fromkeys(_MENTION.findall(typed)))[:_MOST_NAMES]
        known = await asyncio.gather(*(self._member(user, caller.workspace) for user in users))
        return plain_text(typed, [person for person in known if person is not None], names)

    async def write_to(
        self, person: str, message: Json, files: Sequence[tuple[str, bytes]] = NO_FILES
    ) -> None:
        """Send a person a direct message. Raises `ChatError`."""
        await write_to(self.api, person, message, files)

    async def _member(self, user: str, workspace: str) -> Json | None:
        if workspace == DIRECT:
            return None
        ids = {"guild_id": workspace, "user_id": user}
        try:
            async with asyncio.timeout(NAMED_WITHIN_S):
                found = await self.api.call("GET", _MEMBER, ids, within_s=NAMED_WITHIN_S)
        except (ChatError, TimeoutError):
            return None
        return {**found["user"], "member": found}
