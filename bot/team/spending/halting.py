"""The operator's switch, as the models of running councils heed it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Generator
from contextlib import aclosing, contextmanager, suppress
from typing import TypeVar

from bot.domain import Failure, FailureKind, ModelCall
from bot.errors import ModelError, StorageError
from bot.ports import Completion, ModelInfo, ModelRequest, Models, Switch

T = TypeVar("T")


class Halting:
    """What this process knows of the switch; one `look` a second does for all its councils."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._out: set[_Call] = set()
        self.failure: Failure | None = None

    async def look(self) -> None:
        """Look at the switch; if councils are halted, break off every call that is out.

        While the database does not answer, what was known last holds.
        """
        with suppress(StorageError):
            reason = await self._switch.reason()
            self.failure = None if reason is None else _failure(reason)
        if self.failure is not None:
            for call in self._out:
                call.break_off(self.failure)

    async def look_again(self) -> None:
        """Look before something is refused: councils may have been let go on a moment ago."""
        if self.failure is not None:
            await self.look()

    @contextmanager
    def call(self, request: ModelRequest) -> Generator[_Call]:
        """Give what waits for a model on one request's behalf."""
        call = _Call(self, request)
        self._out.add(call)
        try:
            yield call
        finally:
            self._out.discard(call)


class _Call:
    """A request that is out. A stream waits through it for each piece, so it does little."""

    def __init__(self, halting: Halting, request: ModelRequest) -> None:
        self._halting = halting
        self._request = request
        self._waiting: asyncio.Task[object] | None = None
        self._was_sent = False
        self._halt: Failure | None = None

    def check(self) -> None:
        """Raise `ModelError` if councils are halted."""
        if self._halting.failure is not None:
            raise self._error(self._halting.failure)

    async def wait(self, coming: Awaitable[T]) -> T:
        """Return what comes. Raises `ModelError` if councils are halted meanwhile."""
        task = self._waiting = asyncio.current_task()
        self._was_sent = True
        try:
            return await coming
        except asyncio.CancelledError:
            # As `asyncio.timeout` does: whoever else cancelled the task wants to stop it.
            if self._halt is None or task is None or task.uncancel() > 0:
                raise
            raise self._error(self._halt) from None
        finally:
            self._waiting = None

    def break_off(self, halt: Failure) -> None:
        """Let whoever waits wait no longer."""
        if self._waiting is not None and self._halt is None:
            self._halt = halt
            self._waiting.cancel()

    def _error(self, halt: Failure) -> ModelError:
        # Nobody learns what a call cost that was sent.
        lost = ModelCall(self._request.model, self._request.purpose, 0.0, FailureKind.CUT_OFF)
        return ModelError(halt, (lost,) if self._was_sent else ())


class HeedingModels:
    """Models that are asked only while councils are not halted; implements `bot.ports.Models`."""

    def __init__(self, models: Models, halting: Halting) -> None:
        self._models = models
        self._halting = halting

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`."""
        await self._halting.look_again()
        with self._halting.call(request) as call:
            call.check()
            return await call.wait(self._models.complete(request))

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text as they come and the `Completion` last. Raises `ModelError`."""
        await self._halting.look_again()
        with self._halting.call(request) as call:
            async with aclosing(self._models.stream(request)) as pieces:
                while True:
                    call.check()
                    # Only this is broken off, not whoever takes the piece.
                    piece = await call.wait(anext(pieces, None))
                    if piece is None:
                        return
                    yield piece

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models. Raises `NotFound`, `ModelError`."""
        return await self._models.list(provider)


def halted(reason: str) -> str:
    """Say that councils are halted, and why."""
    return f"Councils are halted by my operator: {reason.rstrip('.')}."


def _failure(reason: str) -> Failure:
    return Failure(FailureKind.HALTED, halted(reason))
