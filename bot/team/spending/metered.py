"""The models of one deliberation, held to what was set aside for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from bot.domain import Deliberation, Estimate, Failure, FailureKind, ModelCall
from bot.errors import ModelError
from bot.ports import Catalog, Completion, ModelInfo, ModelRequest, Models
from bot.team.spending.estimates import OUTPUT_TOKENS, most_of, share_of
from bot.team.spending.halting import Halting, HeedingModels
from bot.team.spending.prices import paid_micros, price_of

_USED_UP = Failure(FailureKind.OVER_BUDGET, "The council's budget is used up.")


def metered(
    deliberation: Deliberation, models: Models, *, catalog: Catalog, halting: Halting
) -> Models:
    """Return models that heed the operator's switch and, if money is limited, the budget."""
    heeding = HeedingModels(models, halting)
    if not deliberation.is_capped or deliberation.estimate is None:
        return heeding
    return MeteredModels(deliberation, deliberation.estimate, heeding, catalog)


@dataclass(slots=True)
class _Account:
    """One call's money: the most that it may take, and the calls that it made once it is over."""

    request: ModelRequest
    most: int
    calls: tuple[ModelCall, ...] | None = None

    @property
    def paid(self) -> int:
        """What it took; the most if nobody knows."""
        return self.most if self.calls is None else paid_micros(self.calls, self.most)


class MeteredModels:
    """Models of a deliberation whose money is limited; implements `bot.ports.Models`.

    Before each call its most is taken from what is left, and after it what it cost. A call for
    which too little is left is refused; others may still be cheap enough.
    """

    def __init__(
        self, deliberation: Deliberation, estimate: Estimate, models: Models, catalog: Catalog
    ) -> None:
        self._tenant = deliberation.question.place.tenant
        self._seated = deliberation.council.models
        self._left = estimate.most_micros - paid_micros(deliberation.calls, share_of(estimate))
        self._models = models
        self._catalog = catalog
        self._prices: Mapping[str, ModelInfo] | None = None

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`, also if too little is left."""
        async with self._account(request) as account:
            completion = await self._models.complete(account.request)
            account.calls = completion.calls
            return completion

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text and the `Completion` last. Raises as `complete`."""
        async with (
            self._account(request) as account,
            aclosing(self._models.stream(account.request)) as pieces,
        ):
            async for piece in pieces:
                if isinstance(piece, Completion):
                    account.calls = piece.calls
                yield piece

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models. Raises `NotFound`, `ModelError`."""
        return await self._models.list(provider)

    @asynccontextmanager
    async def _account(self, request: ModelRequest) -> AsyncGenerator[_Account]:
        price = price_of(request.model, await self._known_prices(request.model))
        limit = min(request.max_tokens or OUTPUT_TOKENS, OUTPUT_TOKENS)
        bounded = replace(request, max_tokens=limit)
        account = _Account(bounded, most_of(bounded, price))
        if account.most > self._left:
            raise ModelError(_USED_UP)
        self._left -= account.most
        try:
            yield account
        except ModelError as error:
            account.calls = error.calls
            raise
        finally:
            self._left += account.most - account.paid

    async def _known_prices(self, model: str) -> Mapping[str, ModelInfo]:
        if self._prices is None:
            models = {model, *self._seated}
            self._prices = await self._catalog.priced(self._tenant, models)
        return self._prices
