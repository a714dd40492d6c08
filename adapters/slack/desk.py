"""What Slack's listeners work with, and the one way in which every question is asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from adapters.slack.caller import Caller
from adapters.slack.channels import Channels
from adapters.slack.incoming import plain_text
from adapters.slack.people import People
from adapters.slack.wire.api import SlackApi
from bot.desk import Desk
from bot.domain import Attachment, Person, Question, Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackDesk(Desk):
    """What Slack's listeners work with."""

    api: SlackApi
    people: People
    channels: Channels

    async def ask(
        self,
        caller: Caller,
        text: str,
        *,
        delivery: str,
        attachments: tuple[Attachment, ...] = (),
        context: tuple[Remark, ...] = (),
    ) -> str | None:
        """Store a question, and start its deliberation behind the acknowledgement.

        Returns a sentence if the council may not answer there; then it has cost nothing. Raises
        `BadQuestion`, `StorageError`.
        """
        fault = await self.channels.fault(caller.channel, caller.workspace)
        if fault is not None:
            return fault
        asker, question = await asyncio.gather(
            self.person(caller),
            self.plain(text, caller.workspace),
        )
        place = caller.place
        asked = Question(question, place, asker.name, context, attachments, asker_id=caller.user)
        await self.put(asker, asked, delivery=delivery)
        return None

    async def person(self, caller: Caller) -> Person:
        """Return who calls, with their rights at the moment."""
        return await self.people.person(caller.user, caller.workspace, caller.name)

    async def plain(self, text: str, workspace: str) -> str:
        """Return what somebody wrote as plain text."""
        return await plain_text(text, self.people, workspace)
