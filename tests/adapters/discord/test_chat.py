"""Discord as a chat platform, one call at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Answer, Attachment, Deliberation, Place, Post
from bot.errors import ChatBusy, ChatRefused, ChatUnclear
from bot.ports import Chat, Sent
from bot.reports import SYNTHESIS, report, root_report
from tests.adapters.discord.desk import Desk
from tests.adapters.discord.office import posts
from tests.adapters.samples import DONE
from tests.contracts.chat import ChatContract, found, sent_post
from tests.fakes.council import finished
from tests.fakes.discord import faults
from tests.fakes.discord.permissions import Permission

LONG = "Another paragraph with some words in it.\n\n" * 2_000
CREATE, THREAD = "POST /channels/{id}/messages", "POST /channels/{id}/messages/{id}/threads"
HISTORY = "GET /channels/{id}/messages"
PIN = "PUT /channels/{id}/messages/pins/{id}"


class TestDiscordChat(ChatContract):
    @pytest.fixture
    def chat(self, desk: Desk) -> Chat:
        self.desk = desk
        return desk.chat

    @property
    def course(self) -> Deliberation:
        return self.desk.of(finished())


async def test_the_root_message_opens_a_named_thread_and_pings_nobody(desk: Desk) -> None:
    course = desk.of(DONE)

    root = await desk.rooted(course)
    await desk.chat.edit(root, root_report(course))

    message, thread = desk.channel.shown[0], desk.thread(root)
    assert message.mentions == []
    assert thread.name == f"{course.question.text[:99]}…"
    assert thread.archive_minutes == 10_080
    for call in (call for call in desk.discord.calls if "components" in call.body):
        assert call.body["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize("is_draft", [True, False])
async def test_the_final_answer_pings_who_asked_once(desk: Desk, *, is_draft: bool) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    post = Post(course.id, SYNTHESIS, thread=root.thread)

    if is_draft:
        draft = await desk.chat.draft(post, report(course, SYNTHESIS))
        await draft.finish(report(course, SYNTHESIS))
    else:
        await desk.chat.post(post, report(course, SYNTHESIS))

    (message,) = posts(desk.thread(root))
    assert message.mentions == [desk.ada.id]


async def test_what_is_sent_again_with_its_key_is_the_message_that_is_there(desk: Desk) -> None:
    course = desk.of(DONE)

    first, second = await desk.rooted(course), await desk.rooted(course)

    assert first == second
    assert len(desk.channel.shown) == 1


async def test_after_minutes_a_message_is_still_found_by_its_key(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    desk.discord.pass_time(minutes=10)
    for number in range(120):
        await desk.discord.say(f"and {number}", channel=desk.channel, person=desk.ada)

    assert await found(desk.chat, root, course) == Sent(root.message_id or "", root.thread)


async def test_what_another_bot_says_with_our_key_is_not_ours(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    desk.channel.messages[0].author = desk.discord.add_person("Imposter")

    assert await found(desk.chat, root, course) is None


async def test_a_thread_of_many_messages_is_read_to_its_end(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    thread = desk.thread(root)
    for number in range(230):
        await desk.discord.say(f"and {number}", channel=thread, person=desk.ada)
    post = Post(course.id, SYNTHESIS, thread=root.thread)
    sent = await desk.chat.post(post, report(course, SYNTHESIS))

    assert await found(desk.chat, post, course) == sent
    assert desk.discord.count(HISTORY) == 3


async def test_messages_are_looked_for_in_one_reading_of_each_thread(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    slots = ("answer:gpt-6.1-terra", "standings", SYNTHESIS)
    posts = [Post(course.id, slot, thread=root.thread) for slot in slots]
    await desk.chat.post(posts[1], report(course, "standings"))

    sent = await desk.chat.find(posts, desk.place, course.created_at)

    assert list(sent) == [posts[1].key]
    assert desk.discord.count(HISTORY) == 1


@pytest.mark.parametrize("fault", [faults.lost_after_effect(), faults.lost_before_effect()])
async def test_a_root_message_without_its_thread_gets_it_when_it_is_found(
    desk: Desk, fault: faults.Fault
) -> None:
    course = desk.of(DONE)
    desk.discord.faults.add(THREAD, fault)

    with pytest.raises(ChatUnclear):
        await desk.rooted(course)
    sent = await found(desk.chat, Post(course.id, "root"), course)

    assert sent is not None
    assert sent.thread == sent.message_id
    assert desk.channel.shown[0].thread is not None


async def test_where_no_thread_can_be_opened_answers_go_into_the_channel(desk: Desk) -> None:
    desk.discord.expected_errors.add(160006)
    desk.discord.most_active_threads = 0
    course = desk.of(DONE)

    root = await desk.rooted(course)
    answer = Post(course.id, SYNTHESIS, thread=root.thread)
    await desk.chat.post(answer, report(course, SYNTHESIS))

    assert root.thread == str(desk.channel.id)
    assert len(desk.channel.shown) == 2


async def elsewhere(desk: Desk, kind: str) -> Place:
    """Return a place where no thread can be opened."""
    if kind == "thread":
        said = await desk.discord.say("Hm?", channel=desk.channel, person=desk.ada)
        thread = await desk.discord.start_thread("a thread", person=desk.ada, message=said)
        return replace(desk.place, thread=str(thread.id))
    if kind == "forum":
        forum = desk.discord.add_channel("forum", kind="forum")
        post = await desk.discord.start_thread("a post", person=desk.ada, channel=forum, text="Hm?")
        return replace(desk.place, channel=str(forum.id), thread=str(post.id))
    direct = desk.discord.direct(desk.ada)
    return Place("discord", "@me", str(direct.id), str(direct.id))


@pytest.mark.parametrize("kind", ["thread", "forum", "direct"])
async def test_a_question_in_a_thread_or_directly_is_answered_there(desk: Desk, kind: str) -> None:
    place = await elsewhere(desk, kind)
    course = desk.of(DONE, place)

    root = await desk.rooted(course)
    answer = Post(course.id, SYNTHESIS, thread=root.thread)
    sent = await desk.chat.post(answer, report(course, SYNTHESIS))
    await desk.chat.edit(root, replace(root_report(course), conclusion=sent.message_id))
    await desk.chat.pin(sent_post(answer, sent), place)

    assert root.thread == place.thread
    room = desk.discord.find_channel(int(place.thread or 0))
    assert room is not None
    assert [str(message.id) for message in room.pins] == [sent.message_id]
    assert desk.discord.count(THREAD) == 0
    link = f"https://discord.com/channels/{place.workspace}/{place.thread}/{sent.message_id}"
    assert link in str(desk.shown(Sent(root.message_id or "")).components)
    assert await found(desk.chat, root, course) == Sent(root.message_id or "", place.thread)


async def test_a_thread_that_was_archived_goes_on(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    thread = desk.thread(root)
    desk.discord.change_thread(thread, is_archived=True)

    await desk.chat.post(Post(course.id, SYNTHESIS, thread=root.thread), report(course, SYNTHESIS))

    assert not thread.is_archived


async def test_the_root_message_links_the_answer_in_its_thread(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    answer = Post(course.id, SYNTHESIS, thread=root.thread)
    sent = await desk.chat.post(answer, report(course, SYNTHESIS))

    await desk.chat.edit(root, replace(root_report(course), conclusion=sent.message_id))

    link = f"/{desk.place.workspace}/{root.thread}/{sent.message_id}"
    assert link in str(desk.channel.shown[0].components)


async def test_a_long_answer_ends_in_a_file_with_all_of_it(desk: Desk) -> None:
    course = desk.of(replace(DONE, answers=(Answer("Ada", LONG, "work/a", 1.0),)))
    root = await desk.rooted(course)
    content = report(course, "answer:Ada")
    parts = range(1, desk.chat.parts(content) + 1)
    posts = [Post(course.id, "answer:Ada", part=part, thread=root.thread) for part in parts]

    sent = [await desk.chat.post(post, content) for post in posts]

    assert len(sent) == 2
    (file,) = desk.shown(sent[-1]).attachments
    assert file.content.decode() == LONG
    keys = {post.key for post in posts}
    assert (await desk.chat.find(posts, desk.place, course.created_at)).keys() == keys


async def test_a_part_that_is_no_more_is_given_up(desk: Desk) -> None:
    with pytest.raises(ChatRefused, match="fewer messages"):
        await desk.chat.post(Post(DONE.id, SYNTHESIS, part=9), report(desk.of(DONE), SYNTHESIS))


async def pinned(desk: Desk, *, keep: int | None = None) -> Post:
    course = desk.of(replace(DONE, id=f"d{desk.discord.count(PIN)}"))
    root = await desk.rooted(course)
    await desk.chat.pin(root, desk.place, keep=keep)
    return root


async def test_our_oldest_pin_goes_past_the_number_that_is_kept(desk: Desk) -> None:
    desk.chat = desk.new_chat(most_pins=2)
    thread = str((await desk.discord.start_thread("t", person=desk.ada, channel=desk.channel)).id)
    place = replace(desk.place, thread=thread)
    posts = [Post(f"d{number}", SYNTHESIS, thread=thread) for number in range(3)]

    for post in posts:
        course = desk.of(replace(DONE, id=post.deliberation_id), place)
        sent = await desk.chat.post(post, report(course, SYNTHESIS))
        await desk.chat.pin(sent_post(post, sent), place)

    room = desk.discord.find_channel(int(thread))
    assert room is not None
    assert [m.id for m in room.pins] == [m.id for m in room.shown if m.is_pinned]
    assert len(room.pins) == 2


async def test_a_place_may_keep_another_number_of_pins(desk: Desk) -> None:
    await pinned(desk, keep=1)
    second = await pinned(desk, keep=1)

    assert [str(message.id) for message in desk.channel.pins] == [second.message_id]


async def test_no_pin_is_no_call(desk: Desk) -> None:
    desk.chat = desk.new_chat(most_pins=0)

    await pinned(desk)

    assert desk.discord.count(PIN) == 0


async def test_a_full_thread_gives_our_oldest_pin_away(desk: Desk) -> None:
    desk.discord.expected_errors.add(30003)
    desk.discord.most_pins = 1
    first, second = await pinned(desk), await pinned(desk)

    assert [str(message.id) for message in desk.channel.pins] == [second.message_id]
    assert not desk.shown(Sent(first.message_id or "")).is_pinned


async def test_a_thread_full_of_others_pins_is_said(desk: Desk) -> None:
    desk.discord.expected_errors.add(30003)
    desk.discord.most_pins = 1
    theirs = await desk.discord.say("theirs", channel=desk.channel, person=desk.ada)
    desk.discord.pin(theirs, desk.ada)

    with pytest.raises(ChatRefused, match="not pinned: the channel has 250 pinned messages"):
        await pinned(desk)

    assert theirs.is_pinned


async def test_a_missing_right_to_pin_is_said(desk: Desk) -> None:
    desk.discord.expected_errors.add(50013)
    root = await desk.rooted(desk.of(DONE))
    answer = Post(DONE.id, SYNTHESIS, thread=root.thread)
    sent = await desk.chat.post(answer, report(desk.of(DONE), SYNTHESIS))
    desk.discord.deny(desk.channel, Permission.PIN_MESSAGES)

    with pytest.raises(ChatRefused, match="not pinned: the bot lacks a right in this channel"):
        await desk.chat.pin(sent_post(answer, sent), desk.place)


async def test_a_live_edit_that_would_wait_is_busy(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    desk.pace.is_kept = True
    live = replace(root_report(course), state=course.state.ANSWERING)

    for _ in range(5):
        await desk.chat.edit(root, live)
    with pytest.raises(ChatBusy):
        await desk.chat.edit(root, live)


async def test_a_file_is_fetched_by_a_fresh_link(desk: Desk) -> None:
    file = desk.discord.add_file("plan.md", b"the plan")
    said = await desk.discord.say("See", channel=desk.channel, person=desk.ada, files=[file])
    old = file.url
    desk.discord.pass_time(hours=30)
    source = f"{old}#{desk.channel.id}/{said.id}/{file.id}"
    attached = Attachment("plan.md", "text/plain", source=source)

    assert await desk.chat.fetch(attached, desk.place) == b"the plan"


async def test_a_file_of_a_deleted_message_is_fetched_as_long_as_its_link_lives(desk: Desk) -> None:
    desk.discord.expected_errors.add(10008)
    file = desk.discord.add_file("plan.md", b"the plan")
    said = await desk.discord.say("See", channel=desk.channel, person=desk.ada, files=[file])
    source = f"{file.url}#{desk.channel.id}/{said.id}/{file.id}"
    desk.discord.delete(said)

    attached = Attachment("plan.md", "text/plain", source=source)

    assert await desk.chat.fetch(attached, desk.place) == b"the plan"


async def test_a_file_that_is_gone_is_left_out_with_a_reason(desk: Desk) -> None:
    desk.discord.expected_errors.add(10008)
    file = desk.discord.add_file("plan.md", b"the plan")
    said = await desk.discord.say("See", channel=desk.channel, person=desk.ada, files=[file])
    source = f"{file.url}#{desk.channel.id}/{said.id}/{file.id}"
    desk.discord.pass_time(hours=30)
    desk.discord.delete(said)

    with pytest.raises(ChatRefused, match=r"plan.md was left out: the file is no longer there\."):
        await desk.chat.fetch(Attachment("plan.md", "text/plain", source=source), desk.place)
