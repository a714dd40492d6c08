"""A process to which one delivery comes fifty times at once; it prints the ids that came of it.

`python -m tests.bot.storage.deliver postgresql://… a`
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from bot.storage.database import open_database
from bot.storage.records import SqlRecords
from tests.contracts.records import a_deliberation


async def deliver(url: str, prefix: str) -> str:
    """Create fifty deliberations of one delivery."""
    async with open_database(url) as database:
        records = SqlRecords(database)
        copies = [replace(a_deliberation(), id=f"{prefix}{number}") for number in range(50)]
        known = await asyncio.gather(*(records.create(copy, delivery="one") for copy in copies))
    return " ".join({each.id for each in known})


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(deliver(*sys.argv[1:])))
