"""The final answer while it is written, as a Slack stream.

A stream takes text only at its end, dies after about five minutes and holds about 11,000 bytes
(python-slack-sdk issue 1859; openclaw issue 143882), so it is for looking on: what is written last
takes its place by an edit.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from adapters.slack.people import People
from adapters.slack.render import render
from adapters.slack.rich.pages import pages
from adapters.slack.rich.richtext import rich_text
from adapters.slack.rich.untrusted import streamed
from adapters.slack.thread.blocks import safe, small
from adapters.slack.thread.messages import single
from adapters.slack.thread.posting import Target, block_id, metadata, update
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json
from bot import phrases
from bot.domain.reports import Report, SynthesisReport
from bot.errors import ChatBusy, ChatError, ChatRefused
from bot.ports import Sent

_EDITS_PER_WRITE = 3
_MOST_BYTES = 9_000
_LIFETIME_S = 270.0
_WITHIN_S = 0.5
_STOP_WITHIN_S = 20.0
_WRITING = "The final answer is being written."
_MORE = "\n\n…"
# The stream has ended without us; the message stays and can be edited.
_ENDED = frozenset({"message_not_in_streaming_state", "stopped_by_user"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How a draft is written: shown every so many seconds, and in the channel too at the end."""

    every_s: float = 1.0
    is_broadcast: bool = False


async def begun(
    api: SlackApi, people: People, target: Target, report: SynthesisReport, manner: Manner
) -> SlackDraft:
    """Start a stream to whoever asked. Raises `ChatError`."""
    if report.asker_id is None or target.thread is None:
        message = "There is nobody to stream to."
        raise ChatRefused(message)
    line = safe(phrases.writing_line(report.synthesis.chairman))
    opening = {**small(f"✎ {line}"), "block_id": block_id(target.key)}
    answer = await api.call(
        "chat.startStream",
        target.place.workspace,
        {
            "channel": target.place.channel,
            "thread_ts": target.thread,
            "recipient_user_id": report.asker_id,
            "recipient_team_id": await people.team_of(report.asker_id, target.place.workspace),
            "chunks": [{"type": "blocks", "blocks": [opening]}],
        },
    )
    return SlackDraft(api, target, str(answer["ts"]), manner)


class SlackDraft:
    """Implements `bot.ports.Draft`."""

    def __init__(self, api: SlackApi, target: Target, message_id: str, manner: Manner) -> None:
        self._api = api
        self._target = target
        self._message_id = message_id
        self._manner = manner
        self._clock = asyncio.get_running_loop().time
        self._began = self._flushed_at = self._clock()
        self._waiting = ""
        self._bytes = 0
        self._is_streaming = True
        self._is_full = False
        self._edited: str | None = None

    @property
    def sent(self) -> Sent:
        """The message as it stands."""
        return Sent(self._message_id, self._target.thread)

    async def append(self, text: str) -> None:
        """Add text to the end; it may be shown with what comes later."""
        self._waiting += text
        # Edits are dearer than pieces of a stream.
        every_s = self._manner.every_s * (1 if self._edited is None else _EDITS_PER_WRITE)
        now = self._clock()
        if self._is_full or now - self._flushed_at < every_s:
            return
        self._flushed_at = now
        # Slack is busy: what waits is shown with the next piece, and all of it at the end.
        with suppress(ChatBusy):
            await (self._stream() if self._edited is None else self._rewrite(self._edited))

    async def restart(self) -> None:
        """Void what was written; a stream cannot, so the message is edited from here on."""
        await self._stop()
        self._waiting, self._edited, self._is_full = "", "", False
        await self._rewrite("")

    async def finish(self, report: Report) -> None:
        """Put the finished report in place of all that was written."""
        await self._stop()
        await update(self._api, self._target, self._message_id, render(report)[0])
        if self._manner.is_broadcast:
            # A courtesy, and never in one call with a new content.
            with suppress(ChatError):
                await self._call("chat.update", _STOP_WITHIN_S, {"reply_broadcast": True})

    async def _stream(self) -> None:
        text = streamed(self._waiting)
        size = self._bytes + len(text.encode())
        is_full = size > _MOST_BYTES or self._clock() - self._began > _LIFETIME_S
        shown = _MORE if is_full else text
        chunks = [{"type": "markdown_text", "text": shown}]
        await self._call("chat.appendStream", _WITHIN_S, {"chunks": chunks})
        self._waiting, self._bytes, self._is_full = "", size, is_full

    async def _rewrite(self, before: str) -> None:
        self._edited = before + self._waiting
        self._waiting = ""
        opening = small(f"✎ {phrases.writing_line('', is_again=True)}")
        shown = pages(rich_text(self._edited)) if self._edited.strip() else [[]]
        message = single(_WRITING, _WRITING, [opening, *shown[0]])
        await update(self._api, self._target, self._message_id, message, within_s=_WITHIN_S)

    async def _stop(self) -> None:
        if not self._is_streaming:
            return
        try:
            await self._call(
                "chat.stopStream", _STOP_WITHIN_S, {"metadata": metadata(self._target.key)}
            )
        except Refused as refused:
            if refused.code not in _ENDED:
                raise
        self._is_streaming = False

    async def _call(self, method: str, within_s: float, arguments: Json) -> None:
        place = self._target.place
        given = {"channel": place.channel, "ts": self._message_id, **arguments}
        await self._api.call(method, place.workspace, given, within_s=within_s)
