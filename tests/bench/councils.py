"""What councils cost beside a bare minimum of a few lines, against one model server.

`python -m tests.bench.councils [--councils 100,300] [--database sqlite|URL]` prints one table. Every
line is a process of its own, so that CPU and memory are that line's alone; the model server is
another. A stage lasts 0.3 s, so nothing can be faster than 0.9 s.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

STAGE_S = 0.3
MEMBERS = 4
BARS_S = {100: 2.5, 300: 6.0}
CPU_BAR_MS = 25.0
RSS_BAR_MB = 200.0
FIRST_BAR_S = 0.1
FINAL_BAR_S = 0.15
PACES = {"quick": 0.2, "steady": 0.5, "slow": 0.8, "slower": 0.9}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one line took: seconds of wall time, milliseconds of CPU a council, megabytes at most."""

    wall_s: float
    cpu_ms: float
    rss_mb: float
    first_answer_s: float = 0.0
    total_s: float = 0.0


async def bare(port: int, councils: int) -> None:
    """Hold councils with aiohttp alone: no records, no posts, no parsing, no protocol."""
    url = f"http://127.0.0.1:{port}/v1/chat/completions"

    async def call(session: aiohttp.ClientSession, prompt: str) -> str:
        body = {"model": "m", "messages": [{"role": "user", "content": prompt}]}
        async with session.post(url, json=body) as response:
            answer = await response.json()
        return str(answer["choices"][0]["message"]["content"])

    async def council(session: aiohttp.ClientSession) -> None:
        answers = await asyncio.gather(*(call(session, "Which?") for _ in range(MEMBERS)))
        shown = "\n".join(answers)
        reviews = await asyncio.gather(*(call(session, f"Judge {shown}") for _ in range(MEMBERS)))
        await call(session, "\n".join([shown, *reviews]))

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(council(session) for _ in range(councils)))


async def ours(port: int, councils: int, database: str, folder: Path) -> tuple[float, float]:
    """Hold councils with everything on: records, posts, engine; return first answer and total of the last."""
    from adapters.console.chat import ConsoleChat  # noqa: PLC0415  the bare line must not load it
    from adapters.console.screen import BlankScreen  # noqa: PLC0415
    from bot.app import App  # noqa: PLC0415
    from bot.council.course import deliberate  # noqa: PLC0415
    from bot.domain import Council, Place, Question, Seat  # noqa: PLC0415
    from bot.llm.http import open_http  # noqa: PLC0415
    from bot.llm.models import HttpModels  # noqa: PLC0415
    from bot.llm.providers import Provider  # noqa: PLC0415
    from bot.storage.database import open_database  # noqa: PLC0415
    from bot.storage.migrate import migrate  # noqa: PLC0415
    from bot.storage.outbox import SqlOutbox  # noqa: PLC0415
    from bot.storage.records import SqlRecords  # noqa: PLC0415
    from bot.work.engine import DbosEngine  # noqa: PLC0415
    from bot.work.worker import Worker  # noqa: PLC0415

    url = f"http://127.0.0.1:{port}/v1"
    provider = Provider(
        "work", "openai", url, concurrency=4 * councils, requests_per_minute=None, is_local=True
    )
    names = list(PACES) if councils == 1 else [f"m{number}" for number in range(MEMBERS)]
    seats = tuple(Seat(name, f"work/{name}") for name in names)
    council = Council(seats, Seat("Chair", "work/chair"), is_revising=False)
    place = Place("console", "local", "bench")
    migrate(database)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http())
        opened = await stack.enter_async_context(open_database(database))
        records = SqlRecords(opened)
        worker = Worker(
            deliberate=deliberate,
            models=HttpModels({"work": provider}, http),
            records=records,
            outbox=SqlOutbox(opened),
            chats={"console": ConsoleChat(folder, BlankScreen(), place)},
        )
        engine = DbosEngine(database, worker.run, give_up=worker.give_up)
        app = App(records=records, work=await stack.enter_async_context(engine))
        measure.start()
        question = Question("Which database should we use?", place, "bench")
        asked = await asyncio.gather(*(app.ask(question, council) for _ in range(councils)))
        ended = await asyncio.gather(*(app.wait(one.id) for one in asked))
        measure.stop()
    assert all(one.synthesis is not None and len(one.reviews) == MEMBERS for one in ended)
    timings = ended[-1].timings
    return timings.first_answer_s or 0.0, timings.total_s or 0.0


class Measure:
    """Wall and CPU time between start and stop."""

    def __init__(self) -> None:
        self.wall_s = self.cpu_s = 0.0

    def start(self) -> None:
        """Begin; what was loaded and opened before does not count."""
        self.wall_s, self.cpu_s = time.perf_counter(), time.process_time()

    def stop(self) -> None:
        """End."""
        self.wall_s = time.perf_counter() - self.wall_s
        self.cpu_s = time.process_time() - self.cpu_s


measure = Measure()


def child(kind: str, port: int, councils: int, database: str) -> None:
    """Measure one line and print it as JSON."""
    first = total = 0.0
    if kind == "bare":
        measure.start()
        asyncio.run(bare(port, councils))
        measure.stop()
    else:
        with tempfile.TemporaryDirectory() as folder:
            url = database if "://" in database else f"sqlite:///{folder}/council.db"
            first, total = asyncio.run(ours(port, councils, url, Path(folder)))
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {
        "wall_s": measure.wall_s,
        "cpu_ms": 1000 * measure.cpu_s / councils,
        "rss_mb": rss_mb,
        "first_answer_s": first,
        "total_s": total,
    }
    sys.stdout.write(json.dumps(figures))


def measured(kind: str, port: int, councils: int, database: str) -> Figures:
    """Run one line in a process of its own."""
    words = [
        "--child",
        kind,
        "--port",
        str(port),
        "--councils",
        str(councils),
        "--database",
        database,
    ]
    done = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-m", "tests.bench.councils", *words], check=True, capture_output=True
    )
    return Figures(**json.loads(done.stdout))


@contextmanager
def model_server(scripts: Mapping[str, object]) -> Iterator[int]:
    """Run the model server; yields its port."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(scripts, file)
        file.flush()
        words = [sys.executable, "-m", "tests.fakes.model_server", "--script", file.name]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own module
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.kill()
            server.wait()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--councils", default="100,300")
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--child")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.port, int(options.councils), options.database)
        return
    paces = {name: {"latency_s": pace} for name, pace in PACES.items()}
    with model_server({"default": {"latency_s": STAGE_S}, "models": paces}) as port:
        single(measured("ours", port, 1, options.database))
        for councils in map(int, options.councils.split(",")):
            table(port, councils, options.database)


def single(alone: Figures) -> None:
    """Print how much one council adds to what its models take."""
    first_s = alone.first_answer_s - min(PACES.values())
    final_s = alone.total_s - (2 * max(PACES.values()) + STAGE_S)
    _print("first answer after its latency", f"{first_s:.3f} s", f"{FIRST_BAR_S} s")
    _print("final after the critical path", f"{final_s:.3f} s", f"{FINAL_BAR_S} s")


def table(port: int, councils: int, database: str) -> None:
    """Print one size: the bare minimum, ours, and the bars."""
    least = measured("bare", port, councils, database)
    own = measured("ours", port, councils, database)
    bar_s = BARS_S.get(councils)
    _print(f"{councils} councils, bare: wall", f"{least.wall_s:.2f} s")
    _print(f"{councils} councils, bare: CPU each", f"{least.cpu_ms:.1f} ms")
    _print(f"{councils} councils, ours: wall", f"{own.wall_s:.2f} s", f"{bar_s} s" if bar_s else "")
    _print(f"{councils} councils, ours: CPU each", f"{own.cpu_ms:.1f} ms", f"{CPU_BAR_MS} ms")
    _print(f"{councils} councils, ours: RSS", f"{own.rss_mb:.0f} MB", f"{RSS_BAR_MB} MB")
    _print(f"{councils} councils, ours / bare: CPU", f"{own.cpu_ms / least.cpu_ms:.1f}")


def _print(what: str, value: str, bar: str = "") -> None:
    sys.stdout.write(f"{what:<40}{value:>12}{f'bar {bar}' if bar else '':>14}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
