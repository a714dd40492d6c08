"""The long forms of fault tests that the suite holds in short: `python -m tests.bench.faults`.

A service is stopped twice while it works on fifty questions; a SQLite database is locked by another
program for ten seconds while answers arrive. Prints what was broken; exits with 1 if anything was.
Those who are killed at random are in `tests.bench.crashes`, the long run is `tests.bench.soak`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path

from bot.storage.migrate import migrate
from tests.e2e.test_database_trouble import hold_lock, open_trouble
from tests.e2e.test_drain import hand_back, open_shop
from tests.launcher import Launcher

COUNCILS = 50
LOCKED_S = 10.0


async def _stop_twice(launcher: Launcher, folder: Path, url: str) -> list[str]:
    async with open_shop(launcher, folder, url) as shop:
        return await hand_back(shop, COUNCILS)


async def _lock(launcher: Launcher, folder: Path, url: str) -> list[str]:
    async with open_trouble(launcher, folder, url) as trouble:
        return await hold_lock(trouble, LOCKED_S)


FORMS: Mapping[str, Callable[[Launcher, Path, str], Coroutine[None, None, list[str]]]] = {
    f"stopped twice with {COUNCILS} councils": _stop_twice,
    f"locked for {LOCKED_S:.0f} s": _lock,
}


def main() -> None:
    """Hold all of them, one after the other."""
    broken: list[str] = []
    with Launcher() as launcher:
        for name, form in FORMS.items():
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                url = f"sqlite:///{folder}/council.db"
                migrate(url)
                found = asyncio.run(form(launcher, Path(folder), url))
            broken += found
            took_s = time.monotonic() - began
            sys.stdout.write(f"{name:<40}{len(found):>4} broken{took_s:>8.1f} s\n")
    sys.stdout.write("".join(f"{fault}\n" for fault in broken))
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
