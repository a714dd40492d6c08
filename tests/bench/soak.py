"""Thousands of short councils in one real service, and whether it grows by them.

`python -m tests.bench.soak --councils 20000 --faults 0.1 --seed 1 [--database sqlite|postgres]
[--mode fast|standard|thorough]`

`council serve` is a process of its own behind a fake Slack; its models are fast, and a share of all
requests to them meets a fault of one kind or another. After each round the service comes to rest
and tells what it holds. Printed are the memory's slope (least squares, after a warm-up), files,
threads and tasks, what became of the councils, and what kinds of objects grew. Exits with 1 if the
slope is 1 MB in a thousand councils or more, or if files, threads or tasks grew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import secrets
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Connection, func, select

from bot.domain import Mode
from bot.storage.database import Database, open_database
from bot.storage.tables import deliberations, turns
from tests.bench.processes import fast_models
from tests.bench.service import Service, configure, serving
from tests.bench.setups import Machine, Setup
from tests.bench.soak_program import SPEED
from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.server import SlackServer

_CHANNELS = 60
_AT_ONCE = 40
_ROUNDS = 20
# What is loaded, connected and cached once does not count.
_WARM_UP = 4
_LOOK_EVERY_S = 0.1
_REST_S = 3.0
_PATIENCE_S = 120.0
_BAR_MB = 1.0
# A connection more that is kept open for the next call is no leak.
_SLACK = 8
# The fake Slack forgets what nobody looks at any more.
_REMEMBERED = 200
_DEADLINES = "[deadlines]\nsoft_min = 1\ncall = 3\ndeliberation = 30\n"
_MOST_SHOWN = 15
_TOLD_CHARS = 90


@dataclass(frozen=True, slots=True)
class Sample:
    """What the service held at rest after so many councils."""

    councils: int
    rss_mb: float
    files: int
    threads: int
    tasks: int
    objects: int
    kinds: Mapping[str, int] = field(repr=False)


class Crowd:
    """People who ask in many channels, a bounded number of councils at a time."""

    def __init__(self, slack: SlackServer, database: Database) -> None:
        self._slack = slack
        self._database = database
        self._people = [slack.add_person(f"person-{number}") for number in range(_CHANNELS)]
        self._channels = [
            slack.add_channel(f"channel-{number}", members=[person])
            for number, person in enumerate(self._people)
        ]
        self.asked = 0
        self.told: Counter[str] = Counter()

    async def ask(self, councils: int) -> None:
        """Let so many be held, and return when the service is at rest."""
        last = self.asked + councils
        while self.asked < last:
            await self._until(_AT_ONCE - 1)
            free = _AT_ONCE - await self._database.read(_waiting)
            await asyncio.gather(*(self._ask() for _ in range(min(free, last - self.asked))))
            self._forget()
        await self._until(0)
        await asyncio.sleep(_REST_S)

    async def _ask(self) -> None:
        number = self.asked
        self.asked += 1
        channel, person = self._at(number)
        reply = await self._slack.command(f"Question {number}?", channel=channel, person=person)
        if not reply.is_acknowledged:
            sys.exit(f"question {number} was not acknowledged")

    async def _until(self, most: int) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while await self._database.read(_waiting) > most:  # noqa: ASYNC110 a table tells nobody
                await asyncio.sleep(_LOOK_EVERY_S)

    def _at(self, number: int) -> tuple[Channel, Person]:
        return self._channels[number % _CHANNELS], self._people[number % _CHANNELS]

    def _forget(self) -> None:
        texts = [str(each.payload.get("text")) for each in self._slack.responses]
        self.told.update(re.sub(r"\d+", "N", text)[:_TOLD_CHARS] for text in texts)
        self._slack.calls.clear()
        self._slack.responses.clear()
        self._slack.response_urls.clear()
        self._slack.ephemerals.clear()
        self._slack.retries.clear()
        for channel in self._channels:
            del channel.messages[:-_REMEMBERED]


async def soak(options: argparse.Namespace, url: str, folder: Path) -> list[Sample]:
    """Hold all councils; return a sample of each round, and print it."""
    samples = folder / "samples"
    setup = Setup(options.database)
    with fast_models(options.faults, options.seed) as port:
        council = f'mode = "{options.mode}"\n{_DEADLINES}'
        configure(folder, f"http://127.0.0.1:{port}/v1", council)
        environment = {"SOAK_SAMPLES": str(samples)}
        module = "tests.bench.soak_program"
        async with (
            SlackServer(speed=SPEED) as slack,
            serving(setup, url, folder, slack, module, environment) as service,
            open_database(url) as database,
        ):
            crowd = Crowd(slack, database)
            cpu_s = service.cpu_s()
            found = await _rounds(options.councils, crowd, service, samples)
            cpu_ms = 1000 * (service.cpu_s() - cpu_s) / crowd.asked
            _write(f"{'CPU each, rests included':<24}{cpu_ms:>7.1f} ms\n")
            outcomes = await database.read(_outcomes)
            for state, number in (outcomes | crowd.told).items():
                _write(f"{state:<24}{number:>10,}\n")
            lost = crowd.asked - outcomes.total() - crowd.told.total()
            _write(f"{'acknowledged and lost':<24}{lost:>10,}\n")
    return found


async def _rounds(councils: int, crowd: Crowd, service: Service, samples: Path) -> list[Sample]:
    found: list[Sample] = []
    began = time.monotonic()
    _write(f"{'councils':>10}{'RSS':>12}{'objects':>12}{'files':>8}{'threads':>9}{'tasks':>7}\n")
    size = max(1, councils // _ROUNDS)
    while crowd.asked < councils:
        await crowd.ask(min(size, councils - crowd.asked))
        one = await _sampled(service, samples, len(found), crowd.asked)
        found.append(one)
        figures = f"{one.rss_mb:>9.1f} MB{one.objects:>12,}{one.files:>8}"
        passed = f"{time.monotonic() - began:>8.0f} s"
        _write(f"{one.councils:>10,}{figures}{one.threads:>9}{one.tasks:>7}{passed}\n")
    return found


async def _sampled(service: Service, samples: Path, before: int, councils: int) -> Sample:
    psutil.Process(service.processes[0].pid).send_signal(signal.SIGUSR1)
    async with asyncio.timeout(_PATIENCE_S):
        while len(lines := _lines(samples)) <= before:  # noqa: ASYNC110 so does a file
            await asyncio.sleep(_LOOK_EVERY_S)
    fields: dict[str, Any] = json.loads(lines[before])
    return Sample(councils, **fields)


def _lines(samples: Path) -> list[str]:
    """Return the lines that are whole."""
    return samples.read_text().split("\n")[:-1] if samples.exists() else []


def _waiting(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(turns)) or 0


def _outcomes(connection: Connection) -> Counter[str]:
    state = deliberations.c.state
    rows = connection.execute(select(state, func.count()).group_by(state)).all()
    return Counter({str(name): number for name, number in rows})


def slope_mb(samples: Sequence[Sample]) -> float:
    """Return by how many MB a thousand councils let memory grow."""
    thousands = [sample.councils / 1000 for sample in samples]
    fit = statistics.linear_regression(thousands, [sample.rss_mb for sample in samples])
    return fit.slope


def judge(samples: Sequence[Sample]) -> bool:
    """Print what came of it; return whether the service stayed as it was."""
    steady = samples[min(_WARM_UP, len(samples) - 2) :]
    first, last, slope = steady[0], steady[-1], slope_mb(steady)
    half = len(steady) // 2
    is_flat = slope < _BAR_MB
    mark = "ok" if is_flat else "ABOVE THE BAR"
    _write(f"{'MB in 1,000 councils':<24}{slope:>10.2f}   {mark}\n")
    # The most of both halves: connections come and go.
    for name in ("files", "threads", "tasks"):
        then, now = _most(steady[:half], name), _most(steady[half:], name)
        has_grown = now > then + _SLACK
        is_flat = is_flat and not has_grown
        _write(f"{name:<24}{f'{then} to {now}':>10}   {'GREW' if has_grown else 'ok'}\n")
    grown = {kind: number - first.kinds.get(kind, 0) for kind, number in last.kinds.items()}
    for kind, more in sorted(grown.items(), key=lambda each: -each[1])[:_MOST_SHOWN]:
        if more > 0:
            _write(f"  {more:>+10,} bytes of {kind}\n")
    return is_flat


def _most(samples: Sequence[Sample], name: str) -> int:
    return max(getattr(sample, name) for sample in samples)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> None:
    """Soak, print, and exit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--councils", type=int, default=2000)
    parser.add_argument("--faults", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--mode", choices=[*Mode], default=Mode.STANDARD)
    options = parser.parse_args()
    how = f"{options.database}, {options.mode}, {options.faults:.0%} faults"
    _write(f"seed {options.seed}, {how}\n")
    with Machine() as machine, tempfile.TemporaryDirectory() as name:
        url = machine.databases(options.database).new()
        is_flat = judge(asyncio.run(soak(options, url, Path(name))))
    sys.exit(not is_flat)


if __name__ == "__main__":
    main()
