"""`council serve` on a fake platform: processes are killed again and again while people ask."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from traceback import format_exception

from sqlalchemy import create_engine, text

from bot.storage.address import parse_address
from tests.bench.crash_consoles import random_moment
from tests.bench.crash_tally import Cell, Tally
from tests.e2e.crash import Fault, Promise, Sighting, sightings, unfinished
from tests.e2e.crash_server import CrashServer, Moment
from tests.e2e.crash_service import NEVER
from tests.e2e.crash_site import Point, Site, Stage, broken, is_whole
from tests.e2e.service import Running, Service

# A run that five processes died of is given up.
MOST_WAVES = 3
MOST_QUESTIONS = 4
MOST_CROSSINGS = 100
LONGEST_RUN_S = 2.0
LONGEST_DELIVERY_S = 0.08
# A wave that kills nobody is over by then.
WAVE_S = 8.0
CALM_S = 90.0
LOOK_EVERY_S = 0.1

PURPOSES = ("answer", "review", "synthesis")

Layout = Sequence[tuple[str, ...]]
ALL_IN_ONE: Layout = [()]
SEVERAL: Sequence[Layout] = (
    [(), ()],
    [("gateway", "scheduler"), ("worker",), ("worker",)],
    [("gateway", "worker"), ("worker", "scheduler")],
)


@dataclass(frozen=True, slots=True)
class Called:
    """The platform kills whoever makes this call."""

    point: Point


@dataclass(frozen=True, slots=True)
class Asked:
    """The model server kills whoever makes this request."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class Crossed:
    """A process kills itself where it crosses a port for the n-th time."""

    number: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """Whoever listens is killed so soon after a delivery: before or after its acknowledgement."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Anybody is killed so long after the questions."""

    seconds: float


Death = Called | Asked | Crossed | Delivered | Elapsed

WAYS = {
    Called: "a message on the wire",
    Asked: "a request to a model",
    Crossed: "a row",
    Delivered: "an acknowledgement",
    Elapsed: "any time",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """A service, the platform that it serves, and the models that it asks."""

    site: Site
    service: Service
    server: CrashServer


class Siege:
    """A service on a platform, and those who ask it something while its processes die."""

    def __init__(
        self, cell: Cell, ground: Ground, *, number: int, random: Random, tally: Tally
    ) -> None:
        self._cell = cell
        self._site = ground.site
        self._service = ground.service
        self._server = ground.server
        self._random = random
        self._tally = tally
        self._names = (f"Which way is up in siege {number}, try {turn}?" for turn in count())
        self._sightings: dict[str, list[Sighting]] = {}
        self._buried: set[Running] = set()
        self._course: list[str] = []
        is_one = cell.database == "sqlite"
        self._layout = ALL_IN_ONE if is_one else random.choice(SEVERAL)

    async def run(self) -> None:
        """Let people ask and processes die, then let there be calm, and judge."""
        self._course.append(f"{[*self._layout]}, blind: {self._site.is_blind}")
        try:
            for _ in range(self._random.randint(1, MOST_WAVES)):
                await self._wave()
            await self._calm()
        except (AssertionError, TimeoutError, ExceptionGroup) as error:
            self._blame(Fault(Promise.ENDED, "".join(format_exception(error))))
        finally:
            await self._service.stop()
        await self._judge()

    async def _wave(self) -> None:
        death = self._death()
        self._course.append(str(death))
        await self._fill(death)
        if not any(map(_listens, self._service.living)):  # it died before it was ready
            await self._bury()
            await self._fill()
        questions = [next(self._names) for _ in range(self._random.randint(1, MOST_QUESTIONS))]
        self._sightings |= {question: [] for question in questions}
        async with asyncio.TaskGroup() as group:
            for question in questions:
                by_mention = not self._site.is_blind and self._random.random() < 0.3
                group.create_task(self._site.ask(question, by_mention=by_mention))
            await asyncio.sleep(0)
            self._arm(death, questions[0])
            group.create_task(self._strike(death))
            await self._until_death(questions)
        self._site.disarm()
        for question in questions:
            self._server.disarm(question)
        await self._bury()

    async def _fill(self, death: Death | None = None) -> None:
        """Start what is missing; one of those may be told to kill itself."""
        missing = Counter(self._layout)
        missing -= Counter(each.roles for each in self._service.living)
        fates = [f"any {death.number}"] if isinstance(death, Crossed) else []
        async with asyncio.TaskGroup() as group:
            for roles in missing.elements():
                is_dying = bool(fates) and roles != ("gateway", "scheduler")
                fate = fates.pop() if is_dying else NEVER
                group.create_task(self._service.start(*roles, crash_at=fate))

    def _arm(self, death: Death, question: str) -> None:
        match death:
            case Called(point):
                self._site.arm(question, point, self._service.strike)
            case Asked(moment):
                self._server.arm(question, moment, self._service.strike)
            case _:
                pass

    async def _strike(self, death: Death) -> None:
        match death:
            case Delivered(seconds):
                await asyncio.sleep(seconds)
                ears = [each for each in self._service.living if _listens(each)]
            case Elapsed(seconds):
                await asyncio.sleep(seconds)
                ears = self._service.living
            case _:
                return
        if ears:
            self._random.choice(ears).kill()

    async def _until_death(self, questions: Sequence[str]) -> None:
        """Return when somebody is dead, or all is done and nobody will be."""
        clock = asyncio.get_running_loop().time
        give_up_at = clock() + WAVE_S
        while clock() < give_up_at:
            await asyncio.sleep(LOOK_EVERY_S / 5)
            if any(not each.is_alive for each in self._service.running if each not in self._buried):
                return
            if all(is_whole(self._site, question) for question in questions):
                break
        self._tally.counts[self._cell].escapes += 1

    async def _bury(self) -> None:
        """Count who was killed, and look at what they left."""
        for each in self._service.running:
            if each.is_alive or each in self._buried:
                continue
            await each.process.wait()
            self._buried.add(each)
            way = self._way_of(each)
            self._tally.counts[self._cell].deaths[way] += 1
            url = self._service.database_url
            for name, seen in (await sightings(url, self._server, self._sightings)).items():
                self._sightings[name].append(seen)

    def _way_of(self, dead: Running) -> str:
        return WAYS[Crossed] if dead.crash_at != NEVER else WAYS[type(self._latest)]

    async def _calm(self) -> None:
        """Let nobody die who has no fate, and return when all threads are whole."""
        url = self._service.database_url
        async with asyncio.timeout(CALM_S):
            await self._fill()
            while await self._open() or await asyncio.to_thread(_left, url):
                await asyncio.sleep(LOOK_EVERY_S)
                await self._bury()
                await self._fill()

    async def _open(self) -> list[str]:
        """Return the questions that are not answered and should be."""
        left = [name for name in self._sightings if not is_whole(self._site, name)]
        if not left:
            return []
        kept = await sightings(self._service.database_url, self._server, left)
        return [
            name
            for name in left
            if kept[name].deliberation is not None
            or self._site.is_promised(name)
            or not self._site.is_settled(name)
        ]

    async def _judge(self) -> None:
        counted = self._tally.counts[self._cell]
        url = self._service.database_url
        for name, end in (await sightings(url, self._server, self._sightings)).items():
            counted.deliberations += end.deliberation is not None
            counted.requests += end.asked.total()
            counted.recorded += end.recorded.total()
            counted.doubled += self._site.look(name).doubled if self._site.is_blind else 0
            for fault in broken(self._site, name, self._sightings[name], end):
                self._blame(Fault(fault.promise, f"{fault.what} [{name}]"))
        left = [*_left(url), *self._site.complaints(), *self._service.ended]
        self._blame(*(Fault(Promise.ENDED, what) for what in left))

    def _blame(self, *faults: Fault) -> None:
        self._tally.blame(self._cell, faults, self._course)

    def _death(self) -> Death:
        random, calls = self._random, self._site.calls
        call = random.choice([*calls])
        point = Point(call, random.randint(1, calls[call]), random.choice([*Stage]))
        deaths: list[Death] = [
            Called(point),
            Called(point),
            Asked(random_moment(random, PURPOSES)),
            Crossed(random.randint(1, MOST_CROSSINGS)),
            Crossed(random.randint(1, MOST_CROSSINGS // 4)),
            Delivered(random.uniform(0, LONGEST_DELIVERY_S)),
            Elapsed(random.uniform(0, LONGEST_RUN_S)),
        ]
        self._latest = random.choice(deaths)
        return self._latest


def _listens(each: Running) -> bool:
    return not each.roles or "gateway" in each.roles


def _left(database_url: str) -> list[str]:
    """Say what a service still holds for somebody to finish."""
    engine = create_engine(parse_address(database_url))
    with engine.connect() as connection:
        turns = connection.scalars(text("SELECT deliberation_id FROM turns")).all()
    engine.dispose()
    return [
        *(f"{name} is left in the engine" for name in unfinished(database_url)),
        *(f"{name} is left in the line" for name in turns),
    ]
