"""The table at which a deliberation happens: what is known, who is asked, how events leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache, partial
from statistics import median

from bot.council import verify
from bot.council.anonymity import nameless
from bot.council.material import Brief
from bot.council.prompts import Prompt
from bot.domain import (
    Answer,
    Check,
    Council,
    Deliberation,
    Failure,
    FailureKind,
    ModelCall,
    Seat,
)
from bot.domain.course import after
from bot.domain.events import Event, Passing, SeatAsked
from bot.errors import ModelError
from bot.ports import Completion, ModelRequest, Models

_SOFT_FACTOR = 1.5  # of the median latency of those who have finished
_MAX_TOKENS = 16_000

EMPTY = Failure(FailureKind.EMPTY, "The model returned no text.")

Pieces = Callable[[str], None]
Stragglers = dict[asyncio.Task[float | None], str]
"""Members' tasks; each returns its seat's latency in seconds, None if the seat failed."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask of a seat: a prompt, what for, and by when (`loop.time()`)."""

    prompt: Prompt
    purpose: str
    until: float
    schema: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a seat said, by which of its models, after how long, and all calls that it took."""

    text: str
    model: str
    latency_s: float
    calls: tuple[ModelCall, ...]
    is_truncated: bool = False


class Table:
    """Holds the deliberation as it grows and hands every event out in order."""

    def __init__(
        self, deliberation: Deliberation, models: Models, *, is_streaming_answers: bool
    ) -> None:
        self.deliberation = deliberation
        self.is_streaming_answers = is_streaming_answers
        self.is_reviewing = False
        self._models = models
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._began = asyncio.get_running_loop().time()
        # Each reader needs these; an answer never changes, a revised one is another.
        self._check = cache(partial(verify.check, deliberation.question.text))
        self._nameless = cache(partial(nameless, deliberation.council))
        files = deliberation.question.attachments
        self._images = tuple(file for file in files if file.is_image and file.is_usable)

    @property
    def council(self) -> Council:
        """The snapshot of who sits."""
        return self.deliberation.council

    @property
    def answers(self) -> dict[str, Answer]:
        """The answers so far by member."""
        return {answer.member: answer for answer in self.deliberation.answers}

    @property
    def checks(self) -> dict[str, Check]:
        """What the checkers say of each answer, by member."""
        return {answer.member: self._check(answer) for answer in self.deliberation.answers}

    @property
    def texts(self) -> dict[str, str]:
        """The answers as others may read them, by member."""
        return {answer.member: self._nameless(answer) for answer in self.deliberation.answers}

    @property
    def brief(self) -> Brief:
        """What prompts about the answers are made of."""
        return Brief(self.deliberation, self.texts, self.checks)

    def seat(self, member: str) -> Seat:
        """Return a member's seat."""
        return next(seat for seat in self.council.members if seat.name == member)

    def tell(self, event: Event) -> None:
        """Fold a fact into the deliberation, and hand the event out."""
        if not isinstance(event, Passing):
            self.deliberation = after(self.deliberation, event)
        self._events.put_nowait(event)

    def close(self) -> None:
        """End the stream of events."""
        self._events.put_nowait(None)

    async def events(self) -> AsyncGenerator[Event, None]:
        """Yield events until the table is closed."""
        while (event := await self._events.get()) is not None:
            yield event

    @property
    def elapsed_s(self) -> float:
        """Seconds since this run began."""
        return asyncio.get_running_loop().time() - self._began

    def until(self, share: float) -> float:
        """Return the loop time at which this share of the whole deadline is used up."""
        return self._began + share * self.council.deadlines.deliberation

    async def hear(self, seat: Seat, ask: Ask, *, on_piece: Pieces | None = None) -> Heard:
        """Ask a seat, its fallback models in turn. Raises `ModelError` with all calls made."""
        calls: tuple[ModelCall, ...] = ()
        failure = EMPTY
        for model in seat.models:
            self.tell(SeatAsked(seat.name, model, ask.purpose))
            try:
                completion = await self._complete(model, ask, on_piece)
            except ModelError as error:
                calls, failure = calls + error.calls, error.failure
                continue
            return Heard(
                text=completion.text,
                model=model,
                latency_s=completion.latency_s,
                calls=calls + completion.calls,
                is_truncated=completion.is_truncated,
            )
        raise ModelError(failure, calls)

    async def _complete(self, model: str, ask: Ask, on_piece: Pieces | None) -> Completion:
        left = ask.until - asyncio.get_running_loop().time()
        if left <= 0:
            raise ModelError(Failure(FailureKind.TIMED_OUT, "There was no time left to ask."))
        system, prompt = ask.prompt
        request = ModelRequest(
            model=model,
            system=system,
            prompt=prompt,
            purpose=ask.purpose,
            deadline_s=min(self.council.deadlines.call, left),
            images=self._images,
            schema=ask.schema,
            max_tokens=_MAX_TOKENS,
        )
        if on_piece is None:
            return await self._models.complete(request)
        return await self._streamed(request, on_piece)

    async def _streamed(self, request: ModelRequest, on_piece: Pieces) -> Completion:
        async with aclosing(self._models.stream(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Completion):
                    return piece
                on_piece(piece)
        raise ModelError(Failure(FailureKind.CUT_OFF, "The answer broke off."))

    async def settle(
        self, waiting: Stragglers, until: float, *, done_s: Sequence[float] = ()
    ) -> Stragglers:
        """Wait for tasks by member until all are done, the soft deadline passes, or `until`.

        Returns those left over. `done_s` are the latencies of seats that finished in an earlier
        run. The soft deadline applies once two thirds of the seats that have not failed, at least
        two, are done: counted from the start of the wait it is 1.5 times their median latency, and
        no less than `soft_min`.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        pending = dict(waiting)
        latencies = list(done_s)
        seats = len(latencies) + len(pending)
        while pending:
            end = until
            if len(latencies) >= max(2, -(-2 * seats // 3)):
                soft = max(self.council.deadlines.soft_min, _SOFT_FACTOR * median(latencies))
                end = min(until, began + soft)
            done, _ = await asyncio.wait(
                pending, timeout=max(0.0, end - loop.time()), return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                break
            for task in done:
                del pending[task]
                latency = task.result()
                if latency is None:
                    seats -= 1
                else:
                    latencies.append(latency)
        return pending


async def dismiss(tasks: Iterable[asyncio.Task[float | None]]) -> None:
    """Cancel the tasks that are still at work and wait until they are gone."""
    everyone = list(tasks)
    for task in everyone:
        task.cancel()
    await asyncio.gather(*everyone, return_exceptions=True)
