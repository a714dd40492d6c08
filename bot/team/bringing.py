"""Providers that a workspace brings along: its own key, perhaps at its own address."""

from __future__ import annotations

from bot.domain import OwnProvider, Person, Tenant
from bot.team.asking import Team


async def bring(team: Team, person: Person, tenant: Tenant, provider: OwnProvider, key: str) -> str:
    """Check a provider with its key, store it, and return a sentence on what is there now.

    Raises `NotAllowed`, `BadConfig` with a sentence on what is wrong.
    """
    raise NotImplementedError
