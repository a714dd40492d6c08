"""Whoever is in one workspace sees and changes nothing of another: every function, both ways."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from bot.app import App
from bot.commands import Cancel, Command, Config, Forget, History, Keys, Schedule, Show, Stats
from bot.desk import Desk
from bot.domain import (
    Deliberation,
    OwnProvider,
    Person,
    Place,
    PlaceSettings,
    Question,
    SettingsChange,
    Tenant,
    Terms,
)
from bot.domain.events import SynthesisReady
from bot.errors import NotFound, WrongUse
from bot.ports import Scope
from bot.replies import answer
from bot.storage.archive import SqlArchive
from bot.storage.budgets import SqlBudgets
from bot.storage.database import Database
from bot.storage.exports import SqlExports
from bot.storage.feedback import SqlFeedback
from bot.storage.outbox import SqlOutbox
from bot.storage.provider_keys import SqlProviderKeys
from bot.storage.records import SqlRecords
from bot.storage.schedules import SqlSchedules
from bot.storage.sealing import Seal
from bot.storage.statistics import SqlStatistics
from bot.storage.switch import SqlSwitch
from bot.storage.team_settings import SqlTeamSettings
from bot.storage.tickets import SqlTickets
from bot.team.asking import Asking, Team
from bot.team.scheduling import Plan, add
from tests.fakes.council import COUNCIL, SYNTHESIS
from tests.fakes.team.catalog import FakeCatalog
from tests.fakes.work import FakeWork

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Side:
    """A workspace with one of everything; both have the channel of the same name."""

    tenant: Tenant
    admin: Person
    deliberation: Deliberation
    schedule: str
    provider: str
    preset: str
    canary: str

    @property
    def place(self) -> Place:
        return Place(self.tenant.platform, self.tenant.workspace, "C1")

    @property
    def scope(self) -> Scope:
        return Scope(self.tenant.platform, self.tenant.workspace, ("C1",))


@dataclass(frozen=True, slots=True)
class Town:
    """Two workspaces in one database."""

    desk: Desk
    records: SqlRecords
    exports: SqlExports
    sides: tuple[Side, Side]


Attempt = Callable[[Town, Side, Side], Awaitable[object]]


async def _said(town: Town, one: Side, command: Command) -> str:
    return str(await answer(town.desk, one.admin, one.place, command))


# What names a thing by its id, called in the context of one workspace with an id of the other's.
NAMED: dict[str, Attempt] = {
    "app.show": lambda town, a, b: town.desk.app.show(b.deliberation.id, within=a.scope),
    "app.cancel": lambda town, a, b: town.desk.app.cancel(
        b.deliberation.id, by=a.admin, within=a.scope
    ),
    "desk.rate": lambda town, a, b: town.desk.rate(
        b.deliberation.id, a.admin.id, a.scope, is_good=True
    ),
    "show": lambda town, a, b: _said(town, a, Show(b.deliberation.id)),
    "cancel": lambda town, a, b: _said(town, a, Cancel(b.deliberation.id)),
    "forget": lambda town, a, b: _said(town, a, Forget(b.deliberation.id)),
    "archive.forget": lambda town, a, b: town.desk.team.archive.forget(a.tenant, b.deliberation.id),
    "schedules.get": lambda town, a, b: town.desk.team.schedules.get(a.tenant, b.schedule),
    "schedules.remove": lambda town, a, b: town.desk.team.schedules.remove(a.tenant, b.schedule),
    "schedules.save": lambda town, a, b: _save_foreign(town, a, b),
    **{
        f"schedule {action}": lambda town, a, b, action=action: _said(
            town, a, Schedule(action, f"{b.schedule}{_REST.get(action, '')}")
        )
        for action in ("pause", "resume", "run", "skip", "edit", "remove")
    },
    "keys.key": lambda town, a, b: town.desk.team.keys.key(a.tenant, b.provider),
    "keys.remove": lambda town, a, b: town.desk.team.keys.remove(a.tenant, b.provider),
    "keys remove": lambda town, a, b: _said(town, a, Keys("remove", b.provider)),
    "config use": lambda town, a, b: _said(town, a, Config("use", b.preset)),
    "config drop": lambda town, a, b: _said(town, a, Config("drop", b.preset)),
}
_REST = {"edit": ' "daily 10:00" Why?'}

# What lists things: nothing of the other's may be among them.
LISTED: dict[str, Attempt] = {
    "app.history": lambda town, a, b: town.desk.app.history(b.canary, within=a.scope),
    "history": lambda town, a, b: _said(town, a, History()),
    "stats": lambda town, a, b: _said(town, a, Stats()),
    "schedules": lambda town, a, b: _said(town, a, Schedule("list")),
    "keys": lambda town, a, b: _said(town, a, Keys("list")),
    "config show": lambda town, a, b: _said(town, a, Config("show")),
    "config changes": lambda town, a, b: _said(town, a, Config("changes")),
    "config export": lambda town, a, b: _said(town, a, Config("export")),
    "presets": lambda town, a, b: town.desk.team.settings.presets(a.tenant),
    "settings.at": lambda town, a, b: town.desk.team.settings.at(a.place),
    "keys.all": lambda town, a, b: town.desk.team.keys.all(a.tenant),
    "schedules.all": lambda town, a, b: town.desk.team.schedules.all(replace(a.place, channel="")),
    "export": lambda town, a, b: _exported(town, a),
}


async def test_an_id_of_another_workspace_is_as_unknown_as_one_that_is_nowhere(town: Town) -> None:
    for one, other in (town.sides, town.sides[::-1]):
        refused = {name: await _refusal(town, one, other, name) for name in NAMED}
        unknown = {name: await _refusal(town, one, _nowhere(other), name) for name in NAMED}

        assert {kind for kind, _ in refused.values()} == {NotFound}
        assert refused == unknown
        await _is_whole(town, other)


async def test_nothing_of_another_workspace_is_listed(town: Town) -> None:
    for one, other in (town.sides, town.sides[::-1]):
        listed = {name: str(await look(town, one, other)) for name, look in LISTED.items()}

        assert [name for name, found in listed.items() if other.canary in found] == []
        assert [name for name, found in listed.items() if one.canary in found] != []


async def test_the_same_channel_of_another_workspace_has_its_own_settings(town: Town) -> None:
    one, other = town.sides
    _, channel = await town.desk.team.settings.at(one.place)

    assert channel.settings.instructions == one.canary
    assert (await town.desk.team.terms(other.place)).council.instructions == other.canary


async def test_what_one_workspace_spends_is_not_the_others(town: Town) -> None:
    one, other = town.sides
    key = "channel:C1:day:2026-11-24"
    spent = await town.desk.team.budgets.spent(other.tenant, [key])
    await town.desk.team.archive.forget_workspace(one.tenant)

    assert await town.desk.team.budgets.spent(other.tenant, [key]) == spent
    await _is_whole(town, other)


async def test_a_ticket_of_another_workspace_is_void(town: Town) -> None:
    one, other = town.sides
    kept = {"workspace": one.tenant.workspace, "user": "U1"}
    ticket = await town.desk.keep("form", kept)

    theirs = await town.desk.kept("form", ticket, workspace=other.tenant.workspace, user="U1")

    assert theirs is None
    assert await town.desk.kept("form", ticket, **kept) == kept


@pytest.fixture
async def town(database: Database) -> AsyncGenerator[Town]:
    records, outbox = SqlRecords(database), SqlOutbox(database)
    team = Team(
        usual=Terms(COUNCIL),
        settings=SqlTeamSettings(database),
        budgets=SqlBudgets(database),
        switch=SqlSwitch(database),
        keys=SqlProviderKeys(database, Seal([bytes(32)])),
        catalog=FakeCatalog(),
        schedules=SqlSchedules(database),
        statistics=SqlStatistics(database),
        archive=SqlArchive(database),
    )
    async with FakeWork() as work:
        asking = Asking(App(records=records, work=work, platforms=["slack"]), team)
        desk = Desk(
            app=asking.app,
            outbox=outbox,
            feedback=SqlFeedback(database),
            tickets=SqlTickets(database),
            asking=asking,
        )
        async with desk.errands:
            sides = [await _side(desk, records, name) for name in ("T1", "T2")]
            yield Town(desk, records, SqlExports(database), (sides[0], sides[1]))


async def _side(desk: Desk, records: SqlRecords, workspace: str) -> Side:
    """Give a workspace one of everything, each with its canary in it."""
    canary = f"canary-of-{workspace.lower()}"
    tenant, place = Tenant("slack", workspace), Place("slack", workspace, "C1")
    admin = Person("U1", canary, is_admin=True)
    team = desk.team
    asked = Question(f"What says {canary}?", place, canary, asker_id="U1")
    deliberation = await desk.asking.ask(admin, asked, delivery="d1")
    deliberation = await records.take_up(deliberation.id)
    await records.save(deliberation, [SynthesisReady(replace(SYNTHESIS, text=canary))])
    change = SettingsChange("C1", "U1", canary, NOW, (canary,))
    await team.settings.change(place, PlaceSettings(instructions=canary), change, number=0)
    await team.settings.keep_preset(tenant, canary, PlaceSettings(instructions=canary))
    provider = OwnProvider(canary, "1234", NOW, f"https://{canary}.example.com/v1")
    await team.keys.save(tenant, provider, f"sk-{canary}")
    schedule = await add(team, admin, place, Plan("daily 09:00", f"Again: {canary}?"))
    return Side(tenant, admin, deliberation, schedule.id, canary, canary, canary)


def _nowhere(side: Side) -> Side:
    """Return a side whose ids are nobody's."""
    ghost = "canary-of-t9"
    nobody = replace(side.deliberation, id="1m8jf7z0ypm61gpq")
    return replace(
        side, deliberation=nobody, schedule="zz9zz", provider="canary-of-t9", preset="canary-of-t9"
    )


async def _refusal(town: Town, one: Side, other: Side, name: str) -> tuple[type[WrongUse], str]:
    """Return how an attempt is refused, without the id that was named."""
    with pytest.raises(WrongUse) as refusal:
        await NAMED[name](town, one, other)
    sentence = str(refusal.value)
    for named in (other.deliberation.id, other.schedule, other.provider, other.preset):
        sentence = sentence.replace(named, "…")
    return type(refusal.value), sentence


async def _save_foreign(town: Town, one: Side, other: Side) -> object:
    schedule = await town.desk.team.schedules.get(other.tenant, other.schedule)
    return await town.desk.team.schedules.save(replace(schedule, place=one.place))


async def _exported(town: Town, one: Side) -> list[Deliberation]:
    return [found async for found in town.exports.deliberations(one.tenant)]


async def _is_whole(town: Town, side: Side) -> None:
    """Check that nothing of a workspace was touched."""
    team = town.desk.team
    assert (await town.desk.app.show(side.deliberation.id, within=side.scope)).synthesis
    assert (await team.schedules.get(side.tenant, side.schedule)).pause is None
    assert await team.keys.key(side.tenant, side.provider) == f"sk-{side.canary}"
    assert side.preset in await team.settings.presets(side.tenant)
