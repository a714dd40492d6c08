"""Calls and their errors over real connections, through the real discord.py."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from adapters.discord.wire.failures import OLD_EDITS, Refused, Throttled
from adapters.discord.wire.http import DiscordHttp, open_http
from bot.errors import ChatBusy, ChatError, ChatUnclear
from tests.adapters.discord.wire.calls import CALLBACK, MESSAGE, PATCH, POST, THREADS, edit, post
from tests.fakes.discord import faults
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.library import Route
from tests.fakes.discord.records import Channel
from tests.fakes.discord.server import DiscordServer
from tests.fakes.shapes import Json
from tests.fakes.sockets import Serve, socket

JSON_TYPE = "Content-Type: application/json\r\n"
USER = b'{"id": "1", "username": "council"}'


def answered(status: str, headers: str, body: bytes) -> bytes:
    size = f"Content-Length: {len(body)}\r\nConnection: close\r\n"
    return f"HTTP/1.1 {status}\r\n{size}{headers}\r\n".encode() + body


def after_login(answer: bytes) -> Serve:
    """Let the bot log in, and answer all else so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        is_login = b"GET /api/users/@me " in head or b"GET /api/applications/@me " in head
        writer.write(answered("200 OK", JSON_TYPE, USER) if is_login else answer)
        await writer.drain()

    return serve


NOT_DISCORDS = {
    "a page": answered("200 OK", "Content-Type: text/html\r\n", b"<html>Sign in</html>"),
    "plain text": answered("200 OK", "Content-Type: text/plain\r\n", b"upstream error"),
    "no JSON": answered("200 OK", JSON_TYPE, b'{"id": 1'),
    "no text": answered("200 OK", JSON_TYPE, b'{"id": "\xff\xfe"}'),
    "half of it": answered("200 OK", JSON_TYPE, b'{"id": "123456"}')[:-4],
    "in trouble": answered("503 Service Unavailable", JSON_TYPE, b'{"code": 130000}'),
    "too many, of somebody's": answered("429 Too Many", f"Via: 1.1 x\r\n{JSON_TYPE}", b"{}"),
    "too many, and no object": answered("429 Too Many", f"Via: 1.1 x\r\n{JSON_TYPE}", b"[]"),
    "no HTTP": b"220 mail ready\r\n\r\n",
    "silence": b"",
}


@pytest.mark.parametrize("what", NOT_DISCORDS)
async def test_what_is_not_discords_answer_is_unclear(what: str) -> None:
    async with (
        socket(after_login(NOT_DISCORDS[what])) as address,
        open_http("token", f"http://{address}/api") as http,
    ):
        with pytest.raises(ChatUnclear):
            await http.call("POST", "/channels/{channel_id}/messages", {"channel_id": "1"})


async def test_the_bot_knows_who_it_is(discord: DiscordServer) -> None:
    for intents, can_read in ((Intent(0), False), (Intent.MESSAGE_CONTENT, True)):
        discord.allowed_intents = intents
        async with open_http(discord.token, discord.api_url) as http:
            identity = http.identity

        assert identity.user == str(discord.bot.id)
        assert identity.application == str(discord.application.id)
        assert identity.name == "council"
        assert identity.can_read is can_read


async def test_another_address_is_for_as_long_as_it_is_open(discord: DiscordServer) -> None:
    before = Route.BASE

    async with open_http(discord.token, f"{discord.api_url}/"):
        assert discord.api_url == Route.BASE

    assert before == Route.BASE


async def test_an_answer_is_returned_and_an_empty_one_is_none(
    http: DiscordHttp, channel: Channel
) -> None:
    message = await post(http, channel)
    ids = {"channel_id": str(channel.id), "message_id": message["id"]}

    assert message["content"] == "x"
    assert await http.call("DELETE", MESSAGE, ids) is None


async def test_what_stands_in_a_path_stays_in_its_place(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    discord.expected_errors.add("unknown_route")

    with pytest.raises(Refused):
        await http.call("GET", MESSAGE, {"channel_id": str(channel.id), "message_id": "1/../.."})

    assert discord.calls[-1].path.endswith("/messages/1/../..")


async def test_a_file_goes_along(http: DiscordHttp, channel: Channel) -> None:
    said: Json = {
        "content": "see there",
        "attachments": [{"id": 0, "filename": "notes.txt"}],
        "allowed_mentions": {"parse": []},
    }

    message = await http.call(
        "POST",
        "/channels/{channel_id}/messages",
        {"channel_id": str(channel.id)},
        json=said,
        files=[("notes.txt", b"x" * 2_000_000)],
    )

    (attachment,) = message["attachments"]
    assert (attachment["filename"], attachment["size"]) == ("notes.txt", 2_000_000)


async def test_a_file_is_sent_whole_when_a_call_is_repeated(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    discord.faults.add(POST, faults.status(502))
    said = {"attachments": [{"id": 0, "filename": "notes.txt"}]}

    message = await http.call(
        "POST",
        "/channels/{channel_id}/messages",
        {"channel_id": str(channel.id)},
        json=said,
        files=[("notes.txt", b"All of it.")],
    )

    assert message["attachments"][0]["size"] == 10
    assert discord.count(POST) == 2


async def test_a_connection_that_could_not_be_made_had_no_effect() -> None:
    async with socket(after_login(b"")) as address:
        pass

    with pytest.raises(ChatBusy) as busy:
        async with open_http("token", f"http://{address}/api"):
            raise AssertionError

    assert busy.value.retry_after_s > 0


async def test_a_name_that_is_no_host_had_no_effect() -> None:
    with pytest.raises(ChatBusy):
        async with open_http("token", "http://discord.invalid/api"):
            raise AssertionError


@pytest.mark.parametrize("fault", [faults.status(503), faults.lost_after_effect()])
async def test_what_may_have_had_an_effect_is_unclear_and_not_repeated(
    discord: DiscordServer, http: DiscordHttp, channel: Channel, fault: faults.Fault
) -> None:
    discord.faults.add(POST, fault)

    with pytest.raises(ChatUnclear):
        await post(http, channel)

    assert discord.count(POST) == 1


@pytest.mark.parametrize("does_work", [True, False])
async def test_an_answer_that_takes_too_long_is_unclear(
    discord: DiscordServer, channel: Channel, *, does_work: bool
) -> None:
    discord.faults.add(POST, faults.silence(30, does_work=does_work))

    async with open_http(discord.token, discord.api_url, timeout_s=0.2) as http:
        with pytest.raises(ChatUnclear):
            await post(http, channel)

    assert len(channel.messages) == does_work


async def test_a_server_in_trouble_is_unclear_once_the_time_is_over(
    discord: DiscordServer, channel: Channel
) -> None:
    discord.faults.add(POST, faults.status(500), times=None)

    async with open_http(discord.token, discord.api_url, timeout_s=0.2) as http:
        with pytest.raises(ChatUnclear):
            await post(http, channel)

    assert channel.messages == []


@pytest.mark.parametrize("wait_s", [0.3, 17.0, 600.0])
async def test_too_fast_is_throttled_at_once_for_as_long_as_discord_says(
    discord: DiscordServer, http: DiscordHttp, channel: Channel, wait_s: float
) -> None:
    discord.faults.add(POST, faults.rate_limited(wait_s))

    with pytest.raises(Throttled) as throttled:
        await post(http, channel)

    assert throttled.value.retry_after_s == wait_s
    assert not throttled.value.is_global
    assert discord.count(POST) == 1


async def test_a_global_limit_is_known_as_one_and_stops_nothing_in_the_library(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    discord.faults.add(POST, faults.rate_limited(20, is_global=True))

    with pytest.raises(Throttled) as throttled:
        await post(http, channel)
    async with asyncio.timeout(5):
        await post(http, channel)

    assert (throttled.value.retry_after_s, throttled.value.is_global) == (20, True)


async def test_a_ban_of_the_address_holds_for_all_calls(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    discord.faults.add(POST, faults.cloudflare_ban(600))

    with pytest.raises(Throttled) as throttled:
        await post(http, channel)

    assert (throttled.value.retry_after_s, throttled.value.is_global) == (600, True)


async def test_old_messages_that_may_not_be_edited_now_hold_no_others_up(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    message = await post(http, channel)
    discord.faults.add(PATCH, faults.error(OLD_EDITS, retry_after=900.0, **{"global": False}))

    with pytest.raises(ChatBusy) as busy:
        await edit(http, channel, message["id"])

    assert not isinstance(busy.value, Throttled)
    assert busy.value.retry_after_s == 900


async def test_a_full_window_is_known_without_asking_and_the_last_call_does_not_wait_for_it() -> (
    None
):
    async with DiscordServer() as discord:
        channel = discord.add_channel("general")
        async with open_http(discord.token, discord.api_url) as http:
            began_s = time.monotonic()
            for _ in range(5):
                await post(http, channel)
            with pytest.raises(Throttled) as throttled:
                await post(http, channel)
            elapsed_s = time.monotonic() - began_s
            await post(http, discord.add_channel("another"))

    assert 3 < throttled.value.retry_after_s <= 5
    assert elapsed_s < 2
    assert discord.throttled == []
    assert discord.count(POST) == 6


async def test_a_window_that_is_over_is_free_again(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    for _ in range(5):
        await post(http, channel)
    with pytest.raises(Throttled) as throttled:
        await post(http, channel)
    await asyncio.sleep(throttled.value.retry_after_s)  # Discord's own clock

    await post(http, channel)

    assert discord.throttled == []


async def test_a_long_window_with_calls_left_is_no_limit(
    channel: Channel, http: DiscordHttp
) -> None:
    for name in ("one", "two"):
        message = await post(http, channel)
        ids = {"channel_id": str(channel.id), "message_id": message["id"]}
        await http.call("POST", THREADS, ids, json={"name": name, "auto_archive_duration": 60})

    assert len([message for message in channel.messages if message.thread]) == 2


async def test_a_call_that_was_given_up_blocks_no_others(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    discord.faults.add(POST, faults.silence(30))
    call = asyncio.create_task(post(http, channel))
    await discord.until(lambda: discord.count(POST) == 1)

    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    async with asyncio.timeout(5):
        await asyncio.gather(*(post(http, channel) for _ in range(4)))

    assert len(channel.messages) == 4


async def test_a_wrong_token_is_refused() -> None:
    async with DiscordServer() as discord:
        with pytest.raises(Refused, match="DISCORD_TOKEN") as refused:
            async with open_http(f"{discord.token}x", discord.api_url):
                raise AssertionError

    assert (refused.value.code, refused.value.status) == (0, 401)


async def test_once_the_token_is_refused_nothing_is_called_any_more(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    discord.token = "another"

    for _ in range(3):
        with pytest.raises(Refused, match="DISCORD_TOKEN"):
            await post(http, channel)

    assert len(discord.invalid_requests) == 1


async def test_an_interaction_that_has_ended_is_none_of_the_tokens(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    path = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
    ids = {"webhook_id": http.identity.application, "webhook_token": "x"}
    discord.faults.add("PATCH /webhooks/{id}/{token}/messages/@original", faults.error(50027))

    with pytest.raises(Refused) as refused:
        await http.call("PATCH", path, ids, json={})
    await post(http, channel)

    assert (refused.value.code, refused.value.status) == (50027, 401)


@pytest.mark.parametrize("code", [50001, 50013, 10003, 40060, 160006])
async def test_a_refusal_has_its_code_and_stops_nothing_else(
    discord: DiscordServer, http: DiscordHttp, channel: Channel, code: int
) -> None:
    discord.faults.add(POST, faults.error(code))

    with pytest.raises(Refused) as refused:
        await post(http, channel)
    await post(http, channel)

    assert refused.value.code == code


async def test_no_level_of_logging_shows_a_token_or_what_was_said(
    discord: DiscordServer, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    discord.faults.add(POST, faults.rate_limited(1))

    async with open_http(discord.token, discord.api_url) as http:
        with pytest.raises(ChatError):
            await post(http, channel)
        await post(http, channel)
        ids = {"interaction_id": "1", "interaction_token": "aW50ZXJhY3Rpb24"}
        with pytest.raises(ChatError):
            await http.call("POST", CALLBACK, ids, json={"type": 5})

    assert "aW50ZXJhY3Rpb24" not in caplog.text
    assert discord.token not in caplog.text
    assert "content" not in caplog.text
    assert not any(record.name.startswith("discord") for record in caplog.records)


async def test_an_error_of_a_call_holds_neither_token_nor_address(
    discord: DiscordServer, http: DiscordHttp, channel: Channel
) -> None:
    shown: list[str] = []
    for fault in (faults.error(50035, errors={}), faults.status(503), faults.rate_limited(1)):
        discord.faults.add(POST, fault)
        with pytest.raises(ChatError) as caught:
            await post(http, channel)
        shown.append(str(caught.value))

    assert shown == [
        "Discord did not accept the form of the message.",
        "Discord is in trouble.",
        "Discord asks to slow down.",
    ]
