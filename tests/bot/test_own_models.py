"""The models of each workspace, put together as the program does."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.composition.workspaces import Workspaces, open_workspaces
from bot.config import Seating, Settings
from bot.config.file import CouncilFile
from bot.domain import Council, Place, Seat, Tenant
from bot.errors import BadConfig, ModelError
from bot.llm.lanes import Lane, Lanes
from bot.llm.providers import KNOWN, Provider
from bot.storage.database import Database
from bot.storage.sealing import Seal, new_key, parse_keys
from bot.storage.team.provider_keys import SqlProviderKeys
from tests.bot.llm.asked import request
from tests.contracts.provider_keys import ACME, KEY, OPENAI, OTHER
from tests.fakes.council import deliberation
from tests.fakes.listed import ListedModels

OLD, NEW = new_key(), new_key()
SEATED = Council((Seat("One", "work/one"), Seat("Two", "ollama/two")), Seat("Chair", "work/one"))
PROVIDERS = {
    "work": Provider("work", "openai", "http://127.0.0.1:9/v1"),
    "ollama": Provider("ollama", "openai", KNOWN["ollama"].base_url, is_local=True),
    "openai": Provider("openai", "openai", KNOWN["openai"].base_url),
}


@asynccontextmanager
async def opened(
    folder: Path,
    database: Database,
    secret_key: str | None,
    models: ListedModels | None = None,
    lanes: Lanes = Lane,
) -> AsyncGenerator[Workspaces]:
    settings = Settings(
        data_dir=folder,
        database_url="",
        log_level=None,
        source=None,
        file=CouncilFile(),
        providers=PROVIDERS,
        secret_key=secret_key,
    )
    seating = Seating(SEATED)
    opening = open_workspaces(settings, database, seating, models or ListedModels(), lanes=lanes)
    async with opening as it:
        yield it


def seal(*keys: str) -> Seal:
    return Seal(parse_keys(",".join(keys)))


def of(tenant: Tenant) -> Place:
    return Place(tenant.platform, tenant.workspace, "C1")


async def test_keys_of_an_old_seal_are_sealed_anew_at_the_start(
    tmp_path: Path, database: Database
) -> None:
    await SqlProviderKeys(database, seal(OLD)).save(ACME, OPENAI, KEY)

    async with opened(tmp_path, database, f"{NEW},{OLD}"):
        pass

    assert await SqlProviderKeys(database, seal(NEW)).key(ACME, "openai") == KEY


async def test_a_bad_secret_key_stops_the_start(tmp_path: Path, database: Database) -> None:
    with pytest.raises(BadConfig, match="COUNCIL_SECRET_KEY must be 32 random bytes"):
        async with opened(tmp_path, database, "short"):
            pass


async def test_a_deliberation_asks_what_the_operator_seated(
    tmp_path: Path, database: Database
) -> None:
    operators = ListedModels()
    async with opened(tmp_path, database, NEW, operators) as workspaces:
        models = workspaces.models_of(deliberation(place=of(ACME)))

        for model in ("work/one", "ollama/two", "rehearsal/alder"):
            said = await models.complete(request(model=model))
            assert said.text == f"{model} of {id(operators)}"


async def test_only_the_workspace_that_brought_a_key_is_served_with_it(
    tmp_path: Path, database: Database
) -> None:
    async with opened(tmp_path, database, NEW) as workspaces:
        await workspaces.keys.save(ACME, OPENAI, "key\nthat no header takes")
        theirs = workspaces.models_of(deliberation(place=of(OTHER)))
        mine = workspaces.models_of(deliberation(place=of(ACME)))

        # Nothing is sent: this key is looked at, and the other workspace has none.
        with pytest.raises(ModelError, match="openai: the key holds characters"):
            await mine.complete(request(model="openai/gpt-5"))
        with pytest.raises(ModelError, match="There is no key for openai here"):
            await theirs.complete(request(model="openai/gpt-5"))


async def test_a_key_that_is_brought_later_counts_for_the_next_deliberation(
    tmp_path: Path, database: Database
) -> None:
    async with opened(tmp_path, database, NEW) as workspaces:
        before = workspaces.models_of(deliberation(place=of(ACME)))
        with pytest.raises(ModelError, match="There is no key for openai here"):
            await before.complete(request(model="openai/gpt-5"))

        await workspaces.keys.save(ACME, OPENAI, "key\nthat no header takes")
        after = workspaces.models_of(deliberation(place=of(ACME)))

        with pytest.raises(ModelError, match="the key holds characters"):
            await after.complete(request(model="openai/gpt-5"))


async def test_the_limits_of_a_brought_provider_are_its_workspaces(
    tmp_path: Path, database: Database
) -> None:
    limited: list[Provider] = []

    def limit(provider: Provider) -> Lane:
        limited.append(provider)
        return Lane(provider)

    async with opened(tmp_path, database, NEW, lanes=limit) as workspaces:
        for tenant in (ACME, OTHER):
            await workspaces.keys.save(tenant, OPENAI, "key\nthat no header takes")
            models = workspaces.models_of(deliberation(place=of(tenant)))
            with pytest.raises(ModelError, match="the key holds characters"):
                await models.complete(request(model="openai/gpt-5"))

    assert [(each.name, each.owner) for each in limited] == [("openai", ACME), ("openai", OTHER)]
