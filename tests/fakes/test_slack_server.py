"""The fake Slack against the real Bolt, by HTTP and by Socket Mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.sample_app import (
    BUTTONS,
    Heard,
    build,
    over_http,
    over_socket,
    post,
)
from tests.fakes.slack.server import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as slack:
        yield slack


@pytest.fixture
def channel(slack: SlackServer) -> Channel:
    return slack.add_channel("general")


@pytest.fixture
def ada(slack: SlackServer) -> Person:
    return slack.add_person("Ada")


@pytest.fixture
def client(slack: SlackServer) -> Any:  # slack_sdk is not fully typed
    return AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(params=["http", "socket"])
async def app(
    request: pytest.FixtureRequest, slack: SlackServer, heard: Heard
) -> AsyncIterator[None]:
    built = build(slack, heard)
    async with AsyncExitStack() as stack:
        over = over_http if request.param == "http" else over_socket
        await stack.enter_async_context(over(slack, built))
        yield


@pytest.mark.usefixtures("app")
async def test_a_command_reaches_the_app(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    reply = await slack.command("What is it?", channel=channel, person=ada, trigger_id="1.2.3")

    assert reply.is_acknowledged
    assert reply.elapsed_s < slack.patience_s
    [body] = heard.of("command")
    assert body["text"] == "What is it?"
    assert body["trigger_id"] == "1.2.3"
    assert body["channel_id"] == channel.id
    assert "thread_ts" not in body


@pytest.mark.usefixtures("app")
async def test_the_body_of_an_acknowledgement_is_shown(
    slack: SlackServer, channel: Channel, ada: Person
) -> None:
    await slack.command("answer Yes.", channel=channel, person=ada)

    [response] = slack.responses
    assert response.is_ack
    assert response.payload["text"] == "Yes."


@pytest.mark.usefixtures("app")
async def test_a_doubled_mention_has_one_ts_and_two_event_ids(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    reply = await slack.mention("Look", channel=channel, person=ada, doubled=True)

    await slack.until(lambda: len(heard.all) == 2)
    [mention], [message] = heard.of("app_mention"), heard.of("message")
    assert reply.message is not None
    assert mention["event"]["ts"] == message["event"]["ts"] == reply.message.ts
    assert mention["event_id"] != message["event_id"]
    assert mention["event"]["text"] == f"<@{slack.workspace.bot_user_id}> Look"
    assert "team" not in message["event"]
    assert message["event"]["channel_type"] == "channel"
    assert channel.messages == [reply.message]


@pytest.mark.usefixtures("app")
async def test_only_direct_messages_are_heard_unasked(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    root = await slack.say("one", channel=channel, person=ada)
    file = slack.add_file("plan.md", b"# Plan", person=ada)
    assert root.message is not None
    await slack.say("two", channel=channel, person=ada, thread_ts=root.message.ts)
    await slack.say("three", channel=slack.direct(ada), person=ada, files=[file])

    await slack.until(lambda: heard.all)
    [message] = heard.of("message")
    assert message["event"]["channel_type"] == "im"
    assert message["event"]["subtype"] == "file_share"
    assert message["event"]["files"][0]["mimetype"] == "text/markdown"
    assert [m.text for m in channel.thread(root.message.ts)] == ["one", "two"]


@pytest.mark.usefixtures("app")
async def test_a_shortcut_carries_the_message(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    file = slack.add_file("plan.md", b"# Plan", person=ada)
    root = (await slack.say("root", channel=channel, person=ada)).message
    assert root is not None
    said = await slack.say("x", channel=channel, person=ada, thread_ts=root.ts, files=[file])
    assert said.message is not None

    await slack.shortcut(said.message, channel=channel, person=ada)

    [body] = heard.of("shortcut")
    assert body["message"]["thread_ts"] == root.ts
    assert body["message"]["files"][0]["id"] == file.id
    assert body["message_ts"] == said.message.ts


@pytest.mark.usefixtures("app")
async def test_elements_of_a_message_can_be_used(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard, client: Any
) -> None:
    message = await post(client, channel, blocks=BUTTONS)

    await slack.click(message, "rate", person=ada, choice="negative")
    await slack.click(message, "open", person=ada)

    rated, opened = heard.of("action")
    assert rated["actions"][0]["value"] == "bad"
    assert rated["container"]["message_ts"] == message.ts
    assert opened["actions"][0]["value"] == "7"
    assert opened["message"]["bot_id"] == slack.workspace.bot_id
    more = slack.prepare.click(message, "more", ada, channel, "two")
    assert more.payload["actions"][0]["selected_option"]["value"] == "two"
    with pytest.raises(AssertionError, match="there is: open, rate, more"):
        await slack.click(message, "close", person=ada)


@pytest.mark.usefixtures("app")
async def test_a_modal_is_opened_pushed_submitted_and_closed(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard, client: Any
) -> None:
    message = await post(client, channel, blocks=BUTTONS)
    await slack.click(message, "open", person=ada)
    await slack.until(lambda: slack.views.stack(ada))
    await slack.click_view(slack.views.top(ada), "more", person=ada)
    await slack.until(lambda: len(slack.views.stack(ada)) == 2)
    view = slack.views.top(ada)

    await slack.submit(view, {"word": {"word": "bad"}}, person=ada)
    assert view.is_open
    await slack.submit(view, {"word": {"word": "next"}}, person=ada)
    assert len(view.versions) == 2
    await slack.submit(view, {"word": {"word": "good"}}, person=ada)

    assert not view.is_open
    [below] = slack.views.stack(ada)
    with pytest.raises(AssertionError, match="word/word needs a value"):
        await slack.submit(below, {}, person=ada)
    with pytest.raises(AssertionError, match="21 characters, not 0 to 20"):
        await slack.submit(below, {"word": {"word": "x" * 21}}, person=ada)
    with pytest.raises(AssertionError, match="no such inputs"):
        await slack.submit(below, {"word": {"word": "x"}, "a": {"b": 1}}, person=ada)
    await slack.close_view(below, person=ada)
    assert len(heard.of("closed")) == 1


@pytest.mark.usefixtures("app")
async def test_home_and_raw_events(
    slack: SlackServer, ada: Person, heard: Heard, client: Any
) -> None:
    await client.views_publish(user_id=ada.id, view={"type": "home", "blocks": []})

    await slack.open_home(ada)
    await slack.uninstall(slack.workspace)

    await slack.until(lambda: heard.of("app_uninstalled"))
    assert heard.of("app_home_opened")[0]["event"]["view"]["type"] == "home"
    assert len(heard.of("tokens_revoked")) == 1
    with pytest.raises(SlackApiError, match="account_inactive"):
        await client.auth_test()
