"""The final answer while it is written: a stream, as long as Slack plays along."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.slack.draft import SlackDraft
from bot.domain import Deliberation, Post, PostState
from bot.errors import ChatBusy, ChatRefused, ChatUnclear
from bot.ports import Sent
from bot.reports import SYNTHESIS, report
from tests.adapters.samples import DONE
from tests.adapters.slack.desk import Desk
from tests.contracts.chat import found
from tests.fakes.slack import faults
from tests.fakes.slack.mentions import links_in, mentions_in
from tests.fakes.slack.records import Message


class Writing:
    """A stream in a thread."""

    def __init__(self, desk: Desk, course: Deliberation, post: Post, draft: SlackDraft) -> None:
        self.desk = desk
        self.course = course
        self.post = post
        self.draft = draft

    @property
    def message(self) -> Message:
        return self.desk.shown(self.draft.sent)

    @property
    def opened(self) -> Post:
        return replace(self.post, state=PostState.OPEN, message_id=self.draft.sent.message_id)


async def writing(desk: Desk, *, every_s: float = 0.0) -> Writing:
    desk.chat.stream_every_s = every_s
    course = desk.of(DONE)
    root = await desk.rooted(course)
    post = Post(course.id, SYNTHESIS, thread=root.thread)
    draft = await desk.chat.draft(post, report(course, SYNTHESIS))
    return Writing(desk, course, post, draft)


async def test_what_is_written_shows_as_it_comes_and_gives_way_to_the_report(desk: Desk) -> None:
    stream = await writing(desk)

    await stream.draft.append("Take **Click")
    await stream.draft.append("House**")
    assert stream.message.is_streaming
    assert "Take **ClickHouse**" in stream.message.text
    await stream.draft.finish(report(stream.course, SYNTHESIS))

    assert not stream.message.is_streaming
    assert "One member disagrees" in str(stream.message.blocks)
    assert "Take **Click" not in str(stream.message.blocks)
    assert len(desk.channel.messages) == 2


async def test_nothing_that_is_streamed_is_live(desk: Desk) -> None:
    stream = await writing(desk)
    pieces = ["<", "!channel> <@U", "1> [a]", "(https://evil.example) !", "[b](https://x.example)"]

    for piece in pieces:
        await stream.draft.append(piece)

    for call in desk.slack.calls:
        if call.method == "chat.appendStream":
            assert mentions_in(call.body) == []
    whole = {"markdown_text": stream.message.text}
    assert mentions_in(whole) == []
    assert links_in(whole) == ["https://evil.example", "https://x.example"]


async def test_a_stream_that_was_never_finished_is_found_by_its_key(desk: Desk) -> None:
    stream = await writing(desk)
    await stream.draft.append("Take")

    sent = await found(desk.chat, stream.post, stream.course)

    assert sent == Sent(stream.draft.sent.message_id, stream.post.thread)


async def test_a_stream_of_a_dead_process_is_ended_by_an_edit(desk: Desk) -> None:
    desk.slack.expected_errors.add("streaming_state_conflict")
    stream = await writing(desk)
    await stream.draft.append("Take")

    await desk.chat.edit(stream.opened, report(stream.course, SYNTHESIS))

    assert not stream.message.is_streaming
    assert "One member disagrees" in str(stream.message.blocks)


async def test_a_stream_that_slack_ended_gets_the_report_all_the_same(desk: Desk) -> None:
    desk.slack.expected_errors.add("message_not_in_streaming_state")
    stream = await writing(desk)
    await stream.draft.append("Take")
    desk.slack.kill_streams()

    with pytest.raises(ChatRefused):
        await stream.draft.append(" ClickHouse")
    await stream.draft.finish(report(stream.course, SYNTHESIS))

    assert "One member disagrees" in str(stream.message.blocks)
    assert len(desk.channel.messages) == 2


async def test_after_a_restart_the_message_is_written_by_edits(desk: Desk) -> None:
    stream = await writing(desk)
    await stream.draft.append("The former beginning")

    await stream.draft.restart()
    await stream.draft.append("A **new**")
    await stream.draft.append(" beginning")

    assert not stream.message.is_streaming
    assert "takes the chair" in str(stream.message.blocks)
    assert "beginning" in str(stream.message.blocks)
    assert "former" not in str(stream.message.blocks)
    await stream.draft.finish(report(stream.course, SYNTHESIS))
    assert "One member disagrees" in str(stream.message.blocks)


async def test_a_stream_stops_short_of_what_slack_takes(desk: Desk) -> None:
    stream = await writing(desk)

    for _ in range(12):
        await stream.draft.append("漢字 " * 150)

    assert stream.message.stream is not None
    assert stream.message.stream.bytes < 10_600
    assert stream.message.text.endswith("…")
    await stream.draft.finish(report(stream.course, SYNTHESIS))
    assert "One member disagrees" in str(stream.message.blocks)


async def test_a_busy_slack_delays_what_is_shown_and_loses_nothing(desk: Desk) -> None:
    stream = await writing(desk)
    desk.slack.faults.add("chat.appendStream", faults.rate_limited(3))

    await stream.draft.append("Take ")
    assert "Take" not in stream.message.text
    await stream.draft.append("ClickHouse")

    assert "Take ClickHouse" in stream.message.text


async def test_a_busy_slack_is_told_to_whoever_finishes(desk: Desk) -> None:
    stream = await writing(desk)
    desk.slack.faults.add("chat.stopStream", faults.rate_limited(3))
    desk.slack.faults.add("chat.update", faults.rate_limited(2))

    for seconds in (3, 2):
        with pytest.raises(ChatBusy) as busy:
            await stream.draft.finish(report(stream.course, SYNTHESIS))
        assert busy.value.retry_after_s == seconds
    await stream.draft.finish(report(stream.course, SYNTHESIS))

    assert "One member disagrees" in str(stream.message.blocks)
    assert desk.slack.count("chat.stopStream") == 2


async def test_an_answer_that_got_lost_while_finishing_is_unclear(desk: Desk) -> None:
    stream = await writing(desk)
    desk.slack.faults.add("chat.stopStream", faults.lost_after_effect())
    desk.slack.expected_errors.add("message_not_in_streaming_state")

    with pytest.raises(ChatUnclear):
        await stream.draft.finish(report(stream.course, SYNTHESIS))
    await stream.draft.finish(report(stream.course, SYNTHESIS))

    assert "One member disagrees" in str(stream.message.blocks)


async def test_nobody_to_stream_to_is_no_stream(desk: Desk) -> None:
    course = desk.of(DONE)
    root = await desk.rooted(course)
    nobody = replace(course, question=replace(course.question, asker_id=None))
    post = Post(course.id, SYNTHESIS, thread=root.thread)

    with pytest.raises(ChatRefused, match="nobody to stream to"):
        await desk.chat.draft(post, report(nobody, SYNTHESIS))
    with pytest.raises(ChatRefused, match="nobody to stream to"):
        await desk.chat.draft(replace(post, thread=None), report(course, SYNTHESIS))


async def test_pieces_are_gathered_to_the_pace_of_a_reader(desk: Desk) -> None:
    stream = await writing(desk, every_s=60)

    for number in range(200):
        await stream.draft.append(f"{number} ")

    assert desk.slack.count("chat.appendStream") == 0
