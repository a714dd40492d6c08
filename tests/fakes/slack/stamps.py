"""Timestamps and identifiers in the forms that Slack gives them."""

from __future__ import annotations

import string
import time
from collections import Counter

_DIGITS = string.digits + string.ascii_uppercase


class Stamps:
    """Makes what is never the same twice."""

    def __init__(self) -> None:
        self._last_us = 0
        self._counts: Counter[str] = Counter()

    def ts(self) -> str:
        """Give the clock's time, later than every one before: `1700000000.000100`."""
        self._last_us = max(time.time_ns() // 1000, self._last_us + 1)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06}"

    def id(self, prefix: str) -> str:
        """Give an identifier such as `C08AAAAAAA1`: its prefix and ten capitals and digits."""
        self._counts[prefix] += 1
        number, letters = self._counts[prefix] * 7919 + 8 * 36**8, ""
        while number:
            number, digit = divmod(number, 36)
            letters = _DIGITS[digit] + letters
        return prefix + letters.rjust(10, "0")

    def number(self, kind: str) -> int:
        """Count up from 1."""
        self._counts[kind] += 1
        return self._counts[kind]
