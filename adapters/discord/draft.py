"""The final answer while it is written: one message that is edited as it grows."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from adapters.discord.render import render
from adapters.discord.thread.messages import Message
from adapters.discord.thread.posting import Target, send, update
from adapters.discord.thread.writing import writing
from adapters.discord.wire.api import DiscordApi
from bot.domain.reports import Report, SynthesisReport
from bot.errors import ChatBusy
from bot.ports import Sent

# An edit that has to wait is stale before it comes.
_WITHIN_S = 0.5


async def begun(
    api: DiscordApi, target: Target, report: SynthesisReport, every_s: float
) -> DiscordDraft:
    """Open the message; it is edited every so many seconds. Raises `ChatError`."""
    message = await send(api, target, _unfinished(report, ""))
    return DiscordDraft(api, target, str(message["id"]), report, every_s)


class DiscordDraft:
    """Implements `bot.ports.Draft`."""

    def __init__(
        self,
        api: DiscordApi,
        target: Target,
        message_id: str,
        report: SynthesisReport,
        every_s: float,
    ) -> None:
        self._api = api
        self._target = target
        self._message_id = message_id
        self._report = report
        self._every_s = every_s
        self._clock = asyncio.get_running_loop().time
        self._shown_at = self._clock()
        self._text = ""
        self._is_again = False

    @property
    def sent(self) -> Sent:
        """The message as it stands."""
        return Sent(self._message_id, self._target.room)

    async def append(self, text: str) -> None:
        """Add text to the end; it may be shown with what comes later."""
        self._text += text
        if self._clock() - self._shown_at < self._every_s:
            return
        # Discord is busy: what waits is shown with the next piece, and all of it at the end.
        with suppress(ChatBusy):
            await self._show()

    async def restart(self) -> None:
        """Void what was written."""
        self._text, self._is_again = "", True
        await self._show()

    async def finish(self, report: Report) -> None:
        """Put the finished report in place of all that was written."""
        await update(self._api, self._target, self._message_id, render(report)[0])

    async def _show(self) -> None:
        self._shown_at = self._clock()
        message = _unfinished(self._report, self._text, is_again=self._is_again)
        await update(self._api, self._target, self._message_id, message, within_s=_WITHIN_S)


def _unfinished(report: SynthesisReport, text: str, *, is_again: bool = False) -> Message:
    chairman, asker_id = report.synthesis.chairman, report.asker_id
    return writing(text, chairman, is_again=is_again, asker_id=asker_id)
