"""The interactive terminal: finished messages above, a small live area below them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.segment import Segment, Segments
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from adapters.console.markdown import Markdown, split_blocks
from adapters.console.render import (
    THEME,
    closing,
    final_heading,
    notes,
    render,
    seat_table,
    warning,
)
from bot import phrases
from bot.domain import State
from bot.domain.reports import FailureReport, Report, RootReport, SeatStatus, SynthesisReport
from bot.untrusted import harmless, one_line, whole_escapes

_REFRESH_S = 0.1  # as often as a spinner turns
_LINES_BELOW = 4  # kept free under the growing last block of the final answer


def terminal_console() -> Console:
    """Return stdout as rich sees it: our colours, and no markup in what models write."""
    return Console(theme=THEME, markup=False, highlight=False, emoji=False)


class LiveScreen:
    """Shows a deliberation as it goes; an async context manager, since its spinner turns."""

    is_live = True

    def __init__(self, console: Console, *, clock: Callable[[], float] = monotonic) -> None:
        self._console = console
        self._clock = clock
        self._spinner = Spinner("dots", style="cyan")
        self._root: RootReport | None = None
        self._since: dict[tuple[str, SeatStatus], float] = {}
        self._noted: set[str] = set()
        self._opening: tuple[str, ...] = ()
        self._final: _FinalAnswer | None = None
        self._ticker: asyncio.Task[None] | None = None
        self._live = Live(
            self,
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )

    async def __aenter__(self) -> Self:
        self._ticker = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.wait([self._ticker])
        self._live.stop()

    def show(self, report: Report) -> None:
        """Print a message above the live area."""
        match report:
            case RootReport():
                self._console.print(render(report))
                self.update(report)
            case SynthesisReport():
                self._root = None
                self._conclude(report)
            case FailureReport():
                self._root = None
            case _:
                self._console.print(render(report))
        self._refresh()

    def update(self, report: RootReport) -> None:
        """Take over the seats' states; a seat that has failed is said so for good."""
        self._root = None if report.state.is_final else report
        for seat in report.seats:
            self._since.setdefault((seat.name, seat.status), self._clock())
            if seat.status is SeatStatus.FAILED and seat.reason is not None:
                self._note(phrases.absence(seat.name, seat.reason))

    def begin(self, report: Report) -> None:
        """Print the heading of the final answer, and before all else who failed."""
        if self._final is not None:
            self._console.print(warning("That draft is void; another chairman begins anew."))
        self._final = _FinalAnswer(self._console)
        self._console.print(final_heading())
        if isinstance(report, SynthesisReport):
            self._opening = phrases.top_notes(report)
            self._console.print(Group(*notes(self._opening)))

    def append(self, text: str) -> None:
        """Print the blocks that are complete now; the last one stays in the live area."""
        if self._final is not None:
            self._final.append(text)

    def line(self, text: str) -> None:
        """Print one dim line."""
        self._console.print(Text(text, style="dim"))

    def _note(self, sentence: str) -> None:
        if sentence not in self._noted:
            self._noted.add(sentence)
            self._console.print(warning(sentence))

    def _conclude(self, report: SynthesisReport) -> None:
        final, self._final = self._final, None
        if final is None:
            self._console.print(render(report))
            return
        final.finish(report.synthesis.text)
        later = [note for note in phrases.top_notes(report) if note not in self._opening]
        self._console.print(Group(*notes(later), closing(report)))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_S)
            self._refresh()

    def _refresh(self) -> None:
        if self._final is not None:
            self._final.print_finished_blocks()
        if self._root is not None or self._final is not None:
            self._live.start()
        if self._live.is_started:
            self._live.refresh()

    def __rich__(self) -> RenderableType:
        # Asked for anew with every message, so that the area is never behind what is above it.
        parts: list[RenderableType] = []
        if self._final is not None:
            parts += [self._final.tail(self._console.height - _LINES_BELOW), Text()]
        if self._root is not None:
            if self._root.state is not State.SYNTHESISING:
                parts.append(self._seats(self._root))
            parts.append(self._headline(self._root))
        return Group(*parts)

    def _seats(self, root: RootReport) -> RenderableType:
        now = self._clock()
        elapsed = {
            seat.name: now - self._since.get((seat.name, seat.status), now) for seat in root.seats
        }
        return seat_table(root.seats, self._spinner, elapsed)

    def _headline(self, root: RootReport) -> RenderableType:
        line = Table.grid(padding=(0, 1))
        line.add_row(self._spinner, Text(one_line(root.headline), style="dim"))
        return line


class _FinalAnswer:
    """The final answer while it streams: finished blocks are printed, the last one is kept."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed = ""
        self._rest = ""

    def append(self, text: str) -> None:
        self._rest += text

    def print_finished_blocks(self) -> None:
        whole, incomplete = whole_escapes(self._rest)
        done, tail = split_blocks(harmless(whole))
        if done.strip():
            self._rest = tail + incomplete
            self._print(done)

    def tail(self, height: int) -> RenderableType:
        """Return the last lines of the unfinished block, no more than fit on the screen."""
        block = phrases.paragraph(whole_escapes(self._rest)[0])
        return _segments(self._lines(block)[-max(height, 1) :])

    def finish(self, text: str) -> None:
        """Print what is not printed yet; all of it if the answer is not the one that streamed."""
        final = phrases.paragraph(text).strip()
        printed = self._printed.strip()
        self._rest = ""
        if final.startswith(printed):
            self._print(final[len(printed) :].lstrip("\n"))
            return
        self._console.print(warning("The final answer differs from what was streamed. It is:"))
        self._print(final)

    def _print(self, markdown: str) -> None:
        self._printed += markdown
        if markdown.strip():
            self._console.print(Group(_segments(self._lines(markdown)), Text()))

    def _lines(self, markdown: str) -> list[list[Segment]]:
        lines = self._console.render_lines(Markdown(markdown), pad=False)
        # rich begins a list with an empty line of its own
        while lines and not "".join(part.text for part in lines[0]).strip():
            del lines[0]
        return lines


def _segments(lines: list[list[Segment]]) -> Segments:
    return Segments([part for line in lines for part in (*line, Segment.line())])
