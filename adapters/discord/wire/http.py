"""The one place that speaks HTTP with Discord: calls and files, with errors of our own."""

from __future__ import annotations

import asyncio
import io
import json as jsons
import logging
import re
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import aiohttp
from discord import File, HTTPException, LoginFailure, RateLimited
from discord.http import Route

from adapters.discord.wire.buckets import Library
from adapters.discord.wire.failures import (
    FILE_GONE,
    FILE_KEPT,
    FORBIDDEN,
    GONE,
    NOT_FOUND,
    OLD_EDITS,
    SERVER_ERROR,
    TOO_MANY,
    UNAUTHORIZED,
    Refused,
    Throttled,
    wait_of,
)
from adapters.discord.wire.identity import Identity, identity_of
from adapters.discord.wire.rates import is_free
from bot.attachments import read_up_to
from bot.errors import ChatBusy, ChatError, ChatUnclear

Json: TypeAlias = Mapping[str, Any]

# A call with all its attempts: discord.py repeats after 500, 502, 504 and 524.
_TIMEOUT_S = 30.0
_ATTEMPT = aiohttp.ClientTimeout(total=15.0, connect=10.0)
# A connection that could not be made has had no effect: no need to look before trying again.
_RECONNECT_S = 2.0
_PIECE = 64 * 1024
# Where Discord keeps files, by links that are signed and end after a day. What follows the host
# begins with a slash, so that nothing in front of it can be a name, a password or a port.
_FILE_HOSTS = re.compile(r"https://(?:cdn\.discordapp\.com|media\.discordapp\.net)/")
_HELLO = 10  # https://docs.discord.com/developers/topics/opcodes-and-status-codes
_OLD_EDITS = "Discord lets messages that are older than an hour be edited only now and then."


@dataclass(slots=True)
class _Seen:
    """The last answer to a call: errors of discord.py's do not hold all of it."""

    response: aiohttp.ClientResponse | None = None


class DiscordHttp:
    """One connection pool to Discord, logged in. `library` is discord.py's, for the gateway."""

    def __init__(
        self,
        library: Library,
        files: aiohttp.ClientSession,
        identity: Identity,
        *,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self.library = library
        self.identity = identity
        self._files = files
        self._origin = _origin(Route.BASE)
        self._timeout_s = timeout_s
        self._has_token = True

    async def call(
        self,
        method: str,
        path: str,
        ids: Mapping[str, str],
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> Any:  # noqa: ANN401 - each route has a shape of its own
        """Call a route and return its answer, None if that is empty; `ids` fill the path.

        Files are names and contents; the payload tells of them. Raises `ChatBusy`, `ChatUnclear`
        and `Refused`. Once Discord refuses the token nothing is called any more: 10,000 refusals
        in ten minutes close it to this address.
        """
        if not self._has_token:
            raise Refused(0, UNAUTHORIZED)
        seen = _Seen()
        options = _options(json, params, files)
        try:
            async with _translated(seen), asyncio.timeout(self._timeout_s):
                answer: object = await self.library.request(
                    Route(method, path, **ids), trace_request_ctx=seen, **options
                )
        except Refused as refused:
            # Where a token stands in the path, that one may be meant.
            self._has_token = refused.status != UNAUTHORIZED or is_free(path)
            raise
        if isinstance(answer, str) and answer:
            raise _no_answer()  # a page of something in between
        return answer or None if isinstance(answer, str) else answer

    async def download(self, url: str, limit: int) -> bytes:
        """Return a file's content, cut one byte past the limit. Raises as `call` does."""
        if not (url.startswith(f"{self._origin}/") or _FILE_HOSTS.match(url)):
            raise Refused(0, FORBIDDEN, FILE_KEPT)
        async with (
            _translated(_Seen()),
            self._files.get(url, allow_redirects=False) as response,
        ):
            _check(response)
            return await read_up_to(response.content.iter_chunked(_PIECE), limit)

    async def knock(self, url: str) -> None:
        """Look whether a gateway greets at an address. Raises as `call` does."""
        async with _translated(_Seen()), asyncio.timeout(self._timeout_s):
            socket = await self.library.ws_connect(f"{url}?v=10&encoding=json")
            try:
                greeting = await socket.receive_json()
            finally:
                await socket.close(code=1000)
        if greeting["op"] != _HELLO:
            raise _no_answer()


@asynccontextmanager
async def open_http(
    token: str, api_url: str, *, timeout_s: float = _TIMEOUT_S
) -> AsyncGenerator[DiscordHttp]:
    """Log in to Discord, or to whatever answers in its place.

    Raises `Refused` for a token that Discord does not take, and what `DiscordHttp.call` raises.
    """
    # It logs addresses with tokens in them, bodies and events, at levels up to WARNING.
    logging.getLogger("discord").setLevel(logging.CRITICAL + 1)
    async with AsyncExitStack() as stack:
        stack.enter_context(_pointed_at(api_url))
        # Files are fetched without the token.
        timeout = aiohttp.ClientTimeout(total=timeout_s, connect=_ATTEMPT.connect)
        session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        files = await stack.enter_async_context(session)
        library = Library(_trace())
        stack.push_async_callback(library.close)
        async with _translated(_Seen()), asyncio.timeout(timeout_s):
            user = await library.static_login(token)
            application = await library.request(Route("GET", "/applications/@me"))
            identity = identity_of({**user}, application)
        yield DiscordHttp(library, files, identity, timeout_s=timeout_s)


@contextmanager
def _pointed_at(api_url: str) -> Generator[None]:
    before = Route.BASE
    Route.BASE = api_url.rstrip("/")
    try:
        yield
    finally:
        Route.BASE = before


def _origin(api_url: str) -> str:
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}"


def _trace() -> aiohttp.TraceConfig:
    async def note(
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        ended: aiohttp.TraceRequestEndParams,
    ) -> None:
        seen = context.trace_request_ctx
        if isinstance(seen, _Seen):
            seen.response = ended.response

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(note)
    return trace


def _options(
    json: object, params: Mapping[str, str] | None, files: Sequence[tuple[str, bytes]]
) -> dict[str, Any]:
    options: dict[str, Any] = {"timeout": _ATTEMPT}
    if params is not None:
        options["params"] = dict(params)
    if files:
        opened = [File(io.BytesIO(content), name) for name, content in files]
        options["files"] = opened  # rewound before each attempt
        options["form"] = _form(json, opened)
    elif json is not None:
        options["json"] = json
    return options


def _form(json: object, files: Sequence[File]) -> list[dict[str, Any]]:
    """Return the parts: https://docs.discord.com/developers/reference#uploading-files."""
    payload = {"name": "payload_json", "value": jsons.dumps(json)}
    parts = [
        {
            "name": f"files[{number}]",
            "value": file.fp,
            "filename": file.filename,
            "content_type": "application/octet-stream",
        }
        for number, file in enumerate(files)
    ]
    return [payload, *parts]


def _check(response: aiohttp.ClientResponse) -> None:
    status = response.status
    if status == TOO_MANY:
        raise Throttled(wait_of(response.headers.get("Retry-After")))
    if status >= SERVER_ERROR:
        raise _no_answer()
    if status in {FORBIDDEN, NOT_FOUND, GONE}:  # so are links that have ended
        raise Refused(0, status, FILE_GONE)
    if status != 200:  # noqa: PLR2004 - a redirect would lead anywhere
        raise Refused(0, status, FILE_KEPT)


@asynccontextmanager
async def _translated(seen: _Seen) -> AsyncGenerator[None]:
    try:
        yield
    except RateLimited as error:
        raise await _throttled(error.retry_after, seen.response) from error
    except LoginFailure as error:
        raise Refused(0, UNAUTHORIZED) from error
    except HTTPException as error:
        raise _meaning(error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        message = "Discord cannot be reached."
        raise ChatBusy(message, retry_after_s=_RECONNECT_S) from error
    # discord.py trips over answers that are not Discord's. A TimeoutError is an OSError.
    except (
        aiohttp.ClientError,
        OSError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise _no_answer() from error


async def _throttled(wait_s: float, response: aiohttp.ClientResponse | None) -> ChatBusy:
    """Return what a 429 means, or a limit that was kept without asking."""
    if response is None or response.status != TOO_MANY:
        return Throttled(wait_of(wait_s))
    document = await response.json()  # discord.py has read it, and it is an object
    if document.get("code") == OLD_EDITS:  # other edits there go on
        return ChatBusy(_OLD_EDITS, retry_after_s=wait_of(wait_s))
    return Throttled(wait_of(wait_s), is_global=document.get("global") is True)


def _meaning(error: HTTPException) -> ChatError:
    if error.status == TOO_MANY:
        # No limit of Discord's own: Cloudflare has closed the door to this address.
        return Throttled(wait_of(error.response.headers.get("Retry-After")), is_global=True)
    if error.status >= SERVER_ERROR:
        return ChatUnclear("Discord is in trouble.")
    return Refused(error.code, error.status)


def _no_answer() -> ChatUnclear:
    return ChatUnclear("Discord did not answer.")
