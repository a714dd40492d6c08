"""What councils cost beside a bare minimum of a few lines, against one model server.

`python -m tests.bench.councils [--councils 100,300] [--database sqlite|URL]` prints one table.
Every line is a process of its own, so that CPU and memory are that line's alone; the model server
is another. A stage lasts 0.3 s, so nothing can be faster than 0.9 s.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from tests.bench.whole_councils import PACES

_STAGE_S = 0.3
_WALL_BARS_S = {100: 2.5, 300: 6.0}
_CPU_BAR_MS = 25.0
_RSS_BAR_MB = 200.0
_FIRST_BAR_S = 0.1
_FINAL_BAR_S = 0.15

Figures = Mapping[str, float]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--councils", default="100,300")
    parser.add_argument("--database", default="sqlite")
    options = parser.parse_args()
    paces = {name: {"latency_s": pace} for name, pace in PACES.items()}
    with model_server({"default": {"latency_s": _STAGE_S}, "models": paces}) as port:
        print_one(port, options.database)
        for councils in map(int, options.councils.split(",")):
            print_many(port, councils, options.database)


def print_one(port: int, database: str) -> None:
    """Print how much one council adds to what its models take."""
    alone = measured("whole", port, 1, database)
    first_s = alone["first_answer_s"] - min(PACES.values())
    final_s = alone["total_s"] - (2 * max(PACES.values()) + _STAGE_S)
    _print("first answer after its latency", f"{first_s:.3f} s", f"{_FIRST_BAR_S} s")
    _print("final after the critical path", f"{final_s:.3f} s", f"{_FINAL_BAR_S} s")


def print_many(port: int, councils: int, database: str) -> None:
    """Print one size: the bare minimum, ours, and the bars."""
    least = measured("bare", port, councils, database)
    whole = measured("whole", port, councils, database)
    bar_s = _WALL_BARS_S.get(councils)
    _print(f"{councils} councils, bare: wall", f"{least['wall_s']:.2f} s")
    _print(f"{councils} councils, bare: CPU each", f"{least['cpu_ms']:.1f} ms")
    _print(f"{councils} councils: wall", f"{whole['wall_s']:.2f} s", f"{bar_s} s" if bar_s else "")
    _print(f"{councils} councils: CPU each", f"{whole['cpu_ms']:.1f} ms", f"{_CPU_BAR_MS} ms")
    _print(f"{councils} councils: RSS", f"{whole['rss_mb']:.0f} MB", f"{_RSS_BAR_MB} MB")
    _print(f"{councils} councils, CPU of ours / bare", f"{whole['cpu_ms'] / least['cpu_ms']:.1f}")


def measured(kind: str, port: int, councils: int, database: str) -> Figures:
    """Run one line in a process of its own."""
    words = ["-m", f"tests.bench.{kind}_councils", str(port), str(councils), database]
    done = subprocess.run(  # noqa: S603 our own module
        [sys.executable, *words], check=True, capture_output=True
    )
    return json.loads(done.stdout)


@contextmanager
def model_server(scripts: Mapping[str, object]) -> Generator[int]:
    """Run the model server; yields its port."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(scripts, file)
        file.flush()
        words = [sys.executable, "-m", "tests.fakes.model_server", "--script", file.name]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603 our own
        try:
            yield int(server.stdout.readline() if server.stdout else "")
        finally:
            server.kill()
            server.wait()
            if server.stdout:
                server.stdout.close()


def _print(what: str, value: str, bar: str = "") -> None:
    sys.stdout.write(f"{what:<40}{value:>12}{f'bar {bar}' if bar else '':>14}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
