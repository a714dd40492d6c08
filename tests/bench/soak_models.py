"""Models for a soak: fast ones, of whose requests a share is met with faults of every kind.

`python -m tests.bench.soak_models SHARE SEED` prints its port.
"""

from __future__ import annotations

import asyncio
import sys
from random import Random
from typing import Any

from tests.fakes.model_faults import FAULTS
from tests.fakes.model_server import ModelServer, Script

_FORGET_EVERY_S = 1.0
_GOOD = Script()
# An hour's wait for more credit is a test of its own; here the operator would have stepped in.
_TOO_LONG = frozenset({"429-retry-after-huge", "429-no-credit", "401", "402", "403"})
_KINDS = tuple(name for name in FAULTS if name not in _TOO_LONG)


class Chance(dict[str, Script]):
    """Scripts by model that are drawn anew for each request."""

    def __init__(self, share: float, random: Random) -> None:
        super().__init__()
        self._share = share
        self._random = random

    def get(self, key: str, default: Any = None) -> Any:
        """Draw one."""
        if self._random.random() >= self._share:
            return _GOOD
        return Script(fault=self._random.choice(_KINDS))


async def _serve(share: float, seed: int) -> None:
    # A model's second is short here, so that dripping ends soon.
    async with ModelServer(tick_s=0.05) as server:
        server.scripts = Chance(share, Random(seed))  # noqa: S311 no secret
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        while True:
            await asyncio.sleep(_FORGET_EVERY_S)
            server.requests.clear()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), int(sys.argv[2])))
