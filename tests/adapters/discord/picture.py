"""What Discord shows as a picture: `python -m tests.adapters.discord.picture thread.png`.

It is a finished thread, or with the word `forms` behind it the forms for what a team sets. The page
that it is made of is left beside it. It needs Chromium.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from adapters.discord import keys, schedules
from adapters.discord.incoming import Names
from adapters.discord.render import render
from adapters.discord.settings import modals
from adapters.discord.settings.editing import Editing
from adapters.discord.settings.page import page as settings_page
from adapters.discord.settings.view import Tab, View
from adapters.discord.thread.links import message_link
from adapters.discord.thread.messages import Message
from adapters.discord.thread.writing import writing
from bot.domain import Limits, Place, PlaceSettings, Seat, State, Terms
from bot.domain.reports import SeatStatus
from bot.ports import ModelInfo
from bot.reports import report, root_report
from bot.team.schedules.scheduling import Plan
from bot.team.settings.configuring import Draft
from tests.adapters.discord.preview import form, page
from tests.adapters.samples import BEGUN, DONE, SLOTS, SYNTHESIS

_CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
_WIDTH = 760
_KIM, _COOKS = "80351110224678912", "80351110224678913"
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


def forms() -> str:
    """Return the forms for what a team sets, as a page."""
    council = BEGUN.council
    place = Place("discord", "1", "1204")
    own = PlaceSettings(
        members=council.members,
        askers=(_COOKS, _KIM),
        language="Deutsch",
        limits=Limits(usd_day=2.5, councils_month=300),
    )
    editing = Editing(Draft(place, own, 1, Terms(council)), PlaceSettings(), seat="1")
    names = Names(role=lambda number: "Cooks" if number == _COOKS else None)
    cost = "A question costs about $0.07, at most $0.21."
    found = [ModelInfo("openrouter/anthropic/claude-sonnet-5.5", 3, 15, sees_images=True)] * 3
    notes = ["**Saved.**", "- Mode: standard → thorough", "⚠ Ada and Bob share a model."]
    begun = replace(editing, unfinished=Seat("", "claude sonnet"))
    views = [
        (editing, View(Tab.MEMBERS, presets=["quick", "ours"], cost=cost, names=names)),
        (begun, View(Tab.MEMBERS, ["Several models fit. Choose one."], found, names=names)),
        (editing, View(Tab.COURSE, notes, cost=cost, names=names)),
        (editing, View(Tab.PEOPLE, names=names)),
        (editing, View(Tab.LIMITS, names=names)),
    ]
    messages = [settings_page(one, "t", view).components for one, view in views]
    modals_shown = [
        modals.seat_form(editing, "t"),
        modals.texts_form(editing.draft, "t"),
        modals.limits_form(editing.draft, "t"),
        schedules.add_form(Plan("", "")),
        keys.form_of(),
    ]
    return page(messages) + "".join(map(form, modals_shown))


def draw(picture: Path, shown: str) -> None:
    """Make a picture of a page, which is left beside it."""
    source = picture.with_suffix(".html")
    source.write_text(shown + _MEASURE, encoding="utf-8")
    measured = re.search(
        r"<title>(\d+)", _browse(source, "--dump-dom", f"--window-size={_WIDTH},1")
    )
    height = int(measured[1]) if measured else 4_000
    _browse(source, f"--screenshot={picture}", f"--window-size={_WIDTH},{height}")


def _thread_page() -> str:
    messages = thread()
    return page([each.components for each in messages], pinned=len(messages) - 2)


def _browse(source: Path, *options: str) -> str:
    command = [*_CHROMIUM, *options, str(source)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout


if __name__ == "__main__":
    draw(Path(sys.argv[1]).resolve(), forms() if "forms" in sys.argv[2:] else _thread_page())
