"""Where the bot is measured: each database, and with how many worker processes."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal, Self

from tests.bench.databases import Databases, databases

Kind = Literal["sqlite", "postgres"]


@dataclass(frozen=True, slots=True)
class Setup:
    """A database and a number of processes that run deliberations."""

    kind: Kind
    workers: int = 1

    @property
    def name(self) -> str:
        """As tables call it."""
        if self.kind == "sqlite":
            return "SQLite"
        return f"PostgreSQL, {self.workers} worker{'s' if self.workers > 1 else ''}"


SETUPS = (Setup("sqlite"), Setup("postgres"), Setup("postgres", 2), Setup("postgres", 4))


class Machine:
    """Opens what makes databases when it is first wanted; a context."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._made: dict[Kind, Databases] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def databases(self, kind: Kind) -> Databases:
        """Return what makes databases of a kind."""
        if kind not in self._made:
            self._made[kind] = self._stack.enter_context(databases(kind))
        return self._made[kind]
