"""The one retry layer: when a failed request may be sent again, and after which pause."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

from bot.llm.failures import AttemptError

RETRIES = 2
LONGEST_WAIT_S = 60.0  # all that a request may wait because a provider asked for it
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0


class RetryBudget:
    """Bounds the retries of a provider to a share of its calls, so that an outage is not fed.

    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """

    SHARE = 0.2
    FLOOR = 6.0  # enough for three seats that need both retries, before any call has earned some
    CEILING = 60.0

    def __init__(self) -> None:
        self._left = self.FLOOR

    def earn(self) -> None:
        """Count a first attempt."""
        self._left = min(self._left + self.SHARE, self.CEILING)

    def spend(self) -> bool:
        """Take one retry; False if there is none left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Retries:
    """The retries of one request."""

    def __init__(self, budget: RetryBudget, random: Random) -> None:
        self._budget = budget
        self._random = random
        self._used = 0
        self._waited_s = 0.0
        budget.earn()

    def pause_s(self, failed: AttemptError, left_s: float) -> float | None:
        """Return how long to wait before the next attempt, None to give up."""
        if not failed.may_repeat or self._used >= RETRIES:
            return None
        pause_s = self._random.uniform(0, self._backoff_s()) + (failed.retry_after_s or 0)
        if pause_s >= left_s or self._waited_s + pause_s > LONGEST_WAIT_S:
            return None
        if not self._budget.spend():
            return None
        self._used += 1
        self._waited_s += pause_s
        return pause_s

    def _backoff_s(self) -> float:
        return min(_FIRST_PAUSE_S * 2**self._used, _LONGEST_PAUSE_S)


def read_retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header: seconds or an HTTP date; None if it is neither or in the past.

    RFC 9110, 10.2.3.
    """
    try:
        seconds = float(value)
    except ValueError:
        seconds = _until(value, now)
    return seconds if 0 <= seconds < float("inf") else None


def _until(value: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return -1
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()
