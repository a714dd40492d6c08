from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import Limits, OwnProvider, Person, Place, PlaceSettings, SettingsChange, Tie
from bot.errors import BadConfig, Changed, NotAllowed, NotFound
from bot.ports import ModelInfo
from bot.team.asking import Team
from bot.team.bringing import bring, take_away
from tests.contracts.provider_keys import ACME, OTHER
from tests.fakes.council import COUNCIL
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.team.catalog import FakeCatalog
from tests.fakes.team.settings import FakeTeamSettings

ADA = Person("U1", "Ada", is_admin=True)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OPENAI = OwnProvider("openai", "", LONG_AGO)
OURS = OwnProvider("ours", "", LONG_AGO, "https://models.example.com/v1")
KEY = "canary-b1946ac92492d2347c6235b4d2611184"


@pytest.fixture
def catalog() -> FakeCatalog:
    return FakeCatalog(ModelInfo("openai/gpt-5"), ModelInfo("openai/gpt-5-mini"))


@pytest.fixture
def team(catalog: FakeCatalog) -> Team:
    return replace(fake_team(COUNCIL, FakeRecords()), catalog=catalog)


async def test_a_key_that_works_is_kept_and_not_shown_again(team: Team) -> None:
    before = datetime.now(UTC)

    said = await bring(team, ADA, ACME, OPENAI, KEY)

    (kept,) = await team.keys.all(ACME)
    assert said == "openai is there, with 2 models. Its key ends in 1184."
    assert kept == OwnProvider("openai", "1184", kept.changed_at)
    assert before <= kept.changed_at <= before + timedelta(minutes=1)
    assert await team.keys.key(ACME, "openai") == KEY
    assert await team.keys.all(OTHER) == ()


async def test_what_was_typed_is_tidied(team: Team, catalog: FakeCatalog) -> None:
    typed = replace(OURS, name=" Ours ", base_url=" https://models.example.com/v1/ ")

    await bring(team, ADA, ACME, typed, f"\n{KEY} ")
    await bring(team, ADA, ACME, replace(OPENAI, base_url="  "), KEY)

    openai, ours = await team.keys.all(ACME)
    assert (ours.name, ours.base_url) == ("ours", "https://models.example.com/v1")
    assert openai.base_url is None
    assert [key for _, key in catalog.probed] == [KEY, KEY]


async def test_a_key_that_does_not_work_is_not_kept(team: Team, catalog: FakeCatalog) -> None:
    catalog.refused = "openai does not take this key; check that it was copied as a whole."

    with pytest.raises(BadConfig, match="openai does not take this key"):
        await bring(team, ADA, ACME, OPENAI, KEY)

    assert await team.keys.all(ACME) == ()


@pytest.mark.parametrize(
    "person",
    [
        Person("U2", "Kim"),
        Person("U3", "Bot", is_admin=True, tie=Tie.APP),
        Person("U4", "Guest", tie=Tie.GUEST),
        Person("U5", "Stranger", tie=Tie.STRANGER),
    ],
)
async def test_nobody_but_an_admin_brings_or_removes(
    team: Team, catalog: FakeCatalog, person: Person
) -> None:
    await bring(team, ADA, ACME, OPENAI, KEY)

    with pytest.raises(NotAllowed):
        await bring(team, person, ACME, OURS, KEY)
    with pytest.raises(NotAllowed):
        await take_away(team, person, ACME, "openai")

    assert len(catalog.probed) == len(await team.keys.all(ACME)) == 1


@pytest.mark.parametrize(
    "name",
    ["", "two words", "our_models", "-ours", "9ours", "öurs", "a/b", "x" * 41, "ours\n.", "."],
)
async def test_a_name_that_no_model_can_have_is_refused(
    team: Team, catalog: FakeCatalog, name: str
) -> None:
    with pytest.raises(BadConfig, match="one lowercase word"):
        await bring(team, ADA, ACME, replace(OURS, name=name), KEY)

    assert catalog.probed == []


@pytest.mark.parametrize(
    "key",
    ["", "short", "two words of a key", "schlüssel-schlüssel", "x" * 513, "a\tb" * 5, "…" * 9],
)
async def test_what_is_no_key_is_refused_and_not_repeated(
    team: Team, catalog: FakeCatalog, key: str
) -> None:
    with pytest.raises(BadConfig, match="This is no key") as raised:
        await bring(team, ADA, ACME, OPENAI, key)

    assert catalog.probed == []
    assert not key or key not in str(raised.value)


async def test_of_a_short_key_less_is_shown(team: Team) -> None:
    await bring(team, ADA, ACME, OPENAI, "abcdefgh")

    (kept,) = await team.keys.all(ACME)
    assert kept.hint == "gh"


async def test_a_workspace_brings_so_many_and_may_still_change_them(team: Team) -> None:
    for number in range(20):
        await bring(team, ADA, ACME, replace(OURS, name=f"ours-{number}"), KEY)

    with pytest.raises(BadConfig, match="may bring 20 providers"):
        await bring(team, ADA, ACME, OURS, KEY)
    await bring(team, ADA, ACME, replace(OURS, name="ours-7"), "another-key")

    assert await team.keys.key(ACME, "ours-7") == "another-key"


async def test_changes_are_noted_without_the_key(team: Team) -> None:
    await bring(team, ADA, ACME, OPENAI, KEY)
    await take_away(team, ADA, ACME, "OpenAI")

    removed, brought = await team.settings.changes(Place("slack", "T1", ""))
    assert brought.lines == ("brought the provider openai, key …1184",)
    assert removed.lines == ("removed the provider openai",)
    assert (brought.person_id, brought.channel) == ("U1", "")
    assert await team.keys.all(ACME) == ()


async def test_what_is_set_stays_while_a_change_is_noted(team: Team) -> None:
    """Somebody else changes the workspace's settings at the same moment."""
    place = Place("slack", "T1", "")
    settings = BusySettings()
    await bring(replace(team, settings=settings), ADA, ACME, OPENAI, KEY)

    workspace, _ = await settings.at(place)
    assert workspace.settings.limits == Limits(usd_day=1.0)
    assert len(await settings.changes(place)) == 2


async def test_what_is_not_there_cannot_be_removed(team: Team) -> None:
    with pytest.raises(NotFound, match="has brought no provider openai"):
        await take_away(team, ADA, ACME, "openai")


class BusySettings(FakeTeamSettings):
    """Somebody else is quicker once."""

    is_first = True

    async def change(
        self, place: Place, settings: PlaceSettings, change: SettingsChange, *, number: int
    ):
        if self.is_first:
            self.is_first = False
            others = replace(change, lines=("limits",))
            limited = PlaceSettings(limits=Limits(usd_day=1.0))
            await super().change(place, limited, others, number=number)
            raise Changed
        return await super().change(place, settings, change, number=number)
