"""What Slack's listeners work with, and the one way in which every question is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

from adapters.slack.caller import Caller
from adapters.slack.channels import Channels
from adapters.slack.groups import Groups, is_group
from adapters.slack.incoming import plain_text
from adapters.slack.people import People
from adapters.slack.wire.api import SlackApi
from bot.desk import Desk
from bot.domain import Attachment, Person, Place, Question, Remark
from bot.errors import ChatError

# What was said before a question is looked up beside who asks it.
Context: TypeAlias = Callable[[], Awaitable[tuple[Remark, ...]]]


async def _nothing() -> tuple[Remark, ...]:
    return ()


def known(remarks: tuple[Remark, ...]) -> Context:
    """Return remarks that need not be looked up."""

    async def look() -> tuple[Remark, ...]:
        return remarks

    return look


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackDesk(Desk):
    """What Slack's listeners work with.

    `discussion` is how many messages before a mention are taken along.
    """

    api: SlackApi
    people: People
    groups: Groups
    channels: Channels
    discussion: int = 20

    async def ask(
        self,
        caller: Caller,
        text: str,
        *,
        delivery: str,
        attachments: tuple[Attachment, ...] = (),
        context: Context = _nothing,
    ) -> str | None:
        """Store a question, and start its deliberation behind the acknowledgement.

        Returns a sentence if the council may not answer there; then it has cost nothing. Raises
        `NotAllowed`, `OverLimit`, `BadQuestion`, `StorageError`.
        """
        fault = await self.channels.fault(caller.channel, caller.workspace)
        if fault is not None:
            return fault
        asker, question, remarks = await asyncio.gather(
            self.person(caller),
            self.plain(text, caller.workspace),
            context(),
        )
        place = caller.place
        asked = Question(question, place, asker.name, remarks, attachments, asker_id=caller.user)
        put = await self.put(asker, asked, delivery=delivery)
        if put is not None:
            self.errands.begin(self._tell_line(caller, put))
        return None

    async def _tell_line(self, caller: Caller, deliberation_id: str) -> None:
        """Tell who asked, and nobody else, if others come first."""
        if (sentence := await self.line(deliberation_id)) is not None:
            whisper = {"channel": caller.channel, "user": caller.user, "text": sentence}
            if caller.thread is not None:
                whisper["thread_ts"] = caller.thread
            with suppress(ChatError):  # it comes all the same
                async with self.by_and_by:
                    await self.api.call("chat.postEphemeral", caller.workspace, whisper)

    async def person(self, caller: Caller, *, is_fresh: bool = False) -> Person:
        """Return who calls, with their rights at the moment, or those of a minute ago.

        Groups are looked up only where some are named. Raises `StorageError`.
        """
        who = caller.user, caller.workspace
        if not await self._names_groups(caller.place):
            return await self.people.person(*who, caller.name, is_fresh=is_fresh)
        person, groups = await asyncio.gather(
            self.people.person(*who, caller.name, is_fresh=is_fresh),
            self.groups.of(*who, is_fresh=is_fresh),
        )
        return replace(person, groups=groups)

    async def plain(self, text: str, workspace: str) -> str:
        """Return what somebody wrote as plain text."""
        return await plain_text(text, self.people, workspace)

    async def _names_groups(self, place: Place) -> bool:
        """Say whether a user group is named in the channel or in its workspace."""
        usual = self.team.usual
        named = [usual.askers, usual.configurers]
        for edition in await self.team.settings.at(place):
            named += [edition.settings.askers or (), edition.settings.configurers or ()]
        return any(is_group(name) for names in named for name in names)
