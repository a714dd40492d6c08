"""The files that people attach, by links that end."""

from __future__ import annotations

import asyncio

import pytest

from adapters.discord.wire.failures import FILE_GONE, FILE_KEPT, Refused, Throttled
from adapters.discord.wire.http import DiscordHttp, open_http
from bot.errors import ChatUnclear
from tests.adapters.discord.wire.test_http import after_login, answered
from tests.fakes.discord import faults
from tests.fakes.discord.records import File
from tests.fakes.discord.server import DiscordServer
from tests.fakes.sockets import socket

LIMIT = 1000


@pytest.fixture
def notes(discord: DiscordServer) -> File:
    return discord.add_file("notes.txt", b"All of it.")


async def test_a_file_is_read(http: DiscordHttp, notes: File) -> None:
    assert await http.download(notes.url, LIMIT) == b"All of it."


async def test_a_file_is_read_to_one_byte_past_the_limit(
    discord: DiscordServer, http: DiscordHttp
) -> None:
    file = discord.add_file("big.bin", b"x" * 5_000_000)

    assert await http.download(file.url, LIMIT) == b"x" * (LIMIT + 1)


async def test_no_more_of_a_file_is_waited_for_than_is_read() -> None:
    begun = answered("200 OK", "", b"")[:-2].replace(b"Length: 0", b"Length: 9000000")

    async with (
        socket(after_login(begun + b"\r\n" + b"x" * (LIMIT + 1))) as address,
        open_http("token", f"http://{address}/api", timeout_s=5) as http,
    ):
        assert await http.download(f"http://{address}/file", LIMIT) == b"x" * (LIMIT + 1)


async def test_a_link_that_has_ended_is_a_file_that_is_gone(
    discord: DiscordServer, http: DiscordHttp, notes: File
) -> None:
    url = notes.url
    discord.pass_time(hours=25)

    with pytest.raises(Refused) as refused:
        await http.download(url, LIMIT)

    assert str(refused.value) == FILE_GONE


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.discordapp.com.evil.example/attachments/1/2/a.txt",
        "https://cdn.discordapp.com@evil.example/attachments/1/2/a.txt",
        "https://cdn.discordapp.com:8443/attachments/1/2/a.txt",
        "https://evil.example/https://cdn.discordapp.com/a.txt",
        "http://cdn.discordapp.com/attachments/1/2/a.txt",
        "http://127.0.0.1/attachments/1/2/a.txt",
        "http://127.0.0.1:9/attachments/1/2/a.txt",
        "file:///etc/passwd",
        "",
    ],
)
async def test_nothing_is_fetched_from_elsewhere(http: DiscordHttp, url: str) -> None:
    with pytest.raises(Refused) as refused:
        await http.download(url, LIMIT)

    assert str(refused.value) == FILE_KEPT


async def test_nobody_is_sent_elsewhere() -> None:
    elsewhere = answered("302 Found", "Location: http://127.0.0.1:9/x\r\n", b"")

    async with (
        socket(after_login(elsewhere)) as address,
        open_http("token", f"http://{address}/api") as http,
    ):
        with pytest.raises(Refused) as refused:
            await http.download(f"http://{address}/file", LIMIT)

    assert (refused.value.status, str(refused.value)) == (302, FILE_KEPT)


async def test_the_token_is_not_shown_where_files_are() -> None:
    heads: list[bytes] = []
    serve = after_login(answered("200 OK", "", b"All of it."))

    async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heads.append(head)
        reader.feed_data(head)
        await serve(reader, writer)

    async with (
        socket(noting) as address,
        open_http("very-secret", f"http://{address}/api") as http,
    ):
        await http.download(f"http://{address}/file", LIMIT)

    assert [b"very-secret" in head for head in heads] == [True, True, False]


@pytest.mark.parametrize("fault", [faults.status(503), faults.lost_before_effect()])
async def test_a_file_may_be_there_later(
    discord: DiscordServer, http: DiscordHttp, notes: File, fault: faults.Fault
) -> None:
    discord.faults.add("cdn", fault, times=None)  # aiohttp itself reads a second time

    with pytest.raises(ChatUnclear):
        await http.download(notes.url, LIMIT)
    discord.faults.clear()

    assert await http.download(notes.url, LIMIT) == b"All of it."


async def test_files_that_come_too_fast_are_waited_for(
    discord: DiscordServer, http: DiscordHttp, notes: File
) -> None:
    discord.faults.add("cdn", faults.rate_limited(7))

    with pytest.raises(Throttled) as throttled:
        await http.download(notes.url, LIMIT)

    assert throttled.value.retry_after_s == 7


async def test_a_file_that_never_comes_is_given_up(discord: DiscordServer, notes: File) -> None:
    discord.faults.add("cdn", faults.silence(30))

    async with open_http(discord.token, discord.api_url, timeout_s=0.2) as http:
        with pytest.raises(ChatUnclear):
            await http.download(notes.url, LIMIT)
