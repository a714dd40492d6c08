"""Server-sent events, as far as model servers use them."""

from __future__ import annotations

from collections.abc import Iterator

LINE_BYTES = 256_000  # no event of a text answer comes near this


class LineTooLongError(Exception):
    """A line passed `LINE_BYTES`."""


class EventReader:
    """Cuts a byte stream into the data of its events; comments and other fields are passed over.

    Raises `LineTooLongError`, and `UnicodeDecodeError` for what is not UTF-8.
    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield the data of the events that this chunk completes."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            yield from self._read(line)
        if len(self._rest) > LINE_BYTES:
            raise LineTooLongError

    def end(self) -> Iterator[str]:
        """Yield the data of an event that lacks its closing blank line."""
        yield from self._read(self._rest)
        yield from self._read(b"")

    def _read(self, line: bytes) -> Iterator[str]:
        if len(line) > LINE_BYTES:
            raise LineTooLongError
        line = line.removesuffix(b"\r")
        if line.startswith(b"data:"):
            self._data.append(line[5:].decode().removeprefix(" "))
        elif not line and self._data:
            data, self._data = "\n".join(self._data), []
            yield data
