"""The order after the count, as a table."""

from __future__ import annotations

from adapters.discord.rich.blocks import markdown
from adapters.discord.rich.tables import bare, laid_out
from adapters.discord.rich.untrusted import safe
from adapters.discord.thread.components import text
from adapters.discord.thread.messages import Message, single
from bot import phrases
from bot.domain.reports import StandingsReport

_ALIGNS = ("right", "left", "right", "right", "right")
_NAME_CHARS = 28  # with it the table is narrow enough for a phone
_MOST_ROWS = 20
_LINES_CHARS = 1_600


def standings(report: StandingsReport) -> Message:
    """Return the standings."""
    counted = report.standings
    components = [text(f"**{safe(phrases.title(report))}**")]
    if counted.order:
        rows = phrases.standings_rows(counted, _NAME_CHARS)
        cells = [[bare(cell) for cell in row] for row in rows[: _MOST_ROWS + 1]]
        components.append(text(markdown(laid_out(cells, _ALIGNS))))
    lines = phrases.standings_lines(counted)
    most = max(_LINES_CHARS // len(lines), 100)
    components.append(text("\n".join(safe(line, min(most, 400)) for line in lines)))
    return single(phrases.STANDINGS, components)
