"""What parts of the bot the CPU time of a council goes to: `python -m tests.bench.split`.

`[--councils 100] [--database sqlite|postgres|both]`
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from tests.bench.processes import alone, model_server
from tests.bench.setups import SETUPS, Machine


def main() -> None:
    """Print both databases' columns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--councils", type=int, default=100)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    options = parser.parse_args()
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    with Machine() as machine:
        for setup in (setup for setup in SETUPS if setup.workers == 1 and setup.kind in kinds):
            with model_server({"default": {"latency_s": 0.3}}) as port:
                database = machine.databases(setup.kind).new()
                found = alone(port, options.councils, database, is_split=True)
            _tell(setup.name, found.cpu_ms, found.split)


def _tell(name: str, cpu_ms: float, split: Mapping[str, float]) -> None:
    sys.stdout.write(f"{name}: {cpu_ms:.1f} ms of CPU a council\n")
    whole = sum(split.values())
    for part, part_ms in sorted(split.items(), key=lambda each: -each[1]):
        sys.stdout.write(f"  {part:<16}{part_ms:>8.2f} ms{100 * part_ms / whole:>6.0f} %\n")


if __name__ == "__main__":
    main()
