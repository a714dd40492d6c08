from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from rich.console import Console

from adapters.console.live import LiveScreen
from adapters.console.render import THEME
from bot.domain import State
from bot.domain.reports import SeatStatus
from bot.reports import report, root_report
from tests.adapters.console.samples import ALDER, BEGUN, DONE, SYNTHESIS

ANSWERING: dict[str, SeatStatus] = dict.fromkeys(("alder", "birch", "cedar"), SeatStatus.ANSWERING)
LONG = "\n\n".join(f"Paragraph {number} of a long answer." for number in range(60))


class Terminal:
    """A terminal of 80 by 24 that remembers everything that was written to it."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        ticks: Iterator[int] = count()
        console = Console(
            file=self.out, width=80, height=24, theme=THEME, force_terminal=True, markup=False
        )
        self.screen = LiveScreen(console, clock=lambda: float(next(ticks)))

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.out.getvalue())


async def test_seats_are_shown_while_they_answer() -> None:
    terminal = Terminal()

    async with terminal.screen as screen:
        screen.show(root_report(BEGUN, ANSWERING, {"alder": 17}))

    assert "What is the capital of France?" in terminal.text
    assert re.search(r"alder +work/alder +answering +\d\.0 s +17 words", terminal.text)
    assert "The members are answering." in terminal.text


async def test_a_resumed_deliberation_shows_its_seats_without_its_root_message() -> None:
    terminal = Terminal()

    async with terminal.screen as screen:
        screen.update(root_report(BEGUN, ANSWERING))
        screen.show(report(DONE, "answer:alder"))

    assert "answering" in terminal.text


async def test_a_failed_seat_is_said_once_as_it_fails() -> None:
    terminal = Terminal()

    async with terminal.screen as screen:
        screen.show(root_report(BEGUN, ANSWERING))
        screen.update(root_report(replace(DONE, state=State.REVIEWING)))
        screen.update(root_report(replace(DONE, state=State.REVIEWING)))

    assert terminal.text.count("! cedar did not answer: no answer within 120 s.") == 1


async def test_the_final_answer_streams_and_is_printed_once() -> None:
    terminal = Terminal()

    async with terminal.screen as screen:
        screen.update(root_report(replace(DONE, state=State.SYNTHESISING)))
        screen.begin(report(DONE, "synthesis"))
        for piece in re.findall(r".{1,3}", SYNTHESIS.text, re.DOTALL):
            screen.append(piece)
        screen.show(report(DONE, "synthesis"))

    text = terminal.text
    assert text.count("It is on the Seine.") == 1
    assert "Contested: the members do not agree" in text
    assert text.index("! Late, not reviewed: birch.") < text.index("Paris [alder, birch].")


async def test_an_answer_longer_than_the_screen_is_printed_whole() -> None:
    terminal = Terminal()
    done = replace(DONE, synthesis=replace(SYNTHESIS, text=LONG))

    async with terminal.screen as screen:
        screen.begin(report(done, "synthesis"))
        for start in range(0, len(LONG), 7):
            screen.append(LONG[start : start + 7])
        screen.show(report(done, "synthesis"))

    assert [terminal.text.count(f"Paragraph {number} of") for number in range(60)] == [1] * 60


async def test_blocks_are_parted_by_one_empty_line() -> None:
    terminal = Terminal()
    done = replace(DONE, synthesis=replace(SYNTHESIS, text="First.\n\n- a\n- b\n\nLast."))

    async with terminal.screen as screen:
        screen.begin(report(done, "synthesis"))
        for block in ("First.\n\n", "- a\n- b\n\n", "Last."):
            screen.append(block)
            screen.show(report(done, "standings"))
        screen.show(report(done, "synthesis"))

    assert re.search(r"• a *\n +• b *\n\n", terminal.text)
    assert not re.search(r"\n\n\n +• a", terminal.text)


async def test_an_answer_that_differs_from_its_stream_is_printed_in_full() -> None:
    terminal = Terminal()

    async with terminal.screen as screen:
        screen.begin(report(DONE, "synthesis"))
        screen.append("Lyon.\n\nIt is on the Rhône.\n\n")
        screen.show(root_report(DONE))
        screen.show(report(DONE, "synthesis"))

    assert "differs from what was streamed" in terminal.text
    assert "Paris [alder, birch]." in terminal.text


async def test_a_new_chairman_begins_anew() -> None:
    terminal = Terminal()

    async with terminal.screen as screen:
        screen.begin(report(DONE, "synthesis"))
        screen.append("Lyon")
        screen.begin(report(DONE, "synthesis"))
        screen.append(SYNTHESIS.text)
        screen.show(report(DONE, "synthesis"))

    assert "another chairman begins anew" in terminal.text
    assert terminal.text.count("It is on the Seine.") == 1


async def test_a_final_answer_that_did_not_stream_is_printed() -> None:
    terminal = Terminal()

    async with terminal.screen as screen:
        screen.show(report(DONE, "synthesis"))
        screen.line("a line")

    assert terminal.text.count("It is on the Seine.") == 1
    assert "a line" in terminal.text


async def test_a_stream_cannot_move_the_cursor() -> None:
    terminal = Terminal()
    hostile = "Paris\x1b[2J\x1b]0;owned\x07 indeed.\n\nYes."
    done = replace(DONE, synthesis=replace(SYNTHESIS, text=hostile))

    async with terminal.screen as screen:
        screen.show(report(replace(DONE, answers=(replace(ALDER, text=hostile),)), "answer:alder"))
        screen.begin(report(done, "synthesis"))
        for char in hostile:
            screen.append(char)
            screen.update(root_report(replace(DONE, state=State.SYNTHESISING)))
        screen.show(report(done, "synthesis"))

    assert "\x1b[2J" not in terminal.out.getvalue()
    assert "owned" not in terminal.text


async def test_leaving_gives_the_cursor_back() -> None:
    terminal = Terminal()

    async with terminal.screen as screen:
        screen.show(root_report(BEGUN, ANSWERING))

    assert terminal.out.getvalue().rindex("\x1b[?25h") > terminal.out.getvalue().rindex("\x1b[?25l")
