"""Rehearsal models: a council without keys, network or understanding, that says so itself."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, Iterator

from bot.domain import REHEARSAL, Failure, FailureKind, ModelCall
from bot.errors import ModelError, NotFound
from bot.llm.rehearsal_text import find_question, write
from bot.ports import Completion, ModelInfo, ModelRequest
from bot.ports.observer import NOBODY, ModelsObserver

MEMBERS = ("rehearsal/alder", "rehearsal/birch", "rehearsal/cedar")
CHAIRMAN = "rehearsal/maple"

_FASTEST_S, _SLOWEST_S = 0.3, 1.5
_WORD = re.compile(r"\S+\s*|\s+")


class RehearsalModels:
    """Stand-ins that need no network; implements `bot.ports.Models`.

    An answer takes 0.3 to 1.5 seconds times `pace`, the same each time for the same question.
    """

    def __init__(self, *, pace: float = 1.0, observer: ModelsObserver = NOBODY) -> None:
        self._pace = pace
        self._observer = observer

    async def complete(self, request: ModelRequest) -> Completion:
        """Write what the purpose asks for. Raises `ModelError` for an unknown name or no time."""
        latency_s = await self._latency_s(request)
        await asyncio.sleep(latency_s)
        return self._completion(request, _text(request), latency_s)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield word after word and the `Completion` last. Raises `ModelError`."""
        latency_s = await self._latency_s(request)
        text = _text(request)
        words = list(_words(text))
        for word in words:
            await asyncio.sleep(latency_s / len(words))
            yield word
        yield self._completion(request, text, latency_s)

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List the four stand-ins. Raises `NotFound` for any other provider."""
        if provider != REHEARSAL:
            message = f"There is no provider {provider!r}; this is a rehearsal without any."
            raise NotFound(message)
        return tuple(ModelInfo(name, 0.0, 0.0) for name in (*MEMBERS, CHAIRMAN))

    async def _latency_s(self, request: ModelRequest) -> float:
        """Return how long the answer takes, unless it takes too long."""
        if request.model not in (*MEMBERS, CHAIRMAN):
            sentence = f"There is no rehearsal model {request.model}."
            raise ModelError(Failure(FailureKind.NOT_FOUND, sentence))
        latency_s = self._pace * _latency_s(request)
        if latency_s > request.deadline_s:
            await asyncio.sleep(request.deadline_s)
            sentence = f"{request.model} did not finish within {request.deadline_s:.0f} s."
            call = _call(request, None, request.deadline_s)
            self._observer.called(call, is_own=False)
            raise ModelError(Failure(FailureKind.TIMED_OUT, sentence), (call,))
        return latency_s

    def _completion(self, request: ModelRequest, text: str, latency_s: float) -> Completion:
        call = _call(request, text, latency_s)
        self._observer.called(call, is_own=False)
        return Completion(text, (call,), latency_s)


def _latency_s(request: ModelRequest) -> float:
    seed = f"{request.model}\0{request.purpose}\0{find_question(request.prompt)}"
    digest = hashlib.sha256(seed.encode("utf-8", "replace")).digest()
    return _FASTEST_S + (_SLOWEST_S - _FASTEST_S) * digest[0] / 255


def _text(request: ModelRequest) -> str:
    return write(request.purpose, request.model, request.prompt)


def _words(text: str) -> Iterator[str]:
    return (found[0] for found in _WORD.finditer(text))


def _call(request: ModelRequest, text: str | None, latency_s: float) -> ModelCall:
    """Count words as tokens: close enough for something that costs nothing."""
    return ModelCall(
        model=request.model,
        purpose=request.purpose,
        latency_s=latency_s,
        failure=FailureKind.TIMED_OUT if text is None else None,
        prompt_tokens=len(request.prompt.split()),
        completion_tokens=len((text or "").split()),
        cost_usd=0.0,
    )
