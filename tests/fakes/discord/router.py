"""Finding the route that a path belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Found(NamedTuple):
    """A route by its form, and the variable parts of the path."""

    route: str
    ids: tuple[str, ...]


class Router:
    """Knows routes such as `GET /channels/{id}/messages/{id}`."""

    def __init__(self, routes: Iterable[str]) -> None:
        self._known: dict[tuple[str, int], list[tuple[str, list[str]]]] = {}
        for route in routes:
            method, path = route.split(" ")
            parts = path.strip("/").split("/")
            self._known.setdefault((method, len(parts)), []).append((route, parts))
        for candidates in self._known.values():  # `messages/pins` goes before `messages/{id}`
            candidates.sort(key=lambda candidate: sum(map(_is_variable, candidate[1])))

    def find(self, method: str, path: str) -> Found | None:
        """Find a route, the one with fewer variable parts first."""
        parts = path.strip("/").split("/")
        for route, form in self._known.get((method, len(parts)), []):
            pairs = list(zip(form, parts, strict=True))
            if all(_is_variable(part) or part == given for part, given in pairs):
                return Found(route, tuple(given for part, given in pairs if _is_variable(part)))
        return None


def _is_variable(part: str) -> bool:
    return part.startswith("{")
