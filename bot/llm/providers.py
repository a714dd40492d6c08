"""Who serves models: a provider's address, key and limits, and those that are known by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from bot.domain import Tenant

Kind = Literal["openai", "anthropic"]


@dataclass(frozen=True, slots=True)
class Provider:
    """One service that runs models, and how much of it may be used at once.

    `kind` is its protocol: OpenAI-compatible chat completions or Anthropic's Messages API.
    `key_name` tells people where the key was read from, such as `WORK_KEY`. A local provider
    costs nothing. `is_own`: a workspace brought it along; `owner` is the one whose limits it has.
    """

    name: str
    kind: Kind
    base_url: str
    api_key: str | None = field(default=None, repr=False)
    key_name: str | None = None
    concurrency: int = 32
    requests_per_minute: int | None = None
    is_local: bool = False
    is_own: bool = False
    owner: Tenant | None = None


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """What need not be configured of a provider; `key_name` is its key's environment variable.

    `key_path` is what only a key opens, for one whose list of models is open to everybody.
    """

    kind: Kind
    base_url: str
    key_name: str | None
    is_local: bool = False
    key_path: str | None = None


KNOWN: Mapping[str, KnownProvider] = MappingProxyType(
    {
        "openrouter": KnownProvider(
            "openai", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", key_path="/key"
        ),
        "openai": KnownProvider("openai", "https://api.openai.com/v1", "OPENAI_API_KEY"),
        "anthropic": KnownProvider(
            "anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"
        ),
        "gemini": KnownProvider(
            "openai",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "GEMINI_API_KEY",
        ),
        "mistral": KnownProvider("openai", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
        "groq": KnownProvider("openai", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
        "xai": KnownProvider("openai", "https://api.x.ai/v1", "XAI_API_KEY"),
        "deepseek": KnownProvider("openai", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
        "ollama": KnownProvider("openai", "http://127.0.0.1:11434/v1", None, is_local=True),
        "lmstudio": KnownProvider("openai", "http://127.0.0.1:1234/v1", None, is_local=True),
        "vllm": KnownProvider("openai", "http://127.0.0.1:8000/v1", None, is_local=True),
    }
)


def split_model(model: str) -> tuple[str, str]:
    """Split `provider/model-id` at its first slash; a part that is missing is empty."""
    provider, _, model_id = model.partition("/")
    return provider, model_id
