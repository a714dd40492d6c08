"""What the log tells of a deliberation's course: a line for each moment that operators ask about.

No line holds a question, an answer or a name; the id leads to all of it.
"""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from bot.domain import Deliberation, Post
from bot.reports import usage_of

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def taken(deliberation: Deliberation) -> None:
    """Say that this process works on it from now on; again, if another run had it before."""
    event = "taken" if deliberation.epoch == 1 else "taken again"
    log.info(event, deliberation=deliberation.id, epoch=deliberation.epoch)


def ended(deliberation: Deliberation) -> None:
    """Say how it ended, how long after the question, and what it cost so far as that is known."""
    log.info(
        "ended",
        deliberation=deliberation.id,
        outcome=deliberation.state.value,
        seconds=round((datetime.now(UTC) - deliberation.created_at).total_seconds(), 1),
        cost_usd=usage_of(deliberation.calls).cost_usd,
    )


def given_up(post: Post) -> None:
    """Say which message of it will not be sent, and why."""
    slot = post.slot.partition(":")[0]
    log.warning("post given up", deliberation=post.deliberation_id, slot=slot, reason=post.reason)
