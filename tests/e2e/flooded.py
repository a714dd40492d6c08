"""A process that holds a council around each of some models, and prints its most memory in kB.

Each model is a member, whose answer comes in one piece, and the chairman, who streams.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from bot import logs
from bot.domain import Council, Deadlines, Seat, State
from bot.llm.providers import Provider
from tests.e2e.stack import hold, open_app

_DEADLINES = Deadlines(soft_min=1.5, call=1.5, deliberation=10.0)


async def main(folder: Path, base_url: str, models: list[str]) -> None:
    """Hold the councils one after another, so that each may take all the memory."""
    providers = {"work": Provider("work", "openai", base_url)}
    async with open_app(folder, providers) as app:
        for model in models:
            seats = tuple(Seat(name, f"work/{name}") for name in ("a", "b", "c", model))
            council = Council(
                seats, Seat("Chair", f"work/{model}"), is_revising=False, deadlines=_DEADLINES
            )
            ended = await hold(app, council)
            assert ended.state is State.DONE, ended.reason


def most_kb() -> int:
    """Return this process's peak; ru_maxrss would count the one that it was forked from as well."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


if __name__ == "__main__":
    logs.configure("error", ())
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
    sys.stdout.write(f"{most_kb()}")
