"""The final answer, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import (
    Block,
    actions,
    button,
    divider,
    header,
    lines,
    plain_text,
    safe,
    small,
)
from adapters.slack.thread.messages import Content, Message, messages, single
from bot import phrases
from bot.domain.reports import FailureReport, SynthesisReport
from bot.reports import REHEARSAL_NOTE

FOLLOW_UP = "council_follow_up"
REVIEWS = "council_reviews"
FEEDBACK = "council_feedback"
GOOD, BAD = "good", "bad"

_LINE_CHARS = 550  # five times that, escaped, stays below a section's 3,000


def conclusion(report: SynthesisReport) -> tuple[Message, ...]:
    """Return the final answer: what must be known first, the answer, dissent, and what it took."""
    above = [
        header(phrases.title(report)),
        *lines([confidence(report)]),
        *_warnings(phrases.top_notes(report)),
    ]
    content = Content(phrases.title(report), report.synthesis.text, above, _below(report))
    return messages(content)


def failure(report: FailureReport) -> Message:
    """Return the message of a deliberation that ended without an answer."""
    notes = [REHEARSAL_NOTE] if report.is_rehearsal else []
    blocks = [
        *lines([f"*{safe(report.reason, _LINE_CHARS)}*"]),
        *_warnings([*notes, *report.notes]),
        small(f"id {safe(report.deliberation_id, 40)}"),
    ]
    return single(phrases.NO_ANSWER, report.reason, blocks)


def confidence(report: SynthesisReport) -> str:
    """Say how far the answer can be trusted, before it is read."""
    disagreement = phrases.disagreement(report.synthesis)
    lines = [f"*{escaped(report.confidence)}*", *([disagreement] if disagreement else [])]
    return "\n".join(lines)


def views(report: SynthesisReport) -> list[str]:
    """Say who sees it differently, and what stays open."""
    synthesis = report.synthesis
    dissent = phrases.dissent_lines(synthesis)
    return [
        *(f"*{phrases.DISSENT}* · {safe(line, _LINE_CHARS)}" for line in dissent),
        *(f"*{phrases.UNRESOLVED}* · {safe(each, _LINE_CHARS)}" for each in synthesis.unresolved),
    ]


def _warnings(sentences: Sequence[str]) -> list[Block]:
    """Warn in small print, one line each."""
    return [small(f"⚠ {safe(sentence, _LINE_CHARS)}") for sentence in sentences]


def _below(report: SynthesisReport) -> list[Block]:
    said = views(report)
    return [
        *([divider()] if said else []),
        *lines(said),
        small(escaped(phrases.closing_line(report))),
        actions(
            button(phrases.FOLLOW_UP, FOLLOW_UP, report.deliberation_id),
            button(phrases.SHOW_REVIEWS, REVIEWS, report.deliberation_id),
        ),
        _thumbs(report.deliberation_id),
    ]


def _thumbs(deliberation_id: str) -> Block:
    """https://docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element."""
    element = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": {
            "text": plain_text("Helpful"),
            "accessibility_label": "This answer was helpful",
            "value": f"{GOOD}:{deliberation_id}",
        },
        "negative_button": {
            "text": plain_text("Not helpful"),
            "accessibility_label": "This answer was not helpful",
            "value": f"{BAD}:{deliberation_id}",
        },
    }
    return {"type": "context_actions", "elements": [element]}
