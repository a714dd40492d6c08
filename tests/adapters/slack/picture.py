"""A finished thread as a page to look at: `python -m tests.adapters.slack.picture thread.html`.

`chromium --headless --no-sandbox --screenshot=thread.png --window-size=760,2600 thread.html` makes
a picture of it.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from adapters.slack.render import render
from adapters.slack.thread.messages import Message
from bot.reports import report, root_report
from tests.adapters.samples import DONE, SLOTS
from tests.adapters.slack.preview import page


def thread() -> list[Message]:
    """Return all messages of a finished deliberation."""
    root = replace(root_report(DONE), conclusion="1795525436.888871")
    replies = [message for slot in SLOTS[1:] for message in render(report(DONE, slot))]
    return [*render(root, answer_link="https://acme.slack.com/archives/C1/p1"), *replies]


if __name__ == "__main__":
    shown = [{"blocks": message.blocks} for message in thread()]
    Path(sys.argv[1]).write_text(page(shown, pinned=len(shown) - 1), encoding="utf-8")
