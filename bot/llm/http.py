"""The one HTTP client of the process, and the only module that knows httpx and its transport.

Whatever they raise leaves here as `HttpError`: a kind of trouble, no text and no chained
exception, whose text and request would end up in the log.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import cache, lru_cache

import aiohttp
import httpx
import httpx_aiohttp

_FOREIGN = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, aiohttp.ClientError, OSError)
# Longer than the pauses between the stages of a deliberation, shorter than most servers' own limit.
_KEEP_ALIVE_S = 30.0
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "council"}


class Trouble(StrEnum):
    """What can go wrong below an HTTP status."""

    UNREACHABLE = "unreachable"
    SLOW_TO_CONNECT = "slow to connect"
    UNTRUSTED = "untrusted"
    BAD_ADDRESS = "bad address"
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
    the CPU time of a request.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport, *, connect_s: float) -> None:
        self._transport = transport
        self._extensions = {"timeout": httpx.Timeout(None, connect=connect_s).as_dict()}
        self._parsed = lru_cache(maxsize=256)(httpx.URL)

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        """Send a request and return once the response's headers are there. Raises `HttpError`."""
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
    *, connect_s: float = 10.0, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Http]:
    """Open the client; `connect_s` bounds TCP and TLS, all other waiting is bounded by callers."""
    context = tls or trusted()
    session = aiohttp.ClientSession(
        # How much is sent at once is limited per provider, not here.
        connector=aiohttp.TCPConnector(limit=0, ssl=context, keepalive_timeout=_KEEP_ALIVE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )
    transport = httpx_aiohttp.AiohttpTransport(verify=context, trust_env=False, client=session)
    async with transport:
        yield Http(transport, connect_s=connect_s)


def _trouble(error: BaseException) -> Trouble:
    """Tell by the transport's own error: it maps nearly all of them to one of httpx's."""
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL | ValueError):
        return Trouble.BAD_ADDRESS
    match error if isinstance(error, aiohttp.ClientError) else error.__cause__:
        case aiohttp.ClientSSLError():
            return Trouble.UNTRUSTED
        case aiohttp.ServerTimeoutError():
            return Trouble.SLOW_TO_CONNECT
        case aiohttp.ClientConnectorError():
            return Trouble.UNREACHABLE
        case aiohttp.ClientResponseError():
            return Trouble.GARBLED
        case _:
            return Trouble.LOST
