"""How cost grows: with councils in flight, with members, and with the length of answers.

`python -m tests.bench.growth [--database sqlite|postgres] [--only councils|members|length]`. The
ideal is 0.9 s: three stages of 0.3 s. `/bare` is beside a few lines of aiohttp.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from tests.bench.databases import Databases
from tests.bench.processes import Found, alone, bare, model_server
from tests.bench.setups import Machine

_STAGE_S = 0.3
_COUNCILS = (1, 10, 30, 100, 300, 1000)
_MEMBERS = range(2, 10)
_LENGTHS = (100, 1_000, 10_000, 100_000)
# At the same time, where it is not councils that grow: enough for a figure of one.
_SOME = 30
_BAR = 40

Line = tuple[str, Found, Found]


def councils(made: Databases) -> Iterator[Line]:
    """Let councils in flight grow."""
    with model_server({"default": {"latency_s": _STAGE_S}}) as port:
        for number in _COUNCILS:
            yield f"{number:,} in flight", alone(port, number, made.new()), bare(port, number)


def members(made: Databases) -> Iterator[Line]:
    """Let members grow."""
    with model_server({"default": {"latency_s": _STAGE_S}}) as port:
        for number in _MEMBERS:
            names = [f"member {each}" for each in range(1, number + 1)]
            found = alone(port, _SOME, made.new(), members=names)
            yield f"{number} members", found, bare(port, _SOME, number)


def lengths(made: Databases) -> Iterator[Line]:
    """Let each answer grow, in characters."""
    for length in _LENGTHS:
        text = ("An answer of some length, as models write them. " * (length // 40))[:length]
        script = {"latency_s": _STAGE_S, "texts": {"answer": text}}
        with model_server({"default": script}) as port:
            found = alone(port, _SOME, made.new())
            yield f"{length:,} characters", found, bare(port, _SOME)


CURVES: dict[str, Callable[[Databases], Iterator[Line]]] = {
    "councils": councils,
    "members": members,
    "length": lengths,
}


def main() -> None:
    """Print the curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--only", nargs="+", choices=[*CURVES], default=[*CURVES])
    options = parser.parse_args()
    with Machine() as machine:
        made = machine.databases(options.database)
        for name in options.only:
            _write(f"\n{name:<22}{'wall':>10}{'CPU each':>12}{'/bare':>8}{'RSS':>10}\n")
            _tell(CURVES[name](made))


def _tell(lines: Iterator[Line]) -> None:
    most_ms = 0.0
    for what, found, least in lines:
        most_ms = most_ms or 4 * found.cpu_ms
        bar = "#" * min(_BAR, round(_BAR * found.cpu_ms / most_ms))
        ratio = found.cpu_ms / least.cpu_ms
        figures = f"{found.wall_s:>8.2f} s{found.cpu_ms:>9.1f} ms{ratio:>7.1f}x"
        _write(f"{what:<22}{figures}{found.rss_mb:>7.0f} MB  {bar}\n")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
