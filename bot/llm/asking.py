"""One request's whole course: attempts, what each cost, and when to stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from random import Random

import structlog

from bot.domain import FailureKind, ModelCall
from bot.errors import ModelError
from bot.llm import failures
from bot.llm.abilities import Ability, without_refused
from bot.llm.attempt import Attempt
from bot.llm.breaker import Breaker
from bot.llm.dialect import Dialect
from bot.llm.exchange import Exchange
from bot.llm.failures import AttemptError, Source
from bot.llm.http import Http
from bot.llm.lanes import Lane
from bot.llm.patience import Patience, Waits
from bot.llm.prices import Prices
from bot.llm.reading import Finish, Reading
from bot.llm.retry import Retries
from bot.ports import Completion, ModelRequest
from bot.ports.observer import NOBODY, ModelsObserver

_FAIR_WAIT_S = 10.0  # a model that got less time than this has not failed by being slow


log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(slots=True)
class Endpoint:
    """All that this process knows of one model at its provider."""

    source: Source
    dialect: Dialect
    lane: Lane
    breaker: Breaker
    ability: Ability = Ability()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Means:
    """What every request needs."""

    http: Http
    prices: Prices
    waits: Waits
    random: Random
    observer: ModelsObserver = NOBODY


class Asking:
    """The course of one request."""

    def __init__(
        self, means: Means, endpoint: Endpoint, request: ModelRequest, *, is_stream: bool
    ) -> None:
        self._means = means
        self._endpoint = endpoint
        self._source = endpoint.source
        self._request = request
        self._is_stream = is_stream
        self._observer = means.observer
        self._clock = asyncio.get_running_loop().time
        self._began = self._sent_at = self._clock()
        self._until = self._began + request.deadline_s
        self._retries = Retries(endpoint.lane.budget, means.random)
        self._ability = endpoint.ability
        self._reading = Reading()
        self._calls: list[ModelCall] = []
        self._last: AttemptError | None = None
        self._has_learnt = self._has_spoken = False

    async def run(self) -> AsyncGenerator[str | Completion]:
        """Yield pieces and the completion last. Raises `ModelError`."""
        self._means.prices.prepare(self._source.provider)
        while True:
            try:
                async with aclosing(self._attempt()) as pieces:
                    async for piece in pieces:
                        self._has_spoken = True
                        yield piece
            except AttemptError as failed:
                if failed.was_sent:
                    await self._record(failed.failure.kind)
                await self._go_on(failed)
                continue
            await self._record(None)
            if self._has_learnt:
                self._endpoint.ability = self._ability
            yield self._completion()
            return

    async def _attempt(self) -> AsyncGenerator[str]:
        async with self._turn():
            dialect, provider = self._endpoint.dialect, self._source.provider
            patience = Patience(
                self._source, self._means.waits, self._until, is_stream=self._is_stream
            )
            exchange = Exchange(self._means.http, dialect, self._source, patience)
            attempt = Attempt(exchange, dialect, self._source)
            self._reading = attempt.reading
            body = dialect.body(provider, self._request, self._ability, is_stream=self._is_stream)
            async with aclosing(attempt.pieces(body)) as pieces:
                async for piece in pieces:
                    yield piece

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Wait for a place, let the breaker judge, and tell it how it went."""
        breaker = self._endpoint.breaker
        self._respect(breaker.left_s())
        async with self._endpoint.lane.place(self._until):
            self._respect(breaker.enter())
            self._sent_at = self._clock()
            try:
                yield
            except AttemptError as failed:
                if self._is_telling(failed):
                    self._tell(failed)
                raise
            else:
                self._succeed()
            finally:
                breaker.left()

    def _respect(self, left_s: float) -> None:
        if left_s > 0:
            raise failures.suspended(self._source, left_s, self._endpoint.breaker.last)

    def _tell(self, failed: AttemptError) -> None:
        breaker = self._endpoint.breaker
        was_left_s = breaker.left_s()
        breaker.failed(failed.failure)
        left_s = breaker.left_s()
        if left_s > 0 and was_left_s == 0:
            kind, model = failed.failure.kind.value, self._request.model
            log.warning("model left alone", model=model, seconds=round(left_s), failure=kind)
            self._observer.left_alone(model, left_s, is_own=self._source.provider.is_own)

    def _succeed(self) -> None:
        was_left_s = self._endpoint.breaker.left_s()
        self._endpoint.breaker.succeeded()
        if was_left_s > 0:
            is_own = self._source.provider.is_own
            self._observer.left_alone(self._request.model, 0.0, is_own=is_own)

    def _is_telling(self, failed: AttemptError) -> bool:
        if failed.failure.kind is FailureKind.TIMED_OUT:
            return self._clock() - self._sent_at >= _FAIR_WAIT_S
        return True

    async def _record(self, failure: FailureKind | None) -> None:
        tokens = self._reading.tokens
        latency_s = self._clock() - self._sent_at
        source = self._source
        cost_usd = await self._means.prices.cost(source.provider, source.model_id, tokens)
        call = ModelCall(
            model=self._request.model,
            purpose=self._request.purpose,
            latency_s=latency_s,
            failure=failure,
            prompt_tokens=tokens.prompt,
            completion_tokens=tokens.completion,
            cost_usd=cost_usd,
        )
        self._calls.append(call)
        self._observer.called(call, is_own=source.provider.is_own)

    async def _go_on(self, failed: AttemptError) -> None:
        """Return when another attempt may be made. Raises `ModelError` when none may."""
        if failed.was_sent:
            self._last = failed
        last = self._last or failed
        if not self._has_spoken and failed.was_sent:
            weaker = without_refused(
                self._ability, self._request, failed.named, may_guess=failed.may_guess
            )
            if weaker is not None:
                self._ability, self._has_learnt = weaker, True
                return
            pause_s = self._retries.pause_s(failed, self._until - self._clock())
            if pause_s is not None:
                model, is_own = self._request.model, self._source.provider.is_own
                self._observer.retried(model, failed.failure.kind, is_own=is_own)
                await asyncio.sleep(pause_s)
                return
        raise ModelError(last.failure, tuple(self._calls)) from failed

    def _completion(self) -> Completion:
        return Completion(
            text=self._reading.text,
            calls=tuple(self._calls),
            latency_s=self._clock() - self._began,
            is_truncated=self._reading.finish is Finish.LENGTH,
        )
