"""The posts that a deliberation owes to its thread: sent in order, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Self

from bot.domain import Deliberation, Post, PostState
from bot.domain.reports import Report
from bot.errors import ChatBusy, ChatError
from bot.ports import Chat, Outbox, Sent
from bot.ports.observer import NOBODY, PostsObserver
from bot.reports import ROOT, SYNTHESIS, is_shown, report
from bot.work import journal
from bot.work.delivery import Delivery, given_up, there
from bot.work.drafts import Manuscript
from bot.work.due import NO_CONTENT, NO_THREAD, Due
from bot.work.live import LiveState
from bot.work.patience import in_time, stored
from bot.work.pinning import pin

# Posts wait behind a live edit, so a slow one is dropped.
_LIVE_EDIT_S = 5.0
_LOOK_PAUSES_S = (1.0, 4.0, 15.0)
_SETTLED = (PostState.SENT, PostState.GIVEN_UP)

_Key = tuple[str, int]


class Poster:
    """Posts what one deliberation owes, in a task of its own so that the reasoning never waits.

    An async context manager; leaving it drops what was not sent, unless `finish` came first.
    `posts` are those of earlier runs; one that was planned may have arrived all the same.
    `on_answer` is called when an answer can be read.
    """

    def __init__(
        self,
        chat: Chat,
        outbox: Outbox,
        live: LiveState,
        posts: Sequence[Post],
        *,
        on_answer: Callable[[], None],
        observer: PostsObserver = NOBODY,
    ) -> None:
        self._chat = chat
        self._outbox = outbox
        self._live = live
        self._on_answer = on_answer
        self._delivery = Delivery(chat, live.deliberation, observer)
        self._posts = {_key(post): self._reopened(post) for post in posts}
        self._due = Due(observer, live.deliberation.question.place.platform)
        self._due.begin(self._unsettled())
        self._unknown = tuple(self._posts)
        self._reports = {slot: _report(live.deliberation, slot) for slot, _ in self._posts}
        self._conclusion = conclusion_slot(posts)
        may_be_there = (self._conclusion, 1) in self._posts
        self._manuscript = Manuscript(chat, self._delivery, may_be_there=may_be_there)
        self._news = asyncio.Event()
        self._is_finishing = False
        self._is_stale = False
        self._next_edit_at = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def unplanned(self, slots: Iterable[str], deliberation: Deliberation) -> list[Post]:
        """Return the posts that these slots take and that are not planned yet.

        `deliberation` is what they will tell of; the slot `synthesis` stands for the closing
        message.
        """
        shown = deliberation.council.shown
        known = (self._conclusion if slot == SYNTHESIS else slot for slot in slots)
        return [
            Post(deliberation.id, slot, part=part)
            for slot in known
            if is_shown(slot, shown)
            for part in range(1, self._parts(slot, deliberation) + 1)
            if (slot, part) not in self._posts
        ]

    def missing_parts(self) -> list[Post]:
        """Return the parts of planned messages that another version of the bot did not plan."""
        deliberation = self._live.deliberation
        return [
            Post(deliberation.id, slot, part=part)
            for slot in dict.fromkeys(slot for slot, _ in self._posts)
            for part in range(2, self._parts(slot, deliberation) + 1)
            if (slot, part) not in self._posts
        ]

    def owe(self, posts: Iterable[Post]) -> None:
        """Take posts whose rows are stored; what they say is fixed now."""
        for post in posts:
            if _key(post) not in self._posts:
                self._posts[_key(post)] = post
                self._reports[post.slot] = _report(self._live.deliberation, post.slot)
                self._due.begin([post])
        if self._live.deliberation.state.is_final:
            # The closing message was planned when the chairman began.
            self._due.begin(filter(_is_conclusion, self._unsettled()))
        self.refresh()

    def refresh(self) -> None:
        """Show the live state anew, as soon as the platform likes."""
        self._is_stale = True
        self._news.set()

    def write(self, piece: str) -> None:
        """Add a piece to the final answer."""
        self._manuscript.add(piece)
        self._news.set()

    def rewrite(self) -> None:
        """Void the pieces of the final answer so far."""
        self._manuscript.restart()
        self._news.set()

    async def finish(self) -> None:
        """Send all that is owed, show the outcome in the root message, and pin the final answer."""
        self._is_finishing = True
        self._news.set()
        if self._task is not None:
            await self._task
        await self._show_outcome()

    async def _work(self) -> None:
        await self._look_up_unknown()
        while not (self._is_finishing and self._next() is None):
            self._news.clear()
            # Between two posts too: on a platform with a slow pace they follow each other for long.
            due_in_s = await self._show_progress()
            if not await self._advance():
                with suppress(TimeoutError):
                    async with asyncio.timeout(due_in_s):
                        await self._news.wait()

    async def _look_up_unknown(self) -> None:
        """Look once for all that an earlier run may have sent, since reading a thread is dear.

        What cannot be looked up now is looked for when its turn to be sent comes.
        """
        earlier = [self._posts[key] for key in self._unknown]
        planned = [post for post in earlier if post.state is PostState.PLANNED]
        if not planned:
            return
        found = await self._found([self._addressed(post) for post in planned])
        if found is None:
            return
        self._unknown = ()
        self._manuscript.may_be_there = False
        for post in planned:
            if sent := found.get(post.key):
                is_draft = _key(post) == (self._conclusion, 1)
                state = PostState.OPEN if is_draft else PostState.SENT
                await self._settle(there(self._addressed(post), sent, state))

    async def _found(self, posts: Sequence[Post]) -> Mapping[str, Sent] | None:
        for pause_s in _LOOK_PAUSES_S:
            try:
                return await self._delivery.look_up(posts)
            except ChatBusy as busy:
                await asyncio.sleep(busy.retry_after_s)
            except ChatError:
                await asyncio.sleep(pause_s)
        return None

    def _parts(self, slot: str, deliberation: Deliberation) -> int:
        content = _report(deliberation, slot)
        return 1 if content is None else self._chat.parts(content)

    def _reopened(self, post: Post) -> Post:
        """Give a post that was given up another chance when the deliberation goes on."""
        is_lost = post.state is PostState.GIVEN_UP and not _is_conclusion(post)
        if is_lost and not self._live.deliberation.state.is_final:
            return replace(post, state=PostState.PLANNED, reason=None)
        return post

    def _next(self) -> Post | None:
        # The final answer comes last, also when an interrupted run had planned it before.
        return min(self._unsettled(), key=_is_conclusion, default=None)

    def _unsettled(self) -> list[Post]:
        return [post for post in self._posts.values() if post.state not in _SETTLED]

    async def _advance(self) -> bool:
        """Do the next thing that is owed; say whether there was one."""
        post = self._next()
        if post is None:
            return False
        if not _is_conclusion(post) or post.part > 1:
            await self._settle(await self._send(post))
        elif self._live.deliberation.state.is_final:
            await self._settle(await self._conclude(post))
        elif self._manuscript.is_due:
            written = await self._manuscript.write(self._addressed(post), self._live.deliberation)
            if written.state is not post.state:
                await self._settle(written)
        else:
            return False
        return True

    async def _send(self, post: Post) -> Post:
        content = self._fresh_root() if post.slot == ROOT else self._reports[post.slot]
        if content is None:
            return given_up(post, NO_CONTENT)
        if self._is_homeless and post.slot != ROOT and not _is_conclusion(post):
            return given_up(post, NO_THREAD)
        is_unknown = _key(post) in self._unknown
        post = await self._delivery.send(self._addressed(post), content, may_be_there=is_unknown)
        if post.state is PostState.SENT and post.slot.startswith("answer:"):
            self._on_answer()
        return post

    def _fresh_root(self) -> Report:
        self._is_stale = False
        self._next_edit_at = asyncio.get_running_loop().time() + self._chat.edit_every_s
        return self._live.report()

    async def _conclude(self, post: Post) -> Post:
        finished = report(self._live.deliberation, post.slot)
        return await self._manuscript.finish(self._addressed(post), finished)

    @property
    def _is_homeless(self) -> bool:
        """The root message was refused, and the question was not asked in a thread either.

        The final answer is then posted in the channel; all else would only fill it.
        """
        root = self._root
        has_place = self._live.deliberation.question.place.thread is not None
        return root is not None and root.state is PostState.GIVEN_UP and not has_place

    @property
    def _root(self) -> Post | None:
        return self._posts.get((ROOT, 1))

    def _addressed(self, post: Post) -> Post:
        root = self._root
        if post.slot == ROOT or post.thread is not None:
            return post
        thread = None if root is None else root.thread
        return replace(post, thread=thread or self._live.deliberation.question.place.thread)

    async def _settle(self, post: Post) -> None:
        self._posts[_key(post)] = post
        if post.state in _SETTLED:
            self._due.end(post)
        epoch = self._live.deliberation.epoch
        await stored(partial(self._outbox.settle, post, epoch=epoch))
        if post.state is PostState.GIVEN_UP:
            journal.given_up(post)

    async def _show_progress(self) -> float | None:
        """Edit the root message if that is due; return in how many seconds it will be."""
        root = self._root
        if not self._is_stale or self._is_finishing or root is None:
            return None
        if root.state is not PostState.SENT:
            return None
        now = asyncio.get_running_loop().time()
        if now < self._next_edit_at:
            return self._next_edit_at - now
        try:
            await in_time(self._chat.edit(root, self._fresh_root()), _LIVE_EDIT_S)
        except ChatBusy as busy:
            self._is_stale = True
            self._next_edit_at += busy.retry_after_s
        except ChatError:
            pass  # the next edit shows it as well
        return 0.0

    async def _show_outcome(self) -> None:
        """Pin the final answer and link it from the root message."""
        sent = [post for post in self._posts.values() if post.state is PostState.SENT]
        answers = [post for post in sent if _is_conclusion(post) and post.part == 1]
        link, remark = None, None
        if answers and self._live.deliberation.synthesis is not None:
            link = answers[-1].message_id
            known = self._live.deliberation
            place, keep = known.question.place, known.council.pins
            remark = await pin(self._chat, answers[-1], place, keep)
        for root in (post for post in sent if post.slot == ROOT):
            outcome = replace(self._live.report(), conclusion=link, remark=remark)
            await self._delivery.amend(root, outcome)


def conclusion_slot(posts: Iterable[Post]) -> str:
    """Return the slot of the message that closes the thread.

    A message that told of a failure stays as it is when the deliberation goes on: then it is a new
    slot, `synthesis:2`.
    """
    conclusions = [post for post in posts if _is_conclusion(post)]
    if not conclusions:
        return SYNTHESIS
    latest = conclusions[-1].slot
    if all(post.state in _SETTLED for post in conclusions if post.slot == latest):
        return f"{SYNTHESIS}:{len({post.slot for post in conclusions}) + 1}"
    return latest


def _key(post: Post) -> _Key:
    return post.slot, post.part


def _is_conclusion(post: Post) -> bool:
    return post.slot.partition(":")[0] == SYNTHESIS


def _report(deliberation: Deliberation, slot: str) -> Report | None:
    try:
        return report(deliberation, slot)
    except KeyError:
        return None
