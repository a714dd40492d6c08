"""Set aside what new and reopened deliberations may cost, inside the transaction that stores them.

Locks are taken in one order by all processes: deliberations, reservations, then sums by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    Executable,
    Row,
    Update,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
    update,
)

from bot.domain import Cap, Spent
from bot.errors import OverLimit
from bot.storage.statements import insert_new
from bot.storage.tables import deliberations
from bot.storage.team_tables import reservations, spending
from bot.team.spending.budgets import Claim, added, shortage


class Key(NamedTuple):
    """What a sum is kept under."""

    platform: str
    workspace: str
    key: str


def settled_reservations(*, is_settled: bool) -> Executable:
    """Return what finds the reservations of deliberations, and locks them."""
    return (
        select(reservations, deliberations.c.estimate)
        .outerjoin(deliberations, deliberations.c.id == reservations.c.deliberation_id)
        .where(
            reservations.c.deliberation_id.in_(bindparam("ids", expanding=True)),
            reservations.c.is_settled == is_settled,
        )
        .order_by(reservations.c.deliberation_id, reservations.c.key)
        .with_for_update(of=reservations)
    )


_SETTLED = settled_reservations(is_settled=True)
_SUMS = (
    select(spending)
    .where(
        tuple_(spending.c.platform, spending.c.workspace, spending.c.key).in_(
            bindparam("keys", expanding=True)
        )
    )
    .order_by(spending.c.platform, spending.c.workspace, spending.c.key)
    .with_for_update()
)
_REFUSE = delete(deliberations).where(deliberations.c.id.in_(bindparam("ids", expanding=True)))


def _one_sum() -> Update:
    names = ("platform", "workspace", "key")
    return update(spending).where(*(spending.c[name] == bindparam(f"of_{name}") for name in names))


_PUT_SUM = _one_sum().values(micros=bindparam("to_micros"), councils=bindparam("to_councils"))
_ADD = _one_sum().values(micros=spending.c.micros + bindparam("more"))
_PUT_RESERVATION = (
    update(reservations)
    .where(
        reservations.c.deliberation_id == bindparam("of"),
        reservations.c.key == bindparam("of_key"),
    )
    .values(micros=bindparam("to_micros"), is_settled=bindparam("to_settled"))
)


def reserve(
    to: Connection, claims: Mapping[str, Claim], reopened: Sequence[str]
) -> dict[str, OverLimit]:
    """Set aside what deliberations may cost, by their ids; return those that found no room.

    These were new, and are gone again. A reopened one may spend its own most once more: it was
    given that, so nobody is asked for room; what it has spent is part of it.
    """
    if reopened:
        _reserve_again(to, reopened)
    return _reserve_new(to, claims) if claims else {}


def locked_sums(to: Connection, keys: Iterable[Key]) -> dict[Key, Spent]:
    """Return the sums that are there; nobody else changes them before this transaction ends."""
    rows = to.execute(_SUMS, {"keys": sorted(set(keys))})
    return {
        Key(row.platform, row.workspace, row.key): Spent(row.micros, row.councils) for row in rows
    }


def change(
    to: Connection, rows: Sequence[Row[tuple[object, ...]]], micros: Mapping[str, int]
) -> None:
    """Put an amount by deliberation in place of what its locked reservations hold.

    One that was settled is set aside again, and the other way round.
    """
    more: dict[Key, int] = {}
    changed: list[dict[str, object]] = []
    for row in rows:
        key = Key(row.platform, row.workspace, row.key)
        amount = micros[row.deliberation_id]
        more[key] = more.get(key, 0) + amount - row.micros
        new = {"to_micros": amount, "to_settled": not row.is_settled}
        changed.append({"of": row.deliberation_id, "of_key": row.key, **new})
    locked_sums(to, more)
    to.execute(_ADD, [{**_of(key), "more": more[key]} for key in sorted(more)])
    to.execute(_PUT_RESERVATION, changed)


def _reserve_again(to: Connection, ids: Sequence[str]) -> None:
    rows = to.execute(_SETTLED, {"ids": sorted(ids)}).all()
    if rows:
        micros = {
            row.deliberation_id: max(row.micros, row.estimate.most_micros if row.estimate else 0)
            for row in rows
        }
        change(to, rows, micros)


def _reserve_new(to: Connection, claims: Mapping[str, Claim]) -> dict[str, OverLimit]:
    caps = {key: cap for claim in claims.values() for key, cap in _keys(claim).items()}
    new = [_sum(key, caps[key]) for key in sorted(caps)]
    to.execute(_insert_sum(to.dialect.name), new)
    sums = locked_sums(to, caps)
    refused: dict[str, OverLimit] = {}
    rows: list[dict[str, object]] = []
    for deliberation_id, claim in claims.items():
        known = {key: sums[Key(*_tenant(claim), key)] for key in claim.keys}
        if (fault := shortage(claim, known)) is not None:
            refused[deliberation_id] = OverLimit(fault)
            continue
        sums.update(
            (Key(*_tenant(claim), key), spent) for key, spent in added(claim, known).items()
        )
        rows += (_reservation(deliberation_id, claim, key) for key in claim.keys)
    if rows:
        to.execute(_PUT_SUM, [{**_of(key), **_to(sums[key])} for key in sorted(caps)])
        to.execute(insert(reservations), rows)
    if refused:
        to.execute(_REFUSE, {"ids": sorted(refused)})
    return refused


@cache
def _insert_sum(dialect: str) -> Executable:
    return insert_new(dialect, spending)


def _tenant(claim: Claim) -> tuple[str, str]:
    return claim.tenant.platform, claim.tenant.workspace


def _keys(claim: Claim) -> dict[Key, Cap]:
    return {Key(*_tenant(claim), key): cap for key, cap in claim.keys.items()}


def _sum(key: Key, cap: Cap) -> dict[str, object]:
    return {**key._asdict(), "micros": 0, "councils": 0, "resets_at": cap.resets_at}


def _of(key: Key) -> dict[str, object]:
    return {f"of_{name}": value for name, value in key._asdict().items()}


def _to(spent: Spent) -> dict[str, object]:
    return {"to_micros": spent.micros, "to_councils": spent.councils}


def _reservation(deliberation_id: str, claim: Claim, key: str) -> dict[str, object]:
    return {
        "deliberation_id": deliberation_id,
        "key": key,
        "platform": claim.tenant.platform,
        "workspace": claim.tenant.workspace,
        "micros": claim.most_micros,
        "is_settled": False,
    }
