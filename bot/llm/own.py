"""The models of providers that workspaces brought along, asked with the workspaces' own keys."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from bot import logs
from bot.domain import REHEARSAL, Failure, FailureKind, OwnProvider, Tenant
from bot.errors import BadConfig, ModelError, NotFound, StorageError
from bot.llm.guard import Guard
from bot.llm.http import Http
from bot.llm.models import HttpModels
from bot.llm.providers import KNOWN, KnownProvider, Provider, split_model
from bot.ports import Completion, ModelInfo, ModelRequest, Models, ProviderKeys

_PROBE_S = 10.0  # somebody waits for it, looking at a form
_LONGEST_URL = 300
_MOST_WORKSPACES = 256  # whose providers are remembered; another costs a look into the database


@dataclass(frozen=True, slots=True)
class Lines:
    """How providers are reached: known ones plainly, others only where the guard lets through."""

    plain: Http
    guarded: Http
    guard: Guard


class KeyedModels(Models, Protocol):
    """Models whose key can be tried."""

    async def check_key(self, provider: str, path: str) -> None:
        """Read what only a key opens. Raises `ModelError`."""
        ...


@dataclass(frozen=True, slots=True)
class _Brought:
    providers: tuple[OwnProvider, ...]
    models: Mapping[str, Models]


class OwnModels:
    """The models of all workspaces' own providers; it remembers what it knows of them.

    `build` makes the models of some providers. `taken` are the names of the operator's providers.
    """

    def __init__(
        self,
        keys: ProviderKeys,
        lines: Lines,
        *,
        taken: Collection[str] = (),
        build: Callable[[Mapping[str, Provider], Http], KeyedModels] = HttpModels,
    ) -> None:
        self._keys = keys
        self._lines = lines
        self._taken = {*taken, REHEARSAL}
        self._build = build
        self._known: OrderedDict[Tenant, _Brought] = OrderedDict()

    async def of(self, tenant: Tenant) -> Mapping[str, Models]:
        """Return the models of a workspace's own providers, by provider. Raises `StorageError`."""
        providers = await self._keys.all(tenant)
        known = self._known.pop(tenant, None)
        if known is None or known.providers != providers:
            known = _Brought(providers, await self._opened(tenant, providers))
        if providers and not any(isinstance(models, _Sealed) for models in known.models.values()):
            self._known[tenant] = known
        if len(self._known) > _MOST_WORKSPACES:
            self._known.popitem(last=False)
        return known.models

    async def probe(self, own: OwnProvider, key: str) -> int:
        """Ask a provider for its models with a key, and return how many there are.

        Raises `BadConfig` with a sentence on what is wrong with its name, address or key.
        """
        self._check(own)
        provider = _provider(own, key)
        models = self._build({own.name: provider}, self._line(own))
        path = None if own.base_url else KNOWN[own.name].key_path
        try:
            async with asyncio.timeout(_PROBE_S):
                if path is not None:
                    await models.check_key(own.name, path)
                return len(await models.list(own.name))
        except TimeoutError as error:
            message = f"{own.name} did not answer within {_PROBE_S:.0f} s; try again."
            raise BadConfig(message) from error
        except ModelError as error:
            raise BadConfig(_refusal(own, error.failure)) from error

    def _check(self, own: OwnProvider) -> None:
        if own.base_url is None:
            _check_known(own.name)
            return
        if own.name in KNOWN or own.name in self._taken:
            message = (
                f"{own.name} is taken: it is the name of a provider that I know. Choose another "
                "name for your own address, or leave the address empty."
            )
            raise BadConfig(message)
        fault = f"must have {_LONGEST_URL} characters at most"
        if len(own.base_url) <= _LONGEST_URL:
            fault = self._lines.guard.fault(own.base_url)
        if fault is not None:
            message = f"{own.name}'s address {fault}."
            raise BadConfig(message)

    async def _opened(
        self, tenant: Tenant, providers: tuple[OwnProvider, ...]
    ) -> Mapping[str, Models]:
        opened: dict[str, Models] = {}
        for own in providers:
            try:
                key = await self._keys.key(tenant, own.name)
            except NotFound:  # taken away this moment
                continue
            except StorageError:
                opened[own.name] = _Sealed(own.name)
                continue
            provider = replace(_provider(own, key), owner=tenant)
            opened[own.name] = self._build({own.name: provider}, self._line(own))
        return opened

    def _line(self, own: OwnProvider) -> Http:
        return self._lines.plain if own.base_url is None else self._lines.guarded


class WorkspaceModels:
    """The models that one workspace may ask; implements `bot.ports.Models`.

    Its own providers come before the operator's of the same name. `find` returns them; it is called
    before the first model is asked. `usable` are the operator's providers that may be asked.
    """

    def __init__(
        self,
        find: Callable[[], Awaitable[Mapping[str, Models]]],
        operators: Models,
        usable: Collection[str],
    ) -> None:
        self._find = find
        self._operators = operators
        self._usable = usable
        self._own: Mapping[str, Models] | None = None
        self._finding = asyncio.Lock()

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`."""
        models = await self._of(split_model(request.model)[0])
        return await models.complete(request)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text as they come and the `Completion` last. Raises `ModelError`."""
        models = await self._of(split_model(request.model)[0])
        async with aclosing(models.stream(request)) as pieces:
            async for piece in pieces:
                yield piece

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models. Raises `NotFound`, `ModelError`."""
        models = await self._of(provider)
        return await models.list(provider)

    async def _of(self, provider: str) -> Models:
        async with self._finding:
            if self._own is None:
                try:
                    self._own = await self._find()
                except StorageError as error:
                    sentence = "My database did not answer when I looked for your keys."
                    raise ModelError(Failure(FailureKind.UNREACHABLE, sentence)) from error
        if provider in self._own:
            return self._own[provider]
        if provider not in self._usable and provider != REHEARSAL:
            raise ModelError(Failure(FailureKind.NOT_FOUND, no_provider(provider)))
        return self._operators


class _Sealed:
    """A provider whose key cannot be opened; implements `bot.ports.Models`."""

    def __init__(self, name: str) -> None:
        sentence = (
            f"{name}: the key of this workspace cannot be read. An admin can enter it anew under "
            "/council keys."
        )
        self._failure = Failure(FailureKind.UNAUTHORISED, sentence)

    async def complete(self, request: ModelRequest) -> Completion:
        raise ModelError(self._failure)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        raise ModelError(self._failure)
        yield ""

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        raise ModelError(self._failure)


def no_provider(name: str) -> str:
    """Say that nobody here has a provider of this name, or no key for it."""
    if name in KNOWN and KNOWN[name].is_local:
        return f"{name} is not set up here; my operator can add it to council.toml."
    if name in KNOWN:
        return f"There is no key for {name} here. An admin can bring one under /council keys."
    return f"There is no provider {name!r} here. An admin can bring one under /council keys."


def _check_known(name: str) -> None:
    known = KNOWN.get(name)
    if known is None:
        message = f"{name} is not known to me by its name; add its address. Known are {_by_name()}."
        raise BadConfig(message)
    if known.is_local:
        message = f"{name} runs on one's own machine; give it another name and its public address."
        raise BadConfig(message)


def _by_name() -> str:
    return ", ".join(name for name, known in KNOWN.items() if not known.is_local)


def _provider(own: OwnProvider, key: str) -> Provider:
    logs.hide(key)
    known = KNOWN[own.name] if own.base_url is None else KnownProvider("openai", own.base_url, None)
    return Provider(own.name, known.kind, known.base_url, api_key=key, is_own=True)


def _refusal(own: OwnProvider, failure: Failure) -> str:
    if failure.kind is FailureKind.UNAUTHORISED:
        return f"{own.name} does not take this key; check that it was copied as a whole."
    return failure.sentence
