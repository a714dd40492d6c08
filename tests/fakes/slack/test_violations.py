"""What broke the rules fails the test, and says so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.records import Channel
from tests.fakes.slack.sample_app import QUIET, post, refusal
from tests.fakes.slack.server import SlackServer


async def test_a_violation_fails_the_test() -> None:
    slack = SlackServer()

    with pytest.raises(AssertionError, match="no_text: : neither text nor blocks"):
        await _post_nothing(slack)


async def _post_nothing(slack: SlackServer) -> None:
    async with slack:
        channel = slack.add_channel("general")
        token = slack.workspace.bot_token
        client: Any = AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[])
        with pytest.raises(SlackApiError, match="no_text"):
            await client.chat_postMessage(channel=channel.id, text="", attachments=[], **QUIET)


async def test_a_violation_does_not_hide_what_failed_before() -> None:
    with pytest.raises(KeyError) as failed:
        await _violate_and_fail(SlackServer())

    assert "no_text" in failed.value.__notes__[0]


async def _violate_and_fail(slack: SlackServer) -> None:
    async with slack:
        slack.violate("chat.postMessage", "no_text: : nothing")
        raise KeyError


async def test_expected_errors_are_no_failure(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.expected_errors |= {"invalid_blocks", "text_missing", "unfurl_allowed"}

    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_postMessage(channel=channel.id, text="x", blocks=[{"type": "no"}])
    await client.chat_postMessage(channel=channel.id, text="x", unfurl_links=False)

    assert [violation.split(": ")[1] for violation in slack.violations] == [
        "invalid_blocks",
        "unfurl_allowed",
    ]


async def test_unknown_methods_are_violations(slack: SlackServer, client: Any) -> None:
    slack.expected_errors |= {"unknown_method", "no_rate_limit"}
    del slack.limits.rates["auth.test"]

    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.dnd_info()
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.auth_test()

    codes = [violation.split(": ")[1] for violation in slack.violations]
    assert codes == ["unknown_method", "no_rate_limit"]


async def test_waiting_in_vain_says_how_things_stand(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    await post(client, channel)

    with pytest.raises(AssertionError, match=r"chat\.postMessage 1x") as failed:
        await slack.until(lambda: channel.pins, patience_s=0.01)

    assert "lambda: channel.pins" in str(failed.value)


async def test_a_bug_of_the_server_fails_the_test(slack: SlackServer, client: Any) -> None:
    def break_down(_: Asked) -> dict[str, Any]:
        raise ZeroDivisionError

    slack.methods["auth.test"] = Method(break_down)

    refused = await refusal(client.auth_test())

    assert refused.status_code == 500
    assert "ZeroDivisionError" in slack.violations[0]
    slack.violations.clear()


async def test_an_error_in_the_background_fails_the_test() -> None:
    slack = SlackServer()

    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        await _break_in_the_background(slack)


async def _break_in_the_background(slack: SlackServer) -> None:
    async def break_down() -> None:
        raise ZeroDivisionError

    async with slack:
        slack.tasks.start(break_down())
        await asyncio.sleep(0)
