"""A process that runs a deliberation until it is killed, or cancelled.

`python -m tests.bot.work.other postgresql://… d1`
"""

from __future__ import annotations

import asyncio
import sys

from bot.domain import Tenant, Turn
from bot.work.engine import DbosEngine


async def run(_deliberation_id: str) -> None:
    """Say when it begins, and when it is cancelled."""
    tell("running")
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        tell("cancelled")
        raise


def tell(word: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def main(url: str, deliberation_id: str) -> None:
    """Start it and wait for its end."""
    async with DbosEngine(url, run, give_up=run) as engine:
        await engine.start(Turn(deliberation_id, 0, Tenant("console", "T1")))
        await engine.wait(deliberation_id)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
