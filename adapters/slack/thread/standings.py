"""The order after the count, as a table."""

from __future__ import annotations

from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import Block, lines, small
from adapters.slack.thread.messages import Message, single
from bot import phrases
from bot.domain.reports import StandingsReport

_NAME_CHARS = 60
_NUMBERS = {"align": "right"}


def standings(report: StandingsReport) -> Message:
    """Return the standings."""
    counted = report.standings
    rows = phrases.standings_rows(counted, _NAME_CHARS)
    blocks: list[Block] = [small(f"*{escaped(phrases.title(report))}*")]
    if counted.order:
        blocks.append(_table(rows))
    blocks += lines([escaped(line) for line in phrases.standings_lines(counted)])
    order = ", ".join(f"{place} {name}" for place, name, *_ in rows[1:])
    return single(phrases.STANDINGS, f"{phrases.STANDINGS}: {order or 'none'}", blocks)


def _table(rows: list[tuple[str, ...]]) -> Block:
    # A cell may not be empty.
    cells = [[{"type": "raw_text", "text": cell or " "} for cell in row] for row in rows]
    return {
        "type": "table",
        "rows": cells,
        "column_settings": [_NUMBERS, {"align": "left"}, _NUMBERS, _NUMBERS, _NUMBERS],
    }
