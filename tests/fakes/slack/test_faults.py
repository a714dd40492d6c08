"""Rate limits and faults, as the real slack_sdk meets them."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import faults
from tests.fakes.slack.rates import RATES, Limits
from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.sample_app import QUIET, refusal
from tests.fakes.slack.server import SlackServer


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def test_five_posts_come_through_at_once_and_then_one_each_second(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    for _ in range(5):
        await client.chat_postMessage(channel=channel.id, text="x", **QUIET)

    response = await refusal(client.chat_postMessage(channel=channel.id, text="x", **QUIET))

    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "1"
    assert len(channel.messages) == 5
    assert [call.method for call in slack.throttled] == ["chat.postMessage"]
    other = slack.add_channel("other")
    await client.chat_postMessage(channel=other.id, text="x", **QUIET)


async def test_throttling_can_be_turned_off(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.is_throttling = False

    for _ in range(20):
        await client.chat_postMessage(channel=channel.id, text="x", **QUIET)

    assert slack.throttled == []


async def test_speed_lets_limits_refill_faster() -> None:
    async with SlackServer(speed=100_000) as slack:
        channel = slack.add_channel("general")
        client: Any = AsyncWebClient(
            slack.workspace.bot_token, base_url=slack.api_url, retry_handlers=[]
        )

        for _ in range(20):
            await client.chat_postMessage(channel=channel.id, text="x", **QUIET)

        assert slack.throttled == []


def allowed_in_a_minute(limits: Limits, clock: Clock, method: str, **more: Any) -> int:
    count = 0
    for _ in range(6000):
        clock.now_s += 0.01
        count += limits.take(method, "T1", **more) == 0
    return count


@pytest.mark.parametrize(
    ("method", "first_minute", "each_minute"),
    [
        ("pins.add", 27, 20),
        ("chat.update", 67, 50),
        ("chat.appendStream", 134, 100),
        ("chat.startStream", 27, 20),
    ],
)
def test_a_minute_has_its_calls(method: str, first_minute: int, each_minute: int) -> None:
    clock = Clock()
    limits = Limits(clock=clock)

    counts = [allowed_in_a_minute(limits, clock, method) for _ in range(3)]

    assert counts[0] == pytest.approx(first_minute, abs=1)
    assert counts[1:] == pytest.approx([each_minute] * 2, abs=1)


def test_a_rest_saves_up_no_more_than_a_burst() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    limits.take("pins.add", "T1")
    clock.now_s += 3600

    taken = [limits.take("pins.add", "T1") for _ in range(8)]

    assert taken == [0.0] * 7 + [pytest.approx(3)]


def test_a_channel_takes_one_post_a_second() -> None:
    clock = Clock()
    limits = Limits(clock=clock)

    counts = [
        allowed_in_a_minute(limits, clock, "chat.postMessage", channel="C1") for _ in range(2)
    ]

    assert counts == pytest.approx([65, 60], abs=1)


def test_a_workspace_takes_a_hundred_posts_a_second() -> None:
    limits = Limits(clock=Clock())

    taken = [limits.take("chat.postMessage", "T1", f"C{n}") for n in range(101)]

    assert taken[:100] == [0.0] * 100
    assert taken[100] > 0
    assert limits.take("chat.postMessage", "T2", "C1") == 0


def test_distributed_apps_read_once_a_minute() -> None:
    clock = Clock()
    limits = Limits(clock=clock)

    first = limits.take("conversations.replies", "T1", is_distributed=True)
    second = limits.take("conversations.replies", "T1", is_distributed=True)

    assert first == 0
    assert second == pytest.approx(60)
    assert limits.take("conversations.info", "T1", is_distributed=True) == 0


def test_every_method_of_the_server_has_a_rate() -> None:
    slack = SlackServer()

    assert set(slack.methods) == set(RATES)


async def test_a_429_with_its_wait(slack: SlackServer, channel: Channel) -> None:
    slack.faults.add("chat.postMessage", faults.rate_limited(retry_after=1), times=2)
    client: Any = AsyncWebClient(
        slack.workspace.bot_token,
        base_url=slack.api_url,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)],
    )

    started_s = time.monotonic()
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_postMessage(channel=channel.id, text="x", **QUIET)

    assert time.monotonic() - started_s >= 1
    assert slack.count("chat.postMessage") == 2
    assert slack.throttled == []


async def test_html_with_a_status(slack: SlackServer, channel: Channel, client: Any) -> None:
    slack.faults.add("*", faults.status(503))

    refused = await refusal(client.chat_postMessage(channel=channel.id, text="x", **QUIET))

    assert refused.status_code == 503
    assert (slack.calls[0].status, slack.calls[0].error) == (503, "http 503")
    assert channel.messages == []


async def test_an_answer_lost_after_the_effect(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.faults.add("chat.postMessage", faults.lost_after_effect())

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel=channel.id, text="x", **QUIET)

    assert [message.text for message in channel.messages] == ["x"]
    assert (slack.calls[0].status, slack.calls[0].error) == (0, "lost")


async def test_slack_sdk_posts_twice_by_default(slack: SlackServer, channel: Channel) -> None:
    slack.faults.add("chat.postMessage", faults.lost_after_effect())
    client: Any = AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url)

    await client.chat_postMessage(channel=channel.id, text="x", **QUIET)

    assert len(channel.messages) == 2


async def test_a_call_lost_before_the_effect(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.faults.add("chat.postMessage", faults.lost_before_effect())

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel=channel.id, text="x", **QUIET)

    assert channel.messages == []


@pytest.mark.parametrize("does_work", [True, False])
async def test_silence(
    slack: SlackServer, channel: Channel, client: Any, *, does_work: bool
) -> None:
    slack.faults.add("chat.postMessage", faults.silence(30, does_work=does_work))
    client.timeout = 0.05

    with pytest.raises(TimeoutError):
        await client.chat_postMessage(channel=channel.id, text="x", **QUIET)

    assert len(channel.messages) == does_work


async def test_silence_ends(slack: SlackServer, channel: Channel, client: Any) -> None:
    slack.faults.add("chat.postMessage", faults.silence(0.05, does_work=True))
    slack.faults.add("chat.postMessage", faults.silence(0.05))

    answer = await client.chat_postMessage(channel=channel.id, text="x", **QUIET)
    refused = await refusal(client.chat_postMessage(channel=channel.id, text="y", **QUIET))

    assert answer["ts"] == channel.messages[0].ts
    assert refused.status_code == 504


async def test_a_slow_effect_comes_after_the_client_gave_up(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.faults.add("chat.postMessage", faults.slow(0.2))
    client.timeout = 0.05

    with pytest.raises(TimeoutError):
        await client.chat_postMessage(channel=channel.id, text="x", **QUIET)

    assert channel.messages == []
    await slack.until(lambda: channel.messages)


async def test_an_error_with_further_fields(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.faults.add("chat.postMessage", faults.error("restricted_action", needed="x"))

    refused = await refusal(client.chat_postMessage(channel=channel.id, text="x", **QUIET))

    assert refused["needed"] == "x"
    assert slack.calls[0].error == "restricted_action"
    assert slack.violations == []


async def test_faults_can_be_skipped_repeated_and_chosen(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.is_throttling = False
    slack.faults.add("chat.postMessage", faults.error("no"), skip=1, times=2)
    slack.faults.add(
        "chat.postMessage",
        faults.error("bad"),
        times=None,
        when=lambda call: call.body["text"] == "bad",
    )

    for text in ("a", "b", "c", "d", "bad", "bad", "e"):
        with suppress(SlackApiError):
            await client.chat_postMessage(channel=channel.id, text=text, **QUIET)

    errors = [call.error for call in slack.calls]
    assert errors == [None, "no", "no", None, "bad", "bad", None]
    slack.faults.clear()
    await client.chat_postMessage(channel=channel.id, text="bad", **QUIET)


async def test_response_urls_and_files_fail_too(
    slack: SlackServer, channel: Channel, ada: Person
) -> None:
    delivery = slack.prepare.command("/council", "x", channel, ada, None)
    slack.faults.add("response_url", faults.status(500))

    async with aiohttp.ClientSession() as session:
        url = delivery.payload["response_url"]
        async with session.post(url, json={"text": "x"}) as response:
            assert response.status == 500

    assert slack.responses == []
    assert slack.count("response_url") == 1


async def test_leaving_the_server_ends_what_is_silent() -> None:
    async with SlackServer() as slack:
        slack.faults.add("auth.test", faults.silence(60))
        client: Any = AsyncWebClient(
            slack.workspace.bot_token, base_url=slack.api_url, retry_handlers=[]
        )
        waiting = asyncio.create_task(client.auth_test())
        await slack.until(lambda: slack.calls)

    with pytest.raises(aiohttp.ClientError):
        await waiting
