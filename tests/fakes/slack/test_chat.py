"""Posting, editing, deleting and streaming, through the real slack_sdk."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.slack.records import Channel, Message, Person
from tests.fakes.slack.sample_app import QUIET, error_of, post
from tests.fakes.slack.server import SlackServer

SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "words"}}
TAG: dict[str, Any] = {"event_type": "council", "event_payload": {"id": "7", "deep": {"n": [1]}}}


async def test_a_message_is_posted(slack: SlackServer, channel: Channel, client: Any) -> None:
    answer = await client.chat_postMessage(
        channel=channel.id, text="text", blocks=[SECTION], metadata=TAG, username="Alder", **QUIET
    )

    [message] = channel.messages
    assert answer["ts"] == answer["message"]["ts"] == message.ts
    assert answer["channel"] == channel.id
    assert answer["message"]["metadata"] == TAG
    assert message.bot_id == slack.workspace.bot_id
    assert message.blocks[0]["block_id"]
    assert message.unfurls == (False, False)
    assert message.versions == [("text", message.blocks)]
    assert message.username == "Alder"
    assert slack.calls[0].body["blocks"] == [SECTION]
    assert slack.calls[0].token == slack.workspace.bot_token


async def test_ts_are_unique_and_increasing(channel: Channel, client: Any) -> None:
    stamps = [(await post(client, channel)).ts for _ in range(4)]

    assert stamps == sorted(set(stamps))
    assert all(len(ts) == 17 for ts in stamps)


async def test_replies_and_broadcasts(channel: Channel, client: Any) -> None:
    root = await post(client, channel)
    reply = await post(client, channel, thread_ts=root.ts)
    loud = await post(client, channel, thread_ts=root.ts, reply_broadcast=True)

    assert channel.thread(root.ts) == [root, reply, loud]
    assert [m.is_broadcast for m in channel.messages] == [False, False, True]
    history = await client.conversations_history(channel=channel.id)
    assert [m["ts"] for m in history["messages"]] == [loud.ts, root.ts]
    assert history["messages"][1]["reply_count"] == 2
    assert history["messages"][0]["subtype"] == "thread_broadcast"


async def test_where_a_bot_may_post(slack: SlackServer, client: Any, ada: Person) -> None:
    public = slack.add_channel("public", has_bot=False)
    private = slack.add_channel("private", is_private=True, has_bot=False)
    old = slack.add_channel("old", is_archived=True)
    other = slack.add_workspace("Other")
    theirs = slack.add_channel("theirs", workspace=other)

    errors = [
        await error_of(client.chat_postMessage(channel=place, text="x", **QUIET))
        for place in (public.id, private.id, old.id, theirs.id, "C0000")
    ]
    await client.chat_postMessage(channel=ada.id, text="x", **QUIET)

    not_found = "channel_not_found"
    assert errors == ["not_in_channel", not_found, "is_archived", not_found, not_found]
    assert slack.direct(ada).messages[0].text == "x"


async def test_threads_that_are_not_there(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.is_throttling = False
    full, bare = await post(client, channel), await post(client, channel)
    await post(client, channel, thread_ts=full.ts)
    await client.chat_delete(channel=channel.id, ts=full.ts)
    await client.chat_delete(channel=channel.id, ts=bare.ts)

    errors = [
        await error_of(client.chat_postMessage(channel=channel.id, text="x", thread_ts=ts, **QUIET))
        for ts in (full.ts, bare.ts)
    ]

    assert errors == ["cannot_reply_to_message", "thread_not_found"]
    read = await client.conversations_replies(channel=channel.id, ts=full.ts)
    assert [m.get("subtype") for m in read["messages"]] == ["tombstone", None]
    gone = await error_of(client.conversations_replies(channel=channel.id, ts=bare.ts))
    assert gone == "thread_not_found"


async def test_a_reply_is_no_root(slack: SlackServer, channel: Channel, client: Any) -> None:
    root = await post(client, channel)
    reply = await post(client, channel, thread_ts=root.ts)

    answer = await post(client, channel, thread_ts=reply.ts)

    assert answer.thread_ts == root.ts
    assert slack.violations[0].startswith("chat.postMessage: reply_as_root")
    slack.violations.clear()


async def test_a_message_is_edited(channel: Channel, client: Any) -> None:
    message = await post(client, channel, blocks=[SECTION], metadata=TAG)

    await client.chat_update(channel=channel.id, ts=message.ts, text="two", blocks=[SECTION] * 2)
    await client.chat_update(channel=channel.id, ts=message.ts, text="three")
    assert message.metadata == TAG
    await client.chat_update(channel=channel.id, ts=message.ts, text="three", metadata={})

    assert [text for text, _ in message.versions] == ["text", "two", "three", "three"]
    assert [len(blocks) for _, blocks in message.versions] == [1, 2, 0, 0]
    assert message.metadata is None


async def test_what_cannot_be_edited(
    slack: SlackServer, channel: Channel, client: Any, ada: Person
) -> None:
    theirs = (await slack.say("mine", channel=channel, person=ada)).message
    mine = await post(client, channel)
    root = await post(client, channel)
    reply = await post(client, channel, thread_ts=root.ts)
    assert theirs is not None
    slack.expected_errors.add("msg_too_long")

    async def update(message: Message, **more: Any) -> str:
        place = {"channel": channel.id, "ts": message.ts}
        return await error_of(client.chat_update(**place, **{"text": "x", **more}))

    assert await update(theirs) == "cant_update_message"
    assert await update(mine, text="x" * 4001) == "msg_too_long"
    assert await update(mine, reply_broadcast=True) == "cant_broadcast_message"
    assert await update(reply, reply_broadcast=True) == "no_dual_broadcast_content_update"
    channel.is_archived = True
    assert await update(mine) == "is_inactive"
    slack.delete(mine)
    assert await update(mine) == "message_not_found"
    gone = await error_of(client.chat_delete(channel=channel.id, ts=theirs.ts))
    assert gone == "cant_delete_message"


async def test_a_reply_is_broadcast_later(channel: Channel, client: Any) -> None:
    root = await post(client, channel)
    reply = await post(client, channel, thread_ts=root.ts)

    with pytest.warns(UserWarning, match="text"):
        await client.chat_update(channel=channel.id, ts=reply.ts, reply_broadcast=True)

    assert reply.is_broadcast
    assert reply.text == "text"


async def test_ephemeral_messages_are_seen_by_one(
    slack: SlackServer, channel: Channel, client: Any, ada: Person
) -> None:
    place = {"channel": channel.id, "user": ada.id}
    assert await error_of(client.chat_postEphemeral(**place, text="x")) == "user_not_in_channel"
    await slack.say("hello", channel=channel, person=ada)

    answer = await client.chat_postEphemeral(**place, text="x", blocks=[SECTION])

    [(where, who, payload)] = slack.ephemerals
    assert (where, who, payload["text"]) == (channel, ada, "x")
    assert payload["ts"] == answer["message_ts"]
    assert len(channel.messages) == 1


async def test_permalinks(channel: Channel, client: Any) -> None:
    root = await post(client, channel)
    reply = await post(client, channel, thread_ts=root.ts)

    answer = await client.chat_getPermalink(channel=channel.id, message_ts=reply.ts)

    number = reply.ts.replace(".", "")
    thread = f"?thread_ts={root.ts}&cid={channel.id}"
    expected = f"https://acme.slack.com/archives/{channel.id}/p{number}{thread}"
    assert answer["permalink"] == expected


async def test_blocks_that_a_workspace_does_not_have_yet(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.unsupported_blocks.add("markdown")
    blocks = [{"type": "markdown", "text": "*x*"}]

    call = client.chat_postMessage(channel=channel.id, text="x", blocks=blocks, **QUIET)

    assert await error_of(call) == "invalid_blocks"
    assert slack.violations == []
