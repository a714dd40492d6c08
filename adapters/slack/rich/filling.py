"""Fills messages with units, within Slack's limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from adapters.slack.rich.elements import (
    LIST,
    SECTION,
    Block,
    children,
    holder,
    is_plain,
    joined,
    rich_text_block,
    size,
    text,
    text_of,
)
from adapters.slack.rich.units import Unit

# Slack takes 50; the others are for what the caller puts above and below.
MOST_BLOCKS = 40
# No limit of a rich text is documented; this is a section's.
BLOCK_TEXT = 3_000
# Slack answers a second one with `only_one_table_allowed`.
MOST_TABLES = 1

_MOST_MOVED = 4  # a quarter of a message is moved at most: beside it any unit, half of one, fits
_CLOSED = -1
_WRAPPING = size(rich_text_block([]))
_EMPTY_TEXT = size(text("")) + len(",")
_LEADING = size(holder(SECTION, [text("")])) + len(",")


@dataclass(slots=True)
class Filling:
    """A message that is being filled; `json` is the most that its blocks come to."""

    most_json: int
    units: list[Unit] = field(default_factory=list[Unit])
    json: int = len("[]")
    _blocks: list[Block] = field(default_factory=list[Block])
    _room_in_block: int = _CLOSED
    """How much text the last block still takes."""

    def takes(self, unit: Unit) -> bool:
        """Say whether a unit fits; an empty message takes whatever comes."""
        if not self.units:
            return True
        tables = sum(block["type"] == "table" for block in (*self._blocks, unit.body))
        blocks = len(self._blocks) + self._needs_block(unit)
        is_small = self.json + self._cost(unit) <= self.most_json
        return is_small and blocks <= MOST_BLOCKS and tables <= MOST_TABLES

    def add(self, unit: Unit) -> None:
        """Put a unit at the end."""
        self.json += self._cost(unit)
        length = len(text_of(unit.body))
        if unit.is_block:
            self._blocks.append(unit.body)
            self._room_in_block = _CLOSED
        elif self._needs_block(unit):
            self._blocks.append(rich_text_block([_copy(unit.body)]))
            self._room_in_block = BLOCK_TEXT - length
        else:
            self._add_to_block(unit)
            self._room_in_block -= len(unit.lead) + length
        self.units.append(unit)

    def broken_before(self, unit: Unit) -> tuple[Filling, Filling]:
        """Return this message and the next, which the unit goes into, since it does not fit here.

        The next begins with the last heading here if that is near, or else with the beginning of
        what the unit goes on with.
        """
        begin = self._best_break(unit)
        following = self._with(self.units[begin:])
        if following.takes(unit):
            return self._with(self.units[:begin]), following
        return self, Filling(self.most_json)

    def finished(self) -> list[Block]:
        """Return the blocks."""
        return [_tidy(block) if block["type"] == "rich_text" else block for block in self._blocks]

    def _best_break(self, unit: Unit) -> int:
        best, is_below, moved = len(self.units), False, 0
        for index in reversed(range(1, len(self.units))):
            last = self.units[index]
            moved += size(last.body)
            if moved > self.most_json // _MOST_MOVED or (is_below and not last.is_heading):
                break
            is_below = last.is_heading
            if last.is_heading or (last.starts and best == len(self.units) and not unit.starts):
                best = index
        return best

    def _with(self, units: Iterable[Unit]) -> Filling:
        filling = Filling(self.most_json)
        for unit in units:
            filling.add(unit)
        return filling

    def _needs_block(self, unit: Unit) -> bool:
        is_apart = unit.is_block or unit.opens_block
        return is_apart or len(unit.lead) + len(text_of(unit.body)) > self._room_in_block

    def _cost(self, unit: Unit) -> int:
        cost = size(unit.body) + len(",")
        if self._needs_block(unit):
            return cost if unit.is_block else cost + _WRAPPING
        if unit.joins:
            return self._cost_of_joining(unit)
        return cost + _LEADING + size(unit.lead) if unit.lead else cost

    def _cost_of_joining(self, unit: Unit) -> int:
        elements = children(unit.body)
        cost = size(elements)
        if not unit.lead:
            return cost
        before = children(children(self._blocks[-1])[-1])[-1]
        seams = is_plain(before) + is_plain(elements[0])
        return cost + size(unit.lead) + (1 - seams) * _EMPTY_TEXT

    def _add_to_block(self, unit: Unit) -> None:
        elements = children(self._blocks[-1])
        lead = [text(unit.lead)] if unit.lead else []
        if unit.joins:
            children(elements[-1]).extend([*lead, *children(unit.body)])
        elif unit.body["type"] == SECTION:
            elements.append({**unit.body, "elements": [*lead, *children(unit.body)]})
        else:
            elements += [holder(SECTION, lead)] if lead else []
            elements.append(_copy(unit.body))


def _copy(element: Block) -> Block:
    return {**element, "elements": list(children(element))}


def _tidy(block: Block) -> Block:
    return rich_text_block([_tidy_element(element) for element in children(block)])


def _tidy_element(element: Block) -> Block:
    if element["type"] == LIST:
        return {**element, "elements": list(map(_tidy_element, children(element)))}
    return {**element, "elements": joined(children(element))}
