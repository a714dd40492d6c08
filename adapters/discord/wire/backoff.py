"""How long to wait before a connection is tried again."""

from __future__ import annotations

from random import Random

_LONGEST_S = 60.0
# A connection that lived so long was a good one.
_STEADY_S = 30.0


class Backoff:
    """Pauses that grow with each loss, from one second or another first pause on."""

    def __init__(self, first_s: float) -> None:
        self.losses = 0
        self._first_s = first_s
        self._random = Random()  # noqa: S311 - spreads attempts, guards no secret

    def lost(self, lived_s: float) -> None:
        """Count the loss of a connection that has lived so long, 0 if it never began."""
        self.losses = 1 if lived_s > _STEADY_S else self.losses + 1

    def pause_s(self) -> float:
        """Return how long to wait, different each time so that not all come back at once."""
        longest_s = min(self._first_s * 2 ** min(self.losses, 10), _LONGEST_S)
        return self._random.uniform(longest_s / 2, longest_s)
