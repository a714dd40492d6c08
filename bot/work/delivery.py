"""Get one message through to a chat platform, exactly once where the platform lets us look."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from bot.domain import Deliberation, Post, PostState
from bot.domain.reports import Report
from bot.errors import ChatBusy, ChatError, ChatRefused
from bot.ports import Chat, Sent
from bot.ports.observer import NOBODY, PostsObserver
from bot.work.patience import CHAT_PAUSES_S, in_time

UNCONFIRMED = "The chat platform did not confirm the message."
# A platform that says when to come again is asked oftener than one that is out of order.
_MOST_TURNS = 40


class Delivery:
    """Sends and edits with patience; the one place that repeats a call to a chat platform."""

    def __init__(
        self, chat: Chat, deliberation: Deliberation, observer: PostsObserver = NOBODY
    ) -> None:
        self._chat = chat
        self._observer = observer
        self._place = deliberation.question.place
        self._since = deliberation.created_at

    async def send(self, post: Post, report: Report, *, may_be_there: bool = False) -> Post:
        """Send a message and return its post as it is then: sent, or given up with the reason.

        `may_be_there`: an earlier attempt may have got through, so look before sending.
        """

        async def attempt() -> Post:
            nonlocal may_be_there
            try:
                sent = (await self.look_up([post])).get(post.key) if may_be_there else None
                sent = sent or await in_time(self._chat.post(post, report))
            except (ChatBusy, ChatRefused):
                raise
            except ChatError:
                may_be_there = True
                raise
            return there(post, sent, PostState.SENT)

        return await self._patiently(attempt, post)

    async def amend(self, post: Post, report: Report) -> Post:
        """Put a report in place of what a message says; return the post as `send` does."""

        async def attempt() -> Post:
            await in_time(self._chat.edit(post, report))
            return replace(post, state=PostState.SENT)

        return await self._patiently(attempt, post)

    async def look_up(self, posts: Sequence[Post]) -> Mapping[str, Sent]:
        """Return the messages that have arrived, by key; none if the platform forbids to look.

        Raises `ChatError`.
        """
        try:
            return await in_time(self._chat.find(posts, self._place, self._since))
        except ChatRefused:
            return {}

    async def _patiently(self, attempt: Callable[[], Awaitable[Post]], post: Post) -> Post:
        pauses = list(CHAT_PAUSES_S)
        for _ in range(_MOST_TURNS):
            try:
                return await attempt()
            except ChatBusy as busy:
                is_busy, pause_s = True, busy.retry_after_s
            except ChatRefused as refused:
                return given_up(post, str(refused))
            except ChatError:
                if not pauses:
                    break
                is_busy, pause_s = False, pauses.pop(0)
            self._observer.post_retried(self._place.platform, is_busy=is_busy)
            await asyncio.sleep(pause_s)
        return given_up(post, UNCONFIRMED)


def there(post: Post, sent: Sent, state: PostState) -> Post:
    """Return the post of a message that is on the platform."""
    return replace(post, state=state, message_id=sent.message_id, thread=sent.thread or post.thread)


def given_up(post: Post, reason: str) -> Post:
    """Return the post of a message that will not be sent."""
    return replace(post, state=PostState.GIVEN_UP, reason=reason)
