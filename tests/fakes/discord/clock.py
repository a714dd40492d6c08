"""The time in Discord, which a test may move forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """The real time plus what was skipped."""

    def __init__(self) -> None:
        self._skipped_s = 0.0

    def now_s(self) -> float:
        """Give the seconds since 1970."""
        return time.time() + self._skipped_s

    def skip(self, seconds: float) -> None:
        """Let that much time have passed."""
        self._skipped_s += seconds


def iso(at_s: float) -> str:
    """Write a moment as Discord does: ISO 8601 with microseconds and an offset."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="microseconds")
