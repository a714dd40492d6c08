"""`council ask` and `council resume` in a folder of their own, killed until one is spared."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from random import Random

from tests.bench.crash_tally import Cell, Tally
from tests.e2e.crash import (
    Crossed,
    Death,
    Elapsed,
    Fault,
    Machine,
    Posted,
    Printed,
    Promise,
    Served,
    Sighting,
    faults,
)
from tests.e2e.crash_server import MEMBERS, Moment, Phase

# A little more than a thorough council with a revision has of each.
MOST_CROSSINGS = 130
MOST_MESSAGES = 20
LONGEST_RUN_S = 1.0
LONGEST_START_S = 3.0
ANOTHER_DEATH = 0.35
PURPOSES = ("answer", "review", "revision", "synthesis")

WAYS = {
    Served: "a request to a model",
    Crossed: "a row",
    Posted: "a message",
    Printed: "a message",
    Elapsed: "any time",
}


class Case:
    """One machine on which programs die until one is spared."""

    def __init__(self, machine: Machine, number: int, random: Random, tally: Tally) -> None:
        self._machine = machine
        self._random = random
        self._tally = tally
        self._cell = Cell("console", machine.database)
        self._names = (f"Which way is up in case {number}, try {turn}?" for turn in count())
        self._sightings: dict[str, list[Sighting]] = {}
        self._course: list[str] = []

    async def run(self) -> None:
        """Kill, let the next one finish, and tally what was seen."""
        question = self._new_question()
        mode = self._random.choice(["standard", "thorough", "fast"])
        words = ("ask", "--mode", mode, question)
        while await self._dies(question, *words) and self._random.random() < ANOTHER_DEATH:
            words = await self._next_words(question)
        words = await self._next_words(question)
        outcome = await self._machine.run(*words)
        self._course.append(" ".join(("spared:", *words)))
        if outcome.code:
            self._blame(Fault(Promise.ENDED, f"exit code {outcome.code}: {outcome.err}"))
        await self._judge()

    async def _dies(self, question: str, *words: str) -> bool:
        death = _death(self._random)
        self._course.append(f"{death}: {' '.join(words)}")
        outcome = await self._machine.kill(death, question, *words)
        if not outcome.was_killed:
            self._tally.counts[self._cell].escapes += 1
            return False
        self._tally.counts[self._cell].deaths[WAYS[type(death)]] += 1
        for name, sightings in self._sightings.items():
            sightings.append(await self._machine.sighting(name))
        return True

    async def _next_words(self, question: str) -> tuple[str, ...]:
        known = (await self._machine.sighting(question)).deliberation_id
        is_resumed = bool(known) and self._random.random() < 0.5
        return ("resume", known) if is_resumed else ("ask", self._new_question())

    async def _judge(self) -> None:
        counted = self._tally.counts[self._cell]
        for name, sightings in self._sightings.items():
            end = await self._machine.sighting(name)
            counted.deliberations += end.deliberation is not None
            counted.requests += end.asked.total()
            counted.recorded += end.recorded.total()
            self._blame(*faults(sightings, end))
        left = self._machine.unfinished()
        self._blame(*(Fault(Promise.ENDED, f"{name} is left in the engine") for name in left))

    def _new_question(self) -> str:
        question = next(self._names)
        self._sightings[question] = []
        return question

    def _blame(self, *broken: Fault) -> None:
        self._tally.blame(self._cell, broken, self._course)


def random_moment(random: Random, purposes: Sequence[str]) -> Moment:
    """Return any moment of the requests to models that are made for these purposes."""
    purpose = random.choice([*purposes, "synthesis"])
    number = 1 if purpose == "synthesis" else random.randint(1, len(MEMBERS))
    return Moment(purpose, number, random.choice([*Phase]))


def _death(random: Random) -> Death:
    deaths: list[Death] = [
        Crossed(f"any {random.randint(1, MOST_CROSSINGS)}"),
        Crossed(f"any {random.randint(1, MOST_CROSSINGS // 4)}"),
        Served(random_moment(random, PURPOSES)),
        Posted(random.randint(1, MOST_MESSAGES)),
        Elapsed(random.uniform(0, LONGEST_RUN_S)),
        Elapsed(random.uniform(0, LONGEST_START_S), is_from_start=True),
    ]
    return random.choice(deaths)
