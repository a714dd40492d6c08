"""The processes that benches measure: councils, the bare minimum beside them, and models.

Each is a process of its own, so that CPU and memory are its alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from tests.bench.whole_councils import ALIKE, Spec


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured; CPU is a council's, of all processes together, RSS the largest's."""

    wall_s: float
    cpu_ms: float
    rss_mb: float
    first_answer_s: float = 0.0
    total_s: float = 0.0
    reviews: int = 0
    split: Mapping[str, float] = field(default_factory=dict[str, float])


def least(rounds: int, measure: Callable[[], Found]) -> Found:
    """Measure a few times and return the least: what else a machine does can only add to it.

    Of memory it is the most.
    """
    found = [measure() for _ in range(rounds)]
    fastest = min(found, key=lambda each: each.wall_s)
    cpu_ms = min(each.cpu_ms for each in found)
    return replace(fastest, cpu_ms=cpu_ms, rss_mb=max(each.rss_mb for each in found))


def stored(kind: str, database: str, deliberations: int) -> Found:
    """Store deliberations, `whole` as the bot does or in a `bare` loop of inserts."""
    return _found(_run("tests.bench.storage", kind, database, str(deliberations)))


def bare(port: int, councils: int, members: int = len(ALIKE)) -> Found:
    """Hold councils in a few lines of aiohttp."""
    words = map(str, (port, councils, members))
    return _found(_run("tests.bench.bare_councils", *words))


def alone(
    port: int,
    councils: int,
    database: str,
    *,
    members: Sequence[str] = ALIKE,
    soft_min_s: float = 20.0,
    is_split: bool = False,
) -> Found:
    """Hold councils in one process, all of them at once."""
    spec = Spec(
        port,
        councils,
        database,
        members=tuple(members),
        running=max(500, councils),
        soft_min_s=soft_min_s,
        is_split=is_split,
    )
    return _found(_run("tests.bench.whole_councils", spec.text))


def together(port: int, councils: int, database: str, workers: int) -> Found:
    """Hold councils in so many workers, asked for by another process."""
    spec = Spec(port, councils, database, role="worker")
    with ExitStack() as stack:
        running = [stack.enter_context(_worker(spec)) for _ in range(workers)]
        asked = _found(_run("tests.bench.whole_councils", replace(spec, role="gateway").text))
        parts = [_found(worker.communicate("\n")[0]) for worker in running]
    return replace(
        asked,
        cpu_ms=asked.cpu_ms + sum(part.cpu_ms for part in parts),
        rss_mb=max(part.rss_mb for part in parts),
    )


@contextmanager
def model_server(scripts: Mapping[str, object]) -> Generator[int]:
    """Run the model server; yields its port."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file, ExitStack() as stack:
        json.dump(scripts, file)
        file.flush()
        server = _start(stack, "tests.fakes.model_server", "--script", file.name)
        yield int(server.stdout.readline() if server.stdout else "")


@contextmanager
def fast_models(faults: float, seed: int) -> Generator[int]:
    """Run models of which a share of requests fails; yields their port."""
    with ExitStack() as stack:
        server = _start(stack, "tests.bench.soak_models", str(faults), str(seed))
        yield int(server.stdout.readline() if server.stdout else "")


@contextmanager
def _worker(spec: Spec) -> Generator[subprocess.Popen[str]]:
    with ExitStack() as stack:
        worker = _start(stack, "tests.bench.whole_councils", spec.text, errors=subprocess.DEVNULL)
        if worker.stdout is None or not worker.stdout.readline():
            sys.exit("a worker did not start")
        yield worker


def _start(
    stack: ExitStack, module: str, *words: str, errors: int | None = None
) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603 our own module
        [sys.executable, "-m", module, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )
    stack.enter_context(process)
    stack.callback(process.kill)
    return process


def _run(module: str, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 our own module
        [sys.executable, "-m", module, *words], check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{module} failed: {done.stderr}")
    return done.stdout


def _found(printed: str) -> Found:
    return Found(**json.loads(printed))
