"""What is spent, in memory, and the operator's switch."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.domain import Estimate, Spent, State, Tenant
from bot.errors import NotFound
from bot.team.spending.estimates import settled_micros
from tests.fakes.records import FakeRecords


class FakeBudgets:
    """Implements `bot.ports.Budgets`."""

    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    async def spent(self, tenant: Tenant, keys: Collection[str]) -> Mapping[str, Spent]:
        """Return what is spent or set aside under keys."""
        self._records.check()
        spending = self._records.spending
        return {key: spending[tenant, key] for key in keys if (tenant, key) in spending}

    async def settle(self) -> int:
        """Count what ended deliberations have cost."""
        self._records.check()
        due = [key for key, held in self._records.reservations.items() if not held.is_settled]
        return sum([await self._settle(deliberation_id) for deliberation_id in due])

    async def _settle(self, deliberation_id: str) -> bool:
        held = self._records.reservations[deliberation_id]
        try:
            known = await self._records.load(deliberation_id)
        except NotFound:  # forgotten: what it cost is no longer known
            self._records.count(deliberation_id, held.micros, is_settled=True)
            return True
        if known.state.is_final:
            is_cut_off = known.state is State.CANCELLED and known.epoch > 1
            estimate = known.estimate or Estimate(0, 0)
            paid = settled_micros(known.calls, known.council, estimate, is_cut_off=is_cut_off)
            self._records.count(deliberation_id, paid, is_settled=True)
        return known.state.is_final


class FakeSwitch:
    """Implements `bot.ports.Switch`."""

    def __init__(self) -> None:
        self._reason: str | None = None

    async def reason(self) -> str | None:
        """Return why councils are halted."""
        return self._reason

    async def halt(self, reason: str) -> None:
        """Halt them."""
        self._reason = reason

    async def go_on(self) -> None:
        """Let them go on."""
        self._reason = None
