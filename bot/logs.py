"""Logs for operators on stderr, without any key."""

from __future__ import annotations

import logging
import re
import sys
from collections import OrderedDict
from collections.abc import Iterable
from typing import cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# The shapes of keys that a foreign library may log: `sk-…`, `gsk_…`, `xai-…`, `xoxb-…`, bearer
# tokens, and the header of keys that have no shape.
_KEY_SHAPE = re.compile(
    r"\b(?:sk|gsk|xai|pk|AIza|xox[a-z]|xoxe\.xox[a-z]|xapp)[-_]?[A-Za-z0-9_-]{16,}"
    r"|(?<=[Bb]earer )[\w.~+/-]+=*"
    r"|(?i:(?<=x-api-key['\"]: ['\"])|(?<=x-api-key: )|(?<=x-api-key=))[\w.~+/-]+=*"
)
_SHORTEST_KEY = 6  # shorter ones would blot out common words
_MOST_LEARNT = 2000  # each costs a look at every line
_HIDDEN = "[key]"


def configure(level: str, keys: Iterable[str], *, is_json: bool = False) -> None:
    """Send logs from `level` up to stderr, with `keys` left out; a line is logfmt or JSON."""
    known = sorted((key for key in keys if len(key) >= _SHORTEST_KEY), key=len, reverse=True)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            Redactor(known),
            _renderer(is_json=is_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    # Libraries speak only to those who look for a fault; asyncio would print tracebacks.
    root = logging.getLogger()
    root.handlers = [_Foreign() if level == "debug" else logging.NullHandler()]
    root.setLevel(logging.DEBUG if level == "debug" else logging.WARNING)


def _renderer(*, is_json: bool) -> Processor:
    if is_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.processors.LogfmtRenderer(key_order=("timestamp", "level", "event"))


def hide(key: str) -> None:
    """Leave a key that was not known from the start out of the logs from now on."""
    for processor in structlog.get_config()["processors"]:
        if isinstance(processor, Redactor):
            processor.learn(key)


def say(sentence: str) -> None:
    """Log a sentence that is meant for the operator."""
    log: structlog.stdlib.BoundLogger = structlog.get_logger()
    log.info(sentence)


class Redactor:
    """A processor that replaces keys: known ones, the latest learnt, and what looks like one."""

    def __init__(self, keys: Iterable[str]) -> None:
        patterns = [re.escape(key) for key in keys]
        self._known = re.compile("|".join(patterns)) if patterns else None
        self._learnt: OrderedDict[str, None] = OrderedDict()

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Return an event without keys."""
        return {name: self._clean(value) for name, value in event.items()}

    def learn(self, key: str) -> None:
        """Replace one more key."""
        if len(key) < _SHORTEST_KEY:
            return
        self._learnt[key] = None
        self._learnt.move_to_end(key)
        if len(self._learnt) > _MOST_LEARNT:
            self._learnt.popitem(last=False)

    def _clean(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        text = str(value)
        if self._known is not None:
            text = self._known.sub(_HIDDEN, text)
        # Threads other than the loop's log too, while keys are learnt.
        for key in tuple(self._learnt):
            text = text.replace(key, _HIDDEN)
        return _KEY_SHAPE.sub(_HIDDEN, text)


class _Foreign(logging.Handler):
    """Passes the records of the standard library's logging on, so that they are redacted too."""

    def emit(self, record: logging.LogRecord) -> None:
        log = cast("structlog.typing.FilteringBoundLogger", structlog.get_logger())
        log.debug(record.getMessage(), logger=record.name)
