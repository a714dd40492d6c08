"""What every chat platform's implementation must do; a subclass gives the `chat` fixture."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import Post, PostState
from bot.ports import Chat, Sent
from bot.reports import SYNTHESIS, report, root_report
from tests.fakes.council import finished


def sent_post(post: Post, sent: Sent) -> Post:
    return replace(post, state=PostState.SENT, message_id=sent.message_id, thread=sent.thread)


async def found(chat: Chat, post: Post) -> Sent | None:
    asked = finished()
    return (await chat.find([post], asked.question.place, asked.created_at)).get(post.key)


class ChatContract:
    """Run this against an implementation by a subclass with a `chat` fixture."""

    async def test_a_message_is_found_by_its_key(self, chat: Chat) -> None:
        root = Post(finished().id, "root")

        sent = await chat.post(root, root_report(finished()))

        assert await found(chat, root) == sent

    async def test_a_message_that_was_not_sent_is_not_found(self, chat: Chat) -> None:
        assert await found(chat, Post(finished().id, "answer:nobody")) is None

    async def test_the_root_message_opens_a_thread(self, chat: Chat) -> None:
        sent = await chat.post(Post(finished().id, "root"), root_report(finished()))

        assert sent.thread is not None

    async def test_a_message_is_edited(self, chat: Chat) -> None:
        root = Post(finished().id, "root")
        sent = await chat.post(root, root_report(finished()))

        await chat.edit(sent_post(root, sent), root_report(finished()))

        assert await found(chat, root) == sent

    async def test_a_draft_is_found_when_it_is_finished(self, chat: Chat) -> None:
        root = Post(finished().id, "root")
        thread = (await chat.post(root, root_report(finished()))).thread
        post = Post(finished().id, SYNTHESIS, thread=thread)

        draft = await chat.draft(post, report(finished(), SYNTHESIS))
        await draft.append("The answer ")
        await draft.restart()
        await draft.append("is 42.")
        await draft.finish(report(finished(), SYNTHESIS))

        sent = await found(chat, post)
        assert sent is not None
        assert sent.message_id == draft.sent.message_id

    async def test_a_message_may_be_pinned_twice(self, chat: Chat) -> None:
        root = Post(finished().id, "root")
        sent = await chat.post(root, root_report(finished()))

        await chat.pin(sent_post(root, sent), finished().question.place)
        await chat.pin(sent_post(root, sent), finished().question.place)

        assert await found(chat, root) == sent

    async def test_a_root_message_is_one_message(self, chat: Chat) -> None:
        assert chat.parts(root_report(finished())) == 1

    async def test_a_short_answer_is_one_message(self, chat: Chat) -> None:
        assert chat.parts(report(finished(), "answer:Ada")) == 1

    async def test_edits_have_a_pace(self, chat: Chat) -> None:
        assert chat.edit_every_s >= 0
