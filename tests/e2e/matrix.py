"""Every fault of the model server in every place where a model can sit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path

from bot.app import App
from bot.domain import Council, Deadlines, Deliberation, FailureKind, Seat, State, Synthesis
from bot.llm.providers import Provider
from tests.e2e.stack import hold, open_app, posted
from tests.fakes.model_faults import FAULTS
from tests.fakes.model_server import ModelServer, Script

KEY = "canary-key-0c5f1e77aa"
# The soft deadline leaves time for a fault to show: what it cuts off has timed out.
DEADLINES = Deadlines(soft_min=1.0, call=1.5, deliberation=6.0)
# Connections to where nobody listens: no behaviour of a server, yet a fault like the others.
REFUSED = "refused-connection"
KINDS = {
    **{name: fault.kind for name, fault in FAULTS.items()},
    REFUSED: FailureKind.UNREACHABLE,
}
BAD = [name for name, kind in KINDS.items() if kind is not None]
HARMLESS = [name for name, kind in KINDS.items() if kind is None]

# Few enough that the deadlines above measure the fault and not this machine.
_AT_ONCE = 8


class Scenario(StrEnum):
    """Who is bad."""

    ONE_OF_FOUR = "one-of-four"
    CHAIRMAN = "chairman"
    ALL = "all"
    ONE_OF_TWO = "one-of-two"
    TWO_SEATS = "two-seats-on-one-model"


_GOOD, _BAD = ("Ada", "Ben", "Cy"), "Bad"
_SEATS: dict[Scenario, Sequence[tuple[str, str]]] = {
    Scenario.ONE_OF_FOUR: (*((name, name) for name in _GOOD), (_BAD, "bad")),
    Scenario.CHAIRMAN: tuple((name, name) for name in _GOOD),
    Scenario.ALL: tuple((f"Bad {number}", f"bad{number}") for number in range(4)),
    Scenario.ONE_OF_TWO: (("Ada", "Ada"), (_BAD, "bad")),
    Scenario.TWO_SEATS: (("Ada", "Ada"), ("Ben", "Ben"), ("Bad 1", "bad"), ("Bad 2", "bad")),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A council that was held with a fault: how it ended, after how long, what was posted.

    `purposes` are what the bad models were asked for.
    """

    deliberation: Deliberation
    seconds: float
    posts: dict[str, str]
    purposes: tuple[str, ...]

    @property
    def answered(self) -> set[str]:
        return {answer.member for answer in self.deliberation.answers}

    @property
    def final(self) -> Synthesis:
        assert self.deliberation.state is State.DONE, self.deliberation.reason
        assert self.deliberation.synthesis is not None
        return self.deliberation.synthesis

    @property
    def failed(self) -> dict[str, str]:
        return {f.member: f.failure.sentence for f in self.deliberation.failures}


Matrix = dict[tuple[Scenario, str], Held]


@dataclass(frozen=True, slots=True)
class _Case:
    scenario: Scenario
    fault: str

    @property
    def name(self) -> str:
        """The bad models' provider: one of its own, so that no other case uses up its retries."""
        return f"{self.scenario}.{self.fault}"

    def provider(self, server: ModelServer) -> Provider:
        url = server.refusing_url if self.fault == REFUSED else server.base_url
        return Provider(self.name, "openai", url, api_key=KEY, key_name="WORK_KEY")

    def council(self) -> Council:
        members = tuple(Seat(name, self._model(model)) for name, model in _SEATS[self.scenario])
        is_bad = self.scenario is Scenario.CHAIRMAN
        chairman = Seat("Chair", self._model("bad" if is_bad else "chair"))
        return Council(members, chairman, is_revising=False, deadlines=DEADLINES)

    def bad_ids(self) -> set[str]:
        seats = (*self.council().members, self.council().chairman)
        return {
            seat.model.removeprefix(f"{self.name}/")
            for seat in seats
            if seat.model.startswith(f"{self.name}/")
        }

    def _model(self, name: str) -> str:
        return f"{self.name}/{self.name}.{name}" if name.startswith("bad") else f"work/{name}"


async def hold_all(
    folder: Path, scenarios: Iterable[Scenario], *, is_streaming_answers: bool = False
) -> Matrix:
    """Hold a council for each scenario and fault, many at once, with one of everything."""
    cases = [_Case(scenario, fault) for scenario, fault in product(scenarios, KINDS)]
    scripts = {
        model: Script(fault=case.fault)
        for case in cases
        if case.fault in FAULTS
        for model in case.bad_ids()
    }
    places = asyncio.Semaphore(_AT_ONCE)
    async with ModelServer(scripts, tick_s=0.02) as server:
        providers = {case.name: case.provider(server) for case in cases}
        providers["work"] = Provider("work", "openai", server.base_url, requests_per_minute=None)
        opened = open_app(folder, providers, is_streaming_answers=is_streaming_answers)
        async with opened as app:
            held = await asyncio.gather(*(_hold(app, case, places) for case in cases))
        return {
            (case.scenario, case.fault): Held(
                deliberation=ended,
                seconds=seconds,
                posts=posted(folder, ended),
                purposes=_purposes(server, case.bad_ids()),
            )
            for case, (ended, seconds) in zip(cases, held, strict=True)
        }


async def _hold(app: App, case: _Case, places: asyncio.Semaphore) -> tuple[Deliberation, float]:
    async with places:
        began = time.monotonic()
        ended = await hold(app, case.council())
        return ended, time.monotonic() - began


def _purposes(server: ModelServer, models: set[str]) -> tuple[str, ...]:
    return tuple(asked.purpose for asked in server.requests if asked.model in models)
