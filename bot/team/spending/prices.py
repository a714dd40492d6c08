"""What calls cost, in micros, also where nobody says so. A token at $1 a million is one micro."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain import FailureKind, ModelCall, Seat, is_stand_in
from bot.ports import ModelInfo

# What a model without a known price is counted at, in US dollars per million tokens: as much as the
# dearest models in wide use.
CAP_PROMPT_USD = 15.0
CAP_COMPLETION_USD = 75.0

# A provider may claim anything; sums of this many still fit into a column.
_MOST_MICROS = 10**15
_MILLION = 1_000_000

# These come instead of an answer: nobody is billed for them.
_FREE = frozenset(
    {
        FailureKind.RATE_LIMITED,
        FailureKind.OVERLOADED,
        FailureKind.SERVER_ERROR,
        FailureKind.UNAUTHORISED,
        FailureKind.NO_CREDIT,
        FailureKind.NOT_FOUND,
        FailureKind.BAD_REQUEST,
        FailureKind.UNREACHABLE,
        FailureKind.SUSPENDED,
        FailureKind.OVER_BUDGET,
        FailureKind.HALTED,
    }
)


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars per million tokens."""

    prompt_usd: float
    completion_usd: float

    def micros(self, prompt: float, completion: float) -> int:
        """Return what so many tokens cost, rounded up."""
        return _bounded(prompt * self.prompt_usd + completion * self.completion_usd)


_CAP = Price(CAP_PROMPT_USD, CAP_COMPLETION_USD)
_FREE_PRICE = Price(0.0, 0.0)


def known_price(model: str, infos: Mapping[str, ModelInfo]) -> Price | None:
    """Return a model's price, None if nobody knows it."""
    if is_stand_in(model):
        return _FREE_PRICE
    info = infos.get(model)
    if info is None or info.prompt_usd is None or info.completion_usd is None:
        return None
    return Price(info.prompt_usd, info.completion_usd)


def price_of(model: str, infos: Mapping[str, ModelInfo]) -> Price:
    """Return what a model is counted at."""
    return known_price(model, infos) or _CAP


def dearest(seat: Seat, infos: Mapping[str, ModelInfo]) -> Price:
    """Return a price that none of a seat's models is above."""
    prices = [price_of(model, infos) for model in seat.models]
    return Price(
        max(price.prompt_usd for price in prices), max(price.completion_usd for price in prices)
    )


def paid_micros(calls: Iterable[ModelCall], share: int) -> int:
    """Return what calls cost; one of which neither cost nor tokens are known counts a `share`."""
    return min(sum(_paid(call, share) for call in calls), _MOST_MICROS)


def _paid(call: ModelCall, share: int) -> int:
    if is_stand_in(call.model):
        return 0
    if call.cost_usd is not None:
        return _bounded(call.cost_usd * _MILLION)
    if call.prompt_tokens is not None or call.completion_tokens is not None:
        return _CAP.micros(call.prompt_tokens or 0, call.completion_tokens or 0)
    return 0 if call.failure in _FREE else share


def _bounded(micros: float) -> int:
    if math.isnan(micros):
        return 0
    return math.ceil(round(max(0.0, min(micros, _MOST_MICROS)), 6))
