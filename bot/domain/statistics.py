"""How members fared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """How one member, a name with a model, fared in ended deliberations.

    `won` counts first places, shared ones too, out of the `ranked`: not every council ranks.
    `flagged` are upheld flags on its answers. `agreement` is how far its ballots agree with its
    peers', 0 to 1, None without any. `latency_s` is the median of its answers. `cost_usd` is None
    if no call had a price. `praised` and `blamed` are people's thumbs on final answers of
    deliberations that it won. `weight` is what its ballots count at the moment.
    """

    member: str
    model: str
    sat: int = 0
    ranked: int = 0
    won: int = 0
    flagged: int = 0
    failed: int = 0
    reviews: int = 0
    agreement: float | None = None
    latency_s: float | None = None
    cost_usd: float | None = None
    praised: int = 0
    blamed: int = 0
    weight: float = 1.0
