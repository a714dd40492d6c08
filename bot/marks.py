"""A mark for the maker of a model, so that members are told apart at a glance."""

from __future__ import annotations

from collections.abc import Mapping

_MAKERS: Mapping[str, str] = {
    "anthropic": "🟠",
    "openai": "🟢",
    "google": "🔵",
    "gemini": "🔵",
    "x-ai": "⚫",
    "xai": "⚫",
    "mistral": "🟡",
    "mistralai": "🟡",
    "meta-llama": "🟣",
    "deepseek": "🔷",
    "qwen": "🟪",
    "rehearsal": "🎭",
    "ollama": "🏠",
    "lmstudio": "🏠",
    "vllm": "🏠",
}
_OTHER = "⚪"


def mark(model: str) -> str:
    """Return a model's mark: that of its maker where the name tells, else of its provider."""
    provider, _, model_id = model.partition("/")
    maker = model_id.partition("/")[0] if "/" in model_id else provider
    return _MAKERS.get(maker) or _MAKERS.get(provider) or _OTHER
