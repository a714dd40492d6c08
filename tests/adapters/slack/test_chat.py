"""Slack as a chat platform, one call at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Answer, Attachment, Deliberation, Post
from bot.domain.reports import FailureReport
from bot.errors import ChatBusy, ChatRefused, ChatUnclear
from bot.ports import Chat, Sent
from bot.reports import SYNTHESIS, report, root_report
from tests.adapters.samples import DONE
from tests.adapters.slack.desk import Desk
from tests.contracts.chat import ChatContract, found, sent_post
from tests.fakes.council import finished
from tests.fakes.slack import faults

LONG = "Another paragraph with some words in it.\n\n" * 2_000


class TestSlackChat(ChatContract):
    @pytest.fixture
    def chat(self, desk: Desk) -> Chat:
        self.desk = desk
        return desk.chat

    @property
    def course(self) -> Deliberation:
        return self.desk.of(finished())


async def test_what_another_app_says_with_our_key_is_not_ours(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    desk.channel.messages[-1].bot_id = "B0OTHER"

    assert await found(desk.chat, root, course) is None


async def test_a_thread_of_many_messages_is_read_to_its_end(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    for number in range(40):
        await desk.slack.say(
            f"and {number}", channel=desk.channel, person=desk.kim, thread_ts=root.thread
        )
    post = Post(course.id, SYNTHESIS, thread=root.thread)
    sent = await desk.chat.post(post, report(course, SYNTHESIS))

    assert await found(desk.chat, post, course) == sent
    assert desk.slack.count("conversations.replies") == 3


async def test_messages_are_looked_for_in_one_reading_of_each_thread(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    slots = ("answer:gpt-6.1-terra", "standings", SYNTHESIS)
    posts = [Post(course.id, slot, thread=root.thread) for slot in slots]
    await desk.chat.post(posts[1], report(course, "standings"))

    sent = await desk.chat.find(posts, desk.place, course.created_at)

    assert list(sent) == [posts[1].key]
    assert desk.slack.count("conversations.replies") == 1


async def test_a_question_in_a_thread_is_answered_there(desk: Desk) -> None:
    said = await desk.slack.say("Hm?", channel=desk.channel, person=desk.kim)
    assert said.message is not None
    thread = said.message.ts
    course = desk.of(DONE)
    asked = replace(course.question, place=replace(desk.place, thread=thread))
    course = replace(course, question=asked)

    root = await desk.rooted(course)

    assert root.thread == thread
    assert desk.channel.messages[-1].thread_ts == thread
    assert await found(desk.chat, root, course) == Sent(root.message_id or "", thread)


async def test_the_root_message_links_the_answer_in_its_thread(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    answer = Post(course.id, SYNTHESIS, thread=root.thread)
    sent = await desk.chat.post(answer, report(course, SYNTHESIS))

    await desk.chat.edit(root, replace(root_report(course), conclusion=sent.message_id))

    link = f"https://acme.slack.com/archives/{desk.channel.id}/p{sent.message_id.replace('.', '')}"
    assert f"<{link}?thread_ts={root.thread}&amp;cid=" in str(desk.channel.messages[0].blocks)


async def test_a_long_answer_is_posted_part_by_part_and_then_as_a_file(desk: Desk) -> None:
    course = desk.of(replace(DONE, answers=(Answer("Ada", LONG, "work/a", 1.0),)))
    root = await desk.rooted(course)
    content = report(course, "answer:Ada")
    posts = [
        Post(course.id, "answer:Ada", part=part, thread=root.thread)
        for part in range(1, desk.chat.parts(content) + 1)
    ]

    sent = [await desk.chat.post(post, content) for post in posts]

    assert len(sent) == 3
    (file,) = desk.slack.files.values()
    assert file.content.decode() == LONG
    assert (file.channel, file.thread_ts) == (desk.channel, root.thread)
    assert "Ada" in file.title
    assert (await desk.chat.find(posts, desk.place, course.created_at)).keys() == {
        post.key for post in posts
    }


async def test_a_part_that_is_no_more_is_given_up(desk: Desk) -> None:
    course = desk.of(DONE)

    with pytest.raises(ChatRefused, match="fewer messages"):
        await desk.chat.post(Post(course.id, SYNTHESIS, part=7), report(course, SYNTHESIS))


@pytest.mark.parametrize("block", ["table", "context_actions"])
async def test_a_slack_that_does_not_know_a_block_gets_a_plainer_form(
    desk: Desk, block: str
) -> None:
    desk.slack.unsupported_blocks.add(block)
    course = desk.of(DONE)

    for slot in ("answer:gpt-6.1-terra", "standings", SYNTHESIS):
        await desk.chat.post(Post(course.id, slot), report(course, slot))

    kinds = {block["type"] for message in desk.channel.messages for block in message.blocks}
    assert block not in kinds
    assert len(desk.channel.messages) == 3
    assert "10 to 50 k" in str(desk.channel.messages[0].blocks)


async def test_what_slack_finds_too_long_after_all_is_shared_as_a_file(desk: Desk) -> None:
    course = desk.of(DONE)
    desk.slack.faults.add("chat.postMessage", faults.error("msg_blocks_too_long"))

    post = Post(course.id, SYNTHESIS)
    sent = await desk.chat.post(post, report(course, SYNTHESIS))

    (file,) = desk.slack.files.values()
    assert sent.message_id == file.id
    assert "ClickHouse" in file.content.decode()
    assert "Dissent" in file.content.decode()
    assert await found(desk.chat, post, course) is not None


async def test_a_broadcast_answer_shows_in_the_channel_too(desk: Desk) -> None:
    desk.chat = desk.new_chat(is_broadcasting=True)
    course = desk.of(DONE)
    root = await desk.rooted(course)
    for slot in ("standings", SYNTHESIS):
        await desk.chat.post(Post(course.id, slot, thread=root.thread), report(course, slot))
    post = Post(course.id, "synthesis:2", thread=root.thread)
    draft = await desk.chat.draft(post, report(course, SYNTHESIS))
    await draft.finish(report(course, SYNTHESIS))

    assert [message.is_broadcast for message in desk.channel.messages] == [False, False, True, True]


async def test_nothing_unfurls(desk: Desk) -> None:
    course = desk.of(DONE)
    await desk.rooted(course)

    assert [message.unfurls for message in desk.channel.messages] == [(False, False)]


async def test_the_oldest_pin_of_ours_makes_room(desk: Desk) -> None:
    desk.chat = desk.new_chat(most_pins=2)
    course = desk.of(DONE)
    sent: list[Post] = []
    for number in range(4):
        post = Post(f"d{number}", SYNTHESIS)
        sent.append(sent_post(post, await desk.chat.post(post, report(course, SYNTHESIS))))
        await desk.chat.pin(sent[-1], desk.place)

    assert desk.channel.pins == [sent[2].message_id, sent[3].message_id]
    assert await desk.pins.oldest(desk.place, beyond=0) == tuple(desk.channel.pins)


async def test_a_channel_full_of_our_own_pins_takes_the_new_one(desk: Desk) -> None:
    desk.slack.expected_errors.add("too_many_pins")
    desk.chat = desk.new_chat(most_pins=200)
    course = desk.of(DONE)
    for number in range(101):
        post = Post(f"d{number}", "root")
        await desk.chat.pin(
            sent_post(post, await desk.chat.post(post, root_report(course))), desk.place
        )

    assert len(desk.channel.pins) == 100
    assert desk.channel.messages[0].ts not in desk.channel.pins
    assert desk.channel.messages[-1].ts in desk.channel.pins


async def test_a_channel_full_of_others_pins_is_said(desk: Desk) -> None:
    desk.slack.expected_errors.add("too_many_pins")
    for number in range(100):
        said = await desk.slack.say(f"{number}", channel=desk.channel, person=desk.kim)
        assert said.message is not None
        desk.channel.pins.append(said.message.ts)
    root = await desk.rooted(desk.of(DONE))

    with pytest.raises(ChatRefused, match="not pinned: the channel has 100 pinned messages"):
        await desk.chat.pin(root, desk.place)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("missing_scope", "the bot lacks a right"),
        ("not_pinnable", "slack does not let this message be pinned"),
        ("permission_denied", "does not let the bot pin"),
        ("some_new_error", r"refused it \(some_new_error\)"),
    ],
)
async def test_why_an_answer_is_not_pinned_is_said(desk: Desk, code: str, words: str) -> None:
    root = await desk.rooted(desk.of(DONE))
    desk.slack.faults.add("pins.add", faults.error(code))

    with pytest.raises(ChatRefused, match=words):
        await desk.chat.pin(root, desk.place)


async def test_a_pin_that_cannot_be_taken_off_costs_nothing(desk: Desk) -> None:
    desk.chat = desk.new_chat(most_pins=1)
    course = desk.of(DONE)
    desk.slack.faults.add("pins.remove", faults.status(503))
    for number in range(2):
        post = Post(f"d{number}", "root")
        await desk.chat.pin(
            sent_post(post, await desk.chat.post(post, root_report(course))), desk.place
        )

    assert await desk.pins.oldest(desk.place, beyond=0) == tuple(desk.channel.pins)
    assert len(desk.channel.pins) == 2


async def test_an_operator_may_want_no_pins(desk: Desk) -> None:
    desk.chat = desk.new_chat(most_pins=0)
    root = await desk.rooted(desk.of(DONE))

    await desk.chat.pin(root, desk.place)

    assert desk.slack.count("pins.add") == 0


async def test_a_pin_that_people_took_off_is_forgotten(desk: Desk) -> None:
    desk.slack.expected_errors.add("no_pin")
    desk.chat = desk.new_chat(most_pins=1)
    course = desk.of(DONE)
    for number in range(2):
        post = Post(f"d{number}", "root")
        await desk.chat.pin(
            sent_post(post, await desk.chat.post(post, root_report(course))), desk.place
        )
        desk.channel.pins.clear()

    assert len(await desk.pins.oldest(desk.place, beyond=0)) == 1


async def test_a_file_is_fetched(desk: Desk) -> None:
    file = desk.slack.add_file("plan.md", b"Step 1", person=desk.kim)
    attachment = Attachment("plan.md", "text/markdown", source=file.url_private)

    assert await desk.chat.fetch(attachment, desk.place) == b"Step 1"


async def test_a_file_that_is_not_to_be_had_says_so(desk: Desk) -> None:
    file = desk.slack.add_file("plan.md", b"Step 1", person=desk.kim)
    attachment = Attachment("plan.md", "text/markdown", source=file.url_private)
    desk.slack.files.clear()

    with pytest.raises(ChatRefused, match=r"plan\.md was left out: "):
        await desk.chat.fetch(attachment, desk.place)


async def test_a_live_edit_that_would_have_to_wait_is_dropped(desk: Desk) -> None:
    running = replace(desk.of(DONE), state=finished().state.ANSWERING, synthesis=None)
    root = await desk.rooted(running)
    desk.pace.is_kept = True
    for _ in range(10):
        await desk.chat.edit(root, root_report(running))

    with pytest.raises(ChatBusy) as busy:
        await desk.chat.edit(root, root_report(running))

    assert busy.value.retry_after_s > 0.5


async def test_an_answer_that_got_lost_is_unclear(desk: Desk) -> None:
    course = desk.of(DONE)
    desk.slack.faults.add("chat.postMessage", faults.lost_after_effect())

    with pytest.raises(ChatUnclear):
        await desk.rooted(course)

    assert len(desk.channel.messages) == 1
    assert desk.slack.count("chat.postMessage") == 1
    assert await found(desk.chat, Post(course.id, "root"), course) is not None


async def test_only_the_final_answer_is_streamed(desk: Desk) -> None:
    failure = FailureReport("d1", desk.place, is_rehearsal=False, reason="No.", notes=())

    with pytest.raises(ChatRefused, match="Only the final answer"):
        await desk.chat.draft(Post("d1", SYNTHESIS), failure)
