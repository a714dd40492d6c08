"""The table of the benchmark: each figure beside its bar and beside the bare minimum."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

_DIGITS = {"s": 2, "ms": 1}

HEAD = (
    f"{'figure':<46}{'on':<24}{'figure':>12}{'bar':>12}{'bare':>12}{'ratio':>8}  mark\n{'-' * 122}"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A figure; `bar` is the most that it may be, `bare` what the bare minimum of the same took."""

    figure: str
    on: str
    value: float
    unit: str
    bar: float | None = None
    bare: float | None = None

    @property
    def is_met(self) -> bool:
        """The figure is at its bar or below, or has none."""
        return self.bar is None or self.value <= self.bar

    @property
    def line(self) -> str:
        """As the table shows it."""
        mark = "" if self.bar is None else "ok" if self.is_met else "ABOVE THE BAR"
        ratio = f"{self.value / self.bare:.1f}x" if self.bare else ""
        figures = "".join(f"{self._shown(each):>12}" for each in (self.value, self.bar, self.bare))
        return f"{self.figure:<46}{self.on:<24}{figures}{ratio:>8}  {mark}"

    def _shown(self, figure: float | None) -> str:
        if figure is None:
            return ""
        digits = _DIGITS.get(self.unit, 0)
        return f"{figure:.{digits}f} {self.unit}".rstrip()


def printed(rows: Iterable[Row], write: Callable[[str], object]) -> list[Row]:
    """Write the table, line by line as the figures come; return its rows."""
    write(f"{HEAD}\n")
    kept: list[Row] = []
    for row in rows:
        kept.append(row)
        write(f"{row.line}\n")
    return kept


def keep(rows: Iterable[Row], path: Path) -> None:
    """Store a table as JSON."""
    kept = [{**asdict(row), "is_met": row.is_met} for row in rows]
    path.write_text(json.dumps(kept, indent=2) + "\n")
