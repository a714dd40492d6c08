"""The forms as pages to look at: `python -m tests.adapters.slack.form_picture FOLDER`.

`chromium --headless --no-sandbox --screenshot=overview.png --window-size=560,1400 overview.html`
makes a picture of one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from adapters.slack.forms import details, keys, overview, schedules, seat
from adapters.slack.forms.parts import Option, told
from adapters.slack.thread.blocks import Block
from bot.domain import (
    Council,
    Limits,
    Mode,
    OwnProvider,
    Place,
    PlaceSettings,
    Schedule,
    Seat,
    Terms,
)
from bot.team.settings.configuring import Draft
from tests.adapters.slack.form_preview import page

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SEATS = (
    Seat("Opus", "openrouter/anthropic/claude-opus-5"),
    Seat("Sol", "openrouter/openai/gpt-6.1-sol", fallbacks=("openrouter/openai/gpt-6-mini",)),
    Seat(
        "Gemini", "openrouter/google/gemini-4-pro", "A careful security engineer who asks who pays."
    ),
)
COUNCIL = Council(SEATS, Seat("Chair", "openrouter/anthropic/claude-opus-5"))
CHANNEL = PlaceSettings(
    members=SEATS,
    mode=Mode.THOROUGH,
    pins=5,
    language="German",
    askers=("U0ANN", "S0WRITERS"),
    limits=Limits(usd_day=5, councils_month=200),
    time_zone="Europe/Berlin",
)
PRESETS = ("quick", "standard", "thorough", "architecture")


def forms() -> Mapping[str, Block]:
    """Return every form, by a name for its picture."""
    usual = Terms(COUNCIL)
    fresh = Draft(Place("slack", "T1", "C1"), PlaceSettings(), 0, usual)
    own = replace(fresh, settings=CHANNEL, inherited=replace(usual, askers=("U0BOB",)))
    workspace = replace(own, place=Place("slack", "T1", ""))
    writers = [Option("S0WRITERS", "Tech Writers")]
    brought = OwnProvider("openai", "6789", NOW)
    ours = OwnProvider("our-models", "wxyz", NOW, "https://llm.example.com/v1")
    schedule = Schedule(
        "abc12",
        own.place,
        "U0ANN",
        "Ann",
        "What should we watch today, {date}?",
        "0 9 * * 1-5",
        "weekdays 09:00",
        "Europe/Berlin",
        NOW,
        takes_discussion=True,
    )
    fault = "A council has 2 to 9 members, not 1."
    return {
        "overview-fresh": overview.overview(fresh, "t", PRESETS),
        "overview": overview.overview(own, "t", PRESETS, fault=fault),
        "overview-workspace": overview.overview(workspace, "t", PRESETS),
        "seat": seat.seat_form("1", "t", SEATS[1]),
        "seat-new": seat.seat_form(overview.NEW_MEMBER, "t", None),
        "thread": details.detail(own, overview.THREAD, "t"),
        "rights": details.detail(own, overview.RIGHTS, "t", writers),
        "limits": details.detail(own, overview.LIMITS, "t"),
        "limits-workspace": details.detail(workspace, overview.LIMITS, "t"),
        "times": details.detail(own, overview.TIMES, "t"),
        "keys": keys.keys_form([brought, ours], "t"),
        "schedule": schedules.schedule_form("t", "Europe/Berlin", schedule),
        "saved": told(
            "Saved",
            ["Mode: standard → thorough", "A question costs about $0.31, at most $1.20."],
            ["⚠ Opus and Chair share a model, so they are likely to make the same mistakes."],
        ),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, view in forms().items():
        (folder / f"{name}.html").write_text(page([view]), encoding="utf-8")
