"""Language models, as far as the council needs them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain import Attachment, ModelCall, OwnProvider, Tenant


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One thing to ask of a model (`provider/model-id`).

    `schema` asks for JSON of that JSON schema, by the strongest means that the endpoint accepts;
    the completion's text is then that JSON, perhaps with prose around it. `images` are left out for
    models that cannot see. `deadline_s` bounds the whole call with its retries. `purpose` names the
    call in records and logs.
    """

    model: str
    system: str
    prompt: str
    purpose: str
    deadline_s: float
    images: tuple[Attachment, ...] = ()
    schema: Mapping[str, object] | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A finished model output, never empty.

    `calls` are the requests it took, the failed ones included. `is_truncated`: the model ran into
    its length limit.
    """

    text: str
    calls: tuple[ModelCall, ...]
    latency_s: float
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model as its provider lists it; prices in US dollars per million tokens, if known.

    `sees_images` is None if the provider does not say.
    """

    name: str
    prompt_usd: float | None = None
    completion_usd: float | None = None
    sees_images: bool | None = None


class Catalog(Protocol):
    """The models that a workspace may seat, of the operator's providers and of its own."""

    async def find(self, tenant: Tenant, words: str, *, limit: int) -> tuple[ModelInfo, ...]:
        """Return models whose names hold all words, the best fits first.

        A provider that does not answer in a moment is left out.
        """
        ...

    async def check(self, tenant: Tenant, model: str) -> ModelInfo:
        """Return what a model's provider says of it.

        Raises `NotFound` if there is no such provider or model, or its provider has no key;
        `ModelError` if the provider does not answer.
        """
        ...

    async def priced(self, tenant: Tenant, models: Collection[str]) -> Mapping[str, ModelInfo]:
        """Return what is known of models without asking their providers, by name.

        Models that run on the operator's own machines cost 0. A price that nobody knows is None.
        """
        ...

    async def probe(self, provider: OwnProvider, key: str) -> int:
        """Try a provider that a workspace would bring, and return how many models it lists.

        Raises `BadConfig` with a sentence on what is wrong with its name, its address or the key.
        """
        ...


class Models(Protocol):
    """Language models, wherever they run."""

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text as they come and the `Completion` last. Raises `ModelError`.

        A stream that failed after its first piece is not retried here: what was shown cannot be
        unsaid.
        """
        ...

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models by full name.

        Raises `NotFound` for an unknown provider, `ModelError`.
        """
        ...
