"""The bot as a service: every chat platform that is set up, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.routing import Route

from adapters.console.requests import EVERY_ROLE, Role
from bot.composition.admin import open_admin
from bot.composition.council import open_app, open_line
from bot.composition.health import Health
from bot.composition.models import open_models, seated
from bot.composition.platforms import Opened, check_any, check_ways, open_platforms
from bot.composition.sharing import open_lanes
from bot.composition.sweeping import repeating, sweeping
from bot.composition.team import open_team
from bot.composition.tracing import open_tracing
from bot.composition.watch import Watch
from bot.composition.web import open_web
from bot.composition.workspaces import Workspaces, open_workspaces
from bot.config import Seating, Settings, Wish
from bot.domain import Deliberation
from bot.errors import BadConfig
from bot.phrases import counted, joined
from bot.ports import Models, Work
from bot.storage.address import is_sqlite, parse_address
from bot.storage.database import Database, open_database
from bot.storage.migrate import migrate
from bot.storage.turns import SqlTurns
from bot.team.asking import Asking, Team
from bot.team.schedules.due import Scheduler
from bot.team.spending.halting import Halting
from bot.team.spending.metered import metered
from bot.work.drain import Drain, DrainedModels
from bot.work.elsewhere import Elsewhere
from bot.work.line import Line, LineTerms
from bot.work.ticker import ticking

# How soon what a dead process left is taken over.
_RECOVER_EVERY_S = 2.0
# With what closing takes besides, the process is gone within the 25 s that it may take.
_DRAIN_S = 12.0

_ONE_PROCESS = (
    "A SQLite database is served by one process that does everything: leave --role away, or set "
    "COUNCIL_DATABASE_URL to a PostgreSQL server."
)


@dataclass(slots=True)
class Ending:
    """How a service ends: `begin` at the first signal, in a `hurry` at the second."""

    drain: Drain = field(default_factory=Drain)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    line: Line | None = None
    health: Health = field(default_factory=Health)

    def begin(self) -> None:
        """Begin with no new work from this moment on."""
        (self.hurry if self.told.is_set() else self.told).set()
        self.drain.close()
        self.health.end()
        if self.line is not None:
            self.line.close()


async def serve(
    settings: Settings, say: Callable[[str], None], roles: frozenset[Role] = EVERY_ROLE
) -> None:
    """Serve until the process is told to stop; `say` tells the operator how it stands.

    Raises `BadConfig`, `StorageError`.
    """
    ending = Ending()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.begin)
    async with open_service(settings, say, roles, ending):
        say("Council is ready.")
        await ending.told.wait()
        say("Council stops; what is running goes on with the next start.")
    say("Council has stopped.")


@asynccontextmanager
async def open_service(
    settings: Settings,
    say: Callable[[str], None],
    roles: frozenset[Role] = EVERY_ROLE,
    ending: Ending | None = None,
) -> AsyncGenerator[None]:
    """Serve while the context is open. Raises `BadConfig`, `StorageError`."""
    check_any(settings)
    if roles != EVERY_ROLE and is_sqlite(parse_address(settings.database_url)):
        raise BadConfig(_ONE_PROCESS)
    ending = ending or Ending()
    migrate(settings.database_url)
    async with (
        _opened(settings, say, roles, ending) as service,
        service.working() as work,
    ):
        app = open_app(settings, service.database, work, service.platforms)
        asking = Asking(app, service.team)
        async with service.listening(asking), service.scheduling(asking):
            for line in _seating(service.seating):
                say(line)
            ending.health.start()
            yield


@asynccontextmanager
async def _opened(
    settings: Settings, say: Callable[[str], None], roles: frozenset[Role], ending: Ending
) -> AsyncGenerator[_Service]:
    """Open all that every role needs."""
    async with AsyncExitStack() as stack:
        watch = await stack.enter_async_context(open_admin(settings, ending.health, say))
        if Role.WORKER in roles:
            watch.tracing = await stack.enter_async_context(open_tracing(settings))
        database = await stack.enter_async_context(open_database(settings.database_url))
        lanes = await stack.enter_async_context(open_lanes(settings, database))
        opening_models = open_models(settings, lanes, observer=watch.models)
        models = await stack.enter_async_context(opening_models)
        seating = await seated(settings, models, Wish())
        opened = await stack.enter_async_context(open_platforms(settings, database, say))
        check_ways(opened, roles)
        watch.add(database, opened)
        opening = open_workspaces(
            settings, database, seating, models, lanes=lanes, observer=watch.models
        )
        workspaces = await stack.enter_async_context(opening)
        team = open_team(settings, database, seating, workspaces)
        halting = await stack.enter_async_context(sweeping(team))
        yield _Service(
            settings=settings,
            say=say,
            roles=roles,
            ending=ending,
            watch=watch,
            seating=seating,
            database=database,
            opened=opened,
            workspaces=workspaces,
            team=team,
            halting=halting,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """A process of the service, and what its roles do."""

    settings: Settings
    say: Callable[[str], None]
    roles: frozenset[Role]
    ending: Ending
    watch: Watch
    seating: Seating
    database: Database
    opened: Sequence[Opened]
    workspaces: Workspaces
    team: Team
    halting: Halting

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms that are set up."""
        return tuple(each.name for each in self.opened)

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[Work]:
        """Run deliberations while the context is open, or leave them to the workers.

        Calls to models may end before it closes.
        """
        if Role.WORKER not in self.roles:
            yield Elsewhere(SqlTurns(self.database))
            return
        platforms = {each.name: each.platform for each in self.opened}
        queue = self.settings.file.queue
        opening = open_line(
            self.settings,
            self.database,
            self._models_of,
            platforms,
            terms=LineTerms(queue.running, queue.per_channel),
            watch=self.watch,
        )
        async with opening as line, repeating(line.recover, _RECOVER_EVERY_S):
            self.ending.line = line
            yield line
            line.close()
            if out := self.ending.drain.out:
                self.say(f"{counted(out, 'call')} may end, for {_DRAIN_S:.0f} s at most.")
            await self.ending.drain.finish(_DRAIN_S, self.ending.hurry)

    @asynccontextmanager
    async def listening(self, asking: Asking) -> AsyncGenerator[None]:
        """Take deliveries while the context is open, by the ways of this process's roles.

        Raises `BadConfig`.
        """
        async with AsyncExitStack() as stack:
            routes: list[Route] = []
            for each in self.opened:
                routes += await stack.enter_async_context(each.listening(asking, self.roles))
                if each.ways.intersection(self.roles):
                    self.say(each.described)
            if routes:
                web = open_web(routes, self.settings.http_host, self.settings.http_port)
                port = await stack.enter_async_context(web)
                self.say(f"HTTP: http://{self.settings.http_host}:{port}")
            yield

    @asynccontextmanager
    async def scheduling(self, asking: Asking) -> AsyncGenerator[None]:
        """Ask what is due while the context is open, if that is a role of this process."""
        if Role.SCHEDULER not in self.roles:
            yield
            return
        scheduler = Scheduler(asking, {each.name: each.rooms for each in self.opened}, _now)
        async with ticking(scheduler.tick):
            yield

    def _models_of(self, deliberation: Deliberation) -> Models:
        models = DrainedModels(self.workspaces.models_of(deliberation), self.ending.drain)
        return metered(deliberation, models, catalog=self.workspaces.catalog, halting=self.halting)


def _now() -> datetime:
    return datetime.now(UTC)


def _seating(seating: Seating) -> list[str]:
    council = seating.council
    members = joined(seat.name for seat in council.members)
    lines = [f"Council: {members}; chairman {council.chairman.name}; {council.mode}."]
    if seating.is_rehearsal:
        lines.append("Rehearsal: no provider has a key, so stand-in models answer and say so.")
    return [*lines, *seating.warnings]
