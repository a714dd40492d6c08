from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given

from bot.app import App
from bot.domain import (
    Edition,
    Failure,
    FailureKind,
    Limits,
    Mode,
    Person,
    Place,
    PlaceSettings,
    Question,
    Seat,
    SettingsChange,
    Tenant,
    Terms,
    Tie,
)
from bot.errors import BadConfig, Changed, ModelError, NotAllowed, NotFound
from bot.ports import ModelInfo
from bot.team.asking import Asking, Team
from bot.team.settings.configuring import Draft, Saved, copied, opened, reset, save
from bot.team.terms import merged
from tests.bot.team.settings.drawn import SETTINGS
from tests.fakes.council import COUNCIL
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.team.catalog import FakeCatalog
from tests.fakes.virtual import virtual
from tests.fakes.work import FakeWork

CHANNEL = Place("slack", "T1", "C1")
OTHER = replace(CHANNEL, channel="C2")
WORKSPACE = replace(CHANNEL, channel="")
ADMIN = Person("U9", "Ada", is_admin=True)
KIM = Person("U1", "Kim", groups=("S1",))
NOTHING = PlaceSettings()
MEMBERS = (Seat("Cy", "test/c"), Seat("Di", "test/d"))
KNOWN = [ModelInfo(f"test/{letter}", 1.0, 2.0, sees_images=True) for letter in "abcdz"]
LARGE = ModelInfo("test/large-2", 50.0, 250.0, sees_images=False)


class Slow(FakeCatalog):
    """A catalog whose checks begin only once so many wait."""

    def __init__(self, waiting: int) -> None:
        super().__init__(*KNOWN)
        self._all = asyncio.Barrier(waiting)
        self.checked: list[str] = []

    async def check(self, tenant: Tenant, model: str) -> ModelInfo:
        self.checked.append(model)
        await self._all.wait()
        return await super().check(tenant, model)


class Down(FakeCatalog):
    """A catalog whose provider does not answer."""

    async def check(self, tenant: Tenant, model: str) -> ModelInfo:
        raise ModelError(Failure(FailureKind.UNREACHABLE, "secret detail"))


@pytest.fixture
def team() -> Team:
    return with_catalog(FakeCatalog(*KNOWN, LARGE))


def with_catalog(catalog: FakeCatalog) -> Team:
    return replace(fake_team(COUNCIL, FakeRecords()), catalog=catalog)


async def put(team: Team, settings: PlaceSettings, place: Place = CHANNEL) -> Saved:
    """Let an admin set something."""
    return await save(team, ADMIN, replace(await opened(team, ADMIN, place), settings=settings))


async def here(team: Team, place: Place = CHANNEL) -> Edition:
    workspace, channel = await team.settings.at(place)
    return channel if place.channel else workspace


async def refusal(team: Team, settings: PlaceSettings, place: Place = CHANNEL) -> str:
    """Return why something cannot be set; nothing was."""
    before = await here(team, place)
    with pytest.raises(BadConfig) as caught:
        await put(team, settings, place)
    assert await here(team, place) == before
    return str(caught.value)


async def test_a_draft_holds_what_is_set_and_what_would_be_inherited(team: Team) -> None:
    await put(team, PlaceSettings(mode=Mode.FAST, per_person=Limits(councils_day=3)), WORKSPACE)
    await put(team, PlaceSettings(language="German"))

    draft = await opened(team, ADMIN, replace(CHANNEL, thread="t1"))

    assert (draft.place, draft.number) == (CHANNEL, 1)
    assert draft.settings == PlaceSettings(language="German")
    assert draft.inherited.council == replace(COUNCIL, mode=Mode.FAST)
    assert draft.terms.council == replace(COUNCIL, mode=Mode.FAST, language="German")
    assert draft.terms == await team.terms(CHANNEL)


async def test_a_workspace_inherits_from_the_operator(team: Team) -> None:
    await put(team, PlaceSettings(mode=Mode.FAST), WORKSPACE)

    draft = await opened(team, ADMIN, WORKSPACE)

    assert draft.settings == PlaceSettings(mode=Mode.FAST)
    assert draft.inherited == team.usual
    assert draft.terms == await team.terms(WORKSPACE)


@given(SETTINGS, SETTINGS)
def test_a_channel_comes_before_its_workspace_and_that_before_the_operator(
    workspace: PlaceSettings, channel: PlaceSettings
) -> None:
    usual = Terms(COUNCIL)

    terms = merged(usual, workspace, channel)

    first = [channel.mode, workspace.mode, COUNCIL.mode]
    assert terms.council.mode == next(mode for mode in first if mode is not None)
    askers = [channel.askers, workspace.askers, ()]
    assert terms.askers == next(ids for ids in askers if ids is not None)
    assert (terms.channel, terms.workspace, terms.person) == (
        channel.limits or Limits(),
        workspace.limits or Limits(),
        workspace.per_person or Limits(),
    )
    assert terms.retention_days == workspace.retention_days
    assert merged(usual, NOTHING, NOTHING) == usual
    with_channel_alone = replace(channel, per_person=None, retention_days=None)
    assert merged(usual, workspace, NOTHING).council == merged(usual, NOTHING, workspace).council
    draft = Draft(CHANNEL, with_channel_alone, 0, merged(usual, workspace, NOTHING))
    assert draft.terms == merged(usual, workspace, with_channel_alone)


async def test_a_change_is_set_and_recorded(team: Team) -> None:
    saved = await put(team, PlaceSettings(mode=Mode.THOROUGH, pins=3))

    assert (await team.terms(CHANNEL)).council.mode is Mode.THOROUGH
    (change,) = await team.settings.changes(CHANNEL)
    assert (change.person_id, change.person, change.channel) == ("U9", "Ada", "C1")
    assert change.lines == (
        "Mode: inherited → thorough",
        "Final answers that stay pinned: inherited → 3",
    )
    assert saved.lines[:2] == change.lines


async def test_saving_without_a_change_writes_nothing_and_says_so(team: Team) -> None:
    await put(team, PlaceSettings(pins=3))

    saved = await put(team, PlaceSettings(pins=3, limits=Limits()))

    assert saved == Saved(("Nothing was changed.",), is_changed=False)
    assert (await here(team)).number == 1
    assert len(await team.settings.changes(CHANNEL)) == 1


async def test_of_two_edits_the_second_is_told_to_look_again(team: Team) -> None:
    first, second = [await opened(team, ADMIN, CHANNEL) for _ in range(2)]
    await save(team, ADMIN, replace(first, settings=PlaceSettings(pins=1)))

    with pytest.raises(Changed, match="Somebody else changed"):
        await save(team, ADMIN, replace(second, settings=PlaceSettings(pins=2)))

    assert (await here(team)).settings.pins == 1


async def test_of_two_edits_at_once_one_counts() -> None:
    team = with_catalog(Slow(4))
    draft = await opened(team, ADMIN, CHANNEL)

    async def change(name: str) -> Saved:
        members = (replace(MEMBERS[0], name=name), MEMBERS[1])
        return await save(team, ADMIN, replace(draft, settings=PlaceSettings(members=members)))

    ended = await asyncio.gather(change("One"), change("Two"), return_exceptions=True)

    assert sorted(type(one).__name__ for one in ended) == ["Changed", "Saved"]
    assert len(await team.settings.changes(CHANNEL)) == 1


@pytest.mark.parametrize(
    ("person", "is_allowed"),
    [
        (ADMIN, True),
        (KIM, False),
        (replace(KIM, tie=Tie.GUEST), False),
        (replace(KIM, tie=Tie.STRANGER), False),
        (replace(ADMIN, tie=Tie.APP), False),
        (replace(KIM, id="U2"), True),
        (replace(KIM, groups=("S2",)), True),
    ],
)
async def test_only_who_may_configure_opens_and_saves(
    team: Team, person: Person, *, is_allowed: bool
) -> None:
    await put(team, PlaceSettings(configurers=("U2", "S2")), WORKSPACE)
    draft = replace(await opened(team, ADMIN, CHANNEL), settings=PlaceSettings(pins=1))
    await put(team, PlaceSettings(pins=7), OTHER)

    for act in (
        lambda: opened(team, person, CHANNEL),
        lambda: save(team, person, draft),
        lambda: copied(team, person, CHANNEL, "C2"),
        lambda: reset(team, person, CHANNEL),
    ):
        if is_allowed:
            await act()
        else:
            with pytest.raises(NotAllowed):
                await act()


async def test_rights_of_a_channel_are_none_in_its_workspace(team: Team) -> None:
    await put(team, PlaceSettings(configurers=(KIM.id,)))

    assert await opened(team, KIM, CHANNEL)
    for place in (WORKSPACE, OTHER):
        with pytest.raises(NotAllowed):
            await opened(team, KIM, place)


async def test_rights_are_looked_at_again_when_a_form_is_sent(team: Team) -> None:
    await put(team, PlaceSettings(configurers=(KIM.id,)))
    draft = await opened(team, KIM, CHANNEL)
    await put(team, NOTHING)

    with pytest.raises(NotAllowed):
        await save(team, KIM, replace(draft, settings=PlaceSettings(pins=1)))


async def test_only_new_models_are_checked_and_all_at_once() -> None:
    catalog = Slow(2)
    team = with_catalog(catalog)
    members = (*MEMBERS, replace(MEMBERS[0], name="Cy too"))

    await put(team, PlaceSettings(members=members))
    await put(team, PlaceSettings(members=members, pins=2))
    await put(team, PlaceSettings(members=MEMBERS, pins=2))

    assert sorted(catalog.checked) == ["test/c", "test/d"]


async def test_a_removed_model_is_named_with_one_that_was_meant(team: Team) -> None:
    members = (MEMBERS[0], Seat("Big", "test/large-1"))

    assert await refusal(team, PlaceSettings(members=members)) == (
        "`test/large-1`: There is no model test/large-1. Did you mean `test/large-2`?"
    )
    fallback = replace(MEMBERS[0], fallbacks=("tset/large-2",))
    assert "Did you mean `test/large-2`?" in await refusal(team, PlaceSettings(chairman=fallback))
    nothing_like_it = Seat("X", "qqqq/wwww")
    assert await refusal(team, PlaceSettings(chairman=nothing_like_it)) == (
        "`qqqq/wwww`: There is no model qqqq/wwww."
    )


async def test_a_model_that_is_gone_does_not_hold_up_other_changes(team: Team) -> None:
    await put(team, PlaceSettings(members=MEMBERS))
    team = replace(team, catalog=FakeCatalog())

    assert (await put(team, PlaceSettings(members=MEMBERS, pins=1))).is_changed


async def test_a_provider_that_does_not_answer_is_told() -> None:
    told = await refusal(with_catalog(Down()), PlaceSettings(chairman=Seat("Chair", "test/c")))

    assert told == "The provider of `test/c` does not answer right now; try again in a moment."


@virtual
async def test_a_provider_that_never_answers_is_not_waited_for() -> None:
    told = await refusal(with_catalog(Slow(9)), PlaceSettings(chairman=Seat("Chair", "test/c")))

    assert told.startswith("A provider did not say in time whether it has these models")


@pytest.mark.parametrize(
    "settings",
    [
        PlaceSettings(time_zone="Mars/Olympus"),
        PlaceSettings(members=MEMBERS[:1]),
        PlaceSettings(members=MEMBERS * 6),
        PlaceSettings(members=(MEMBERS[0], Seat("R", "rehearsal/alder"))),
        PlaceSettings(retention_days=30),
        PlaceSettings(pins=1000),
    ],
)
async def test_what_is_wrong_is_never_set(team: Team, settings: PlaceSettings) -> None:
    assert await refusal(team, settings)


async def test_another_council_is_told_its_cost_and_what_speaks_against_it(team: Team) -> None:
    members = (*MEMBERS, Seat("Big", LARGE.name))

    saved = await put(team, PlaceSettings(members=members, chairman=Seat("Chair", "test/d")))

    assert saved.lines[-1].startswith("A question costs about $")
    assert ", at most $" in saved.lines[-1]
    assert [warning.split(" ")[0] for warning in saved.warnings] == ["Big", "The", "Big"]
    assert (await put(team, replace((await here(team)).settings, askers=("U1",)))).warnings == ()


async def test_a_reset_inherits_everything_and_is_recorded(team: Team) -> None:
    await put(team, PlaceSettings(mode=Mode.FAST, limits=Limits(usd_day=1)))

    saved = await reset(team, ADMIN, CHANNEL)

    assert (await here(team)).settings == NOTHING
    assert saved.lines[:2] == ("Mode: fast → inherited", "Limits: $1.00 a day → none")
    assert len(await team.settings.changes(CHANNEL)) == 2
    assert not (await reset(team, ADMIN, CHANNEL)).is_changed


async def test_a_copy_is_what_is_set_in_the_other_channel(team: Team) -> None:
    theirs = PlaceSettings(members=MEMBERS, language="German", askers=("U1",))
    await put(team, theirs, OTHER)
    await put(team, PlaceSettings(pins=3))

    await copied(team, ADMIN, CHANNEL, "C2")

    assert (await here(team)).settings == theirs
    assert (await here(team, OTHER)) == Edition(theirs, 1)


async def test_a_workspace_keeps_what_is_its_own_when_a_channel_is_copied(team: Team) -> None:
    await put(team, PlaceSettings(mode=Mode.FAST), OTHER)
    await put(team, PlaceSettings(retention_days=30, pins=2), WORKSPACE)

    await copied(team, ADMIN, WORKSPACE, "C2")

    assert (await here(team, WORKSPACE)).settings == PlaceSettings(
        mode=Mode.FAST, retention_days=30
    )


async def test_only_who_may_configure_both_may_copy(team: Team) -> None:
    await put(team, PlaceSettings(configurers=(KIM.id,)))
    await put(team, PlaceSettings(instructions="Our secret."), OTHER)

    with pytest.raises(NotAllowed):
        await copied(team, KIM, CHANNEL, "C2")
    with pytest.raises(NotAllowed):
        await copied(team, KIM, OTHER, "C1")


async def test_a_channel_of_another_workspace_is_not_there(team: Team) -> None:
    await put(team, PlaceSettings(mode=Mode.FAST), replace(OTHER, workspace="T2"))

    with pytest.raises(NotFound, match="Nothing is set for that channel"):
        await copied(team, ADMIN, CHANNEL, "C2")


async def test_a_running_deliberation_keeps_its_council(team: Team) -> None:
    records = FakeRecords()
    async with FakeWork() as work:
        asking = Asking(App(records=records, work=work, platforms=["slack"]), team)
        question = Question("Which one?", CHANNEL, "Kim", asker_id="U1")
        asked = await asking.ask(KIM, question, delivery="d1")

        await put(team, PlaceSettings(members=MEMBERS, mode=Mode.FAST))
        later = await asking.ask(KIM, question, delivery="d2")

    assert (await records.load(asked.id)).council == COUNCIL
    assert (later.council.members, later.council.mode) == (MEMBERS, Mode.FAST)


async def test_whoever_stores_a_change_says_where_it_was_made(team: Team) -> None:
    await put(team, PlaceSettings(pins=1), WORKSPACE)

    (change,) = await team.settings.changes(WORKSPACE)
    assert isinstance(change, SettingsChange)
    assert change.channel == ""
