"""Questions that repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.council import Place


@dataclass(frozen=True, slots=True)
class Schedule:
    """A question that repeats in a place.

    `rule` is a cron expression of five fields, read in `time_zone`; `typed` is what somebody wrote
    for it. `takes_discussion`: what was said in the channel since the last run comes along.
    `pause` is None while it runs, else the sentence on why not, empty if a person paused it.
    `next_due_at` is None while it is paused, `last_due_at` the latest due time that was asked.
    `number` grows with each change.
    """

    id: str
    place: Place
    owner_id: str
    owner: str
    question: str
    rule: str
    typed: str
    time_zone: str
    created_at: datetime
    takes_discussion: bool = False
    pause: str | None = None
    next_due_at: datetime | None = None
    last_due_at: datetime | None = None
    number: int = 1
