"""Whoever is in one workspace sees and changes nothing of another: every function, both ways."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import App
from bot.commands import (
    Cancel,
    Command,
    Config,
    Forget,
    History,
    Keys,
    Schedule,
    Show,
    Stats,
    Status,
)
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
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.storage.sealing import Seal
from bot.storage.team.archive import SqlArchive
from bot.storage.team.budgets import SqlBudgets
from bot.storage.team.exports import SqlExports
from bot.storage.team.provider_keys import SqlProviderKeys
from bot.storage.team.schedules import SqlSchedules
from bot.storage.team.settings import SqlTeamSettings
from bot.storage.team.statistics import SqlStatistics
from bot.storage.team.switch import SqlSwitch
from bot.storage.workspaces.feedback import SqlFeedback
from bot.storage.workspaces.tickets import SqlTickets
from bot.team.asking import Asking, Team
from bot.team.bringing import take_away
from bot.team.forgetting import forget_one, forget_person, forget_workspace
from bot.team.schedules.scheduling import Plan, add, found
from bot.team.spending.budgets import caps
from tests.fakes.council import COUNCIL, SYNTHESIS
from tests.fakes.team.catalog import FakeCatalog
from tests.fakes.work import FakeWork

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Side:
    """A workspace with one of everything; both have a channel C1, each a `channel` beside it."""

    tenant: Tenant
    admin: Person
    deliberation: Deliberation
    schedule: str
    provider: str
    preset: str
    channel: str
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


async def _save_foreign(town: Town, one: Side, other: Side) -> object:
    schedule = await town.desk.team.schedules.get(other.tenant, other.schedule)
    return await town.desk.team.schedules.save(replace(schedule, place=one.place))


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
    "schedules.save": _save_foreign,
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
    "config copy": lambda town, a, b: _said(town, a, Config("copy", f"<#{b.channel}>")),
    "schedules.found": lambda town, a, b: found(town.desk.team, a.place, b.schedule),
    "forget_one": lambda town, a, b: forget_one(
        town.desk.asking, a.admin, a.place, b.deliberation.id
    ),
    "take_away": lambda town, a, b: take_away(town.desk.team, a.admin, a.tenant, b.provider),
}
_REST = {"edit": ' "daily 10:00" Why?'}

# What lists things: nothing of the other's may be among them.
LISTED: dict[str, Attempt] = {
    "app.history": lambda town, a, b: town.desk.app.history(b.canary, within=a.scope),
    "history": lambda town, a, _: _said(town, a, History()),
    "stats": lambda town, a, _: _said(town, a, Stats()),
    "schedules": lambda town, a, _: _said(town, a, Schedule("list")),
    "keys": lambda town, a, _: _said(town, a, Keys("list")),
    "config show": lambda town, a, _: _said(town, a, Config("show")),
    "config changes": lambda town, a, _: _said(town, a, Config("changes")),
    "config export": lambda town, a, _: _said(town, a, Config("export")),
    "status": lambda town, a, _: _said(town, a, Status()),
    "config use": lambda town, a, _: _said(town, a, Config("use")),
    "settings.changes": lambda town, a, _: town.desk.team.settings.changes(a.place),
    "holdings": lambda town, a, _: town.exports.holdings(a.tenant),
    "records.search": lambda town, a, _: town.records.search(
        scope=replace(a.scope, thread="17.1", is_open=True)
    ),
    "follow-up": lambda town, a, _: _followed(town, a),
    "presets": lambda town, a, _: town.desk.team.settings.presets(a.tenant),
    "settings.at": lambda town, a, _: town.desk.team.settings.at(a.place),
    "keys.all": lambda town, a, _: town.desk.team.keys.all(a.tenant),
    "schedules.all": lambda town, a, _: town.desk.team.schedules.all(replace(a.place, channel="")),
    "export": lambda town, a, _: _exported(town, a),
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


# What changes something by names that both have, or by one of the other's.
CHANGING: dict[str, Attempt] = {
    "config reset": lambda town, a, _: _said(town, a, Config("reset")),
    "config import": lambda town, a, _: _said(town, a, Config("import", "pins = 1")),
    "config workspace": lambda town, a, _: _said(
        town, a, Config("import", "retention_days = 1", is_workspace=True)
    ),
    "keep_preset": lambda town, a, b: town.desk.team.settings.keep_preset(a.tenant, b.preset, None),
    "keys.save": lambda town, a, b: town.desk.team.keys.save(
        a.tenant, OwnProvider(b.provider, "5678", NOW), "sk-another-key"
    ),
    "purge": lambda town, _, __: town.desk.team.archive.purge(datetime.now(UTC) + 2 * DAY),
    "forget me": lambda town, a, _: _said(town, a, Forget("me")),
    "forget somebody": lambda town, a, _: _said(town, a, Forget("<@U1>")),
    "forget_person": lambda town, a, _: forget_person(town.desk.asking, a.tenant, "U1"),
    "forget_workspace": lambda town, a, _: forget_workspace(town.desk.asking, a.tenant),
    "left": lambda town, a, _: town.desk.team.archive.leave(a.tenant, NOW - 99 * DAY),
    "purge what left": lambda town, _, __: town.desk.team.archive.purge(datetime.now(UTC)),
}


async def test_a_name_that_both_have_is_each_ones_own(town: Town) -> None:
    one, other = town.sides

    for change in CHANGING.values():
        await change(town, one, other)
        await _is_whole(town, other)


async def test_the_same_channel_of_another_workspace_has_its_own_settings(town: Town) -> None:
    one, other = town.sides
    _, channel = await town.desk.team.settings.at(one.place)

    assert channel.settings.instructions == one.canary
    assert (await town.desk.team.terms(other.place)).council.instructions == other.canary


async def test_what_one_workspace_spends_is_not_the_others(town: Town) -> None:
    one, other = town.sides
    terms = await town.desk.team.terms(other.place)
    keys = [cap.key for cap in caps(terms, other.admin, other.place, datetime.now(UTC))]
    spent = await town.desk.team.budgets.spent(other.tenant, keys)
    assert {each.councils for each in spent.values()} == {1}
    again = Question("And again?", one.place, "Uma", asker_id="U1")
    await town.desk.asking.ask(one.admin, again, delivery="d2")
    await town.desk.team.archive.forget_workspace(one.tenant)

    assert await town.desk.team.budgets.spent(other.tenant, keys) == spent
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
    in_thread = replace(place, thread="17.1")
    asked = Question(f"What says {canary}?", in_thread, canary, asker_id="U1")
    deliberation = await desk.asking.ask(admin, asked, delivery="d1")
    deliberation = await records.take_up(deliberation.id)
    await records.save(deliberation, [SynthesisReady(replace(SYNTHESIS, text=canary))])
    change = SettingsChange("C1", "U1", canary, NOW, (canary,))
    channel = f"C{workspace}"
    for here in (place, replace(place, channel=channel)):
        await team.settings.change(here, PlaceSettings(instructions=canary), change, number=0)
    await team.settings.keep_preset(tenant, canary, PlaceSettings(instructions=canary))
    provider = OwnProvider(canary, "1234", NOW, f"https://{canary}.example.com/v1")
    await team.keys.save(tenant, provider, f"sk-{canary}")
    schedule = await add(team, admin, place, Plan("daily 09:00", f"Again: {canary}?"))
    return Side(tenant, admin, deliberation, schedule.id, canary, canary, channel, canary)


def _nowhere(side: Side) -> Side:
    """Return a side whose ids are nobody's."""
    ghost = "canary-of-t9"
    nobody = replace(side.deliberation, id="1m8jf7z0ypm61gpq")
    return replace(
        side, deliberation=nobody, schedule="zz9zz", provider=ghost, preset=ghost, channel="C99"
    )


async def _refusal(town: Town, one: Side, other: Side, name: str) -> tuple[type[WrongUse], str]:
    """Return how an attempt is refused, without the id that was named."""
    with pytest.raises(WrongUse) as refusal:
        await NAMED[name](town, one, other)
    sentence = str(refusal.value)
    for named in (other.deliberation.id, other.schedule, other.provider, other.preset):
        sentence = sentence.replace(named, "…")
    return type(refusal.value), sentence


async def _exported(town: Town, one: Side) -> list[Deliberation]:
    return [each async for each in town.exports.deliberations(one.tenant)]


async def _followed(town: Town, one: Side) -> Deliberation:
    """Ask a follow-up in the thread of the question; both have one of that name."""
    question = Question("And then?", replace(one.place, thread="17.1"), "Uma", asker_id="U1")
    return await town.desk.asking.ask(one.admin, question, delivery="follow-up")


async def _is_whole(town: Town, side: Side) -> None:
    """Check that nothing of a workspace was touched."""
    team = town.desk.team
    workspace, channel = await team.settings.at(side.place)
    assert (workspace.number, channel.settings.instructions) == (0, side.canary)
    assert (await town.desk.app.show(side.deliberation.id, within=side.scope)).synthesis
    assert (await team.schedules.get(side.tenant, side.schedule)).pause is None
    assert await team.keys.key(side.tenant, side.provider) == f"sk-{side.canary}"
    assert side.preset in await team.settings.presets(side.tenant)
