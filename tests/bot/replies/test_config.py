from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import pytest

from bot.commands import Config, parse
from bot.desk import Desk
from bot.domain import Limits, Mode, Person, Place, PlaceSettings, Seat
from bot.errors import BadConfig, NotAllowed, NotFound, WrongUse
from bot.ports import ModelInfo
from bot.replies import Reply, answer
from bot.team.settings.documents import from_toml, to_toml
from tests.fakes.council import COUNCIL
from tests.fakes.desk import fake_desk
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team, set_in
from tests.fakes.team.catalog import FakeCatalog
from tests.fakes.work import FakeWork

CHANNEL = Place("slack", "T1", "C1", "t1")
ADMIN = Person("U9", "Ada", is_admin=True)
KIM = Person("U1", "Kim")
KEPT = "Kept: each channel of the workspace can use it by its name."
DROPPED = "Gone from the workspace; channels that use it stay as they are."
SETTINGS = """\
mode = "thorough"
pins = 3
members = [
    { name = "Cy", model = "test/c" },
    { name = "Di", model = "test/d" },
]
"""


@dataclass
class Room:
    """Two people in a channel, in front of the bot."""

    desk: Desk

    async def types(self, words: str, *, person: Person = ADMIN, place: Place = CHANNEL) -> Reply:
        command = parse(words)
        assert isinstance(command, Config), command
        return await answer(self.desk, person, place, command)

    async def here(self, channel: str = "C1") -> PlaceSettings:
        workspace, here = await self.desk.team.settings.at(replace(CHANNEL, channel=channel))
        return here.settings if channel else workspace.settings


@pytest.fixture
async def room() -> AsyncGenerator[Room]:
    records = FakeRecords()
    models = (ModelInfo(f"test/{letter}", 1.0, 2.0, sees_images=True) for letter in "abcdz")
    team = replace(fake_team(COUNCIL, records), catalog=FakeCatalog(*models))
    async with FakeWork() as work:
        yield Room(fake_desk(records, work, team))


async def test_a_time_zone_that_is_gone_keeps_nobody_from_looking(room: Room) -> None:
    await set_in(room.desk.team, replace(CHANNEL, thread=None), PlaceSettings(time_zone="Mars/A"))

    (line,) = (await room.types("config changes")).lines

    assert line.endswith(" · Ada · Changed.")
    assert "Time zone: Mars/A · set here" in (await room.types("config show")).lines


@pytest.mark.parametrize("words", ["config", "config show"])
async def test_anyone_sees_what_holds_and_where_it_comes_from(room: Room, words: str) -> None:
    await room.types('config workspace import time_zone = "Europe/Berlin"')
    await room.types(f"config import {SETTINGS}")

    reply = await room.types(words, person=KIM)

    assert reply.sentence == "What holds in this channel:"
    assert "Members: Cy (test/c), Di (test/d) · set here" in reply.lines
    assert "Mode: thorough · set here" in reply.lines
    assert "Time zone: Europe/Berlin · from the workspace" in reply.lines
    assert "Revision: auto · from the operator" in reply.lines
    assert any(line.startswith("A question costs about $") for line in reply.lines)
    assert reply.lines[-1] == "Presets: quick, standard, thorough"


async def test_limits_of_others_are_shown_beside_those_of_the_channel(room: Room) -> None:
    text = "[limits]\nusd_day = 5\n[per_person]\ncouncils_day = 2"
    await room.types(f"config workspace import {text}")
    await room.types("config import [limits]\nusd_day = 1")

    lines = (await room.types("config show")).lines
    of_workspace = (await room.types("config workspace show")).lines

    assert "Limits: $1.00 a day · set here" in lines
    assert "Limits of the workspace: $5.00 a day" in lines
    assert "Limits for each person: 2 councils a day" in lines
    assert "Limits: $5.00 a day · set here" in of_workspace
    assert "Limits for each person: 2 councils a day · set here" in of_workspace


async def test_what_speaks_against_a_council_is_shown(room: Room) -> None:
    twins = 'members = ["test/c", "test/c"]\nchairman = "test/d"'

    saved = await room.types(f"config import {twins}")
    shown = await room.types("config show")

    warning = "Mind: c and c 2 share a model, so they are likely to make the same mistakes."
    assert warning in saved.lines
    assert warning in shown.lines


async def test_changes_are_listed_with_who_and_when(room: Room) -> None:
    await room.types('config workspace import time_zone = "Pacific/Kiritimati"')
    await room.types("config import pins = 1")
    await room.types('config import pins = 2\nmode = "fast"')

    reply = await room.types("config changes", person=KIM)

    assert (
        reply.sentence == "The latest changes to this channel, by the clock of Pacific/Kiritimati:"
    )
    newest, oldest = reply.lines
    assert newest.endswith(" · Ada · Mode: inherited → fast; Final answers that stay pinned: 1 → 2")
    assert oldest.endswith(" · Ada · Final answers that stay pinned: inherited → 1")
    never = await room.types("config changes", place=replace(CHANNEL, channel="C2"))
    assert never.sentence == "Nothing was ever changed for this channel."


async def test_what_is_exported_can_be_imported_elsewhere(room: Room) -> None:
    await room.types(f"config import {SETTINGS}")

    exported = await room.types("config export")

    assert exported.file is not None
    name, text = exported.file
    assert name == "council.toml"
    other = replace(CHANNEL, channel="C2")
    await room.types(f"config import {text}", place=other)
    assert await room.here("C2") == await room.here() == from_toml(text)
    nothing = await room.types("config workspace export")
    assert nothing.file is None
    assert "Nothing is set for the whole workspace" in nothing.sentence


@pytest.mark.parametrize(
    "fence", ["```\n{}\n```", "```toml\n{}```", "  ```TOML \n{}\n```\n", "```{}```"]
)
async def test_settings_may_come_in_a_code_fence(room: Room, fence: str) -> None:
    reply = await room.types(f"config import {fence.format(SETTINGS)}")

    assert await room.here() == from_toml(SETTINGS)
    assert reply.sentence == "Saved for this channel."
    assert "Mode: inherited → thorough" in reply.lines


async def test_an_import_takes_the_place_of_everything(room: Room) -> None:
    await room.types(f"config import {SETTINGS}")

    await room.types('config import language = "German"')

    assert await room.here() == PlaceSettings(language="German")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('mdoe = "fast"', "Line 1: unknown key `mdoe`; did you mean `mode`?"),
        ("what?", "Line 1: this is not TOML: `what?`."),
        ('time_zone = "Mars"', "Line 1: There is no time zone `Mars`"),
        ('members = ["test/a"]', "Line 1: A council has 2 to 9 members, not 1."),
        (f"members = {['test/a'] * 12}", "Line 1: A council has 2 to 9 members, not 12."),
        ("retention_days = 3", "`retention_days` holds for the whole workspace"),
        ('chairman = "test/gone"', "`test/gone`: There is no model test/gone."),
    ],
)
async def test_a_bad_import_changes_nothing(room: Room, text: str, sentence: str) -> None:
    with pytest.raises(BadConfig) as caught:
        await room.types(f"config import {text}")

    assert str(caught.value).startswith(sentence)
    assert await room.here() == PlaceSettings()


@pytest.mark.parametrize("words", ["config import", "config import ```\n\n```"])
async def test_nothing_to_import_resets_nothing(room: Room, words: str) -> None:
    await room.types("config import pins = 3")

    with pytest.raises(WrongUse, match="Put the settings as TOML after import"):
        await room.types(words)

    assert await room.here() == PlaceSettings(pins=3)


@pytest.mark.parametrize("mention", ["<#C2|other>", "<#C2>", "#C2", "C2", " <#C2|> "])
async def test_another_channel_is_copied(room: Room, mention: str) -> None:
    other = replace(CHANNEL, channel="C2")
    await room.types(f"config import {SETTINGS}", place=other)

    await room.types(f"config copy {mention}")

    assert await room.here() == from_toml(SETTINGS)


async def test_a_copy_needs_a_channel_in_which_something_is_set(room: Room) -> None:
    for words in ("config copy", "config copy two words", "config copy <@U1>"):
        with pytest.raises(WrongUse, match="Which channel"):
            await room.types(words)
    with pytest.raises(NotFound, match="Nothing is set for that channel"):
        await room.types("config copy #general")


async def test_a_reset_inherits_everything_again(room: Room) -> None:
    await room.types("config import pins = 3")

    first, second = [await room.types("config reset") for _ in range(2)]

    assert await room.here() == PlaceSettings()
    assert first.lines == ("Final answers that stay pinned: 3 → inherited",)
    assert second.sentence == "Nothing was changed."


async def test_presets_by_a_word(room: Room) -> None:
    await room.types(f"config import {SETTINGS}")

    kept = await room.types("config save Ours")
    used = await room.types("config use quick")
    listed = await room.types("config use")
    again = await room.types("config use ours")
    dropped = await room.types("config drop ours")

    assert kept == Reply(KEPT, lines=("Preset ours: kept",))
    assert "Mode: thorough → fast" in used.lines
    assert listed.sentence == "Which preset? There are quick, standard, thorough, ours."
    assert "Mode: fast → thorough" in again.lines
    assert dropped == Reply(DROPPED, lines=("Preset ours: dropped",))
    with pytest.raises(WrongUse, match="Under what name"):
        await room.types("config save")


async def test_the_workspace_is_set_from_any_channel(room: Room) -> None:
    reply = await room.types("config workspace use thorough")

    assert reply.sentence == "Saved for the whole workspace."
    assert (await room.here("")).mode is Mode.THOROUGH
    assert (await room.here()).mode is None


@pytest.mark.parametrize(
    "words",
    [
        "config reset",
        "config copy C2",
        "config export",
        "config import pins = 3",
        "config use quick",
        "config save ours",
        "config drop ours",
        "config workspace reset",
        "config workspace import pins = 3",
    ],
)
async def test_who_may_not_configure_changes_nothing(room: Room, words: str) -> None:
    await room.types("config import pins = 9")
    await room.types("config import pins = 8", place=replace(CHANNEL, channel="C2"))

    with pytest.raises(NotAllowed):
        await room.types(words, person=KIM)

    assert await room.here() == PlaceSettings(pins=9)
    assert await room.here("") == PlaceSettings()


async def test_names_do_no_harm_where_they_are_shown(room: Room) -> None:
    settings = PlaceSettings(members=(Seat("Eve\x1b[2J\nX", "test/c"), Seat("Bob", "test/d")))
    await room.types(f"config import {to_toml(replace(settings, limits=Limits(usd_day=1)))}")

    for words in ("config show", "config changes"):
        reply = await room.types(words)
        assert all(line.isprintable() for line in reply.lines)
