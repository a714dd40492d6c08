"""Logs for operators on stderr, without any key."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from typing import cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# The shapes of keys that a foreign library may log: `sk-…`, `gsk_…`, `xai-…`, `xoxb-…`, bearer
# tokens.
_KEY_SHAPE = re.compile(
    r"\b(?:sk|gsk|xai|pk|AIza|xox[a-z]|xoxe\.xox[a-z]|xapp)[-_]?[A-Za-z0-9_-]{16,}"
    r"|(?<=[Bb]earer )[\w.~+/-]+=*"
)
_SHORTEST_KEY = 6  # shorter ones would blot out common words
_HIDDEN = "[key]"


def configure(level: str, keys: Iterable[str]) -> None:
    """Send logs from `level` up to stderr, with `keys` left out."""
    known = sorted((key for key in keys if len(key) >= _SHORTEST_KEY), key=len, reverse=True)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redactor(known),
            structlog.processors.LogfmtRenderer(key_order=("timestamp", "level", "event")),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    # Libraries speak only to those who look for a fault; asyncio would print tracebacks.
    root = logging.getLogger()
    root.handlers = [_Foreign() if level == "debug" else logging.NullHandler()]
    root.setLevel(logging.DEBUG if level == "debug" else logging.WARNING)


def redactor(keys: Iterable[str]) -> Processor:
    """Build a processor that replaces keys, known ones and what looks like one."""
    patterns = [re.escape(key) for key in keys]
    known = re.compile("|".join(patterns)) if patterns else None

    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {name: _clean(value, known) for name, value in event.items()}

    return redact


def _clean(value: object, known: re.Pattern[str] | None) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if known is not None:
        text = known.sub(_HIDDEN, text)
    return _KEY_SHAPE.sub(_HIDDEN, text)


class _Foreign(logging.Handler):
    """Passes the records of the standard library's logging on, so that they are redacted too."""

    def emit(self, record: logging.LogRecord) -> None:
        log = cast("structlog.typing.FilteringBoundLogger", structlog.get_logger())
        log.debug(record.getMessage(), logger=record.name)
