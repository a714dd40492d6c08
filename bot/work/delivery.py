"""Get one message through to a chat platform, exactly once where the platform lets us look."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.domain import Post, PostState
from bot.domain.reports import Report
from bot.errors import ChatBusy, ChatError, ChatRefused
from bot.ports import Chat, Sent
from bot.work.patience import CHAT_PAUSES_S, in_time

_UNCONFIRMED = "The chat platform did not confirm the message."


class Delivery:
    """Sends and edits with patience; the one place that repeats a call to a chat platform."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def send(self, post: Post, report: Report, *, may_be_there: bool = False) -> Post:
        """Send a message and return its post as it is then: sent, or given up with the reason.

        `may_be_there`: an earlier attempt may have got through, so look before sending.
        """
        for pause_s in CHAT_PAUSES_S:
            try:
                sent = await self.look_up(post) if may_be_there else None
                if sent is None:
                    sent = await in_time(self._chat.post(post, report))
            except ChatBusy as busy:
                await asyncio.sleep(busy.retry_after_s)
            except ChatRefused as refused:
                return given_up(post, str(refused))
            except ChatError:
                may_be_there = True
                await asyncio.sleep(pause_s)
            else:
                return there(post, sent, PostState.SENT)
        return given_up(post, _UNCONFIRMED)

    async def amend(self, post: Post, report: Report) -> Post:
        """Put a report in place of what a message says; return the post as `send` does."""
        for pause_s in CHAT_PAUSES_S:
            try:
                await in_time(self._chat.edit(post, report))
            except ChatBusy as busy:
                await asyncio.sleep(busy.retry_after_s)
            except ChatRefused as refused:
                return given_up(post, str(refused))
            except ChatError:
                await asyncio.sleep(pause_s)
            else:
                return replace(post, state=PostState.SENT)
        return given_up(post, _UNCONFIRMED)

    async def look_up(self, post: Post) -> Sent | None:
        """Look for a message that may have arrived; a platform that forbids to look has none."""
        try:
            return await in_time(self._chat.find(post))
        except ChatRefused:
            return None


def there(post: Post, sent: Sent, state: PostState) -> Post:
    """Return the post of a message that is on the platform."""
    return replace(post, state=state, message_id=sent.message_id, thread=sent.thread or post.thread)


def given_up(post: Post, reason: str) -> Post:
    """Return the post of a message that will not be sent."""
    return replace(post, state=PostState.GIVEN_UP, reason=reason)
