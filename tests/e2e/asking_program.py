"""One of several processes that ask the same provider, as deliberations do.

`python -m tests.e2e.asking_program slow 2 quick 6` asks `work/slow` two times at once, and then
`work/quick` six times; after each it says so on its standard output. All between here and the
provider is as in `bot.composition`.
"""

from __future__ import annotations

import asyncio
import sys

from bot.composition.models import open_models
from bot.config import load
from bot.ports import ModelRequest, Models

_DEADLINE_S = 60.0


async def main(words: list[str]) -> None:
    """Ask what the words say."""
    async with open_models(load()) as models:
        for model, times in zip(words[::2], words[1::2], strict=True):
            await asyncio.gather(*(_ask(models, f"work/{model}") for _ in range(int(times))))
            print(model, flush=True)  # noqa: T201 it is what the tests wait for


async def _ask(models: Models, model: str) -> None:
    await models.complete(
        ModelRequest(
            model=model, system="", prompt="Why?", purpose="answer", deadline_s=_DEADLINE_S
        )
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
