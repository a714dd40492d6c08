"""`council doctor`: one line a check, with what to mend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TextIO

from adapters.console.screen import write_or_mute
from bot.errors import CouncilError, NotFound
from bot.ports import ModelInfo
from bot.untrusted import one_line


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold; `examine` returns what is so, or raises what is wrong."""

    name: str
    examine: Callable[[], Awaitable[str]]


def failing(name: str, error: CouncilError) -> Check:
    """Return a check that is known to fail."""

    async def examine() -> str:
        raise error

    return Check(name, examine)


async def examine(checks: Iterable[Check], out: TextIO) -> bool:
    """Make the checks in turn, print each finding, and say whether all is well."""
    is_well = True
    for check in checks:
        try:
            mark, finding = "✓", await check.examine()
        except CouncilError as error:
            mark, finding, is_well = "✗", str(error), False
        write_or_mute(out, f"{mark} {check.name}: {one_line(finding)}\n")
    return is_well


def compare(provider: str, wanted: Iterable[str], listed: Iterable[ModelInfo]) -> str:
    """Say that a provider has the models that sit. Raises `NotFound` for one that it has not."""
    names = [model.name for model in listed]
    for model in wanted:
        if model not in names:
            near = get_close_matches(model, names, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"see `council models {provider}`."
            message = f"`{model}` is not among its {len(names)} models; {hint}"
            raise NotFound(message)
    return f"reached, key accepted, {len(names)} models"
