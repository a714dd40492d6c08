"""What is kept for workspaces, in memory."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain import Place
from bot.ports import Installation
from tests.fakes.records import FakeRecords


class FakeInstallations:
    """Implements `bot.ports.Installations`."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Installation] = {}
        self._renewing: dict[tuple[str, str], datetime] = {}

    async def save(self, installation: Installation) -> None:
        key = (installation.platform, installation.workspace)
        self._known[key] = installation
        self._renewing.pop(key, None)

    async def find(self, platform: str, workspace: str) -> Installation | None:
        return self._known.get((platform, workspace))

    async def all(self, platform: str) -> tuple[Installation, ...]:
        return tuple(
            installation
            for (known, _), installation in sorted(self._known.items(), key=_by_key)
            if known == platform
        )

    async def remove(self, platform: str, workspace: str) -> None:
        self._known.pop((platform, workspace), None)

    async def reserve(self, installation: Installation, until: datetime) -> bool:
        key = (installation.platform, installation.workspace)
        known = self._known.get(key)
        taken = self._renewing.get(key)
        if known is None or known.expires_at != installation.expires_at:
            return False
        if taken is not None and taken >= datetime.now(UTC):
            return False
        self._renewing[key] = until
        return True


class FakeTickets:
    """Implements `bot.ports.Tickets`."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str, datetime]] = {}

    async def issue(self, purpose: str, content: str, lifetime: timedelta) -> str:
        ticket = secrets.token_urlsafe(24)
        self._known[purpose, ticket] = (content, datetime.now(UTC) + lifetime)
        return ticket

    async def read(self, purpose: str, ticket: str) -> str | None:
        content, until = self._known.get((purpose, ticket), (None, datetime.now(UTC)))
        return content if until >= datetime.now(UTC) else None

    async def redeem(self, purpose: str, ticket: str) -> str | None:
        content = await self.read(purpose, ticket)
        self._known.pop((purpose, ticket), None)
        return content


class FakePins:
    """Implements `bot.ports.Pins`."""

    def __init__(self) -> None:
        self._known: defaultdict[Place, dict[str, None]] = defaultdict(dict)

    async def add(self, place: Place, message_id: str) -> None:
        self._known[_channel(place)].setdefault(message_id)

    async def oldest(self, place: Place, *, beyond: int) -> tuple[str, ...]:
        messages = list(self._known[_channel(place)])
        return tuple(messages[: max(0, len(messages) - beyond)])

    async def remove(self, place: Place, message_id: str) -> None:
        self._known[_channel(place)].pop(message_id, None)


class FakeFeedback:
    """Implements `bot.ports.Feedback`; `thumbs` are by deliberation and person."""

    def __init__(self, records: FakeRecords) -> None:
        self.thumbs: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        self._records = records

    async def rate(self, deliberation_id: str, person: str, *, is_good: bool) -> None:
        await self._records.load(deliberation_id)
        self.thumbs[deliberation_id][person] = is_good


class FakePace:
    """Implements `bot.ports.Pace` on the event loop's clock."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}
        self._held_until: dict[str, float] = {}

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        now = asyncio.get_running_loop().time()
        free_at = max(self._free_at.get(key, now), now)
        wait_s = max(0.0, free_at - (burst - 1) * every_s - now, self._held_until.get(key, 0) - now)
        if wait_s <= within_s:
            self._free_at[key] = free_at + every_s
        return wait_s

    async def hold(self, key: str, for_s: float) -> None:
        until = asyncio.get_running_loop().time() + for_s
        self._held_until[key] = max(self._held_until.get(key, 0), until)


def _channel(place: Place) -> Place:
    return replace(place, thread=None)


def _by_key(item: tuple[tuple[str, str], Installation]) -> tuple[str, str]:
    return item[0]
