"""The program `council` behind a Slack without limits, which tells at a signal what it holds.

At SIGUSR1 it adds a line of JSON to the file named by SOAK_SAMPLES.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

import psutil

from adapters.slack.chat import SlackChat
from bot.__main__ import main
from bot.composition import slack as composition
from tests.adapters import stage

# As if Slack took whatever comes: what is watched is memory, not pace.
SPEED = 2000.0
_MOST_TYPES = 400


def sample(*_: object) -> None:
    """Tell what the process holds, without what only waits to be collected."""
    gc.collect()
    objects = gc.get_objects()
    kinds: Counter[str] = Counter()
    for each in objects:
        # Bytes tell of a growing table as well, whose entries are nobody's objects.
        kinds[f"{type(each).__module__}.{type(each).__qualname__}"] += sys.getsizeof(each)
    found = {
        "rss_mb": psutil.Process().memory_info().rss / 2**20,
        "files": len(os.listdir("/proc/self/fd")),  # noqa: PTH208 a number is all that is wanted
        "threads": threading.active_count(),
        "tasks": len(asyncio.all_tasks()),
        "objects": len(objects),
        "kinds": dict(kinds.most_common(_MOST_TYPES)),
    }
    with Path(os.environ["SOAK_SAMPLES"]).open("a") as file:
        file.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, sample)
    stage.SPEED = SPEED
    setattr(composition, "SqlPace", stage.FastPace)  # noqa: B010 it is another class
    SlackChat.stream_every_s = 0.1
    main()
