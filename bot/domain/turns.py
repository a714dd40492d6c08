"""Whose turn it is: deliberations that wait until there is room for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.council import Tenant


@dataclass(frozen=True, slots=True)
class Turn:
    """A deliberation's turn, at its `epoch`; `taken_by` is the process that has it.

    `is_over`: it has ended, and its thread is to be told.
    """

    deliberation_id: str
    epoch: int
    tenant: Tenant
    is_scheduled: bool = False
    taken_by: str | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many deliberations are before one that waits.

    `in_channel` counts those that have their turn in its channel, too; the others those that wait.
    A person is before a schedule, whenever they asked.
    """

    in_channel: int = 0
    in_workspace: int = 0
    in_all: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """How many questions may wait: of one workspace, and of all together; None is no limit."""

    in_workspace: int | None = None
    in_all: int | None = None


ROOMY = Room()


def fair(
    waiting: Sequence[Turn], running: Counter[Tenant], served: Sequence[Tenant], most: int
) -> list[Turn]:
    """Choose at most so many turns: people before schedules, and each workspace as much as others.

    `waiting` are those whose channel is free, in the order they were asked. The next turn goes to
    the workspace with the fewest `running`; among equals to the one whose last turn is longest ago,
    `served` being the workspaces by their last turn. So a workspace that asks ten thousand
    questions delays another one's first by one turn.
    """
    chosen: list[Turn] = []
    running, last = running.copy(), {tenant: moment for moment, tenant in enumerate(served)}
    for is_scheduled in (False, True):
        lines = _lines(turn for turn in waiting if turn.is_scheduled == is_scheduled)
        while lines and len(chosen) < most:
            tenant = min(lines, key=lambda each: (running[each], last.get(each, -1)))
            line = lines[tenant]
            chosen.append(line.pop())
            running[tenant] += 1
            last[tenant] = len(served) + len(chosen)
            if not line:
                del lines[tenant]
    return chosen


def _lines(waiting: Iterable[Turn]) -> dict[Tenant, list[Turn]]:
    """Part turns by workspace, the next one of each last."""
    lines: dict[Tenant, list[Turn]] = {}
    for turn in waiting:
        lines.setdefault(turn.tenant, []).append(turn)
    for line in lines.values():
        line.reverse()
    return lines
