"""How often Python looks for garbage, and where C keeps what it frees."""

from __future__ import annotations

import gc
from contextlib import suppress

# Allocations between two looks, and looks between those at older objects. Python's own numbers
# (700, 10, 10) are for small programs: with hundreds of deliberations in flight, whose objects all
# live, looking through them took a fifth of all CPU time.
_THRESHOLDS = (20_000, 20, 20)

# The heaps of all threads together, and glibc's name for their number (malloc.h: M_ARENA_MAX).
_HEAPS = 2
_ARENA_MAX = -8


def relax() -> None:
    """Look for garbage less often; what is not in a cycle is freed at once as ever."""
    gc.set_threshold(*_THRESHOLDS)


def stop() -> None:
    """Look for garbage no more: a process that ends would look through all that it has loaded."""
    gc.freeze()


def share_heaps() -> None:
    """Let all threads share two heaps.

    With one each, what a large answer took stays scattered over all of them: the process holds tens
    of megabytes that nobody uses, more of them the longer it runs.
    """
    import ctypes  # noqa: PLC0415 - nobody but a service loads it

    with suppress(AttributeError):  # only glibc has a heap for each thread
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _HEAPS)
