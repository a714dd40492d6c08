"""The final answer while it is written: a draft as long as the platform plays along."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.domain import Confidence, Deliberation, Post, PostState, Synthesis
from bot.domain.reports import Report
from bot.errors import ChatBusy, ChatError, ChatRefused
from bot.ports import Chat, Draft
from bot.reports import SYNTHESIS, report
from bot.work.delivery import Delivery, there
from bot.work.patience import CHAT_PAUSES_S, in_time

# A platform that is busier than this is left alone until the answer is finished.
_LONGEST_PAUSE_S = 10.0


class Manuscript:
    """Gathers the pieces of the final answer and writes them into a draft, many at a time.

    The draft may fail at any moment; the finished report then takes another way. `may_be_there`:
    an earlier attempt to open the message may have got through.
    """

    def __init__(self, chat: Chat, delivery: Delivery, *, may_be_there: bool) -> None:
        self.may_be_there = may_be_there
        self._chat = chat
        self._delivery = delivery
        self._draft: Draft | None = None
        self._has_failed = False
        self._pieces: list[str] = []
        self._is_void = False

    def add(self, piece: str) -> None:
        """Take a piece of the answer."""
        self._pieces.append(piece)

    def restart(self) -> None:
        """Forget all pieces; those written already are voided."""
        self._pieces.clear()
        self._is_void = True

    @property
    def is_due(self) -> bool:
        """There is something that can be written now."""
        if self._has_failed:
            return False
        return bool(self._pieces) or (self._is_void and self._draft is not None)

    async def write(self, post: Post, deliberation: Deliberation) -> Post:
        """Write what was gathered, into a new message at first; return the post as it is then."""
        if self._draft is None:
            return await self._open(post, deliberation)
        await self._append(self._draft)
        return post

    async def finish(self, post: Post, finished: Report) -> Post:
        """Bring the finished report to the reader by whatever way is left; return its post."""
        if self._draft is not None and await self._finish_draft(self._draft, finished):
            return replace(post, state=PostState.SENT)
        if post.state is PostState.PLANNED and self.may_be_there:
            post = await self._found(post)
        if post.state is PostState.OPEN:
            amended = await self._delivery.amend(post, finished)
            if amended.state is PostState.SENT:
                return amended
            post = replace(post, state=PostState.PLANNED, message_id=None)
            return await self._delivery.send(post, finished)
        return await self._delivery.send(post, finished, may_be_there=self.may_be_there)

    async def _open(self, post: Post, deliberation: Deliberation) -> Post:
        if post.state is PostState.PLANNED and self.may_be_there:
            post = await self._found(post)
        if post.state is not PostState.PLANNED or self.may_be_there:
            # Another run's message cannot be written on; it gets the finished report.
            self._has_failed = True
            return post
        try:
            draft = await in_time(self._chat.draft(post, _empty_report(deliberation)))
        except ChatBusy as busy:
            await asyncio.sleep(min(busy.retry_after_s, _LONGEST_PAUSE_S))
            return post
        except ChatError as error:
            self._has_failed = True
            self.may_be_there = not isinstance(error, ChatRefused)
            return post
        self._draft, self._is_void = draft, False
        return there(post, draft.sent, PostState.OPEN)

    async def _append(self, draft: Draft) -> None:
        pieces: list[str] = []
        try:
            if self._is_void:
                await in_time(draft.restart())
                self._is_void = False
            pieces, self._pieces = self._pieces, []
            if pieces:
                await in_time(draft.append("".join(pieces)))
        except ChatBusy as busy:
            # A restart that came meanwhile has voided them.
            self._pieces[:0] = [] if self._is_void else pieces
            await asyncio.sleep(min(busy.retry_after_s, _LONGEST_PAUSE_S))
        except ChatError:
            self._draft, self._has_failed = None, True

    async def _finish_draft(self, draft: Draft, finished: Report) -> bool:
        for _ in CHAT_PAUSES_S:
            try:
                await in_time(draft.finish(finished))
            except ChatBusy as busy:
                await asyncio.sleep(busy.retry_after_s)
            except ChatError:
                return False
            else:
                return True
        return False

    async def _found(self, post: Post) -> Post:
        """Look whether the message exists; if the platform cannot say, it stays open."""
        try:
            sent = (await self._delivery.look_up([post])).get(post.key)
        except ChatError:
            return post
        self.may_be_there = sent is not None
        return post if sent is None else there(post, sent, PostState.OPEN)


def _empty_report(deliberation: Deliberation) -> Report:
    chairman = deliberation.council.chairman
    nothing = Synthesis(
        text="",
        chairman=chairman.name,
        model=chairman.model,
        confidence=Confidence.UNREVIEWED,
        latency_s=0.0,
    )
    return report(replace(deliberation, synthesis=nothing), SYNTHESIS)
