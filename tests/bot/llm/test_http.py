from __future__ import annotations

import asyncio
import ssl

import pytest

from bot.llm.http import HttpError, Trouble, open_http
from tests.fakes.sockets import reply, socket


async def trouble(tls: ssl.SSLContext, url: str) -> Trouble:
    async with open_http(tls=tls, connect_s=0.2) as http:
        with pytest.raises(HttpError) as raised:
            await http.send("GET", url, {})
    return raised.value.trouble


async def test_requests_ask_for_no_compression_and_keep_no_cookies(tls: ssl.SSLContext):
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with socket(serve) as address, open_http(tls=tls) as http:
        for _ in range(2):
            await (await http.send("GET", f"http://{address}", {})).close()

    assert all(b"accept-encoding: identity\r\n" in head.lower() for head in heads)
    assert b"cookie" not in heads[1].lower()


async def test_a_proxy_of_the_environment_is_not_used(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    async with (
        socket(reply(b"HTTP/1.1 204 No Content\r\n\r\n")) as address,
        open_http(tls=tls) as http,
    ):
        response = await http.send("GET", f"http://{address}", {})
        await response.close()

    assert response.status == 204


async def test_a_server_that_speaks_no_http_is_garbled(tls: ssl.SSLContext):
    async with socket(reply(b"220 mail ready\r\n\r\n")) as address:
        assert await trouble(tls, f"http://{address}") is Trouble.GARBLED


async def test_a_server_without_tls_is_not_trusted(tls: ssl.SSLContext):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    async with socket(serve) as address:
        assert await trouble(tls, f"https://{address}") is Trouble.UNTRUSTED


async def test_a_name_that_does_not_exist_is_unreachable(tls: ssl.SSLContext):
    assert await trouble(tls, "http://nowhere.invalid/v1") is Trouble.UNREACHABLE


async def test_a_server_that_does_not_take_the_connection_is_slow(tls: ssl.SSLContext):
    """TLS that is never answered: the TCP connection stands but is of no use."""
    async with socket(_wait) as address:
        assert await trouble(tls, f"https://{address}") is Trouble.SLOW_TO_CONNECT


async def _wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()
