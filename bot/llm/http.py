"""The one HTTP client of the process, and the only module that knows httpx and its transport.

Whatever they raise leaves here as `HttpError`: a kind of trouble, no text and no chained
exception, whose text and request would end up in the log.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from functools import cache, lru_cache, partial
from ipaddress import ip_address
from typing import cast

import aiohttp
import aiohttp.abc
import httpx
import httpx_aiohttp

from bot.llm.guard import ForbiddenAddressError, Guard

_FOREIGN = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, aiohttp.ClientError, OSError)
# Longer than the pauses between the stages of a deliberation, shorter than most servers' own limit.
_KEEP_ALIVE_S = 30.0
# A stranger's name server may let us wait: such look-ups keep nobody else's waiting.
_LOOK_UPS = 4
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "council"}


class Trouble(StrEnum):
    """What can go wrong below an HTTP status."""

    UNREACHABLE = "unreachable"
    SLOW_TO_CONNECT = "slow to connect"
    UNTRUSTED = "untrusted"
    BAD_ADDRESS = "bad address"
    FORBIDDEN = "forbidden"
    LOST = "lost"
    GARBLED = "garbled"


class HttpError(Exception):
    """A request failed below its HTTP status."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Response:
    """A response whose body is still to be read; close it in any case."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._response.status_code

    def header(self, name: str) -> str:
        """Return a header, empty if it is not there."""
        return self._response.headers.get(name, "")

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the body as it comes, at most 16 kB a piece. Raises `HttpError`."""
        try:
            async for chunk in self._response.aiter_raw():
                yield chunk
        except _FOREIGN:
            raise HttpError(Trouble.LOST) from None

    async def close(self) -> None:
        """Give the connection back, or close it if the body was not read to its end."""
        try:
            await self._response.aclose()
        except _FOREIGN:
            raise HttpError(Trouble.LOST) from None


class Http:
    """HTTP requests without redirects, cookies, proxies of the environment or compression.

    They go straight to httpx's transport: what its client adds is what we switch off, at half of
    the CPU time of a request. `guard` judges each address.
    """

    def __init__(
        self, transport: httpx.AsyncBaseTransport, *, connect_s: float, guard: Guard | None = None
    ) -> None:
        self._transport = transport
        self._guard = guard
        self._extensions = {"timeout": httpx.Timeout(None, connect=connect_s).as_dict()}
        self._parsed = lru_cache(maxsize=256)(httpx.URL)

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        """Send a request and return once the response's headers are there. Raises `HttpError`."""
        if self._guard is not None and self._guard.fault(url) is not None:
            raise HttpError(Trouble.FORBIDDEN)
        try:
            request = httpx.Request(
                method,
                self._parsed(url),
                headers={**_HEADERS, **headers},
                content=body,
                extensions=self._extensions,
            )
            return Response(await self._transport.handle_async_request(request))
        except (*_FOREIGN, ValueError) as error:
            raise HttpError(_trouble(error)) from None


@cache
def trusted() -> ssl.SSLContext:
    """Return whom to trust: the public authorities and those of the system. Takes about 40 ms."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()  # a company's own authority is in the system's store
    return context


@asynccontextmanager
async def open_http(
    *, connect_s: float = 10.0, tls: ssl.SSLContext | None = None, guard: Guard | None = None
) -> AsyncGenerator[Http]:
    """Open the client; `connect_s` bounds TCP and TLS, all other waiting is bounded by callers.

    With a `guard` it connects only where that allows it to.
    """
    context = tls or trusted()
    async with AsyncExitStack() as stack:
        # How much is sent at once is limited per provider, not here.
        connect = partial(aiohttp.TCPConnector, limit=0, ssl=context)
        if guard is None:
            connector = connect(keepalive_timeout=_KEEP_ALIVE_S)
        else:
            resolver = _GuardedResolver(guard)
            stack.push_async_callback(resolver.close)
            connector = connect(
                keepalive_timeout=_KEEP_ALIVE_S,
                resolver=resolver,
                use_dns_cache=False,
                socket_factory=partial(_make_socket, guard),
            )
        session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
        )
        transport = httpx_aiohttp.AiohttpTransport(verify=context, trust_env=False, client=session)
        await stack.enter_async_context(transport)
        yield Http(transport, connect_s=connect_s, guard=guard)


class _GuardedResolver(aiohttp.abc.AbstractResolver):
    """Resolves names to addresses that may all be connected to: aiohttp connects to these."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._threads = ThreadPoolExecutor(_LOOK_UPS, thread_name_prefix="look-up")
        self._look_up = guard.look_up or self._ask_system

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[aiohttp.abc.ResolveResult]:
        addresses = await self._look_up(host)
        if not addresses:
            raise OSError  # aiohttp counts on one at least
        self._guard.check(addresses, port)
        return [_resolved(host, address, port) for address in addresses]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask_system(self, host: str) -> Sequence[str]:
        def ask() -> list[str]:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            return [str(address[0]) for _, _, _, _, address in found]

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)


def _make_socket(guard: Guard, info: tuple[object, ...]) -> socket.socket:
    """Return a socket for an address that may be connected to.

    aiohttp resolves nothing that looks like an IP address to it, so it is here that all come by.
    """
    family, kind, protocol, _, address = cast("tuple[int, int, int, str, tuple[str, int]]", info)
    guard.check([address[0]], address[1])
    return socket.socket(family, kind, protocol)


def _resolved(host: str, address: str, port: int) -> aiohttp.abc.ResolveResult:
    is_ipv4 = ip_address(address).version == 4  # noqa: PLR2004 - the version's name
    return {
        "hostname": host,
        "host": address,
        "port": port,
        "family": socket.AF_INET if is_ipv4 else socket.AF_INET6,
        "proto": 0,
        "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    }


def _trouble(error: BaseException) -> Trouble:
    """Tell by the transport's own error: it maps nearly all of them to one of httpx's."""
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL | ValueError):
        return Trouble.BAD_ADDRESS
    cause = error if isinstance(error, aiohttp.ClientError) else error.__cause__
    match cause:
        case aiohttp.ClientConnectorError(os_error=ForbiddenAddressError()):
            return Trouble.FORBIDDEN
        case _:
            return next((each for kind, each in _TROUBLES if isinstance(cause, kind)), Trouble.LOST)


# The first that fits counts: some of these are kinds of others.
_TROUBLES: tuple[tuple[type[aiohttp.ClientError], Trouble], ...] = (
    (aiohttp.ClientSSLError, Trouble.UNTRUSTED),
    (aiohttp.ServerTimeoutError, Trouble.SLOW_TO_CONNECT),
    (aiohttp.ClientConnectorError, Trouble.UNREACHABLE),
    (aiohttp.ClientResponseError, Trouble.GARBLED),
)
