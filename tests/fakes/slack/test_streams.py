"""Streams, statuses and sessions, through the real slack_sdk."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.messages.chunk import BlocksChunk, PlanUpdateChunk, TaskUpdateChunk

from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.sample_app import Heard, build, error_of, over_socket, post
from tests.fakes.slack.server import SlackServer

SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "words"}}
TAG: dict[str, Any] = {"event_type": "council", "event_payload": {"id": "7", "deep": {"n": [1]}}}


async def test_a_stream_becomes_an_ordinary_message(
    slack: SlackServer, channel: Channel, client: Any, ada: Person
) -> None:
    root = await post(client, channel)
    stream = await client.chat_stream(
        channel=channel.id,
        thread_ts=root.ts,
        recipient_user_id=ada.id,
        recipient_team_id=slack.workspace.team_id,
        buffer_size=4,
    )
    await stream.append(markdown_text="**one** ")
    task = TaskUpdateChunk(id="t", title="Task", status="in_progress")
    await stream.append(chunks=[task, PlanUpdateChunk(title="Plan")])
    await stream.append(markdown_text="two ", chunks=[BlocksChunk(blocks=[SECTION])])
    message = channel.find(stream.ts)
    assert message is not None
    assert message.is_streaming
    assert message.thread_ts == root.ts
    update = client.chat_update(channel=channel.id, ts=stream.ts, text="x")
    assert await error_of(update) == "streaming_state_conflict"

    done = TaskUpdateChunk(id="t", title="Task", status="complete")
    await stream.stop(markdown_text="three", chunks=[done], blocks=[SECTION], metadata=TAG)

    assert not message.is_streaming
    assert message.text == "**one** two three"
    kinds = [block["type"] for block in message.blocks]
    assert kinds == ["markdown", "task_card", "markdown", "section", "markdown", "section"]
    assert message.blocks[1]["status"] == "complete"
    assert message.stream is not None
    assert message.stream.plan_title == "Plan"
    assert message.metadata == TAG
    await client.chat_update(channel=channel.id, ts=stream.ts, text="edited")
    assert message.text == "edited"


async def test_what_a_stream_needs(
    slack: SlackServer, channel: Channel, client: Any, ada: Person
) -> None:
    root = await post(client, channel)
    team = {"recipient_team_id": slack.workspace.team_id}
    user = {"recipient_user_id": ada.id}

    async def start(**more: Any) -> str:
        place = {"channel": channel.id, "thread_ts": root.ts}
        return await error_of(client.chat_startStream(**place, **more))

    assert await start() == "missing_recipient_user_id"
    assert await start(**user) == "missing_recipient_team_id"
    assert await start(**team, recipient_user_id="U000") == "user_not_found"
    direct = slack.direct(ada)
    said = (await slack.say("x", channel=direct, person=ada)).message
    assert said is not None
    await client.chat_startStream(channel=direct.id, thread_ts=said.ts)


async def test_a_stream_has_one_mode_and_one_owner(
    slack: SlackServer, client: Any, ada: Person
) -> None:
    direct = slack.direct(ada)
    said = (await slack.say("x", channel=direct, person=ada)).message
    assert said is not None
    place = {"channel": direct.id}
    start = await client.chat_startStream(**place, thread_ts=said.ts, markdown_text="a")
    chunk = {"type": "markdown_text", "text": "b"}
    slack.expected_errors |= {
        "cannot_provide_both_markdown_text_and_chunks",
        "markdown_text_or_chunks_required",
    }

    async def append(ts: str = start["ts"], **more: Any) -> str:
        return await error_of(client.chat_appendStream(**place, ts=ts, **more))

    assert await append(chunks=[chunk]) == "streaming_mode_mismatch"
    both = "cannot_provide_both_markdown_text_and_chunks"
    assert await append(chunks=[chunk], markdown_text="c") == both
    assert await append() == "markdown_text_or_chunks_required"
    assert await append(ts=said.ts, markdown_text="c") == "message_not_owned_by_app"
    assert await append(ts="1700000000.000000", markdown_text="c") == "message_not_found"


async def test_a_stream_holds_so_many_bytes(slack: SlackServer, client: Any, ada: Person) -> None:
    direct = slack.direct(ada)
    said = (await slack.say("x", channel=direct, person=ada)).message
    assert said is not None
    stream = await client.chat_stream(channel=direct.id, thread_ts=said.ts)
    await stream.append(markdown_text="字" * 3900)
    slack.expected_errors.add("msg_too_long")

    error = await error_of(stream.append(markdown_text="字" * 300))

    assert error == "msg_too_long"
    assert direct.messages[-1].text == "字" * 3900


async def test_streams_end_by_themselves(slack: SlackServer, client: Any, ada: Person) -> None:
    slack.stream_lifetime_s = 0.05
    direct = slack.direct(ada)
    said = (await slack.say("x", channel=direct, person=ada)).message
    assert said is not None
    stream = await client.chat_stream(channel=direct.id, thread_ts=said.ts, buffer_size=1)
    await stream.append(markdown_text="half")
    message = direct.messages[-1]

    await slack.until(lambda: not message.is_streaming)

    assert message.is_broken
    error = await error_of(stream.append(markdown_text="more"))
    assert error == "message_not_in_streaming_state"
    assert await error_of(stream.stop()) == "message_not_in_streaming_state"
    await client.chat_update(channel=direct.id, ts=message.ts, text="whole")
    assert (message.text, message.is_broken) == ("whole", False)


async def test_streams_can_be_killed(slack: SlackServer, client: Any, ada: Person) -> None:
    direct = slack.direct(ada)
    said = (await slack.say("x", channel=direct, person=ada)).message
    assert said is not None
    stream = await client.chat_stream(channel=direct.id, thread_ts=said.ts, buffer_size=1)
    await stream.append(markdown_text="half")

    slack.kill_streams()

    error = await error_of(stream.append(markdown_text="more"))
    assert error == "message_not_in_streaming_state"
    assert direct.messages[-1].text == "half"


async def test_an_empty_stream_cannot_be_stopped(
    slack: SlackServer, client: Any, ada: Person
) -> None:
    direct = slack.direct(ada)
    said = (await slack.say("x", channel=direct, person=ada)).message
    assert said is not None
    stream = await client.chat_stream(channel=direct.id, thread_ts=said.ts)

    assert await error_of(stream.stop()) == "no_text"


async def test_status_and_sessions(slack: SlackServer, channel: Channel, client: Any) -> None:
    root = await post(client, channel)
    place = {"channel_id": channel.id, "thread_ts": root.ts}

    await client.assistant_threads_setStatus(**place, status="thinks", loading_messages=["a"])
    await client.agents_sessions_setStatus(**place, status="processing", title="A question")

    assert slack.statuses == {(channel.id, root.ts): "thinks"}
    assert slack.sessions == {(channel.id, root.ts): "processing"}
    await post(client, channel, thread_ts=root.ts)
    assert slack.statuses == {}
    slack.expected_errors |= {"invalid_status"}
    error = await error_of(client.agents_sessions_setStatus(**place, status="done"))
    assert error == "invalid_status"


async def test_the_native_stop_button_ends_streams(
    slack: SlackServer, ada: Person, client: Any, heard: Heard
) -> None:
    root = (await slack.say("root", channel=slack.direct(ada), person=ada)).message
    assert root is not None
    stream = await client.chat_stream(channel=root.channel.id, thread_ts=root.ts, buffer_size=1)
    await stream.append(markdown_text="one")

    async with over_socket(slack, build(slack, heard)):
        await slack.stop_session(root.channel, root.ts, person=ada)

    [body] = heard.of("agent_session_stopped")
    assert body["event"]["streaming_message_ts"] == [stream.ts]
    assert await error_of(stream.append(markdown_text="two")) == "stopped_by_user"


async def test_statuses_and_sessions_need_their_place(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    root = await post(client, channel)
    place = {"channel_id": channel.id, "thread_ts": root.ts}
    await client.assistant_threads_setStatus(**place, status="thinks")
    elsewhere = slack.add_channel("elsewhere", has_bot=False)

    await client.assistant_threads_setStatus(**place, status="")

    assert slack.statuses == {}
    session = client.agents_sessions_setStatus
    assert await error_of(session(channel_id=channel.id, status="active")) == "thread_ts_required"
    theirs = session(channel_id=elsewhere.id, thread_ts=root.ts, status="active")
    assert await error_of(theirs) == "not_authorized"
    nobody = session(**place, status="active", initiator_user_id="U000")
    assert await error_of(nobody) == "user_not_found"
    unknown = {"channel_id": channel.id, "thread_ts": "1700000000.000000"}
    status = client.assistant_threads_setStatus(**unknown, status="x")
    assert await error_of(status) == "invalid_thread_ts"
