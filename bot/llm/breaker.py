"""Leaves a model alone for a while after it failed several times in a row."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain import Failure, FailureKind

FAILURES = 5
_OPEN_S = 30.0  # times the number of openings in a row, as Envoy's outlier detection does
_LONGEST_S = 300.0
_BAD_KEY_S = 10.0  # time to put the key right

_SERVER_KINDS = frozenset(
    {
        FailureKind.SERVER_ERROR,
        FailureKind.OVERLOADED,
        FailureKind.UNREACHABLE,
        FailureKind.TIMED_OUT,
        FailureKind.CUT_OFF,
    }
)


class Breaker:
    """The memory of one model's failures; `clock` tells seconds.

    Every `enter` that was let in ends with `left`, after `succeeded` or `failed` where it came so
    far.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._in_a_row = 0
        self._openings = 0
        self._open_until: float | None = None
        self._is_probing = False
        self.last = ""

    def left_s(self) -> float:
        """Return for how many seconds the model is still left alone."""
        return 0.0 if self._open_until is None else max(0.0, self._open_until - self._clock())

    def enter(self) -> float:
        """Return 0 if a request may go out, otherwise for how many seconds the model is left alone.

        Once that time is over a single request, the probe, may try.
        """
        if self._open_until is None:
            return 0.0
        if self.left_s() > 0 or self._is_probing:
            return max(self.left_s(), 1.0)
        self._is_probing = True
        return 0.0

    def succeeded(self) -> None:
        """Forget all failures."""
        self._in_a_row = self._openings = 0
        self._open_until, self._is_probing = None, False

    def failed(self, failure: Failure) -> None:
        """Count a failure, if it is one of the server or the key."""
        was_probing, self._is_probing = self._is_probing, False
        if failure.kind is FailureKind.UNAUTHORISED:
            self._open(_BAD_KEY_S, failure)
        elif failure.kind in _SERVER_KINDS:
            self._in_a_row += 1
            if was_probing or self._in_a_row == FAILURES:
                self._openings += 1
                self._open(min(_OPEN_S * self._openings, _LONGEST_S), failure)
        elif was_probing:
            self.succeeded()  # the server works; the request did not suit it

    def left(self) -> None:
        """Note that a request is over; one that was given up says nothing about the model."""
        self._is_probing = False

    def _open(self, seconds: float, failure: Failure) -> None:
        self._open_until = max(self._open_until or 0.0, self._clock() + seconds)
        self.last = failure.sentence
