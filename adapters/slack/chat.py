"""Slack as a chat platform: messages, streams, pins, and the files that people attach."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from adapters.slack.board import SlackBoard
from adapters.slack.draft import Manner, SlackDraft, begun
from adapters.slack.people import People
from adapters.slack.render import render
from adapters.slack.thread.messages import Message
from adapters.slack.thread.permalinks import permalink
from adapters.slack.thread.posting import Target, keys_of, send, update
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json
from bot.attachments import MOST_BYTES
from bot.domain import Attachment, Place, Post
from bot.domain.reports import Report, RootReport, SynthesisReport
from bot.errors import ChatRefused
from bot.phrases import left_out, lowered
from bot.pinboard import Pinboard
from bot.ports import Pins, Sent

# A live edit that has to wait is stale before it comes.
_LIVE_WITHIN_S = 0.5
# The two clocks may differ.
_SKEW_S = 120.0
_PAGE = 15  # what apps outside the Marketplace get at once
_MOST_PAGES = 40
_LOST = "The post has fewer messages than before."


class SlackChat:
    """Implements `bot.ports.Chat` and `bot.ports.Files`.

    `most_pins` are ours in a channel before the oldest is unpinned; `is_broadcasting` shows final
    answers in the channel too.
    """

    edit_every_s = 2.0
    stream_every_s = 1.0

    def __init__(
        self,
        api: SlackApi,
        people: People,
        pins: Pins,
        *,
        most_pins: int = 20,
        is_broadcasting: bool = False,
    ) -> None:
        self._api = api
        self._people = people
        self._pinboard = Pinboard(SlackBoard(api), pins, most=most_pins)
        self._is_broadcasting = is_broadcasting

    def parts(self, report: Report) -> int:
        """Say how many messages a report takes."""
        return len(render(report))

    async def post(self, post: Post, report: Report) -> Sent:
        """Send the post's part of a report."""
        target = _target(post, report.place)
        message = _part(render(report), post)
        is_broadcast = self._is_broadcast(post, report)
        message_id = await send(self._api, target, message, is_broadcast=is_broadcast)
        return Sent(message_id, target.thread or message_id)

    async def find(
        self, posts: Sequence[Post], place: Place, since: datetime
    ) -> Mapping[str, Sent]:
        """Look for messages by their keys, each thread once."""
        access = await self._api.access(place.workspace)
        wanted = {post.key for post in posts}
        found: dict[str, Sent] = {}
        for thread in {post.thread or place.thread for post in posts}:
            async for message in self._messages(place, thread, since):
                if message.get("bot_id") != access.bot_id:
                    continue  # anyone may forge a key
                for key in keys_of(message) & wanted:
                    ts = str(message["ts"])
                    found[key] = Sent(ts, str(message.get("thread_ts") or ts))
        return found

    async def edit(self, post: Post, report: Report) -> None:
        """Put a report in place of what a message says; ends a stream that is still open."""
        message = _part(await self._rendered(post, report), post)
        target, message_id = _target(post, report.place), post.message_id or ""
        is_live = isinstance(report, RootReport) and not report.state.is_final
        within_s = _LIVE_WITHIN_S if is_live else None
        try:
            await update(self._api, target, message_id, message, within_s=within_s)
        except Refused as refused:
            if refused.code != "streaming_state_conflict":
                raise
            with suppress(ChatRefused):
                await self._api.call(
                    "chat.stopStream",
                    report.place.workspace,
                    {"channel": report.place.channel, "ts": message_id},
                )
            await update(self._api, target, message_id, message)

    async def draft(self, post: Post, report: Report) -> SlackDraft:
        """Open a stream. Raises `ChatRefused` where there is nobody or no thread to stream to."""
        if not isinstance(report, SynthesisReport):
            message = "Only the final answer is streamed."
            raise ChatRefused(message)
        target = _target(post, report.place)
        manner = Manner(self.stream_every_s, self._is_broadcast(post, report))
        return await begun(self._api, self._people, target, report, manner)

    async def pin(self, post: Post, place: Place, *, keep: int | None = None) -> None:
        """Pin a message, and unpin our oldest past the number that is kept."""
        await self._pinboard.pin(post.message_id or "", place, keep=keep)

    async def fetch(self, attachment: Attachment, place: Place) -> bytes:
        """Return a file's content, cut one byte past what any model takes."""
        try:
            return await self._api.download(attachment.source or "", place.workspace, MOST_BYTES)
        except Refused as refused:
            raise ChatRefused(left_out(attachment.name, lowered(str(refused)))) from refused

    async def _rendered(self, post: Post, report: Report) -> tuple[Message, ...]:
        if not isinstance(report, RootReport) or report.conclusion is None:
            return render(report)
        access = await self._api.access(report.place.workspace)
        thread = report.place.thread or post.message_id
        link = permalink(access.url, report.place.channel, report.conclusion, thread)
        return render(report, answer_link=link)

    def _is_broadcast(self, post: Post, report: Report) -> bool:
        return self._is_broadcasting and isinstance(report, SynthesisReport) and post.part == 1

    async def _messages(
        self, place: Place, thread: str | None, since: datetime
    ) -> AsyncGenerator[Json, None]:
        method = "conversations.history" if thread is None else "conversations.replies"
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            answer = await self._api.call(
                method,
                place.workspace,
                {
                    "channel": place.channel,
                    "ts": thread,
                    "oldest": f"{since.timestamp() - _SKEW_S:.6f}",
                    "limit": _PAGE,
                    "include_all_metadata": True,
                    "cursor": cursor,
                },
            )
            for message in answer.get("messages", ()):
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return


def _target(post: Post, place: Place) -> Target:
    return Target(place, post.thread or place.thread, post.key)


def _part(messages: Sequence[Message], post: Post) -> Message:
    if post.part > len(messages):
        raise ChatRefused(_LOST)
    return messages[post.part - 1]
