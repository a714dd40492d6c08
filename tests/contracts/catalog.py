"""What every implementation of the `Catalog` port keeps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain import OwnProvider, Tenant
from bot.errors import BadConfig, NotFound
from bot.ports import Catalog, ModelInfo

ACME = Tenant("slack", "T1")
LISTED = (
    ModelInfo("work/mini", 0.5, 1.0, sees_images=False),
    ModelInfo("work/maxi", 5.0, 10.0, sees_images=True),
    ModelInfo("work/maxi-preview"),
)
OURS = OwnProvider("ours", "abcd", datetime(2026, 3, 1, tzinfo=UTC), "https://models.example.com")


class CatalogContract:
    """Holds for all catalogs of the models `LISTED`; give `catalog`."""

    async def test_models_are_found_by_words_in_any_order(self, catalog: Catalog) -> None:
        found = await catalog.find(ACME, "PREVIEW work", limit=10)

        assert [model.name for model in found] == ["work/maxi-preview"]

    async def test_no_words_find_all_up_to_the_limit(self, catalog: Catalog) -> None:
        assert len(await catalog.find(ACME, "", limit=10)) == 3
        assert len(await catalog.find(ACME, "", limit=2)) == 2

    async def test_words_that_no_name_holds_find_nothing(self, catalog: Catalog) -> None:
        assert await catalog.find(ACME, "mini maxi", limit=10) == ()

    async def test_a_model_is_told_with_all_that_its_provider_says(self, catalog: Catalog) -> None:
        for model in LISTED:
            assert await catalog.check(ACME, model.name) == model

    @pytest.mark.parametrize("name", ["work/gone", "nobody/mini", "mini", "", "work/"])
    async def test_what_is_not_there_is_not_found(self, catalog: Catalog, name: str) -> None:
        with pytest.raises(NotFound):
            await catalog.check(ACME, name)

    async def test_every_model_has_a_price_or_none(self, catalog: Catalog) -> None:
        await catalog.find(ACME, "", limit=10)

        priced = await catalog.priced(ACME, ["work/mini", "nobody/mini"])

        assert priced["work/mini"].prompt_usd == 0.5
        assert priced["nobody/mini"] == ModelInfo("nobody/mini")

    async def test_a_provider_that_is_refused_says_why(self, catalog: Catalog) -> None:
        with pytest.raises(BadConfig, match=r"\.$"):
            await catalog.probe(OURS, "a key that is refused")
