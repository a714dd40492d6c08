"""What is spent, in memory, and the operator's switch."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.domain import Spent, Tenant
from tests.fakes.records import FakeRecords


class FakeBudgets:
    """Implements `bot.ports.Budgets`."""

    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    async def spent(self, tenant: Tenant, keys: Collection[str]) -> Mapping[str, Spent]:
        """Return what is spent or set aside under keys."""
        raise NotImplementedError

    async def settle(self) -> int:
        """Count what ended deliberations have cost."""
        raise NotImplementedError


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
