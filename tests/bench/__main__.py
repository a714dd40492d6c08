"""The benchmark: every figure that is to hold, beside its bar and beside the bare minimum.

`python -m tests.bench [--quick] [--suite] [--only PART …] [--on SETUP …] [--json FILE]`

On SQLite, and on PostgreSQL with one, two and four worker processes. Both databases wait for the
disk at every commit. The bare minimum is measured in the same run: a few lines of aiohttp for
councils, a loop of inserts for storage, an empty handler for acknowledgements. Of councils at once
it is the least of three rounds, since what else a machine does can only add to it. `--quick` takes
a minute or two and says less; `--suite` runs the tests as well. A figure above its bar is marked
and no failure, since a busy machine is none of the bot's.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.acknowledging import acknowledging
from tests.bench.councils import hanging, many, one
from tests.bench.databases import Databases
from tests.bench.processes import stored
from tests.bench.setups import SETUPS, Machine, Setup
from tests.bench.starting import starting
from tests.bench.table import Row, keep, printed

_SUITE_BAR_S = 180.0
_SEED = 20


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    councils: tuple[int, ...] = (100, 300)
    rounds: int = 3
    waiting: int = 1000
    deliveries: int = 200
    stored: int = 300
    kills: int = 24
    idle_s: float = 10.0


_QUICK = Size((100,), 1, 200, 60, 100, 4, 3.0)

Part = Callable[[Setup, Databases, Size], Iterator[Row]]


def _one(setup: Setup, made: Databases, _: Size) -> Iterator[Row]:
    if setup.workers == 1:
        yield from one(setup, made)
        yield from hanging(setup, made)


def _many(setup: Setup, made: Databases, size: Size) -> Iterator[Row]:
    for councils in size.councils:
        yield from many(setup, made, councils, size.rounds)


def _acknowledging(setup: Setup, made: Databases, size: Size) -> Iterator[Row]:
    yield from acknowledging(setup, made, size.waiting, size.deliveries)


def _starting(setup: Setup, made: Databases, size: Size) -> Iterator[Row]:
    if setup.workers == 1:
        yield from starting(setup, made, idle_s=size.idle_s)


def _storing(setup: Setup, made: Databases, size: Size) -> Iterator[Row]:
    if setup.workers > 1:
        return
    whole = stored("whole", made.new(), size.stored)
    least = stored("bare", made.new(), size.stored)
    wall_ms, bare_ms = (1000 * each.wall_s / size.stored for each in (whole, least))
    what = f"storage, {size.stored} deliberations"
    yield Row(f"{what}: wall each", setup.name, wall_ms, "ms", bare=bare_ms)
    yield Row(f"{what}: CPU each", setup.name, whole.cpu_ms, "ms", bare=least.cpu_ms)


def _killing(setup: Setup, _: Databases, size: Size) -> Iterator[Row]:
    if setup.workers > 1:
        return
    words = ["--kills", str(size.kills), "--seed", str(_SEED), "--database", setup.kind]
    done = subprocess.run(  # noqa: S603 our own module
        [sys.executable, "-m", "tests.bench.crashes", *words],
        check=False,
        capture_output=True,
        text=True,
    )
    sys.stderr.write(done.stdout if done.returncode else "")
    # Its last column counts all platforms.
    broken = [
        int(line.split()[-1]) for line in done.stdout.splitlines() if line.startswith("broken: ")
    ]
    found = sum(broken) if broken else 1
    yield Row(f"{size.kills} x kill -9: promises broken", setup.name, found, "", 0)


def suite() -> Iterator[Row]:
    """Run all tests and tell how long they take."""
    root = Path(__file__).parents[2]
    began = time.perf_counter()
    words = ["-m", "poethepoet", "test"]
    subprocess.run(  # noqa: S603 our own tests
        [sys.executable, *words], check=False, cwd=root, stdout=subprocess.DEVNULL
    )
    yield Row("test suite", "both", time.perf_counter() - began, "s", _SUITE_BAR_S)


PARTS: dict[str, Part] = {
    "one": _one,
    "many": _many,
    "ack": _acknowledging,
    "start": _starting,
    "storage": _storing,
    "kill": _killing,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = ["sqlite", *(f"postgres-{setup.workers}" for setup in SETUPS[1:])]
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--suite", action="store_true")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, "suite"], metavar="PART")
    parser.add_argument("--on", nargs="+", choices=names, default=names, metavar="SETUP")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    setups = [setup for setup, name in zip(SETUPS, names, strict=True) if name in options.on]
    parts = options.only or [*PARTS, *(["suite"] if options.suite else [])]
    size = _QUICK if options.quick else Size()
    with Machine() as machine:
        rows = printed(_rows(machine, parts, setups, size), _written)
    if options.json is not None:
        keep(rows, options.json)


def _rows(
    machine: Machine, parts: Sequence[str], setups: Sequence[Setup], size: Size
) -> Iterator[Row]:
    for name in parts:
        if name == "suite":
            yield from suite()
            continue
        for setup in setups:
            sys.stderr.write(f"… {name} on {setup.name}\n")
            yield from PARTS[name](setup, machine.databases(setup.kind), size)


def _written(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
