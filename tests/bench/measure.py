"""Wall time, CPU time and memory of one process, printed for the process that started it."""

from __future__ import annotations

import json
import resource
import sys
import time


class Measure:
    """The time between start and stop; what was loaded and opened before does not count."""

    def __init__(self) -> None:
        self._wall_s = self._cpu_s = 0.0

    def start(self) -> None:
        """Begin."""
        self._wall_s, self._cpu_s = time.perf_counter(), time.process_time()

    def stop(self) -> None:
        """End."""
        self._wall_s = time.perf_counter() - self._wall_s
        self._cpu_s = time.process_time() - self._cpu_s

    def tell(self, councils: int, **more: object) -> None:
        """Print seconds of wall time, milliseconds of CPU a council, megabytes, and more."""
        figures = {
            "wall_s": self._wall_s,
            "cpu_ms": 1000 * self._cpu_s / councils,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            **more,
        }
        sys.stdout.write(json.dumps(figures))
