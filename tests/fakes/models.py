"""Models that say what a test tells them to, after a while on whatever clock the loop has."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import Failure, FailureKind, ModelCall
from bot.errors import ModelError, NotFound
from bot.ports import Completion, ModelInfo, ModelRequest

_EXHIBIT = re.compile(r"<<<ANSWER (\w+) \w+>>>\n(.*?)\n<<<END \1 ", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Says:
    """A text that comes after some seconds, in pieces if it is streamed."""

    text: str
    after_s: float = 1.0
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class Fails:
    """A failure after some seconds; of a stream, after this text was seen."""

    kind: FailureKind = FailureKind.SERVER_ERROR
    after_s: float = 1.0
    seen: str = ""


Line = Says | Fails
NEVER = Says("too late", after_s=1e9)


class FakeModels:
    """Implements `Models` by a function from request to line; keeps every request."""

    def __init__(self, script: Callable[[ModelRequest], Line]) -> None:
        self._script = script
        self.requests: list[ModelRequest] = []

    def asked(self, purpose: str) -> list[str]:
        """Return the models that were asked for a purpose, in order."""
        return [request.model for request in self.requests if request.purpose == purpose]

    async def complete(self, request: ModelRequest) -> Completion:
        """Answer as scripted, within the request's deadline."""
        self.requests.append(request)
        line = self._script(request)
        await self._wait(request, line)
        match line:
            case Fails(kind=kind, after_s=after_s):
                raise _error(request, kind, after_s)
            case Says(text=text, after_s=after_s, is_truncated=is_truncated):
                calls = (ModelCall(request.model, request.purpose, after_s, None, 100, 50, 0.001),)
                return Completion(text, calls, after_s, is_truncated=is_truncated)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Answer as scripted in pieces of a few characters, and with the completion last."""
        line = self._script(request)
        if isinstance(line, Fails) and line.seen:
            self.requests.append(request)
            yield line.seen
            await self._wait(request, line)
            raise _error(request, line.kind, line.after_s)
        completion = await self.complete(request)
        for start in range(0, len(completion.text), 7):
            yield completion.text[start : start + 7]
        yield completion

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """Know one provider with one model."""
        if provider != "fake":
            message = f"There is no provider {provider}."
            raise NotFound(message)
        return (ModelInfo("fake/one"),)

    async def _wait(self, request: ModelRequest, line: Line) -> None:
        if line.after_s > request.deadline_s:
            await asyncio.sleep(request.deadline_s)
            raise _error(request, FailureKind.TIMED_OUT, request.deadline_s)
        await asyncio.sleep(line.after_s)


def exhibits(request: ModelRequest) -> dict[str, str]:
    """Return the answers that a prompt shows, by label."""
    return dict(_EXHIBIT.findall(request.prompt))


def label_of(request: ModelRequest, text: str) -> str:
    """Return the label of the answer that holds a text."""
    return next(label for label, shown in exhibits(request).items() if text in shown)


def ranking(
    request: ModelRequest,
    tiers: Sequence[Sequence[str]],
    flags: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
) -> str:
    """Write a review as JSON that ranks answers, each named by a text that it holds."""
    found = [[label_of(request, text) for text in tier] for tier in tiers]
    raised = flags or {}
    entries = [
        {
            "label": label_of(request, text),
            "verdict": "correct",
            "scores": {"accuracy": 9},
            "flags": list(raised.get(text, ())),
            "strengths": ["clear"],
            "unique_points": [],
        }
        for tier in tiers
        for text in tier
    ]
    return json.dumps({"reference_points": ["facts"], "reviews": entries, "ranking": found})


def _error(request: ModelRequest, kind: FailureKind, latency_s: float) -> ModelError:
    call = ModelCall(request.model, request.purpose, latency_s, kind)
    return ModelError(Failure(kind, f"{request.model} failed: {kind}."), (call,))
