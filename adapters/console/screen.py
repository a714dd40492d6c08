"""Where messages appear: nowhere, as plain text, or (in `live.py`) on an interactive terminal."""

from __future__ import annotations

import os
from typing import Protocol, TextIO

from adapters.console.plain import plain
from bot import phrases
from bot.domain.reports import FailureReport, Report, RootReport, SynthesisReport


class Screen(Protocol):
    """Shows one deliberation to a person."""

    @property
    def is_live(self) -> bool:
        """Somebody can watch answers grow."""
        ...

    def show(self, report: Report) -> None:
        """Show a finished message for good."""
        ...

    def update(self, report: RootReport) -> None:
        """Show how the seats are doing right now."""
        ...

    def begin(self, report: Report) -> None:
        """Begin the final answer, afresh if one was begun before."""
        ...

    def append(self, text: str) -> None:
        """Add text to the final answer."""
        ...

    def line(self, text: str) -> None:
        """Show one line that is no message."""
        ...


class BlankScreen:
    """Shows nothing; for `--json`, and for deliberations that somebody else asked."""

    is_live = False

    def show(self, report: Report) -> None:
        """Show nothing."""

    def update(self, report: RootReport) -> None:
        """Show nothing."""

    def begin(self, report: Report) -> None:
        """Show nothing."""

    def append(self, text: str) -> None:
        """Show nothing."""

    def line(self, text: str) -> None:
        """Show nothing."""


class PlainScreen(BlankScreen):
    """Writes finished messages as plain text, for pipes and files.

    A failure is left to whoever waits for the outcome, since it belongs on stderr.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, report: Report) -> None:
        """Write a message and an empty line."""
        if not isinstance(report, FailureReport):
            self._write(f"{plain(report)}\n\n")

    def line(self, text: str) -> None:
        """Write one line."""
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        write_or_mute(self._out, text)


class FinalScreen(PlainScreen):
    """Writes the final answer alone, for `--quiet`."""

    def show(self, report: Report) -> None:
        """Write the final answer's text."""
        if isinstance(report, SynthesisReport):
            self._write(f"{phrases.paragraph(report.synthesis.text)}\n")

    def line(self, text: str) -> None:
        """Show nothing."""


def write_or_mute(out: TextIO, text: str) -> None:
    """Write text; once the reader has gone (`| head`), drop this and all further output.

    The deliberation goes on: it is paid for, and `council show` will print it.
    """
    try:
        out.write(text)
        out.flush()
    except BrokenPipeError:
        mute(out)


def mute(out: TextIO) -> None:
    """Point a broken pipe to nowhere, so that not even the interpreter's last flush complains."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, out.fileno())
    os.close(nowhere)
