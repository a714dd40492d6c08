"""How long to wait for a model: for its first word, between words, and in all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.llm import failures
from bot.llm.failures import AttemptError, Source

_AFTER_FINISH_S = 2.0  # for the token counts, which come after the last word


@dataclass(frozen=True, slots=True)
class Waits:
    """Bounds in seconds for streamed answers; a plain one has nothing but its whole deadline.

    Models that think before they speak may stay silent for more than a minute.
    """

    first_token_s: float = 90.0
    idle_s: float = 30.0


class Patience:
    """The deadlines of one attempt. `due` is when it runs out, on the event loop's clock."""

    def __init__(self, source: Source, waits: Waits, until: float, *, is_stream: bool) -> None:
        self._source = source
        self._waits = waits
        self._began = self._since = asyncio.get_running_loop().time()
        self._until = until
        self._has_spoken = False
        self._is_finishing = False
        self.due = min(until, self._began + waits.first_token_s) if is_stream else until

    def progressed(self) -> None:
        """Note that the model has said something; keep-alives are nothing."""
        self._has_spoken = True
        self._wait(self._waits.idle_s)

    def finished(self) -> None:
        """Note that only token counts are to come, once: keep-alives do not prolong the wait."""
        if not self._is_finishing:
            self._is_finishing = True
            self._wait(_AFTER_FINISH_S)

    def expired(self) -> AttemptError:
        """Return the failure, by what was being waited for."""
        waited_s = self.due - self._since
        if not self._has_spoken:
            return failures.silent(self._source, waited_s)
        if self.due < self._until:
            return failures.fell_silent(self._source, waited_s)
        return failures.unfinished(self._source, self.due - self._began)

    def _wait(self, seconds: float) -> None:
        self._since = asyncio.get_running_loop().time()
        self.due = min(self._until, self._since + seconds)
