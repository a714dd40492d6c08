"""Whether one more question may wait, inside the transaction that stores it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, select

from bot.domain import ROOMY, Room, Tenant
from bot.errors import OverLimit
from bot.phrases import counted
from bot.storage.tables import deliberations, turns

_FULL_WORKSPACE = "This workspace has {waiting} waiting already; ask again when some are answered."
_FULL = "Too many questions wait just now; ask again in a few minutes."

_WAITING = (
    select(turns.c.platform, turns.c.workspace, func.count())
    .where(turns.c.taken_by.is_(None))
    .group_by(turns.c.platform, turns.c.workspace)
)
_REFUSE = delete(deliberations).where(deliberations.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Entry:
    """A new deliberation's place among those that wait, if there is `room`."""

    tenant: Tenant
    room: Room


def crowded(to: Connection, entries: Mapping[str, Entry]) -> dict[str, OverLimit]:
    """Take away those new deliberations, by id, for which there is no room; return why.

    The last asked go first. They are among those that wait already.
    """
    if not any(entry.room != ROOMY for entry in entries.values()):
        return {}
    waiting = _waiting(to)
    refused: dict[str, OverLimit] = {}
    for deliberation_id, entry in reversed(list(entries.items())):
        if (fault := shortage(entry, waiting)) is not None:
            refused[deliberation_id] = OverLimit(fault)
            waiting[entry.tenant] -= 1
    if refused:
        to.execute(_REFUSE, {"ids": sorted(refused)})
    return refused


def shortage(entry: Entry, waiting: Mapping[Tenant, int]) -> str | None:
    """Say why one cannot wait; None if it can. It is among those that wait already."""
    most, most_in_all = entry.room.in_workspace, entry.room.in_all
    if most is not None and waiting.get(entry.tenant, 0) > most:
        return _FULL_WORKSPACE.format(waiting=counted(most, "question"))
    if most_in_all is not None and sum(waiting.values()) > most_in_all:
        return _FULL
    return None


def _waiting(to: Connection) -> Counter[Tenant]:
    rows = to.execute(_WAITING).all()
    return Counter({Tenant(platform, workspace): number for platform, workspace, number in rows})
