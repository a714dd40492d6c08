"""Discord as a chat platform: messages, threads, pins, and the files that people attach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.discord.board import DiscordBoard
from adapters.discord.draft import DiscordDraft, begun
from adapters.discord.incoming import fresh_link
from adapters.discord.render import render
from adapters.discord.thread.links import message_link
from adapters.discord.thread.messages import Message
from adapters.discord.thread.posting import MESSAGES, Target, number_of, numbers_in, send, update
from adapters.discord.wire.api import PATIENCE_S, DiscordApi
from adapters.discord.wire.failures import Refused
from adapters.discord.wire.http import Json
from bot.attachments import MOST_BYTES
from bot.domain import Attachment, Place, Post
from bot.domain.reports import Report, RootReport, SynthesisReport
from bot.errors import ChatBusy, ChatRefused
from bot.phrases import left_out, lowered
from bot.pinboard import Pinboard
from bot.ports import Pins, Sent
from bot.reports import ROOT
from bot.untrusted import one_line

_THREAD = "/channels/{channel_id}/messages/{message_id}/threads"
_HAS_THREAD = 160004  # https://docs.discord.com/developers/topics/opcodes-and-status-codes

_NAME_CHARS = 100
_UNNAMED = "Council"
_ARCHIVED_AFTER_MIN = 10_080  # a week without a message; a new one opens the thread again
# A live edit that has to wait is stale before it comes.
_LIVE_WITHIN_S = 0.5
# The two clocks may differ.
_SKEW = timedelta(minutes=2)
_PAGE = 100
_MOST_PAGES = 20
_EPOCH_MS = 1_420_070_400_000  # Discord's ids count milliseconds from the beginning of 2015
_LOST = "The post has fewer messages than before."


class DiscordChat:
    """Implements `bot.ports.Chat` and `bot.ports.Files`.

    `most_pins` are ours in a thread before the oldest is unpinned.
    """

    edit_every_s = 2.0
    stream_every_s = 1.5

    def __init__(self, api: DiscordApi, pins: Pins, *, most_pins: int = 20) -> None:
        self._api = api
        self._pinboard = Pinboard(DiscordBoard(api), pins, most=most_pins)

    def parts(self, report: Report) -> int:
        """Say how many messages a report takes."""
        return len(render(report))

    async def post(self, post: Post, report: Report) -> Sent:
        """Send the post's part of a report; a root message opens the thread, unless in one."""
        target = _target(post, report)
        message = await send(self._api, target, _part(render(report), post))
        message_id = str(message["id"])
        if not isinstance(report, RootReport) or report.place.thread is not None:
            return Sent(message_id, target.room)
        name = one_line(report.question, _NAME_CHARS) or _UNNAMED
        return Sent(message_id, await self._thread(report.place, message_id, name))

    async def find(
        self, posts: Sequence[Post], place: Place, since: datetime
    ) -> Mapping[str, Sent]:
        """Look for messages by their keys, each thread once."""
        found: dict[str, Sent] = {}
        for room in {_room(post, place) for post in posts}:
            wanted = {number_of(post.key): post for post in posts if _room(post, place) == room}
            async for message in self._messages(room, since):
                if message["author"]["id"] != self._api.identity.user:
                    continue  # anyone may forge a key
                for number in numbers_in(message) & wanted.keys():
                    post = wanted[number]
                    found[post.key] = await self._found(post, place, message)
        return found

    async def edit(self, post: Post, report: Report) -> None:
        """Put a report in place of what a message says."""
        target, message_id = _target(post, report), post.message_id or ""
        is_live = isinstance(report, RootReport) and not report.state.is_final
        within_s = _LIVE_WITHIN_S if is_live else PATIENCE_S
        message = _part(_rendered(post, report), post)
        await update(self._api, target, message_id, message, within_s=within_s)

    async def draft(self, post: Post, report: Report) -> DiscordDraft:
        """Open the message of the final answer. Raises `ChatRefused` for anything else."""
        if not isinstance(report, SynthesisReport):
            message = "Only the final answer is shown while it is written."
            raise ChatRefused(message)
        return await begun(self._api, _target(post, report), report, self.stream_every_s)

    async def pin(self, post: Post, place: Place, *, keep: int | None = None) -> None:
        """Pin a message in its thread, and unpin our oldest there past the number kept."""
        room = replace(place, channel=_room(post, place), thread=None)
        await self._pinboard.pin(post.message_id or "", room, keep=keep)

    async def fetch(self, attachment: Attachment, place: Place) -> bytes:
        """Return a file's content, cut one byte past what any model takes."""
        try:
            url = await fresh_link(self._api, attachment.source or "")
            return await self._api.download(url, MOST_BYTES)
        except Refused as refused:
            raise ChatRefused(left_out(attachment.name, lowered(str(refused)))) from refused

    async def _found(self, post: Post, place: Place, message: Json) -> Sent:
        message_id, room = str(message["id"]), _room(post, place)
        if post.slot != ROOT or place.thread is not None:
            return Sent(message_id, room)
        # The program may have ended between the message and its thread.
        has_thread = message.get("thread") is not None
        thread = message_id if has_thread else await self._thread(place, message_id, _UNNAMED)
        return Sent(message_id, thread)

    async def _thread(self, place: Place, message_id: str, name: str) -> str:
        """Open the thread of a root message, whose id it takes.

        Where none can be opened, the answers go into the channel: they are paid. While too many are
        opened at once it waits, since the message is there already.
        """
        asked = {"name": name, "auto_archive_duration": _ARCHIVED_AFTER_MIN}
        ids = {
            "channel_id": place.channel,
            "message_id": message_id,
            "guild_id": place.workspace,
        }
        while True:
            try:
                await self._api.call("POST", _THREAD, ids, json=asked)
            except ChatBusy as busy:
                await asyncio.sleep(busy.retry_after_s)
            except Refused as refused:
                return message_id if refused.code == _HAS_THREAD else place.channel
            else:
                return message_id

    async def _messages(self, room: str, since: datetime) -> AsyncGenerator[Json, None]:
        moment_ms = int((since - _SKEW).timestamp() * 1000) - _EPOCH_MS
        after = max(moment_ms, 0) << 22
        for _ in range(_MOST_PAGES):
            page: list[Json] = await self._api.call(
                "GET",
                MESSAGES,
                {"channel_id": room},
                params={"after": str(after), "limit": str(_PAGE)},
            )
            for message in page:
                yield message
            if len(page) < _PAGE:
                return
            after = max(int(message["id"]) for message in page)


def _rendered(post: Post, report: Report) -> tuple[Message, ...]:
    if not isinstance(report, RootReport) or report.conclusion is None:
        return render(report)
    room = post.thread or _room(post, report.place)
    link = message_link(report.place.workspace, room, report.conclusion)
    return render(report, answer_link=link)


def _room(post: Post, place: Place) -> str:
    """Return the channel or thread that holds a message; a root message is outside its thread."""
    here = place.thread or place.channel
    return here if post.slot == ROOT else post.thread or here


def _target(post: Post, report: Report) -> Target:
    # Who asked is the only one whom the bot ever pings, and once: when the final answer begins.
    asker = report.asker_id if isinstance(report, SynthesisReport) and post.part == 1 else None
    return Target(_room(post, report.place), post.key, [asker] if asker else [])


def _part(messages: Sequence[Message], post: Post) -> Message:
    if post.part > len(messages):
        raise ChatRefused(_LOST)
    return messages[post.part - 1]
