from __future__ import annotations

import io
import os
from collections.abc import Generator
from dataclasses import replace
from typing import TextIO

import pytest

from adapters.console.screen import BlankScreen, FinalScreen, PlainScreen, Screen
from bot.domain import State
from bot.domain.reports import Report
from bot.reports import report, root_report
from tests.adapters.console.samples import BEGUN, DONE, SLOTS


def spoken(screen: Screen) -> None:
    for slot in SLOTS:
        screen.show(report(DONE, slot))
    screen.update(root_report(DONE))
    screen.begin(report(DONE, "synthesis"))
    screen.append("piece")
    screen.line("a line")


def failure() -> Report:
    return report(replace(BEGUN, state=State.FAILED, reason="No member answered."), "synthesis")


def test_plain_text_has_all_messages_in_order_and_no_escapes() -> None:
    out = io.StringIO()

    spoken(PlainScreen(out))

    text = out.getvalue()
    titles = [line for line in text.splitlines() if line.startswith("== ")]
    assert len(titles) == len(SLOTS)
    assert titles[-1] == "== Final answer =="
    assert "\x1b" not in text


def test_quiet_prints_the_final_answer_alone() -> None:
    out = io.StringIO()

    spoken(FinalScreen(out))

    assert out.getvalue() == "**Paris** [alder, birch].\n\nIt is on the Seine.\n\n1. one\n2. two\n"


def test_a_blank_screen_stays_blank(capsys: pytest.CaptureFixture[str]) -> None:
    spoken(BlankScreen())

    assert capsys.readouterr().out == ""


def test_a_failure_is_no_result() -> None:
    out = io.StringIO()

    PlainScreen(out).show(failure())

    assert out.getvalue() == ""


@pytest.fixture
def broken_pipe() -> Generator[TextIO]:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        yield pipe


def test_a_reader_that_has_gone_is_no_error(broken_pipe: TextIO) -> None:
    screen = PlainScreen(broken_pipe)

    spoken(screen)
    spoken(screen)
