"""Settings as TOML, to be kept, sent and read back."""

from __future__ import annotations

from bot.domain import PlaceSettings


def to_toml(settings: PlaceSettings) -> str:
    """Write what is set; what is inherited is left out."""
    raise NotImplementedError


def from_toml(text: str) -> PlaceSettings:
    """Read settings back. Raises `BadConfig` with the line and what to do."""
    raise NotImplementedError
