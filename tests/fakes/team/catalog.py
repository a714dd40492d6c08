"""A list of models, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.domain import OwnProvider, Tenant
from bot.errors import BadConfig, NotFound
from bot.ports import ModelInfo


class FakeCatalog:
    """Implements `bot.ports.Catalog`; `models` are those that there are, for every workspace.

    Providers that are brought along list as many models as they have there; `refused` is why the
    next one is not taken. `probed` are the keys that were tried.
    """

    def __init__(self, *models: ModelInfo) -> None:
        self.models = {model.name: model for model in models}
        self.refused: str | None = None
        self.probed: list[tuple[OwnProvider, str]] = []

    async def find(self, tenant: Tenant, words: str, *, limit: int) -> tuple[ModelInfo, ...]:
        """Return models whose names hold all words."""
        found = (model for name, model in sorted(self.models.items()) if _holds(name, words))
        return tuple(found)[:limit]

    async def check(self, tenant: Tenant, model: str) -> ModelInfo:
        """Return what is known of a model."""
        if model not in self.models:
            message = f"There is no model {model}."
            raise NotFound(message)
        return self.models[model]

    async def priced(self, tenant: Tenant, models: Collection[str]) -> Mapping[str, ModelInfo]:
        """Return what is known of models."""
        return {name: self.models.get(name, ModelInfo(name)) for name in models}

    async def probe(self, provider: OwnProvider, key: str) -> int:
        """Return how many models a provider lists."""
        self.probed.append((provider, key))
        if self.refused is not None:
            raise BadConfig(self.refused)
        return sum(name.startswith(f"{provider.name}/") for name in self.models)


def _holds(name: str, words: str) -> bool:
    return all(word in name.lower() for word in words.lower().split())
