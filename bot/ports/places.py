"""Places that all processes share: how much of something may be in use at once."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Places(Protocol):
    """So many places for each key; all processes together never hold more."""

    def place(self, key: str, most: int) -> AbstractAsyncContextManager[None]:
        """Wait for one of the `most` places of a key, and hold it while the context is open.

        A process that dies gives its places back. While nobody can tell which places are free, one
        waits: callers set themselves a limit.
        """
        ...
