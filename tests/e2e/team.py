"""What the stories of a team have in common on all platforms: models with prices, an operator."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.adapters import serving
from tests.adapters.stage import CHAIR, MEMBERS
from tests.fakes.model_server import ModelServer, Script
from tests.launcher import Launcher

NEW = "oak"
QUESTION = "Which database suits an event log?"
# In US dollars a call, and a token.
_CALL_USD = 0.01
_PRICES = {"prompt": "0.000001", "completion": "0.000004"}
_SECRET_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
# Ids of Slack and Discord that stand by themselves: in no mention, link or exported setting.
_RAW_ID = re.compile(r"(?<![\w/<@#&^|=.\"])(?:[UCTSBD]0[A-Z0-9]{6,}|\d{17,20})(?![\w>])")


@dataclass(kw_only=True)
class Operator:
    """Who runs the program for a team; `told` is all that the team's people were told."""

    models: ModelServer
    launcher: Launcher
    folder: Path
    database_url: str
    told: list[str] = field(default_factory=list[str])

    def prepare(self) -> None:
        """Write the settings, and let models cost something."""
        serving.configure(self.folder, self.models)
        self.hurry()
        self.models.listing = [{"id": name, "pricing": _PRICES} for name in self.models.scripts]

    def hurry(self) -> None:
        """Let models answer at once."""
        names = (*MEMBERS, CHAIR, NEW)
        self.models.scripts = {name: Script(cost_usd=_CALL_USD) for name in names}

    def slow_down(self, latency_s: float) -> None:
        """Let models take their time."""
        self.models.scripts = {
            name: replace(script, latency_s=latency_s)
            for name, script in self.models.scripts.items()
        }

    def environment(self) -> dict[str, str]:
        """Return what holds for the program on all platforms."""
        return {"COUNCIL_DATABASE_URL": self.database_url, "COUNCIL_SECRET_KEY": _SECRET_KEY}

    async def council(self, *words: str) -> str:
        """Run a command of the operator in a process of its own, and return what it says."""
        settings = {**serving.environment(self.folder), **self.environment()}
        process = await self.launcher.start(self.folder, settings, "bot", *words)
        said, trouble = await process.communicate()
        assert process.returncode == 0, trouble.decode()
        return said.decode()

    def raw_ids(self) -> list[str]:
        """Return what people were told that holds an id where a name should stand."""
        return [text for text in self.told if _RAW_ID.search(text)]

    def prompts(self, words: str) -> list[str]:
        """Return the prompts of answers that hold some words."""
        asked = (str(one.body["messages"]) for one in self.models.requests)
        return [prompt for prompt in asked if words in prompt and "own well-founded" in prompt]


async def in_the_end(told: Callable[[], Awaitable[str]], sentence: str) -> str:
    """Look again and again until something is told; costs are settled each second."""
    async with asyncio.timeout(10):
        while sentence not in (said := await told()):  # noqa: ASYNC110 a table tells nobody
            await asyncio.sleep(0.1)
        return said
