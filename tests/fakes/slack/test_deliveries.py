"""Retries, signatures and response URLs, against the real Bolt."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.slack.deliveries import Delivery
from tests.fakes.slack.hosting import hosted
from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.sample_app import (
    BUTTONS,
    Heard,
    post,
)
from tests.fakes.slack.server import SlackServer


@pytest.mark.usefixtures("app")
async def test_an_event_that_is_not_acknowledged_comes_again(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    slack.patience_s = 0.1
    heard.pauses_s = [0.3, 0.3]  # the first two are acknowledged too late

    reply = await slack.mention("Look", channel=channel, person=ada)

    assert not reply.is_acknowledged
    await slack.until(lambda: len(slack.retries) == 2)
    first, second = slack.retries
    assert (first.attempt, first.reply.is_acknowledged) == (1, False)
    assert (second.attempt, second.reply.is_acknowledged) == (2, True)
    assert second.reason in ("http_timeout", "timeout")
    assert heard.headers[2]["x-slack-retry-num"] == ["2"]
    events = heard.of("app_mention")
    assert len({event["event_id"] for event in events}) == 1


async def test_commands_never_come_again(slack: SlackServer, channel: Channel, ada: Person) -> None:
    reply = await slack.command("x", channel=channel, person=ada)

    assert reply.status == 0
    assert slack.retries == []


async def test_retries_end_after_the_third(
    slack: SlackServer, channel: Channel, ada: Person
) -> None:
    slack.retry_delays_s = (0.0, 0.0, 0.0)

    await slack.mention("x", channel=channel, person=ada)

    await slack.until(lambda: len(slack.retries) == 3)
    assert {retry.reason for retry in slack.retries} == {"connection_failed"}


@pytest.mark.usefixtures("http")
async def test_what_answers_with_an_error_is_retried_as_http_error(
    slack: SlackServer,
) -> None:
    slack.retry_delays_s = (0.0,)

    reply = await slack.event({"type": "reaction_added"})

    assert reply.status == 404
    await slack.until(lambda: slack.retries)
    assert slack.retries[0].reason == "http_error"


@pytest.mark.usefixtures("app")
async def test_a_delivery_can_be_made_many_times_at_once(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    await slack.mention("x", channel=channel, person=ada)
    delivery = slack.deliveries.made[-1]

    replies = await asyncio.gather(*(slack.deliver(delivery, attempt=n) for n in range(3)))

    assert all(reply.is_acknowledged for reply in replies)
    await slack.until(lambda: len(heard.all) == 4)
    assert {event["event_id"] for event in heard.of("app_mention")} == {
        delivery.payload["event_id"]
    }


@pytest.mark.usefixtures("http")
async def test_signatures_may_be_forged_stale_early_missing_or_for_another_body(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    delivery = slack.prepare.command("/council", "x", channel, ada, None)
    body, now_s = delivery.body, time.time()
    wrong = [
        slack.signed(body, secret="other"),
        slack.signed(body, at=now_s - 400),
        slack.signed(body, at=now_s + 400),
        slack.signed(f"{body}&text=y"),
        {},
    ]

    replies = [await slack.deliver(delivery, headers=headers) for headers in wrong]

    assert [reply.status for reply in replies] == [401] * 5
    assert heard.all == []
    assert (await slack.deliver(delivery, headers=slack.signed(body))).is_acknowledged


@pytest.mark.usefixtures("http")
async def test_url_verification_is_a_delivery_too(slack: SlackServer) -> None:
    payload = {"type": "url_verification", "challenge": "abc", "token": "x"}

    reply = await slack.deliver(Delivery("events_api", payload))

    assert reply.body == {"challenge": "abc"}


@pytest.mark.usefixtures("app")
async def test_response_urls_take_five_answers(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard, client: Any
) -> None:
    message = await post(client, channel, blocks=BUTTONS)
    await slack.click(message, "rate", person=ada, choice="positive")
    url = heard.of("action")[0]["response_url"]
    answers: list[dict[str, Any]] = [
        {"text": "only you"},
        {"text": "all", "response_type": "in_channel"},
        {"text": "instead", "replace_original": True},
        {"text": "y" * 5000},
        {"delete_original": True},
        {"text": "too many"},
    ]

    async with aiohttp.ClientSession() as session:
        statuses: list[int] = []
        for answer in answers:
            async with session.post(url, json=answer) as response:
                statuses.append(response.status)

    assert statuses == [200] * 5 + [404]
    assert message.versions[-1] == ("instead", [])
    assert message.is_deleted
    assert channel.messages[-1].text == "all"
    assert slack.responses[0].payload == {"text": "only you"}
    assert slack.violations == ["response_url: used_url: no further use is allowed"]
    slack.violations.clear()


async def test_the_bot_hears_itself_if_the_test_wants_so(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.echoes = True

    await post(client, channel)

    await slack.until(lambda: slack.deliveries.made)
    event = slack.deliveries.made[0].payload["event"]
    assert (event["type"], event["bot_id"]) == ("message", slack.workspace.bot_id)


async def test_an_app_may_decline_retries(slack: SlackServer) -> None:
    async def endpoint(_: Request) -> Response:
        return Response(status_code=500, headers={"X-Slack-No-Retry": "1"})

    async with hosted(Starlette(routes=[Route("/", endpoint, methods=["POST"])])) as url:
        slack.request_url = f"{url}/"
        slack.retry_delays_s = (0.0,)
        reply = await slack.event({"type": "x"})
        await slack.event({"type": "y"})

    assert (reply.status, reply.is_final) == (500, True)
    assert slack.retries == []


async def test_response_urls_grow_old_and_take_only_json(
    slack: SlackServer, channel: Channel, ada: Person
) -> None:
    def new_url() -> str:
        return slack.prepare.command("/council", "x", channel, ada, None).payload["response_url"]

    slack.expected_errors |= {"expired_url", "no_text", "text_missing"}
    old, fresh = new_url(), new_url()
    slack.response_urls[old.rpartition("/")[2]].issued_at_s -= 1801
    divider = {"blocks": [{"type": "divider"}]}

    async with aiohttp.ClientSession() as session:
        answers = [
            await session.post(old, json={"text": "x"}),
            await session.post(fresh, data=b"x"),
            await session.post(fresh, json={}),
            await session.post(fresh, json=divider),
            await session.post(f"{fresh}x", json={"text": "x"}),
        ]
        words = [await answer.text() for answer in answers]

    assert words == ["expired_url", "invalid_payload", "no_text", "ok", "no_service"]
    codes = [violation.split(": ")[1] for violation in slack.violations]
    assert codes == ["expired_url", "no_text", "text_missing"]
    assert slack.responses[0].payload["blocks"][0]["block_id"]


async def test_an_app_that_is_down_is_retried(slack: SlackServer) -> None:
    slack.retry_delays_s = (0.0,)
    async with hosted(Starlette()) as url:
        slack.request_url = f"{url}/"

    reply = await slack.event({"type": "x"})

    assert reply.status == 0
    await slack.until(lambda: slack.retries)
    assert slack.retries[0].reason == "connection_failed"
