"""A finished thread as a picture: `python -m tests.adapters.discord.picture thread.png`.

The page that it is made of is left beside it. It needs Chromium.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from adapters.discord.render import render
from adapters.discord.thread.links import message_link
from adapters.discord.thread.messages import Message
from adapters.discord.thread.writing import writing
from bot.domain import State
from bot.domain.reports import SeatStatus
from bot.reports import report, root_report
from tests.adapters.discord.preview import page
from tests.adapters.samples import BEGUN, DONE, SLOTS, SYNTHESIS

_CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
_WIDTH = 760
_KIM = "80351110224678912"
_MEASURE = "<script>document.title = document.documentElement.scrollHeight</script>"


def thread() -> list[Message]:
    """Return all messages of a finished deliberation, before them what came in between."""
    doing = {
        "claude-sonnet-5.5": SeatStatus.ANSWERING,
        "gpt-6.1-terra": SeatStatus.ANSWERING,
        "gemini-3.8-flash": SeatStatus.ANSWERED,
    }
    begun = replace(root_report(BEGUN, doing, {"gpt-6.1-terra": 112}), asker_id=_KIM)
    course = replace(DONE, question=replace(DONE.question, asker_id=_KIM))
    done = root_report(course)
    failed = replace(course, synthesis=None, state=State.FAILED, reason="Nobody answered in time.")
    half = SYNTHESIS.text[: len(SYNTHESIS.text) // 2]
    replies = [message for slot in SLOTS[1:] for message in render(report(course, slot))]
    return [
        *render(begun),
        *render(done, answer_link=message_link("1", "2", "3")),
        *replies[:-1],
        writing(half, SYNTHESIS.chairman, asker_id=_KIM),
        replies[-1],
        *render(report(failed, "synthesis")),
    ]


def draw(picture: Path) -> None:
    """Make a page and a picture of the thread."""
    messages = thread()
    shown = page([each.components for each in messages], pinned=len(messages) - 2)
    source = picture.with_suffix(".html")
    source.write_text(shown + _MEASURE, encoding="utf-8")
    measured = re.search(
        r"<title>(\d+)", _browse(source, "--dump-dom", f"--window-size={_WIDTH},1")
    )
    height = int(measured[1]) if measured else 4_000
    _browse(source, f"--screenshot={picture}", f"--window-size={_WIDTH},{height}")


def _browse(source: Path, *options: str) -> str:
    command = [*_CHROMIUM, *options, str(source)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout


if __name__ == "__main__":
    draw(Path(sys.argv[1]).resolve())
