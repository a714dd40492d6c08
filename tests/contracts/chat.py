"""What every chat platform's implementation must do; a subclass gives the `chat` fixture."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import Deliberation, Post, PostState
from bot.ports import Chat, Sent
from bot.reports import SYNTHESIS, report, root_report
from tests.fakes.council import finished


def sent_post(post: Post, sent: Sent) -> Post:
    return replace(post, state=PostState.SENT, message_id=sent.message_id, thread=sent.thread)


async def found(chat: Chat, post: Post, course: Deliberation | None = None) -> Sent | None:
    """Look for one message of a deliberation."""
    asked = course or finished()
    return (await chat.find([post], asked.question.place, asked.created_at)).get(post.key)


class ChatContract:
    """Run this against an implementation by a subclass with a `chat` fixture.

    `course` is the deliberation that the messages tell of.
    """

    @property
    def course(self) -> Deliberation:
        return finished()

    async def found(self, chat: Chat, post: Post) -> Sent | None:
        return await found(chat, post, self.course)

    async def rooted(self, chat: Chat) -> Post:
        """Post the root message."""
        root = Post(self.course.id, "root")
        return sent_post(root, await chat.post(root, root_report(self.course)))

    async def test_a_message_is_found_by_its_key(self, chat: Chat) -> None:
        root = await self.rooted(chat)

        assert await self.found(chat, root) == Sent(root.message_id or "", root.thread)

    async def test_a_message_that_was_not_sent_is_not_found(self, chat: Chat) -> None:
        await self.rooted(chat)

        assert await self.found(chat, Post(self.course.id, "answer:nobody")) is None

    async def test_several_messages_are_found_at_once(self, chat: Chat) -> None:
        root = await self.rooted(chat)
        posts = [
            Post(self.course.id, slot, thread=root.thread) for slot in ("answer:Ada", "answer:Bob")
        ]
        for post in posts:
            await chat.post(post, report(self.course, post.slot))
        missing = Post(self.course.id, "standings", thread=root.thread)

        place, since = self.course.question.place, self.course.created_at
        sent = await chat.find([*posts, missing], place, since)

        assert set(sent) == {post.key for post in posts}

    async def test_the_root_message_opens_a_thread(self, chat: Chat) -> None:
        assert (await self.rooted(chat)).thread is not None

    async def test_a_message_is_edited(self, chat: Chat) -> None:
        root = await self.rooted(chat)

        await chat.edit(root, root_report(self.course))

        assert await self.found(chat, root) == Sent(root.message_id or "", root.thread)

    async def test_a_draft_is_found_when_it_is_finished(self, chat: Chat) -> None:
        thread = (await self.rooted(chat)).thread
        post = Post(self.course.id, SYNTHESIS, thread=thread)

        draft = await chat.draft(post, report(self.course, SYNTHESIS))
        await draft.append("The answer ")
        await draft.restart()
        await draft.append("is 42.")
        await draft.finish(report(self.course, SYNTHESIS))

        sent = await self.found(chat, post)
        assert sent is not None
        assert sent.message_id == draft.sent.message_id

    async def test_a_message_may_be_pinned_twice(self, chat: Chat) -> None:
        root = await self.rooted(chat)

        await chat.pin(root, self.course.question.place)
        await chat.pin(root, self.course.question.place)

        assert await self.found(chat, root) is not None

    async def test_a_root_message_is_one_message(self, chat: Chat) -> None:
        assert chat.parts(root_report(self.course)) == 1

    async def test_a_short_answer_is_one_message(self, chat: Chat) -> None:
        assert chat.parts(report(self.course, "answer:Ada")) == 1

    async def test_edits_have_a_pace(self, chat: Chat) -> None:
        assert chat.edit_every_s >= 0
