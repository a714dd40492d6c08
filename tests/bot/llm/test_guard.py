"""Addresses that people enter lead to public hosts alone, whatever they look like."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.guard import PRIVATE, ForbiddenAddressError, Guard
from bot.llm.http import HttpError, Trouble, open_http
from tests.fakes.certificates import Certificates, certify

NAME = "models.example.com"
PUBLIC = "93.184.216.34"
LOOPBACK = "127.0.0.1"

# Each leads, or would lead some parser, to where the council does not go.
HOSTILE = (
    "https://127.0.0.1/v1",
    "https://127.1/v1",
    "https://0x7f000001/v1",
    "https://0x7f.0.0.1/v1",
    "https://2130706433/v1",
    "https://0177.0.0.1/v1",
    "https://0/v1",
    "https://0.0.0.0/v1",
    "https://10.0.0.1/v1",
    "https://172.16.0.1/v1",
    "https://192.168.1.1/v1",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/v1",
    "https://100.100.100.200/v1",
    "https://192.0.0.192/v1",
    "https://168.63.129.16/v1",
    "https://198.18.0.1/v1",
    "https://224.0.0.1/v1",
    "https://240.0.0.1/v1",
    "https://255.255.255.255/v1",
    "https://[::]/v1",
    "https://[::1]/v1",
    "https://[::ffff:127.0.0.1]/v1",
    "https://[::ffff:8.8.8.8]/v1",
    "https://[::127.0.0.1]/v1",
    "https://[64:ff9b::7f00:1]/v1",
    "https://[64:ff9b:1::1]/v1",
    "https://[2002:7f00:1::]/v1",
    "https://[2001:0:7f00:1::]/v1",
    "https://[2001:db8::1]/v1",
    "https://[fd00:ec2::254]/v1",
    "https://[fe80::1]/v1",
    "https://[fe80::1%25eth0]/v1",
    "https://[fec0::1]/v1",
    "https://[ff02::1]/v1",
    "https://[3fff::1]/v1",
    "https://127。0。0。1/v1",
    "https://127\uff0e0\uff0e0\uff0e1/v1",
    "https://\uff11\uff12\uff17.0.0.1/v1",
    "https://ⓛocalhost/v1",
    "https://localhost/v1",
    "https://LOCALHOST/v1",
    "https://localhost./v1",
    "https://printer/v1",
    "https://metadata.google.internal/v1",
    "https://api.localhost/v1",
    "https://router.local/v1",
    "https://nas.home.arpa/v1",
    "https://models.example.com./v1",
    "https://models.example.com@127.0.0.1/v1",
    "https://kim:secret@models.example.com/v1",
    "https://127.0.0.1\\@models.example.com/v1",
    "https://models.example.com\\.127.0.0.1/v1",
    "https://models.example.com#@127.0.0.1/v1",
    "https://models.example.com?@127.0.0.1/v1",
    "https://models.example.com/v1?key=1",
    "https://models.example.com/v1#part",
    "https://models.example.com/%2e%2e/v1",
    "https://models%2eexample.com/v1",
    "https://models.example.com:22/v1",
    "https://models.example.com:5432/v1",
    "https://models.example.com:80/v1",
    "https://models.example.com:0/v1",
    "https://models.example.com:99999/v1",
    "https://models.example.com:443:22/v1",
    "https://models.example.com:\uff14\uff14\uff13/v1",
    "https://models.example.com:/v1",
    "https:///v1",
    "https://",
    "https:/models.example.com/v1",
    "https:models.example.com/v1",
    "https://models.example.com/v1\r\nHost: inner",
    "https://models.example.com\t/v1",
    "https://models .example.com/v1",
    " https://models.example.com/v1",
    "http://models.example.com/v1",
    "ftp://models.example.com/v1",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_",
    "//models.example.com/v1",
    "models.example.com/v1",
    "https://-models.example.com/v1",
    "https://models..example.com/v1",
    f"https://{'a' * 64}.example.com/v1",
    f"https://{'a.' * 200}example.com/v1",
    "",
)
# Names that say nothing; what they stand for does.
TELLING_NAMES = {
    "127.0.0.1.nip.io": [LOOPBACK],
    "localtest.me": ["::1"],
    "metadata.example.com": ["169.254.169.254"],
    "shared.example.com": ["100.64.0.1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "translated.example.com": ["64:ff9b::7f00:1"],
    "six-to-four.example.com": ["2002:7f00:1::"],
    "teredo.example.com": ["2001:0:7f00:1::"],
    "scoped.example.com": ["fe80::1%eth0"],
    "mixed.example.com": [PUBLIC, "10.0.0.1"],
    "mixed-families.example.com": ["2606:4700::1111", LOOPBACK],
    "odd.example.com": ["not an address"],
}


@dataclass
class Names:
    """A resolver that says what it is told to, the last of its answers for ever."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list[str])

    async def look_up(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass
class Server:
    """A TLS server that counts whoever comes."""

    port: int
    connections: int = 0
    names: list[str | None] = field(default_factory=list[str | None])
    heads: list[bytes] = field(default_factory=list[bytes])


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certify(tmp_path_factory.mktemp("tls"), NAME, LOOPBACK)


@asynccontextmanager
async def serving(
    certificates: Certificates, reply: bytes = b"HTTP/1.1 204 No Content\r\n\r\n"
) -> AsyncGenerator[Server]:
    server = Server(0)
    context = certificates.server

    def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        server.names.append(name)

    context.sni_callback = note

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(reply)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, LOOPBACK, 0, ssl=context) as listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server


async def trouble(url: str, guard: Guard, tls: ssl.SSLContext) -> Trouble:
    async with open_http(guard=guard, tls=tls, connect_s=1.0) as http:
        with pytest.raises(HttpError) as raised:
            await http.send("GET", url, {})
    return raised.value.trouble


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused_as_it_is_written(url: str) -> None:
    assert Guard().fault(url) is not None


@pytest.mark.parametrize("url", HOSTILE)
async def test_nothing_is_looked_up_or_sent_to_a_hostile_address(
    url: str, certificates: Certificates
) -> None:
    names = Names([[LOOPBACK]])

    assert await trouble(url, Guard(look_up=names.look_up), certificates.client) is (
        Trouble.FORBIDDEN
    )
    assert names.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example.com/v1",
        "https://models.example.com",
        "https://models.example.com:8443/",
        "HTTPS://Models.Example.COM/openai/v1",
        "https://xn--bcher-kva.example/v1",
        "https://8.8.8.8/v1",
        "https://[2606:4700::1111]/v1",
    ],
)
def test_a_public_address_is_let_in(url: str) -> None:
    assert Guard().fault(url) is None


def test_faults_say_what_to_do() -> None:
    guard = Guard()

    assert guard.fault("http://models.example.com/v1") == "must begin with https://"
    assert guard.fault("https://models.example.com:22/v1") == "must have port 443 or 8443"
    assert guard.fault("https://10.0.0.1/v1") == PRIVATE
    assert "https://models.example.com/v1" in (guard.fault("https://127.1/v1") or "")


@given(st.ip_addresses())
def test_what_is_not_global_is_never_admitted(address: IPv4Address | IPv6Address) -> None:
    """Python's own table is one opinion; ours may only be narrower."""
    assert address.is_global or not Guard().admits(str(address))


@pytest.mark.parametrize("name", TELLING_NAMES)
async def test_a_name_that_leads_inside_is_refused(name: str, certificates: Certificates) -> None:
    names = Names([TELLING_NAMES[name]])

    found = await trouble(f"https://{name}/v1", Guard(look_up=names.look_up), certificates.client)

    assert found is Trouble.FORBIDDEN
    assert names.asked == [name]


async def test_a_server_inside_sees_no_connection(certificates: Certificates) -> None:
    async with serving(certificates) as server:
        guard = Guard(ports=frozenset({server.port}), look_up=Names([[PUBLIC, LOOPBACK]]).look_up)
        addresses = (f"https://{NAME}:{server.port}/v1", f"https://127.0.0.1:{server.port}/v1")
        for url in addresses:
            assert await trouble(url, guard, certificates.client) is Trouble.FORBIDDEN

    assert server.connections == 0


async def test_a_name_is_looked_at_again_at_every_connection(certificates: Certificates) -> None:
    """Rebinding: it was fine when it was saved, and leads inside from the second look-up on."""
    networks = (ip_network("127.0.0.1/32"),)
    async with serving(certificates) as server:
        names = Names([["127.0.0.1"], ["127.0.0.2"]])
        guard = Guard(frozenset({server.port}), networks, names.look_up)
        async with open_http(guard=guard, tls=certificates.client) as http:
            url = f"https://{NAME}:{server.port}/v1"
            response = await http.send("GET", url, {})
            await response.close()
            with pytest.raises(HttpError) as raised:
                await http.send("GET", url, {})

    assert raised.value.trouble is Trouble.FORBIDDEN
    assert names.asked == [NAME, NAME]
    assert server.connections == 1


async def test_the_checked_address_is_asked_under_its_name(certificates: Certificates) -> None:
    async with serving(certificates) as server:
        names = Names([[LOOPBACK]])
        guard = Guard(frozenset({server.port}), (ip_network("127.0.0.1/32"),), names.look_up)
        async with open_http(guard=guard, tls=certificates.client) as http:
            response = await http.send("GET", f"https://{NAME}:{server.port}/v1", {})
            await response.close()

    assert response.status == 204
    assert server.names == [NAME]
    assert f"host: {NAME}:{server.port}\r\n".encode() in server.heads[0].lower()


async def test_a_redirect_leads_nowhere(certificates: Certificates) -> None:
    location = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    async with serving(certificates, location) as server:
        names = Names([[LOOPBACK]])
        guard = Guard(frozenset({server.port}), (ip_network("127.0.0.1/32"),), names.look_up)
        async with open_http(guard=guard, tls=certificates.client) as http:
            response = await http.send("GET", f"https://{NAME}:{server.port}/v1", {})
            await response.close()

    assert response.status == 302
    assert (server.connections, names.asked) == (1, [NAME])


async def test_a_name_without_addresses_is_unreachable(certificates: Certificates) -> None:
    guard = Guard(look_up=Names([[]]).look_up)

    found = await trouble(f"https://{NAME}/v1", guard, certificates.client)

    assert found is Trouble.UNREACHABLE


async def test_the_system_is_asked_where_nobody_else_is(certificates: Certificates) -> None:
    found = await trouble("https://nowhere.invalid/v1", Guard(), certificates.client)

    assert found is Trouble.UNREACHABLE


def test_another_port_is_refused_at_the_connection_too() -> None:
    with pytest.raises(ForbiddenAddressError):
        Guard().check([PUBLIC], 22)
