"""A process as its operator sees it: by its health and its figures, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

SAID = "Health and metrics: "


@dataclass(frozen=True, slots=True)
class Figures:
    """What `/metrics` says."""

    text: str

    def value(self, name: str, **labels: str) -> float:
        """Return the sum of all samples that have these labels among theirs."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def names(self) -> set[str]:
        """Return the names of all samples."""
        families = text_string_to_metric_families(self.text)
        return {sample.name for family in families for sample in family.samples}


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who looks at a process now and then."""

    url: str

    @classmethod
    def of(cls, said: list[str]) -> Operator:
        """Return one who read what the process said of where to look."""
        line = next(line for line in said if line.startswith(SAID))
        return cls(line.removeprefix(SAID).strip())

    async def get(self, path: str) -> tuple[int, str]:
        """Return the status and text of a page."""
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as response:
            return response.status, await response.text()

    async def figures(self) -> Figures:
        """Scrape."""
        status, text = await self.get("/metrics")
        assert status == 200
        return Figures(text)

    async def health(self) -> tuple[int, Mapping[str, str]]:
        """Return the status of /readyz and what it says of each check."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.url}/readyz") as response,
        ):
            return response.status, (await response.json())["checks"]

    async def until(self, is_so: Callable[[], Awaitable[bool]], patience_s: float = 30.0) -> None:
        """Look again until something is so."""
        async with asyncio.timeout(patience_s):
            while not await is_so():  # noqa: ASYNC110 a page tells nobody
                await asyncio.sleep(0.1)

    async def until_ready(self, status: int) -> Mapping[str, str]:
        """Return what /readyz says once it has this status."""
        found: Mapping[str, str] = {}

        async def has_it() -> bool:
            nonlocal found
            known, found = await self.health()
            return known == status

        await self.until(has_it)
        return found
