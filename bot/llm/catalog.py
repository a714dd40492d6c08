"""The models that a workspace may seat: the operator's providers' and its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.domain import Tenant
from bot.ports import ModelInfo


class HttpCatalog:
    """`bot.ports.Catalog` over the providers' own lists."""

    async def find(self, tenant: Tenant, words: str, *, limit: int) -> tuple[ModelInfo, ...]:
        """Return models whose names hold all words."""
        raise NotImplementedError

    async def check(self, tenant: Tenant, model: str) -> ModelInfo:
        """Return what a model's provider says of it. Raises `NotFound`, `ModelError`."""
        raise NotImplementedError

    async def priced(self, tenant: Tenant, models: Collection[str]) -> Mapping[str, ModelInfo]:
        """Return what is known of models without asking their providers."""
        return {}
