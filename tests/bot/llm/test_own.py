from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.domain import FailureKind, OwnProvider, Tenant
from bot.errors import BadConfig, ModelError, StorageError
from bot.llm.guard import PRIVATE, Guard
from bot.llm.http import Http, open_http
from bot.llm.models import HttpModels
from bot.llm.own import KeyedModels, Lines, OwnModels, WorkspaceModels
from bot.llm.providers import Provider
from bot.ports import Models
from tests.bot.llm.asked import request
from tests.contracts.provider_keys import ACME, NOON, OPENAI, OTHER
from tests.fakes.certificates import certify
from tests.fakes.listed import ListedModels
from tests.fakes.model_server import ModelServer, Script
from tests.fakes.team.keys import FakeProviderKeys

KEY = "canary-3c9a77e1"
NAME = "models.example.com"
OURS = OwnProvider("ours", "77e1", NOON, f"https://{NAME}/v1")


@dataclass(frozen=True)
class Built:
    """What models were made of."""

    provider: Provider
    http: Http


@dataclass(frozen=True)
class Bench:
    """Own models, whose making is watched."""

    keys: FakeProviderKeys
    lines: Lines
    own: OwnModels
    built: list[Built]


@pytest.fixture
async def bench(http: Http, tls: ssl.SSLContext) -> AsyncGenerator[Bench]:
    built: list[Built] = []

    def build(providers: Mapping[str, Provider], over: Http) -> KeyedModels:
        built.extend(Built(provider, over) for provider in providers.values())
        return ListedModels()

    keys, guard = FakeProviderKeys(), Guard()
    async with open_http(tls=tls, guard=guard) as guarded:
        lines = Lines(http, guarded, guard)
        yield Bench(keys, lines, OwnModels(keys, lines, taken=["work"], build=build), built)


class LockedKeys(FakeProviderKeys):
    """Keys whose seal does not open."""

    async def key(self, tenant: Tenant, name: str) -> str:
        message = "Credentials in the database do not belong to their row and were not used."
        raise StorageError(message)


async def test_known_providers_are_asked_plainly_and_others_through_the_guard(
    bench: Bench,
) -> None:
    await bench.keys.save(ACME, OPENAI, KEY)
    await bench.keys.save(ACME, OURS, "another key")

    assert set(await bench.own.of(ACME)) == {"openai", "ours"}

    known, ours = bench.built
    assert (known.provider.base_url, known.provider.api_key) == ("https://api.openai.com/v1", KEY)
    assert known.http is bench.lines.plain
    assert (ours.provider.base_url, ours.provider.api_key) == (OURS.base_url, "another key")
    assert ours.http is bench.lines.guarded


async def test_models_are_made_again_only_when_something_changed(bench: Bench) -> None:
    await bench.keys.save(ACME, OPENAI, KEY)
    first = await bench.own.of(ACME)

    assert await bench.own.of(ACME) is first
    await bench.keys.save(ACME, replace(OPENAI, changed_at=NOON + timedelta(days=1)), "new key")
    second = await bench.own.of(ACME)
    await bench.keys.remove(ACME, "openai")

    assert second is not first
    assert [built.provider.api_key for built in bench.built] == [KEY, "new key"]
    assert await bench.own.of(ACME) == {}


async def test_each_workspace_has_its_own(bench: Bench) -> None:
    await bench.keys.save(ACME, OPENAI, KEY)
    await bench.keys.save(OTHER, OPENAI, "another key")

    mine, theirs = await bench.own.of(ACME), await bench.own.of(OTHER)

    assert mine["openai"] is not theirs["openai"]
    assert await bench.own.of(Tenant("slack", "T3")) == {}


async def test_many_workspaces_are_not_all_remembered(bench: Bench) -> None:
    tenants = [Tenant("slack", f"T{number}") for number in range(300)]
    for tenant in tenants:
        await bench.keys.save(tenant, OPENAI, KEY)
        await bench.own.of(tenant)
    built = len(bench.built)

    await bench.own.of(tenants[-1])
    assert len(bench.built) == built
    await bench.own.of(tenants[0])
    assert len(bench.built) == built + 1


async def test_a_key_that_does_not_open_is_no_reason_to_ask_with_the_operators(
    bench: Bench,
) -> None:
    keys = LockedKeys()
    await keys.save(ACME, OPENAI, KEY)
    own = OwnModels(keys, bench.lines)
    operators = ListedModels()
    models = WorkspaceModels(lambda: own.of(ACME), operators, ["openai"])

    for ask in (complete, stream, lists):
        with pytest.raises(ModelError, match="openai: the key of this workspace cannot be read"):
            await ask(models, "openai/gpt-5")


async def test_own_providers_come_before_the_operators() -> None:
    mine, operators, looked = ListedModels(), ListedModels(), list[str]()

    async def find() -> Mapping[str, Models]:
        looked.append("")
        await asyncio.sleep(0)
        return {"openai": mine}

    models = WorkspaceModels(find, operators, ["openai", "work"])
    assert looked == []

    for ask in (complete, stream):
        asked = await asyncio.gather(ask(models, "openai/x"), ask(models, "work/x"))
        assert asked == [f"openai/x of {id(mine)}", f"work/x of {id(operators)}"]
    assert await complete(models, "rehearsal/alder") == f"rehearsal/alder of {id(operators)}"
    assert looked == [""]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ours", "There is no provider 'ours' here. An admin can bring one"),
        ("openai", "There is no key for openai here. An admin can bring one"),
        ("ollama", "ollama is not set up here"),
    ],
)
async def test_a_provider_that_was_taken_away_is_named(name: str, sentence: str) -> None:
    operators = ListedModels()

    async def find() -> Mapping[str, Models]:
        return {}

    models = WorkspaceModels(find, operators, ["work"])

    for ask in (complete, stream, lists):
        with pytest.raises(ModelError, match=sentence) as raised:
            await ask(models, f"{name}/one")
        assert raised.value.failure.kind is FailureKind.NOT_FOUND
    assert operators.asked == []


async def test_a_database_that_is_away_is_looked_into_again() -> None:
    answers: list[Mapping[str, Models] | StorageError] = [StorageError("away"), {}]

    async def find() -> Mapping[str, Models]:
        answer = answers.pop(0)
        if isinstance(answer, StorageError):
            raise answer
        return answer

    models = WorkspaceModels(find, ListedModels(), ["work"])

    with pytest.raises(ModelError, match="My database did not answer"):
        await complete(models, "work/one")
    assert await complete(models, "work/one")


async def complete(models: Models, model: str) -> str:
    return (await models.complete(request(model=model))).text


async def stream(models: Models, model: str) -> str:
    async with aclosing(models.stream(request(model=model))) as pieces:
        return "".join([piece async for piece in pieces if isinstance(piece, str)])


async def lists(models: Models, model: str) -> str:
    return str(await models.list(model.partition("/")[0]))


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (OwnProvider("ours", "", NOON), "ours is not known to me by its name; add its address"),
        (OwnProvider("ollama", "", NOON), "ollama runs on one's own machine"),
        (replace(OURS, name="openai"), "openai is taken"),
        (replace(OURS, name="work"), "work is taken"),
        (replace(OURS, name="rehearsal"), "rehearsal is taken"),
        (replace(OURS, base_url="http://models.example.com"), "ours's address must begin with"),
        (replace(OURS, base_url="https://10.0.0.1/v1"), f"ours's address {PRIVATE}"),
        (replace(OURS, base_url=f"https://{NAME}/{'v' * 300}"), "300 characters at most"),
    ],
)
async def test_a_provider_that_cannot_be_is_refused_before_anything_is_sent(
    bench: Bench, own: OwnProvider, sentence: str
) -> None:
    with pytest.raises(BadConfig, match=sentence):
        await bench.own.probe(own, KEY)

    assert bench.built == []


@dataclass(frozen=True)
class Away:
    """A provider of ACME's: TLS on this machine, under a public name that leads where it is told.

    `leads_to` is that name's addresses.
    """

    server: ModelServer
    provider: OwnProvider
    own: OwnModels
    leads_to: list[str]


@pytest.fixture
async def away(http: Http, tmp_path: Path) -> AsyncGenerator[Away]:
    certificates = certify(tmp_path, NAME)
    leads_to = ["127.0.0.1"]

    async def look_up(_: str) -> Sequence[str]:
        return tuple(leads_to)

    async with ModelServer({"mini": Script(), "maxi": Script()}, tls=certificates.server) as server:
        server.accepted_keys = {KEY}
        guard = Guard(frozenset({server.port}), (ip_network("127.0.0.1/32"),), look_up)
        async with open_http(tls=certificates.client, guard=guard) as guarded:
            keys = FakeProviderKeys()
            provider = replace(OURS, base_url=f"https://{NAME}:{server.port}/v1")
            await keys.save(ACME, provider, KEY)
            own = OwnModels(keys, Lines(http, guarded, guard))
            yield Away(server, provider, own, leads_to)


async def test_a_provider_is_tried_with_its_key(away: Away) -> None:
    assert await away.own.probe(away.provider, KEY) == 2
    with pytest.raises(BadConfig, match="ours does not take this key") as raised:
        await away.own.probe(away.provider, "a-wrong-key")

    assert "a-wrong-key" not in str(raised.value)


async def test_a_provider_is_asked_with_its_key(away: Away) -> None:
    models = (await away.own.of(ACME))["ours"]

    await models.complete(request(model="ours/mini"))

    (asked,) = away.server.requests
    assert (asked.model, asked.headers["Authorization"]) == ("mini", f"Bearer {KEY}")


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["127.0.0.1", "169.254.169.254"]])
async def test_an_address_that_leads_inside_is_refused_in_one_sentence(
    away: Away, addresses: list[str]
) -> None:
    away.leads_to[:] = addresses
    sentence = f"ours's address {PRIVATE}."

    with pytest.raises(BadConfig) as refused:
        await away.own.probe(away.provider, KEY)
    with pytest.raises(ModelError) as failed:
        await (await away.own.of(ACME))["ours"].complete(request(model="ours/mini"))

    assert str(refused.value) == failed.value.failure.sentence == sentence
    assert away.server.requests == []


async def test_a_key_that_is_refused_later_can_be_entered_anew(away: Away) -> None:
    away.server.default = Script(fault="401")
    away.server.scripts.clear()

    with pytest.raises(ModelError, match=r"An admin can enter it anew under /council keys\."):
        await (await away.own.of(ACME))["ours"].complete(request(model="ours/mini"))


async def test_a_key_is_tried_where_the_list_is_open_to_all(http: Http) -> None:
    async with ModelServer({"mini": Script()}) as server:
        server.accepted_keys, server.lists_for_all = {KEY}, True

        def build(providers: Mapping[str, Provider], over: Http) -> HttpModels:
            here = {
                name: replace(provider, base_url=server.base_url)
                for name, provider in providers.items()
            }
            return HttpModels(here, over)

        own = OwnModels(FakeProviderKeys(), Lines(http, http, Guard()), build=build)
        openrouter = OwnProvider("openrouter", "77e1", NOON)

        assert await own.probe(openrouter, KEY) == 1
        with pytest.raises(BadConfig, match="openrouter does not take this key"):
            await own.probe(openrouter, "a-wrong-key")
