"""How often Python looks for garbage."""

from __future__ import annotations

import gc

# Allocations between two looks, and looks between those at older objects. Python's own numbers
# (700, 10, 10) are for small programs: with hundreds of deliberations in flight, whose objects all
# live, looking through them took a fifth of all CPU time.
_THRESHOLDS = (20_000, 20, 20)


def relax() -> None:
    """Look for garbage less often; what is not in a cycle is freed at once as ever."""
    gc.set_threshold(*_THRESHOLDS)


def stop() -> None:
    """Look for garbage no more: a process that ends would look through all that it has loaded."""
    gc.freeze()
