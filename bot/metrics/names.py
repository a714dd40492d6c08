"""The names of models that figures are told apart by: a bounded number, and none of a workspace."""

from __future__ import annotations

# Each name is half a hundred lines for Prometheus to read and keep.
MOST_NAMES = 100

OWN = "own"
OTHER = "other"


class ModelNames:
    """Remembers the first models it hears of; all later ones share a name."""

    def __init__(self, most: int = MOST_NAMES) -> None:
        self._most = most
        self._known: set[str] = set()

    def name(self, model: str, *, is_own: bool) -> str:
        """Return a model's name; a workspace's own providers and models have none."""
        if is_own:
            return OWN
        if model in self._known:
            return model
        if len(self._known) >= self._most:
            return OTHER
        self._known.add(model)
        return model
