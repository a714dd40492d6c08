"""Providers' lists of models, kept for a while, and read by tasks that outlast who waits."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from bot.domain import Tenant
from bot.errors import ModelError, NotFound
from bot.ports import ModelInfo, Models

# A list that is older is still shown, and read again behind it.
_FRESH_S = 600.0
# A provider that failed is not asked again at each letter that somebody types.
_FAILED_S = 20.0
_MOST_LISTS = 512


@dataclass(frozen=True, slots=True)
class Shelf:
    """Whose list it is: a provider's name, its models, and the workspace that brought it along."""

    provider: str
    models: Models
    tenant: Tenant | None = None


@dataclass(slots=True)
class _Listing:
    models: Models
    found: tuple[ModelInfo, ...] | None = None
    read_at: float = -_FRESH_S
    failed_at: float = -_FAILED_S
    reading: asyncio.Task[tuple[ModelInfo, ...]] | None = None


class Listings:
    """Remembers lists; an async context manager, which stops what is being read when left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[Tenant | None, str], _Listing] = OrderedDict()
        self._tasks: set[asyncio.Task[tuple[ModelInfo, ...]]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def known(self, provider: str, tenant: Tenant | None) -> tuple[ModelInfo, ...]:
        """Return what was listed last, however old; empty if nothing was."""
        listing = self._known.get((tenant, provider))
        return () if listing is None else listing.found or ()

    async def soon(self, shelf: Shelf, within_s: float) -> tuple[ModelInfo, ...]:
        """Return a list that is known or comes within this time; empty if there is none."""
        listing, now = self._listing(shelf), self._clock()
        is_failing = now - listing.failed_at < _FAILED_S
        if now - listing.read_at >= _FRESH_S and not is_failing:
            self._read(shelf, listing)
        if listing.found is not None or listing.reading is None:
            return listing.found or ()
        try:
            async with asyncio.timeout(within_s):
                return await asyncio.shield(listing.reading)
        except (TimeoutError, ModelError, NotFound):
            return ()

    async def newer(self, shelf: Shelf, than_s: float) -> tuple[ModelInfo, ...]:
        """Return a list of the last so many seconds. Raises `NotFound`, `ModelError`."""
        listing = self._listing(shelf)
        if listing.found is not None and self._clock() - listing.read_at < than_s:
            return listing.found
        return await asyncio.shield(self._read(shelf, listing))

    def _listing(self, shelf: Shelf) -> _Listing:
        """Return what is known of a list; models that changed make it another one."""
        key = shelf.tenant, shelf.provider
        listing = self._known.pop(key, None)
        if listing is None or listing.models is not shelf.models:
            listing = _Listing(shelf.models)
        self._known[key] = listing
        if len(self._known) > _MOST_LISTS:
            self._known.popitem(last=False)
        return listing

    def _read(self, shelf: Shelf, listing: _Listing) -> asyncio.Task[tuple[ModelInfo, ...]]:
        if listing.reading is None:
            listing.reading = asyncio.create_task(self._list(shelf, listing))
            self._tasks.add(listing.reading)
            listing.reading.add_done_callback(self._done)
        return listing.reading

    async def _list(self, shelf: Shelf, listing: _Listing) -> tuple[ModelInfo, ...]:
        try:
            listing.found = await shelf.models.list(shelf.provider)
        except (ModelError, NotFound):
            listing.failed_at = self._clock()
            raise
        else:
            listing.read_at = self._clock()
            return listing.found
        finally:
            listing.reading = None

    def _done(self, task: asyncio.Task[tuple[ModelInfo, ...]]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it; nobody may have
