"""One HTTP exchange with a provider: sent, judged by its head, and its body read within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime

from bot.llm import failures
from bot.llm.abilities import named_features
from bot.llm.dialect import Dialect, error_status
from bot.llm.failures import AttemptError, Source
from bot.llm.http import Http, HttpError, Response
from bot.llm.patience import Patience
from bot.llm.retry import read_retry_after
from bot.llm.shapes import Json, load_json, mapping

_GOOD = range(200, 300)
_ERROR_BYTES = 64_000  # of an error's document; only its code and its words for features matter
_ERROR_S = 2.0
# Codes that say more than the HTTP status they come with: no credit, question too long.
_TELLING = frozenset({402, 413})


class Exchange:
    """Requests to one provider for one model."""

    def __init__(self, http: Http, dialect: Dialect, source: Source, patience: Patience) -> None:
        self._http = http
        self._dialect = dialect
        self._source = source
        self.patience = patience

    @asynccontextmanager
    async def open(
        self, method: str, path: str, body: bytes | None = None
    ) -> AsyncGenerator[Response]:
        """Send a request; the response is a good one by its head. Raises `AttemptError`."""
        response = await self._send(method, path, body)
        try:
            await self._check(response)
            yield response
        finally:
            with suppress(HttpError):
                await response.close()

    async def document(self, response: Response, most_bytes: int) -> Json:
        """Read a JSON object. Raises `AttemptError`."""
        body = bytearray()
        async with aclosing(response.chunks()) as chunks:
            while (chunk := await self.next_chunk(chunks)) is not None:
                body += chunk
                if len(body) > most_bytes:
                    raise failures.too_large(self._source, most_bytes)
        if body.lstrip().startswith(b"<"):
            raise failures.web_page(self._source)
        try:
            document = mapping(load_json(body.replace(b"\0", b"").decode("utf-8-sig")))
        except ValueError as error:
            raise failures.malformed(self._source) from error
        if not document:
            raise failures.malformed(self._source)
        return document

    async def next_chunk(self, chunks: AsyncGenerator[bytes]) -> bytes | None:
        """Return the next bytes, None at the end. Raises `AttemptError`."""
        try:
            async with asyncio.timeout_at(self.patience.due):
                return await anext(chunks, None)
        except TimeoutError as error:
            raise self.patience.expired() from error
        except HttpError as error:
            raise failures.cut_off(self._source) from error

    async def _send(self, method: str, path: str, body: bytes | None) -> Response:
        provider = self._source.provider
        key = provider.api_key or ""
        if not (key.isascii() and key.isprintable()):
            raise failures.unusable_key(self._source)
        headers = {"Content-Type": "application/json", **self._dialect.headers(provider)}
        try:
            async with asyncio.timeout_at(self.patience.due):
                return await self._http.send(
                    method, provider.base_url.rstrip("/") + path, headers, body
                )
        except TimeoutError as error:
            raise self.patience.expired() from error
        except HttpError as error:
            raise failures.by_trouble(self._source, error.trouble) from error

    async def _check(self, response: Response) -> None:
        is_compressed = response.header("content-encoding").lower() not in {"", "identity"}
        if response.status not in _GOOD:
            body = b"" if is_compressed else await self._error_body(response)
            raise self._refused(response, body)
        if is_compressed:
            raise failures.compressed(self._source)
        if response.header("content-type").lower().startswith("text/html"):
            raise failures.web_page(self._source)

    def _refused(self, response: Response, body: bytes) -> AttemptError:
        said = body.decode("utf-8", "replace")
        try:
            code = error_status(mapping(load_json(said)).get("error"))
        except ValueError:
            code = None
        if code in _TELLING and response.status < 500:  # noqa: PLR2004 - a refusal, no breakdown
            return failures.by_status(self._source, code)
        waits = read_retry_after(response.header("retry-after"), datetime.now(UTC))
        named = named_features(said)
        return failures.by_status(self._source, response.status, retry_after_s=waits, named=named)

    async def _error_body(self, response: Response) -> bytes:
        body = bytearray()
        until = min(self.patience.due, asyncio.get_running_loop().time() + _ERROR_S)
        with suppress(TimeoutError, HttpError):
            async with asyncio.timeout_at(until), aclosing(response.chunks()) as chunks:
                async for chunk in chunks:
                    body += chunk
                    if len(body) > _ERROR_BYTES:
                        break
        return bytes(body[:_ERROR_BYTES])
