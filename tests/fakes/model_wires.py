"""The two protocols of the model test server: texts, events and errors on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

Usage = dict[str, object]
Json = Mapping[str, object]
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class Wire(Protocol):
    """One protocol's way of saying things."""

    def document(self, text: str | None, finish: str | None, usage: Usage | None) -> bytes:
        """Say a whole answer; with `text` None its content is null."""
        ...

    def events(
        self, pieces: Iterable[str], finish: str | None, usage: Usage | None
    ) -> Iterator[bytes]:
        """Say an answer in events; without a finish the stream ends without one."""
        ...

    def piece(self, text: str) -> bytes:
        """Say a piece of content."""
        ...

    def error(self, status: int) -> bytes:
        """Say an error."""
        ...

    def error_event(self, status: int) -> bytes:
        """Say an error inside a stream."""
        ...

    def tool_call(self) -> bytes:
        """Call a tool in place of text."""
        ...

    def tool_call_events(self) -> Iterator[bytes]:
        """Do the same as a stream."""
        ...

    def refusal(self) -> bytes:
        """Refuse."""
        ...

    def refusal_events(self) -> Iterator[bytes]:
        """Do the same as a stream."""
        ...

    def usage(self, prompt: int, completion: int) -> Usage:
        """Count tokens in this protocol's words."""
        ...


class OpenAIWire:
    """Chat completions."""

    def document(self, text: str | None, finish: str | None, usage: Usage | None) -> bytes:
        return self._document({"role": "assistant", "content": text}, finish, usage)

    def events(
        self, pieces: Iterable[str], finish: str | None, usage: Usage | None
    ) -> Iterator[bytes]:
        yield self._event({"role": "assistant", "content": ""})
        for piece in pieces:
            yield self.piece(piece)
        if finish is None:
            return
        yield self._event({}, finish)
        if usage is not None:
            yield _data({"object": "chat.completion.chunk", "choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"

    def piece(self, text: str) -> bytes:
        return self._event({"content": text})

    def error(self, status: int) -> bytes:
        return json.dumps({"error": self._error(status)}).encode()

    def error_event(self, status: int) -> bytes:
        return _data({"error": self._error(status)})

    def tool_call(self) -> bytes:
        message = {"role": "assistant", "content": None, "tool_calls": [_CALL]}
        return self._document(message, "tool_calls", self.usage(10, 5))

    def tool_call_events(self) -> Iterator[bytes]:
        yield self._event({"tool_calls": [{"index": 0, **_CALL}]})
        yield self._event({}, "tool_calls")
        yield b"data: [DONE]\n\n"

    def refusal(self) -> bytes:
        message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
        return self._document(message, "stop", self.usage(10, 5))

    def refusal_events(self) -> Iterator[bytes]:
        yield self._event({"refusal": "I cannot help with that."})
        yield self._event({}, "content_filter")
        yield b"data: [DONE]\n\n"

    def usage(self, prompt: int, completion: int) -> Usage:
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }

    def _document(self, message: Json, finish: str | None, usage: Usage | None) -> bytes:
        document: dict[str, object] = {
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        }
        if usage is not None:
            document["usage"] = usage
        return json.dumps(document).encode()

    def _event(self, delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _data({"object": "chat.completion.chunk", "choices": [choice]})

    def _error(self, status: int) -> dict[str, object]:
        return {"message": FOREIGN_TEXT, "type": _TYPES.get(status, "server_error"), "code": status}


class AnthropicWire:
    """The Messages API."""

    def document(self, text: str | None, finish: str | None, usage: Usage | None) -> bytes:
        content = None if text is None else [{"type": "text", "text": text}]
        return self._document(content, finish, usage)

    def events(
        self, pieces: Iterable[str], finish: str | None, usage: Usage | None
    ) -> Iterator[bytes]:
        counts = usage or {}
        start: dict[str, object] = {"role": "assistant", "content": []}
        if usage is not None:
            start["usage"] = {"input_tokens": counts.get("input_tokens"), "output_tokens": 1}
        yield _named("message_start", {"message": start})
        block = {"type": "text", "text": ""}
        yield _named("content_block_start", {"index": 0, "content_block": block})
        for piece in pieces:
            yield self.piece(piece)
        if finish is None:
            return
        yield _named("content_block_stop", {"index": 0})
        yield from self._ending(finish, usage)

    def piece(self, text: str) -> bytes:
        delta = {"type": "text_delta", "text": text}
        return _named("content_block_delta", {"index": 0, "delta": delta})

    def error(self, status: int) -> bytes:
        return json.dumps({"type": "error", "error": self._error(status)}).encode()

    def error_event(self, status: int) -> bytes:
        return _named("error", {"error": self._error(status)})

    def tool_call(self) -> bytes:
        return self._document([_TOOL_USE], "tool_use", self.usage(10, 5))

    def tool_call_events(self) -> Iterator[bytes]:
        yield _named("message_start", {"message": {"role": "assistant", "content": []}})
        yield _named("content_block_start", {"index": 0, "content_block": _TOOL_USE})
        yield from self._ending("tool_use", None)

    def refusal(self) -> bytes:
        return self._document([], "refusal", self.usage(10, 5))

    def refusal_events(self) -> Iterator[bytes]:
        yield _named("message_start", {"message": {"role": "assistant", "content": []}})
        yield from self._ending("refusal", None)

    def usage(self, prompt: int, completion: int) -> Usage:
        return {"input_tokens": prompt, "output_tokens": completion}

    def _ending(self, finish: str, usage: Usage | None) -> Iterator[bytes]:
        delta: dict[str, object] = {"delta": {"stop_reason": _STOP.get(finish, finish)}}
        if usage is not None:
            delta["usage"] = {"output_tokens": usage.get("output_tokens")}
        yield _named("message_delta", delta)
        yield _named("message_stop", {})

    def _document(self, content: object, finish: str | None, usage: Usage | None) -> bytes:
        document: dict[str, object] = {
            "type": "message",
            "role": "assistant",
            "content": content,
            "stop_reason": finish and _STOP.get(finish, finish),
        }
        if usage is not None:
            document["usage"] = usage
        return json.dumps(document).encode()

    def _error(self, status: int) -> dict[str, object]:
        return {"type": _TYPES.get(status, "api_error"), "message": FOREIGN_TEXT}


# Tests look for it where no foreign text may appear.
FOREIGN_TEXT = "foreign words that no person may ever read"

_STOP = {"stop": "end_turn", "length": "max_tokens"}
_CALL: Json = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
_TOOL_USE: Json = {"type": "tool_use", "id": "c1", "name": "look_up", "input": {}}


def _data(document: Json) -> bytes:
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def _named(name: str, document: Json) -> bytes:
    return b"event: " + name.encode() + b"\n" + _data({"type": name, **document})
