from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console
from rich.spinner import Spinner

from adapters.console.plain import plain
from adapters.console.render import THEME, render, seat_table
from bot.domain import State
from bot.domain.reports import SeatReport, SeatStatus
from bot.reports import report
from tests.adapters.console.samples import BEGUN, DONE, SLOTS


def shown(renderable: object, width: int = 80, *, is_plain: bool = True) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, theme=THEME, force_terminal=not is_plain, markup=False)
    console.print(renderable)
    return out.getvalue()


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@pytest.mark.parametrize("slot", SLOTS)
def test_colour_and_plain_text_say_the_same(slot: str) -> None:
    spoken = report(DONE, slot)
    labels = {"Note", "Question", "python", "of", "the", "weight", "wins", "share", "rank", "mean"}

    assert words(plain(spoken)) - words(shown(render(spoken), 120)) <= labels


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("slot", SLOTS)
def test_no_line_is_wider_than_the_terminal(slot: str, width: int) -> None:
    lines = shown(render(report(DONE, slot)), width).splitlines()

    assert all(len(line) <= width for line in lines)


def test_no_colour_means_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    text = shown(render(report(DONE, "standings")), is_plain=False)

    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", text)


def test_names_are_no_markup() -> None:
    odd = replace(DONE.answers[0], member="[red]alder[/red]")

    text = shown(render(report(replace(DONE, answers=(odd,)), "answer:[red]alder[/red]")))

    assert "[red]alder[/red]" in text


def test_a_rehearsal_is_marked_in_every_message() -> None:
    rehearsal = replace(DONE, is_rehearsal=True)

    assert all("ehearsal" in shown(render(report(rehearsal, slot))) for slot in SLOTS)


def test_a_failure_shows_its_reason() -> None:
    failed = replace(BEGUN, state=State.FAILED, reason="No member answered.")

    assert "! No member answered." in shown(render(report(failed, "synthesis")))


def test_the_seat_table_shows_state_time_and_words() -> None:
    seats = [
        SeatReport("alder", "work/alder", SeatStatus.ANSWERING, words=1200),
        SeatReport("birch", "work/birch", SeatStatus.ANSWERED, 3.21, words=80),
        SeatReport("cedar", "work/cedar", SeatStatus.FAILED, reason="x"),
        SeatReport("maple", "work/maple", SeatStatus.WAITING),
    ]

    lines = shown(seat_table(seats, Spinner("dots"), {"alder": 2.0})).splitlines()

    assert lines[0].split()[1:] == [
        "alder",
        "work/alder",
        "answering",
        "2.0",
        "s",
        "1,200",
        "words",
    ]
    assert lines[1].split() == ["✓", "birch", "work/birch", "answered", "3.2", "s", "80", "words"]
    assert lines[2].split() == ["✗", "cedar", "work/cedar", "failed"]
    assert lines[3].split() == ["·", "maple", "work/maple", "waiting"]
