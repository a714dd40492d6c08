"""Who sits when nobody is configured; the one place that names current models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Usual:
    """A provider's models of comparable strength for members, and one more for the chair."""

    members: tuple[str, ...]
    chairman: str


# In order of preference. OpenRouter comes first: one key gives members of four makers.
USUAL: Mapping[str, Usual] = MappingProxyType(
    {
        "openrouter": Usual(
            (
                "anthropic/claude-sonnet-5.5",
                "openai/gpt-6.1-terra",
                "google/gemini-3.8-flash",
                "x-ai/grok-4.7",
            ),
            "anthropic/claude-opus-5.5",
        ),
        "anthropic": Usual(("claude-sonnet-5-5", "claude-haiku-5-5"), "claude-opus-5-5"),
        "openai": Usual(("gpt-6.1-terra", "gpt-6-luna"), "gpt-6.1-sol"),
        "gemini": Usual(("gemini-3.8-flash", "gemini-3.5-flash-lite"), "gemini-4-argon"),
        "xai": Usual(("grok-4.7", "grok-4.6"), "grok-4.7"),
        "deepseek": Usual(("deepseek-v4-pro", "deepseek-v4-flash"), "deepseek-v4-pro"),
        "mistral": Usual(("mistral-medium-latest", "mistral-small-latest"), "mistral-large-4"),
        "groq": Usual(("openai/gpt-oss-120b", "qwen/qwen3.8-27b"), "openai/gpt-oss-120b"),
    }
)
REHEARSAL_COUNCIL = Usual(("alder", "birch", "cedar"), "maple")

USUAL_MEMBERS = 4  # more cost more than they add
MOST_LOCAL_MEMBERS = 3  # they share one machine
