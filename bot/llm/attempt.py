"""One attempt at an answer: read as it comes, and counted only if it came to its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress

from bot.llm import failures
from bot.llm.dialect import Dialect
from bot.llm.exchange import Exchange
from bot.llm.failures import AttemptError, Source
from bot.llm.http import HttpError, Response
from bot.llm.reading import ANSWER_BYTES, AnswerTooLargeError, Finish, Part, Reading
from bot.llm.shapes import is_blank, load_json, mapping
from bot.llm.sse import LINE_BYTES, EventReader, LineTooLongError

_DONE = "[DONE]"
# A body that was read to its end leaves a connection that can be used again.
_DRAIN_S = 0.05


class Attempt:
    """One request's answer in the making; `reading` holds what there is of it, failed or not."""

    def __init__(self, exchange: Exchange, dialect: Dialect, source: Source) -> None:
        self._exchange = exchange
        self._dialect = dialect
        self._source = source
        self.reading = Reading()

    async def pieces(self, body: dict[str, object]) -> AsyncGenerator[str]:
        """Yield the text as it comes; the answer is whole if no `AttemptError` is raised."""
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        async with self._exchange.open("POST", self._dialect.PATH, data) as response:
            if _has_events(response, is_stream=bool(body.get("stream"))):
                async with aclosing(self._events(response)) as pieces:
                    async for piece in pieces:
                        yield piece
                self._conclude()
                return
            document = await self._exchange.document(response, ANSWER_BYTES)
            self._take([self._dialect.read_document(document)])
        self._conclude()
        yield self.reading.text

    async def _events(self, response: Response) -> AsyncGenerator[str]:
        events = EventReader()
        async with aclosing(response.chunks()) as chunks:
            while not self.reading.is_over:
                chunk = await self._next_chunk(chunks)
                size = self.reading.size
                piece = self._read(events, chunk)
                if piece:
                    yield piece
                if chunk is None:
                    return
                self._note_progress(size)
            await _drain(chunks)

    async def _next_chunk(self, chunks: AsyncGenerator[bytes]) -> bytes | None:
        try:
            return await self._exchange.next_chunk(chunks)
        except AttemptError:
            if self.reading.finish is not None:  # only token counts are missing
                return None
            raise

    def _note_progress(self, size_before: int) -> None:
        if self.reading.finish is not None:
            self._exchange.patience.finished()
        elif self.reading.size > size_before:
            self._exchange.patience.progressed()

    def _read(self, events: EventReader, chunk: bytes | None) -> str:
        """Take the events of a chunk as one piece: that is how fast they can be shown."""
        try:
            data = events.end() if chunk is None else events.feed(chunk.replace(b"\0", b""))
            return self._take(self._parts(data))
        except LineTooLongError as error:
            raise failures.too_large(self._source, LINE_BYTES) from error
        except ValueError as error:
            raise failures.malformed(self._source) from error

    def _parts(self, events: Iterable[str]) -> Iterable[Part]:
        for data in events:
            if data.strip() == _DONE:
                yield Part(is_last=True)
            else:
                yield self._dialect.read_event(mapping(load_json(data)))

    def _take(self, parts: Iterable[Part]) -> str:
        said: list[str] = []
        for part in parts:
            try:
                said.append(self.reading.add(part))
            except AnswerTooLargeError as error:
                raise failures.too_large(self._source, ANSWER_BYTES) from error
            if part.error is not None:
                raise failures.by_status(self._source, part.error)
        return "".join(said)

    def _conclude(self) -> None:
        reading = self.reading
        is_empty = is_blank(reading.text)
        if reading.finish is None:
            raise failures.cut_off(self._source)
        if reading.finish is Finish.REFUSED or (reading.has_refusal and is_empty):
            raise failures.refused(self._source)
        if reading.finish is Finish.TOOL_CALL or (reading.has_tool_call and is_empty):
            raise failures.tool_call(self._source)
        if is_empty:
            raise failures.empty(self._source, ran_out=reading.finish is Finish.LENGTH)


async def _drain(chunks: AsyncGenerator[bytes]) -> None:
    with suppress(TimeoutError, HttpError):
        async with asyncio.timeout(_DRAIN_S):
            async for _ in chunks:
                pass


def _has_events(response: Response, *, is_stream: bool) -> bool:
    """Go by what was sent: some servers stream always, some never."""
    kind = response.header("content-type").lower()
    return kind.startswith("text/event-stream") or (is_stream and "json" not in kind)
