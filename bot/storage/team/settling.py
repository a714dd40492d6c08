"""Count what ended deliberations have cost, in place of what was set aside for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, exists, or_, select

from bot.domain import Estimate, ModelCall, State
from bot.storage.loading import model_call
from bot.storage.reserving import change, settled_reservations
from bot.storage.statements import FINAL_STATES
from bot.storage.tables import councils, deliberations, model_calls
from bot.storage.team_tables import reservations, spending
from bot.team.spending.estimates import settled_micros

# Bounds how long one transaction holds the sums.
AT_ONCE = 100
# How long sums can be looked at after they no longer count.
_KEPT = timedelta(days=40)

_DUE = (
    select(reservations.c.deliberation_id)
    .distinct()
    .outerjoin(deliberations, deliberations.c.id == reservations.c.deliberation_id)
    .where(
        reservations.c.is_settled.is_(False),
        or_(deliberations.c.id.is_(None), deliberations.c.state.in_(FINAL_STATES)),
    )
    .order_by(reservations.c.deliberation_id)
    .limit(AT_ONCE)
)
# Nobody writes to them, or reopens them, until this transaction ends.
_ENDED = (
    select(
        deliberations.c.id,
        deliberations.c.state,
        deliberations.c.epoch,
        deliberations.c.estimate,
        councils.c.definition,
    )
    .join(councils)
    .where(deliberations.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(deliberations.c.id)
    .with_for_update(read=True, of=deliberations)
)
_CALLS = (
    select(model_calls)
    .where(model_calls.c.deliberation_id.in_(bindparam("ids", expanding=True)))
    .order_by(model_calls.c.position)
)
_UNSETTLED = settled_reservations(is_settled=False)
_NO_ESTIMATE = Estimate(0, 0)


def due(connection: Connection) -> Sequence[str]:
    """Return deliberations that have ended, or were forgotten, and are not settled."""
    return connection.scalars(_DUE).all()


def settle(to: Connection, ids: Sequence[str]) -> int:
    """Settle those of these deliberations that are still due; return how many."""
    key = {"ids": sorted(ids)}
    ended = {row.id: row for row in to.execute(_ENDED, key)}
    rows = to.execute(_UNSETTLED, key).all()
    calls = _calls(to, key)
    amounts: dict[str, int] = {}
    for row in rows:
        known = ended.get(row.deliberation_id)
        if known is None:
            # Forgotten before it was settled: what it cost is no longer known.
            amounts[row.deliberation_id] = row.micros
        elif State(known.state).is_final:
            amounts[known.id] = settled_micros(
                calls.get(known.id, ()),
                known.definition,
                known.estimate or _NO_ESTIMATE,
                # Whoever cancels raises the epoch too: at 1 no worker had begun.
                is_cut_off=known.state == State.CANCELLED and known.epoch > 1,
            )
    taken = [row for row in rows if row.deliberation_id in amounts]
    if taken:
        change(to, taken, amounts)
    return len(amounts)


def sweep(to: Connection, now: datetime) -> None:
    """Delete sums that nobody asks for any more, and what went into them."""
    to.execute(delete(spending).where(spending.c.resets_at < now - _KEPT))
    same = (spending.c[name] == reservations.c[name] for name in ("platform", "workspace", "key"))
    to.execute(delete(reservations).where(reservations.c.is_settled, ~exists().where(*same)))


def _calls(connection: Connection, key: Mapping[str, object]) -> dict[str, list[ModelCall]]:
    found: dict[str, list[ModelCall]] = {}
    for row in connection.execute(_CALLS, key):
        found.setdefault(row.deliberation_id, []).append(model_call(row))
    return found
