"""What the benches of acknowledgements share: models that take their time, and the figures."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

from tests.adapters.stage import CHAIR, MEMBERS
from tests.fakes.model_server import Script

_LATENCIES_S = (1.0, 1.5, 2.0)
_P99_BAR_MS = 250


class Reply(Protocol):
    """How a delivery was acknowledged."""

    @property
    def is_acknowledged(self) -> bool: ...

    @property
    def elapsed_s(self) -> float: ...


def scripts() -> Mapping[str, Script]:
    """Return models that keep a deliberation running for some seconds."""
    paces = zip(MEMBERS, _LATENCIES_S, strict=True)
    members = {name: Script(latency_s=pace) for name, pace in paces}
    return {**members, CHAIR: Script(latency_s=1.0, pieces=20, pause_s=0.05)}


def show(what: str, replies: Sequence[Reply], *, has_bar: bool = False) -> None:
    """Print how long acknowledgements took."""
    if not all(reply.is_acknowledged for reply in replies):
        sys.exit(f"{what}: not all were acknowledged")
    times = sorted(1000 * reply.elapsed_s for reply in replies)
    p99 = statistics.quantiles(times, n=100)[98]
    figures = f"p50 {statistics.median(times):.0f} ms, p99 {p99:.0f} ms, max {times[-1]:.0f} ms"
    bar = f" (p99 bar {_P99_BAR_MS} ms)" if has_bar else ""
    sys.stdout.write(f"{what}: {figures}{bar}\n")
    sys.stdout.flush()
