"""What listeners work with, and the one way in which every question is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field

from adapters.slack.api import SlackApi
from adapters.slack.caller import Caller
from adapters.slack.channels import Channels
from adapters.slack.incoming import plain_text
from adapters.slack.people import People
from adapters.slack.untrusted import escaped
from bot.app import App
from bot.domain import Attachment, Council, Question, Remark
from bot.errors import StorageError, WrongUse
from bot.ports import Feedback, Outbox, Tickets

_NOT_STORED = (
    "I cannot store anything right now, so nothing was started. Please ask again in a moment."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What listeners work with. `bot` is what people call the bot, without the @."""

    app: App
    api: SlackApi
    people: People
    channels: Channels
    outbox: Outbox
    feedback: Feedback
    tickets: Tickets
    council: Council
    bot: str = "Council"
    background: set[asyncio.Task[object]] = field(default_factory=set)

    async def ask(
        self,
        caller: Caller,
        text: str,
        *,
        delivery: str,
        attachments: tuple[Attachment, ...] = (),
        context: tuple[Remark, ...] = (),
    ) -> str | None:
        """Start a deliberation.

        Returns a sentence in Slack's markup if it was not started; then it has cost nothing.
        """
        fault, asker, question = await asyncio.gather(
            self.channels.fault(caller.channel, caller.workspace, self.bot),
            self.people.person(caller.user, caller.workspace, caller.name),
            self.plain(text, caller.workspace),
        )
        if fault is not None:
            return fault
        asked = Question(
            question, caller.place, asker.name, context, attachments, asker_id=caller.user
        )
        try:
            await self.app.ask(asked, self.council, delivery=delivery)
        except WrongUse as error:
            return escaped(str(error))
        except StorageError:
            return _NOT_STORED
        return None

    async def plain(self, text: str, workspace: str) -> str:
        """Return what somebody wrote as plain text. Raises `ChatError`."""
        access = await self.api.access(workspace)
        return await plain_text(
            text, bot_user=access.bot_user, people=self.people, workspace=workspace
        )

    def later(self, work: Coroutine[object, object, object]) -> asyncio.Task[object]:
        """Do something that may last longer than Slack waits."""
        task = asyncio.create_task(work)
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        return task
