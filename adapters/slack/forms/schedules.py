"""The window for a question that repeats."""

from __future__ import annotations

from adapters.slack.forms.parts import Entered, Input, Option, form
from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import Block, small
from bot.domain import Schedule
from bot.team.schedules.scheduling import Plan

SCHEDULE = "council_schedule"
NEW_SCHEDULE = "council_new_schedule"
NEW_TITLE, EDIT_TITLE = "Repeat a question", "Edit a question"
WHEN, QUESTION = "when", "question"

_DISCUSSION = "discussion"
_WHEN_CHARS = 100


def schedule_form(ticket: str, zone: str, schedule: Schedule | None = None) -> Block:
    """Let somebody say when to ask what; `zone` is whose time it is."""
    when = Input(
        WHEN,
        "When",
        hint=(
            "Such as weekdays 09:00, mon,wed,fri 2pm, monthly 1 09:00, hourly, or as cron: "
            "0 9 * * 1-5."
        ),
        placeholder="weekdays 09:00",
        is_optional=False,
    )
    question = Input(
        QUESTION,
        "Question",
        hint="{date} and {weekday} stand for the day on which it is asked.",
        placeholder="What should we watch today?",
        is_optional=False,
    )
    takes = Option(_DISCUSSION, "Take along what was said in the channel since the last time")
    discussion = Input(_DISCUSSION, "Discussion")
    blocks = [
        when.text(schedule.typed if schedule else "", most=_WHEN_CHARS),
        question.text(schedule.question if schedule else "", is_long=True),
        discussion.check(takes, is_checked=schedule is not None and schedule.takes_discussion),
        small(f"Times are those of {escaped(zone)}; `/council config` changes that."),
    ]
    title = NEW_TITLE if schedule is None else EDIT_TITLE
    return form(title, SCHEDULE, ticket, blocks, "Save")


def entered_plan(entered: Entered) -> Plan:
    """Return what was entered."""
    takes = _DISCUSSION in entered.choices(_DISCUSSION)
    return Plan(entered.text(WHEN), entered.text(QUESTION), takes_discussion=takes)
