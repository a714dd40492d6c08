"""What Slack said of a channel or a person, good for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")
_Key = tuple[str, str]

_MOST_KNOWN = 10_000


class Lookups(Generic[T]):
    """Looks things up by workspace and id; many who ask for one thing at once cost one call."""

    def __init__(self, look: Callable[[str, str], Awaitable[T]], *, fresh_s: float) -> None:
        self._look = look
        self._fresh_s = fresh_s
        self._known: dict[_Key, tuple[float, T]] = {}
        self._locks: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    async def get(self, workspace: str, name: str) -> T:
        """Return what is known, or look. Raises what looking raises."""
        key = (workspace, name)
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            found = self._known.get(key)
            if found is not None and found[0] > time.monotonic():
                return found[1]
            value = await self._look(workspace, name)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = (time.monotonic() + self._fresh_s, value)
            return value

    def forget(self, workspace: str, name: str) -> None:
        """Look again the next time."""
        self._known.pop((workspace, name), None)
