"""Colours for the bar of a message: the maker of a model, or how a deliberation stands."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain import State
from bot.marks import mark

COUNCIL = 0x5865F2

_OF_MARKS: Mapping[str, int] = {
    "🟠": 0xE67E22,
    "🟢": 0x2ECC71,
    "🔵": 0x3498DB,
    "⚫": 0x4E5058,
    "🟡": 0xF1C40F,
    "🟣": 0x9B59B6,
    "🔷": 0x1ABCDC,
    "🟪": 0xC27BE8,
    "🎭": 0xEB459E,
    "🏠": 0xA5714F,
}
_OTHER = 0xB5BAC1
_OF_STATES: Mapping[State, int] = {
    State.DONE: 0x23A55A,
    State.FAILED: 0xF23F43,
    State.CANCELLED: 0x80848E,
}


def of_model(model: str) -> int:
    """Return the colour of a model's mark."""
    return _OF_MARKS.get(mark(model), _OTHER)


def of_state(state: State) -> int:
    """Return the colour of a deliberation: one while it runs, others for how it ended."""
    return _OF_STATES.get(state, COUNCIL)
