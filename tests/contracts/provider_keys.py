"""What every implementation of the port for workspaces' own providers must do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import OwnProvider, Tenant
from bot.errors import NotFound
from bot.ports import ProviderKeys

ACME, OTHER = Tenant("slack", "T1"), Tenant("slack", "T2")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = "canary-1f6d0c52b7"
OPENAI = OwnProvider("openai", "52b7", NOON)
OURS = OwnProvider("ours", "52b7", NOON, "https://models.example.com/v1")


class ProviderKeysContract:
    """Holds for all provider keys; give `keys`."""

    async def test_a_provider_is_kept_whole(self, keys: ProviderKeys) -> None:
        await keys.save(ACME, OURS, KEY)
        await keys.save(ACME, OPENAI, "another-key")

        assert await keys.all(ACME) == (OPENAI, OURS)
        assert await keys.key(ACME, "ours") == KEY

    async def test_a_later_one_takes_the_place_of_its_name(self, keys: ProviderKeys) -> None:
        later = replace(OURS, hint="9999", changed_at=NOON + timedelta(hours=1), base_url=None)
        await keys.save(ACME, OURS, KEY)

        await keys.save(ACME, later, "later-key")

        assert await keys.all(ACME) == (later,)
        assert await keys.key(ACME, "ours") == "later-key"

    async def test_a_removed_one_is_gone(self, keys: ProviderKeys) -> None:
        await keys.save(ACME, OURS, KEY)

        await keys.remove(ACME, "ours")

        assert await keys.all(ACME) == ()
        for call in (keys.key, keys.remove):
            with pytest.raises(NotFound, match="has brought no provider ours"):
                await call(ACME, "ours")

    @pytest.mark.parametrize("other", [OTHER, Tenant("discord", "T1")])
    async def test_another_workspace_finds_nothing(self, keys: ProviderKeys, other: Tenant) -> None:
        await keys.save(ACME, OURS, KEY)

        assert await keys.all(other) == ()
        for call in (keys.key, keys.remove):
            with pytest.raises(NotFound):
                await call(other, "ours")
        assert await keys.key(ACME, "ours") == KEY

    async def test_two_workspaces_may_use_one_name(self, keys: ProviderKeys) -> None:
        await keys.save(ACME, OURS, KEY)
        await keys.save(OTHER, replace(OURS, base_url=None), "theirs")

        await keys.remove(ACME, "ours")

        assert await keys.key(OTHER, "ours") == "theirs"

    async def test_what_no_database_takes_does_no_harm(self, keys: ProviderKeys) -> None:
        tenant = Tenant("slack", "T\0\ud800")
        await keys.save(tenant, OURS, KEY)

        assert await keys.key(tenant, "ours") == KEY
