from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.domain import OwnProvider, Tenant
from bot.errors import ModelError, NotFound
from bot.llm.catalog import HttpCatalog, Operators
from bot.llm.guard import Guard
from bot.llm.http import Http
from bot.llm.own import Lines, OwnModels
from bot.llm.providers import KNOWN, Provider
from bot.llm.rehearsal import MEMBERS, RehearsalModels
from bot.ports import Catalog, ModelInfo
from tests.contracts.catalog import ACME, LISTED, CatalogContract
from tests.contracts.provider_keys import NOON
from tests.fakes.clock import run
from tests.fakes.listed import ListedModels, Seconds
from tests.fakes.team.keys import FakeProviderKeys

OTHER = Tenant("slack", "T2")
PROVIDERS = {
    "work": Provider("work", "openai", "http://127.0.0.1:9/v1"),
    "slow": Provider("slow", "openai", "http://127.0.0.1:9/v1"),
    "openrouter": Provider("openrouter", "openai", KNOWN["openrouter"].base_url),
    "openai": Provider("openai", "openai", KNOWN["openai"].base_url),
    "ollama": Provider("ollama", "openai", KNOWN["ollama"].base_url, is_local=True),
}


class NobodysModels(OwnModels):
    """No workspace has brought a provider."""

    def __init__(self) -> None:
        pass

    async def of(self, tenant: Tenant) -> dict[str, ListedModels]:
        return {}


@dataclass
class Shop:
    """A catalog over lists that a test changes, with a clock that it moves."""

    models: ListedModels
    clock: Seconds
    catalog: HttpCatalog

    async def names(self, words: str = "") -> list[str]:
        return [model.name for model in await self.catalog.find(ACME, words, limit=20)]


def in_a_shop(
    test: Callable[[Shop], Awaitable[None]], *models: ModelInfo, usable: tuple[str, ...]
) -> None:
    """Run a test on virtual time."""

    async def main() -> None:
        listed, clock = ListedModels(*models), Seconds()
        operators = Operators(listed, PROVIDERS, usable)
        async with HttpCatalog(operators, NobodysModels(), clock=clock) as catalog:
            await test(Shop(listed, clock, catalog))

    run(main())


def infos(*names: str) -> tuple[ModelInfo, ...]:
    return tuple(ModelInfo(name) for name in names)


class TestHttpCatalog(CatalogContract):
    @pytest.fixture
    async def catalog(self, http: Http) -> AsyncGenerator[Catalog]:
        own = OwnModels(FakeProviderKeys(), Lines(http, http, Guard()), taken=PROVIDERS)
        operators = Operators(ListedModels(*LISTED), PROVIDERS, ("work",))
        async with HttpCatalog(operators, own) as catalog:
            yield catalog


def test_the_plain_model_comes_before_its_variants_and_namesakes() -> None:
    names = (
        "work/x-opus",
        "work/opus-4-preview",
        "work/acme/opus-4",
        "work/opus-4",
        "work/old-opus-3",
    )

    async def test(shop: Shop) -> None:
        assert await shop.names("opus") == [
            "work/opus-4",
            "work/acme/opus-4",
            "work/opus-4-preview",
            "work/x-opus",
            "work/old-opus-3",
        ]

    in_a_shop(test, *infos(*names), usable=("work",))


def test_a_provider_that_does_not_answer_in_a_moment_is_left_out_until_it_has() -> None:
    async def test(shop: Shop) -> None:
        shop.models.after_s["slow"] = 4.0
        began = asyncio.get_running_loop().time()

        first = await shop.names()
        waited_s = asyncio.get_running_loop().time() - began
        await asyncio.sleep(3.0)

        assert first == ["work/one"]
        assert waited_s < 2.0
        assert await shop.names() == ["slow/one", "work/one"]
        assert shop.models.asked == ["work", "slow"]

    in_a_shop(test, *infos("work/one", "slow/one"), usable=("work", "slow"))


def test_a_provider_that_is_down_is_not_asked_at_each_letter() -> None:
    async def test(shop: Shop) -> None:
        shop.models.down.add("slow")
        for words in ("o", "on", "one"):
            assert await shop.names(words) == ["work/one"]
        assert shop.models.asked.count("slow") == 1

        shop.models.down.clear()
        shop.clock.now += 30.0

        assert await shop.names() == ["slow/one", "work/one"]

    in_a_shop(test, *infos("work/one", "slow/one"), usable=("work", "slow"))


def test_a_list_is_read_again_behind_the_one_that_is_shown() -> None:
    async def test(shop: Shop) -> None:
        assert await shop.names() == ["work/one"]
        shop.models.models.append(ModelInfo("work/two"))
        assert await shop.names() == ["work/one"]

        shop.clock.now += 700.0

        assert await shop.names() == ["work/one"]
        await asyncio.sleep(0.1)
        assert await shop.names() == ["work/one", "work/two"]
        assert shop.models.asked == ["work", "work"]

    in_a_shop(test, ModelInfo("work/one"), usable=("work",))


def test_a_whole_council_is_checked_with_one_list() -> None:
    async def test(shop: Shop) -> None:
        names = [f"work/m{number}" for number in range(12)]

        found = await asyncio.gather(*(shop.catalog.check(ACME, name) for name in names))

        assert [one.name for one in found] == names
        assert shop.models.asked == ["work"]

    in_a_shop(test, *infos(*(f"work/m{number}" for number in range(12))), usable=("work",))


def test_a_model_is_checked_as_its_provider_lists_it_now() -> None:
    async def test(shop: Shop) -> None:
        await shop.names()
        shop.models.models.append(ModelInfo("work/new"))
        shop.clock.now += 10.0
        assert await shop.catalog.check(ACME, "work/new") == ModelInfo("work/new")

        shop.models.models.remove(ModelInfo("work/old"))
        shop.clock.now += 100.0

        with pytest.raises(NotFound, match="work has no model work/old"):
            await shop.catalog.check(ACME, "work/old")

    in_a_shop(test, *infos("work/old", "work/other"), usable=("work",))


def test_a_check_says_who_does_not_answer() -> None:
    async def test(shop: Shop) -> None:
        shop.models.after_s["slow"] = 5.0
        with pytest.raises(ModelError, match="slow did not answer within 2 s"):
            await shop.catalog.check(ACME, "slow/one")
        await asyncio.sleep(4.0)
        assert await shop.catalog.check(ACME, "slow/one") == ModelInfo("slow/one")

        shop.models.down.add("work")
        with pytest.raises(ModelError, match="work cannot be reached"):
            await shop.catalog.check(ACME, "work/one")

    in_a_shop(test, *infos("work/one", "slow/one"), usable=("work", "slow"))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("openai/gpt-5", "There is no key for openai here"),
        ("nobody/one", "There is no provider 'nobody' here"),
        ("ollama/llama", "ollama is not set up here"),
    ],
)
def test_a_provider_that_nobody_may_ask_is_not_found(name: str, sentence: str) -> None:
    async def test(shop: Shop) -> None:
        with pytest.raises(NotFound, match=sentence):
            await shop.catalog.check(ACME, name)
        assert shop.models.asked == []

    in_a_shop(test, *infos("work/one", name), usable=("work",))


def test_what_a_list_says_is_not_believed_at_any_length() -> None:
    hostile = infos("work/one", "work/two\nthree", "work/\u202eevil", f"work/{'x' * 300}")

    async def test(shop: Shop) -> None:
        assert await shop.names() == ["work/one"]

    in_a_shop(test, *hostile, usable=("work",))


async def test_without_providers_there_are_rehearsal_models() -> None:
    operators = Operators(RehearsalModels(), PROVIDERS, ())
    async with HttpCatalog(operators, NobodysModels()) as catalog:
        found = await catalog.find(ACME, "rehearsal", limit=10)
        checked = await catalog.check(ACME, MEMBERS[0])

    assert MEMBERS[0] in {model.name for model in found}
    assert checked == ModelInfo(MEMBERS[0], 0.0, 0.0)


async def test_rehearsal_models_are_checked_but_not_offered_beside_real_ones() -> None:
    models = ListedModels(ModelInfo("work/one"), ModelInfo("rehearsal/alder"))
    async with HttpCatalog(Operators(models, PROVIDERS, ("work",)), NobodysModels()) as catalog:
        found = await catalog.find(ACME, "", limit=10)
        checked = await catalog.check(ACME, "rehearsal/alder")

    assert [model.name for model in found] == ["work/one"]
    assert checked.name == "rehearsal/alder"


async def test_prices_need_no_network() -> None:
    models = ListedModels(ModelInfo("openrouter/acme/opus", 2.0, 4.0, sees_images=True))
    names = ["openai/gpt-5", "openrouter/acme/opus", "ollama/x", "rehearsal/alder", "work/one"]
    operators = Operators(models, PROVIDERS, ("openai", "openrouter", "work"))
    async with HttpCatalog(operators, NobodysModels()) as catalog:
        before = await catalog.priced(ACME, names)
        assert models.asked == []
        await catalog.find(ACME, "opus", limit=1)
        after = await catalog.priced(ACME, names)

    assert before["openai/gpt-5"] == ModelInfo("openai/gpt-5", 1.25, 10.0)
    assert before["openrouter/acme/opus"] == ModelInfo("openrouter/acme/opus")
    assert before["ollama/x"] == ModelInfo("ollama/x", 0.0, 0.0)
    assert before["rehearsal/alder"] == ModelInfo("rehearsal/alder", 0.0, 0.0)
    assert before["work/one"] == ModelInfo("work/one")
    assert after["openrouter/acme/opus"] == models.models[0]


async def test_a_workspace_sees_its_own_providers_and_no_other_does(http: Http) -> None:
    keys = FakeProviderKeys()
    operators = Operators(ListedModels(ModelInfo("work/one")), PROVIDERS, ("work",))
    theirs = ListedModels(ModelInfo("openai/theirs", 1.0, 2.0))
    own = OwnModels(keys, Lines(http, http, Guard()), build=lambda _providers, _http: theirs)
    await keys.save(ACME, OwnProvider("openai", "abcd", NOON), "a-key-of-acme")

    async with HttpCatalog(operators, own) as catalog:
        found = await catalog.find(ACME, "", limit=10)
        checked = await catalog.check(ACME, "openai/theirs")
        assert [model.name for model in found] == ["work/one", "openai/theirs"]
        assert checked == theirs.models[0]
        assert (await catalog.priced(ACME, ["openai/theirs"]))["openai/theirs"] == checked

        assert [one.name for one in await catalog.find(OTHER, "", limit=10)] == ["work/one"]
        with pytest.raises(NotFound):
            await catalog.check(OTHER, "openai/theirs")
        assert (await catalog.priced(OTHER, ["openai/theirs"]))["openai/theirs"].prompt_usd is None


async def test_each_key_has_a_list_of_its_own(http: Http) -> None:
    """Two workspaces bring one provider, and one of them another key of it later."""

    def build(providers: Mapping[str, Provider], _: Http) -> ListedModels:
        (provider,) = providers.values()
        return ListedModels(ModelInfo(f"openai/of-{provider.api_key}"))

    keys = FakeProviderKeys()
    own = OwnModels(keys, Lines(http, http, Guard()), build=build)
    openai = OwnProvider("openai", "", NOON)
    await keys.save(ACME, openai, "first-key")
    await keys.save(OTHER, openai, "others-key")

    async with HttpCatalog(Operators(ListedModels(), PROVIDERS, ()), own) as catalog:
        listed = [await catalog.find(tenant, "", limit=9) for tenant in (ACME, OTHER, ACME)]
        await keys.save(ACME, replace(openai, changed_at=NOON + timedelta(days=1)), "second-key")
        listed.append(await catalog.find(ACME, "", limit=9))

    names = [[model.name for model in models] for models in listed]
    assert names == [
        ["openai/of-first-key"],
        ["openai/of-others-key"],
        ["openai/of-first-key"],
        ["openai/of-second-key"],
    ]
