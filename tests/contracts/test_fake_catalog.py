"""The fake keeps to the contract too."""

from __future__ import annotations

import pytest

from bot.ports import Catalog
from tests.contracts.catalog import LISTED, CatalogContract
from tests.fakes.team.catalog import FakeCatalog


class TestFakeCatalog(CatalogContract):
    @pytest.fixture
    def catalog(self) -> Catalog:
        catalog = FakeCatalog(*LISTED)
        catalog.refused = "ours does not take this key."
        return catalog
