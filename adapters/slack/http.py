"""The one place that speaks HTTP with Slack: calls and files, with errors of our own."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import FILE_GONE, NO_SCOPE, Refused, Throttled, retry_after, translated
from bot.errors import ChatBusy, ChatUnclear

Json: TypeAlias = Mapping[str, Any]

USUAL_API_URL = "https://slack.com/api/"
_TIMEOUT_S = 30.0
# A connection that could not be made has had no effect: no need to look before trying again.
_RECONNECT_S = 2.0
_FILE_HOST = ".slack.com"
_TOO_MANY = 429

# Methods that read take no JSON: https://docs.slack.dev/apis/web-api/#methods_supporting_json
_READS = ("auth.", "conversations.", "users.", "team.")


def silent_logger(name: str) -> logging.Logger:
    """Return a logger that says nothing: the SDK logs whole bodies, also at INFO and above."""
    logger = logging.getLogger(f"council.{name}")
    logger.setLevel(logging.CRITICAL + 1)
    return logger


class SlackHttp:
    """One connection pool to Slack. `client` is the SDK's, without its retries."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str) -> None:
        self._session = session
        self._host = urlsplit(api_url).hostname or ""
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

    async def exchange(self, arguments: Json) -> Json:
        """Trade a code or a refresh token for an access token. Raises as `call` does."""
        with _translated():
            response = await self.client.api_call("oauth.v2.access", data=dict(arguments))
        return cast("Json", response.data)

    async def scopes(self, token: str) -> frozenset[str]:
        """Return the rights that a token has."""
        with _translated():
            response = await self.client.api_call(
                "auth.test", http_verb="GET", params={"token": token}
            )
        return frozenset(response.headers.get("x-oauth-scopes", "").replace(" ", "").split(","))

    async def download(self, url: str, token: str, limit: int) -> bytes:
        """Return a file's content, cut one byte past the limit. Raises as `call` does.

        A token that may not read files gets a page to log in, with status 200.
        """
        if not self._is_slack(url):
            raise Refused(FILE_GONE)
        headers = {"Authorization": f"Bearer {token}"}
        with _translated():
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                _check(response)
                if response.content_type == "text/html":
                    raise Refused(NO_SCOPE)
                return await _read(response, limit)

    async def upload(self, url: str, content: bytes) -> None:
        """Send a file's content to where Slack wants it. Raises as `call` does."""
        if not self._is_slack(url):
            raise Refused(FILE_GONE)
        with _translated():
            async with self._session.post(url, data=content, allow_redirects=False) as response:
                _check(response)

    def _is_slack(self, url: str) -> bool:
        """Say whether an address may be told a token or a text."""
        host = urlsplit(url).hostname or ""
        if host == self._host:
            return True
        return url.startswith("https://") and host.endswith(_FILE_HOST)


@asynccontextmanager
async def open_http(api_url: str = USUAL_API_URL) -> AsyncGenerator[SlackHttp]:
    """Open the connections to Slack, or to whatever answers in its place."""
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield SlackHttp(session, f"{api_url.rstrip('/')}/")


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    content = bytearray()
    async for piece in response.content.iter_chunked(64 * 1024):
        content += piece
        if len(content) > limit:
            break
    return bytes(content[: limit + 1])


def _check(response: aiohttp.ClientResponse) -> None:
    if response.status == _TOO_MANY:
        wait_s = retry_after(response.headers)
        message = "Slack asks to slow down."
        raise Throttled(message, retry_after_s=wait_s)
    if response.status >= 500:  # noqa: PLR2004 the server's errors begin here
        raise _no_answer()
    if response.status != 200:  # noqa: PLR2004 a redirect would lead the token elsewhere
        raise Refused(FILE_GONE)


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except SlackApiError as error:
        raise translated(error) from error
    except aiohttp.ClientConnectorError as error:
        message = "Slack cannot be reached."
        raise ChatBusy(message, retry_after_s=_RECONNECT_S) from error
    # The SDK trips over answers that are not Slack's.
    except (aiohttp.ClientError, SlackClientError, OSError, AttributeError, ValueError) as error:
        raise _no_answer() from error


def _no_answer() -> ChatUnclear:
    return ChatUnclear("Slack did not answer.")
