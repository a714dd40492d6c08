"""Uploads and downloads, through the real slack_sdk."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import faults
from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.sample_app import QUIET
from tests.fakes.slack.server import SlackServer


async def test_a_file_is_shared_in_a_thread(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    root = await client.chat_postMessage(channel=channel.id, text="root", **QUIET)

    answer = await client.files_upload_v2(
        channel=channel.id,
        thread_ts=root["ts"],
        content="# Transcript",
        filename="transcript.md",
        title="Transcript",
        initial_comment="The whole transcript",
    )

    [file] = slack.files.values()
    assert file.content == b"# Transcript"
    assert (file.title, file.channel, file.thread_ts) == ("Transcript", channel, root["ts"])
    message = channel.thread(root["ts"])[1]
    assert message.text == "The whole transcript"
    assert message.files == [file]
    assert answer["file"]["id"] == file.id
    info = await client.files_info(file=file.id)
    assert info["file"]["size"] == 12
    assert info["file"]["mimetype"] == "text/markdown"


async def test_a_file_is_put_as_well(slack: SlackServer, client: Any) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=3)

    async with (
        aiohttp.ClientSession() as session,
        session.put(ticket["upload_url"], data=b"abc") as response,
    ):
        assert (response.status, await response.text()) == (200, "OK - 3")
    await client.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])

    assert slack.files[ticket["file_id"]].content == b"abc"
    assert slack.files[ticket["file_id"]].channel is None


async def test_an_upload_must_be_whole(slack: SlackServer, client: Any) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=3)

    async with (
        aiohttp.ClientSession() as session,
        session.post(ticket["upload_url"], data=b"ab") as response,
    ):
        assert response.status == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])

    assert slack.violations[0].startswith("files.upload: wrong_length")
    slack.violations.clear()


async def test_files_are_shared_only_where_the_bot_is(slack: SlackServer, client: Any) -> None:
    elsewhere = slack.add_channel("elsewhere", has_bot=False)

    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.files_upload_v2(channel=elsewhere.id, content="x", filename="a.txt")


async def test_an_upload_can_be_lost(slack: SlackServer, client: Any) -> None:
    slack.faults.add("files.upload", faults.lost_after_effect())

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.files_upload_v2(content="x", filename="a.txt")

    [file] = slack.files.values()
    assert file.content == b"x"


async def test_only_a_token_opens_a_file(slack: SlackServer, ada: Person) -> None:
    file = slack.add_file("plan.md", b"# Plan", person=ada)
    other = slack.add_workspace("Other")
    narrow = slack.add_workspace("Narrow", scopes=("chat:write",))
    tokens = [slack.workspace.bot_token, other.bot_token, narrow.bot_token, "", "xoxb-no"]

    bodies: list[bytes] = []
    async with aiohttp.ClientSession() as session:
        for token in tokens:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with session.get(file.url_private, headers=headers) as response:
                assert response.status == 200
                bodies.append(await response.read())

    assert bodies[0] == b"# Plan"
    assert all(b"Sign in" in body for body in bodies[1:])
