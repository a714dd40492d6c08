"""A process that runs a deliberation until it is killed, or cancelled.

`python -m tests.bot.work.other postgresql://… d1`
"""

from __future__ import annotations

import asyncio
import sys

from bot.work.engine import DbosEngine
from tests.fakes.council import deliberation


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
        await engine.start(deliberation(deliberation_id))
        await engine.wait(deliberation_id)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
