"""The one place that speaks HTTP with Slack: calls, files, sockets, with errors of our own."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.wire.failures import (
    FILE_GONE,
    FILE_KEPT,
    NO_SCOPE,
    Refused,
    Throttled,
    retry_after,
    translated,
)
from bot.attachments import read_up_to
from bot.errors import ChatBusy, ChatUnclear

Json: TypeAlias = Mapping[str, Any]

_TIMEOUT_S = 30.0
_CONNECT_S = 10.0
# A connection that could not be made has had no effect: no need to look before trying again.
_RECONNECT_S = 2.0
_PIECE = 64 * 1024
# A socket that answers no ping within half of this again is dead.
_PING_EVERY_S = 10.0
_GOODBYE_S = 1.0
# Where Slack and GovSlack keep files. What follows the host begins with a slash, so that nothing
# in front of it can be a name, a password or a port.
_FILE_HOSTS = re.compile(r"https://(?:[a-z0-9-]+\.)+slack(?:-gov)?\.com/")
_TOO_MANY, _SERVER_ERROR = 429, 500
_GONE = frozenset({404, 410})

# Methods that read take no JSON: https://docs.slack.dev/apis/web-api/#methods_supporting_json
_READS = ("auth.", "conversations.", "team.", "usergroups.", "users.")


def silent_logger(name: str) -> logging.Logger:
    """Return a logger that says nothing: the SDK logs whole bodies, also at INFO and above."""
    logger = logging.getLogger(f"council.{name}")
    logger.setLevel(logging.CRITICAL + 1)
    return logger


class SlackHttp:
    """One connection pool to Slack. `client` is the SDK's, without its retries."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str) -> None:
        self._session = session
        parts = urlsplit(api_url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.client = AsyncWebClient(
            base_url=api_url,
            session=session,
            timeout=int(_TIMEOUT_S),
            logger=silent_logger("slack.sdk"),
            retry_handlers=[],  # they post again what was posted; the outbox decides that
        )

    async def call(self, method: str, token: str, arguments: Json) -> Json:
        """Call a method once and return its answer.

        Raises `ChatBusy`, `ChatUnclear` and `Refused`.
        """
        given: dict[str, Any] = {**arguments, "token": token}
        with _translated():
            if method.startswith(_READS):
                response = await self.client.api_call(method, http_verb="GET", params=given)
            else:
                response = await self.client.api_call(method, json=given)
        return cast("Json", response.data)

    async def scopes(self, token: str) -> frozenset[str]:
        """Return the rights that a token has. Raises as `call` does."""
        with _translated():
            response = await self.client.api_call(
                "auth.test", http_verb="GET", params={"token": token}
            )
        given = str(response.headers.get("x-oauth-scopes", ""))
        return frozenset(given.replace(" ", "").split(","))

    async def exchange(self, arguments: Json) -> Json:
        """Trade a code or a refresh token for an access token. Raises as `call` does."""
        with _translated():
            response = await self.client.api_call("oauth.v2.access", data=dict(arguments))
        return cast("Json", response.data)

    async def download(self, url: str, token: str, limit: int) -> bytes:
        """Return a file's content, cut one byte past the limit. Raises as `call` does.

        A token that may not read files gets a page to log in, with status 200; a page that somebody
        has attached comes as an attachment.
        """
        self._check_file_url(url)
        headers = {"Authorization": f"Bearer {token}"}
        with _translated():
            async with self._session.get(
                url, headers=headers, allow_redirects=False, proxy=self.client.proxy
            ) as response:
                _check(response)
                if _is_login(response):
                    raise Refused(NO_SCOPE)
                return await read_up_to(response.content.iter_chunked(_PIECE), limit)

    async def upload(self, url: str, content: bytes) -> None:
        """Send a file's content to where Slack wants it. Raises as `call` does."""
        self._check_file_url(url)
        with _translated():
            async with self._session.post(
                url, data=content, allow_redirects=False, proxy=self.client.proxy
            ) as response:
                _check(response)

    @asynccontextmanager
    async def socket(
        self, url: str, *, ping_every_s: float = _PING_EVERY_S
    ) -> AsyncGenerator[aiohttp.ClientWebSocketResponse]:
        """Open a WebSocket to where Slack says. Raises as `call` does, also when it breaks."""
        timeout = aiohttp.ClientWSTimeout(ws_close=_GOODBYE_S)  # pyright: ignore[reportCallIssue]  attrs
        with _translated():
            async with self._session.ws_connect(
                url, heartbeat=ping_every_s, timeout=timeout, proxy=self.client.proxy
            ) as socket:
                yield socket

    def _check_file_url(self, url: str) -> None:
        """Refuse an address that may be told neither a token nor a text."""
        is_ours = url.startswith(f"{self.origin}/") or _FILE_HOSTS.match(url) is not None
        if not is_ours:
            raise Refused(FILE_KEPT)


@asynccontextmanager
async def open_http(api_url: str, *, timeout_s: float = _TIMEOUT_S) -> AsyncGenerator[SlackHttp]:
    """Open the connections to Slack, or to whatever answers in its place."""
    timeout = aiohttp.ClientTimeout(total=timeout_s, connect=_CONNECT_S)
    # Workspaces share the connections, and nothing else.
    cookies = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=cookies) as session:
        yield SlackHttp(session, f"{api_url.rstrip('/')}/")


def _is_login(response: aiohttp.ClientResponse) -> bool:
    disposition = response.headers.get("Content-Disposition", "").lower()
    return response.content_type == "text/html" and not disposition.startswith("attachment")


def _check(response: aiohttp.ClientResponse) -> None:
    if response.status == _TOO_MANY:
        wait_s = retry_after(response.headers)
        message = "Slack asks to slow down."
        raise Throttled(message, retry_after_s=wait_s)
    if response.status >= _SERVER_ERROR:
        raise _no_answer()
    if response.status in _GONE:
        raise Refused(FILE_GONE)
    if response.status != 200:  # noqa: PLR2004 a redirect would lead the token elsewhere
        raise Refused(FILE_KEPT)


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except SlackApiError as error:
        raise translated(error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        message = "Slack cannot be reached."
        raise ChatBusy(message, retry_after_s=_RECONNECT_S) from error
    # The SDK trips over answers that are not Slack's.
    except (aiohttp.ClientError, SlackClientError, OSError, AttributeError, ValueError) as error:
        raise _no_answer() from error


def _no_answer() -> ChatUnclear:
    return ChatUnclear("Slack did not answer.")
