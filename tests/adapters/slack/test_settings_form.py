"""The form for what is set, filled in as a user would."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import Limits, Mode, Place, PlaceSettings, Seat, Shown, Tenant
from bot.errors import StorageError
from bot.ports import ModelInfo
from tests.adapters.slack.lobby import Lobby
from tests.adapters.slack.windows import Hands, holds
from tests.fakes.slack import faults
from tests.fakes.team.catalog import FakeCatalog

MODELS = [
    ModelInfo("openai/gpt-6.1-sol", 2.0, 8.0, sees_images=True),
    ModelInfo("anthropic/claude-opus-5", 5.0, 25.0, sees_images=True),
    ModelInfo("google/gemini-4-pro", 2.0, 12.0, sees_images=True),
    ModelInfo("test/a"),
    ModelInfo("test/b"),
    ModelInfo("test/c"),
]


@pytest.fixture
def boss(lobby: Lobby) -> Hands:
    """Give an admin; the models that may sit are known."""
    catalog = lobby.desk.team.catalog
    assert isinstance(catalog, FakeCatalog)
    catalog.models |= {model.name: model for model in MODELS}
    person = lobby.slack.add_person("boss", is_admin=True)
    lobby.channel.members.append(person.id)
    return Hands(lobby, person)


async def own(lobby: Lobby, *, is_workspace: bool = False) -> PlaceSettings:
    """Return what is set in the channel, or in its workspace."""
    workspace, channel = await lobby.desk.team.settings.at(lobby.place(lobby.channel))
    return workspace.settings if is_workspace else channel.settings


async def test_a_member_is_added_by_searching_for_its_model(lobby: Lobby, boss: Hands) -> None:
    await boss.open("config")
    await boss.push("new")

    offered = await boss.search("model", "claude")
    await boss.send(
        model="anthropic/claude-opus-5", name="Opus", persona="A careful security engineer."
    )
    overview = boss.shown
    await boss.send()

    assert offered == ["anthropic/claude-opus-5"]
    assert "*Opus*" in overview
    assert "Members" in boss.shown
    council = (await lobby.desk.team.terms(lobby.place(lobby.channel))).council
    assert [seat.name for seat in council.members] == ["Ada", "Bob", "Opus"]
    assert council.members[2] == Seat(
        "Opus", "anthropic/claude-opus-5", "A careful security engineer."
    )


async def test_a_seat_is_edited_moved_and_removed(lobby: Lobby, boss: Hands) -> None:
    await boss.open("config")
    await boss.push("edit:1", action="council_seat")
    await boss.search("model", "gemini")
    await boss.search("fallbacks", "gpt")
    await boss.send(model="google/gemini-4-pro", name="Gem", fallbacks=["openai/gpt-6.1-sol"])
    await boss.choose("council_seat", "up:1")
    await boss.push("new")
    await boss.search("model", "opus")
    await boss.send(model="anthropic/claude-opus-5")
    await boss.choose("council_seat", "remove:1")
    await boss.push("chairman")
    await boss.search("model", "gpt")
    await boss.send(model="openai/gpt-6.1-sol", name="Chief")
    await boss.send()

    settings = await own(lobby)
    assert settings.members is not None
    assert [(seat.name, seat.models) for seat in settings.members] == [
        ("Gem", ("google/gemini-4-pro", "openai/gpt-6.1-sol")),
        ("claude-opus-5", ("anthropic/claude-opus-5",)),
    ]
    assert settings.chairman == Seat("Chief", "openai/gpt-6.1-sol")


async def test_the_overview_says_what_is_inherited(boss: Hands) -> None:
    await boss.open("config")

    assert "These are inherited" in boss.shown
    assert "In the thread: everything _(inherited)_" in boss.shown
    assert "Ask: everyone" in boss.shown


async def test_what_was_chosen_in_the_overview_stays_while_a_part_is_edited(
    lobby: Lobby, boss: Hands
) -> None:
    view = await boss.open("config")
    lobby.slack.fill(view, {"mode": {"mode": "thorough"}, "revision": {"revision": "off"}})
    await boss.push("thread")
    await boss.send(shown="answers", pins="3", language="German")
    await boss.send()

    settings = await own(lobby)
    assert (settings.mode, settings.is_revising) == (Mode.THOROUGH, False)
    assert (settings.shown, settings.pins, settings.language) == (Shown.ANSWERS, 3, "German")


async def test_a_preset_fills_in_even_what_was_chosen_before(lobby: Lobby, boss: Hands) -> None:
    view = await boss.open("config")
    lobby.slack.fill(view, {"mode": {"mode": "thorough"}})

    await boss.choose("council_preset", "quick")
    await boss.send()

    assert (await own(lobby)).mode is Mode.FAST


async def test_rights_are_given_to_people_and_groups(lobby: Lobby, boss: Hands) -> None:
    writers = lobby.slack.add_group("Tech Writers", people=[lobby.kim])
    lobby.slack.add_group("Sales")
    await boss.open("config")
    await boss.push("rights")
    offered = await boss.search("askers.groups", "tech")
    await boss.send(askers=[lobby.kim.id], askers__groups=[writers.id], configurers=[lobby.kim.id])
    overview = boss.shown
    await boss.send()

    assert offered == [writers.id]
    assert f"Ask: <@{lobby.kim.id}>, <!subteam^{writers.id}>" in overview
    settings = await own(lobby)
    assert settings.askers == (lobby.kim.id, writers.id)
    assert settings.configurers == (lobby.kim.id,)


async def test_groups_that_are_named_already_stay(lobby: Lobby, boss: Hands) -> None:
    writers = lobby.slack.add_group("Tech Writers")
    for _ in range(2):
        await boss.open("config")
        await boss.push("rights")
        await boss.search("askers.groups", "")
        values = {"askers__groups": [writers.id]} if "Tech Writers" not in boss.shown else {}
        await boss.send(**values)
        await boss.send()

    assert (await own(lobby)).askers == (writers.id,)


async def test_limits_and_times_are_set(lobby: Lobby, boss: Hands) -> None:
    await boss.open("config")
    await boss.push("limits")
    await boss.send(limits__usd_day="2.5", limits__councils_month="40")
    await boss.push("times")
    await boss.send(time_zone="Europe/Berlin", deadlines__deliberation="900")
    await boss.send()

    settings = await own(lobby)
    assert settings.limits == Limits(usd_day=2.5, councils_month=40)
    assert settings.time_zone == "Europe/Berlin"
    assert settings.deadlines is not None
    assert settings.deadlines.deliberation == 900


async def test_the_workspace_has_fields_of_its_own(lobby: Lobby, boss: Hands) -> None:
    await boss.open("config workspace")
    await boss.push("limits")
    await boss.send(per_person__councils_day="5", questions_per_hour="3", unknown_prices="refuse")
    await boss.push("times")
    await boss.send(retention_days="30")
    await boss.send()

    settings = await own(lobby, is_workspace=True)
    assert settings.per_person == Limits(councils_day=5)
    assert (settings.questions_per_hour, settings.refuses_unknown_prices) == (3, True)
    assert settings.retention_days == 30
    assert await own(lobby) == PlaceSettings()


async def test_a_channel_does_not_show_the_workspaces_fields(boss: Hands) -> None:
    await boss.open("config")
    await boss.push("limits")

    assert "per_person" not in boss.shown
    assert "questions_per_hour" not in boss.shown


async def test_saving_says_what_changed_and_what_speaks_against_it(boss: Hands) -> None:
    await boss.open("config")
    await boss.push("chairman")
    await boss.search("model", "test/a")
    await boss.send(model="test/a", name="Chief")
    await boss.send()

    assert "Chairman: inherited → Chief (test/a)" in boss.shown
    assert "⚠ The chairman's model is a member too" in boss.shown
    assert "submit" not in boss.top.document


WRONG = [
    ("times", {"time_zone": "Mars/Olympus"}, "time_zone", "There is no time zone"),
    ("times", {"time_zone": "99:99"}, "time_zone", "There is no time zone"),
    (
        "times",
        {"deadlines__call": "3600", "deadlines__deliberation": "10"},
        "deadlines.deliberation",
        "Deadlines must not shrink",
    ),
]


@pytest.mark.parametrize(("part", "values", "name", "sentence"), WRONG)
async def test_what_is_wrong_is_said_at_the_field(
    lobby: Lobby, boss: Hands, part: str, values: dict[str, object], name: str, sentence: str
) -> None:
    await boss.open("config")
    await boss.push(part)

    errors = await boss.send(**values)

    assert errors is not None
    assert list(errors) == [name]
    assert sentence in errors[name]
    assert await own(lobby) == PlaceSettings()


async def test_a_number_that_is_none_is_said_at_the_field(boss: Hands) -> None:
    await boss.open("config")
    view = await boss.push("thread")
    view.document["blocks"][1]["element"] |= {"type": "plain_text_input"}

    assert await boss.send(pins="many") == {"pins": "Write a number here, such as 20."}


async def test_a_council_of_one_is_not_saved(lobby: Lobby, boss: Hands) -> None:
    await boss.open("config")
    await boss.choose("council_seat", "remove:1")
    await boss.send()

    assert "A council has 2 to 9 members, not 1." in boss.shown
    assert "*Ada*" in boss.shown
    assert await own(lobby) == PlaceSettings()


async def test_after_a_refusal_it_can_be_mended_and_saved(lobby: Lobby, boss: Hands) -> None:
    await boss.open("config")
    await boss.choose("council_seat", "remove:1")
    await boss.send()
    await boss.push("new")
    await boss.search("model", "opus")
    await boss.send(model="anthropic/claude-opus-5")
    await boss.send()

    assert len((await own(lobby)).members or ()) == 2


async def test_a_full_council_offers_no_more_seats(boss: Hands) -> None:
    await boss.open("config")
    for _ in range(7):
        await boss.push("new")
        await boss.search("model", "opus")
        await boss.send(model="anthropic/claude-opus-5")

    assert "Add a member" not in boss.shown
    assert "claude-opus-5 7" not in boss.shown


async def test_a_model_that_is_gone_is_named(lobby: Lobby, boss: Hands) -> None:
    await boss.open("config")
    await boss.push("new")
    offered = await boss.search("model", "openai/gpt-0")
    await boss.send(model="openai/gpt-0")
    await boss.send()

    assert offered == ["openai/gpt-0"]
    assert "`openai/gpt-0`: There is no model" in boss.shown
    assert await own(lobby) == PlaceSettings()


async def test_inherited_seats_come_back(lobby: Lobby, boss: Hands) -> None:
    await boss.open("config")
    await boss.choose("council_seat", "remove:1")
    view, before = boss.top, boss.top.hash
    await boss.click("inherited", action="council_inherit")
    await lobby.slack.until(lambda: view.hash != before)
    await boss.send()

    assert "Nothing was changed." in boss.shown


async def test_somebody_without_the_right_sees_why(lobby: Lobby) -> None:
    hands = Hands(lobby, lobby.kim)

    await hands.open("config")

    assert "Only an admin, or somebody whom an admin named, may do this." in hands.shown


async def test_a_demoted_admin_cannot_save(lobby: Lobby, boss: Hands) -> None:
    view = await boss.open("config")
    lobby.slack.fill(view, {"mode": {"mode": "fast"}})
    boss.person.is_admin = False

    await boss.send()

    assert "Only an admin" in boss.shown
    assert await own(lobby) == PlaceSettings()


async def test_whom_slack_does_not_confirm_cannot_save(lobby: Lobby, boss: Hands) -> None:
    view = await boss.open("config")
    lobby.slack.fill(view, {"mode": {"mode": "fast"}})
    lobby.slack.faults.add("users.info", faults.status(503), times=None)

    await boss.send()

    assert "Only an admin" in boss.shown
    assert await own(lobby) == PlaceSettings()


@pytest.mark.parametrize("window", ["overview", "part", "seat"])
async def test_a_window_of_somebody_else_is_of_no_use(
    lobby: Lobby, boss: Hands, window: str
) -> None:
    other = lobby.slack.add_person("other admin", is_admin=True)
    await boss.open("config")
    if window != "overview":
        await boss.push(
            "thread" if window == "part" else "edit:0",
            action="council_part" if window == "part" else "council_seat",
        )
    ticket = boss.top.document["private_metadata"]

    thief = Hands(lobby, other)
    await thief.open("config")
    if window != "overview":
        await thief.push(
            "thread" if window == "part" else "edit:0",
            action="council_part" if window == "part" else "council_seat",
        )
    thief.top.document["private_metadata"] = ticket
    await thief.send()

    assert "This form has been open for too long" in thief.shown
    assert await own(lobby) == PlaceSettings()


async def test_a_search_in_a_window_of_somebody_else_finds_nothing(boss: Hands) -> None:
    await boss.open("config")
    await boss.push("new")
    boss.top.document["private_metadata"] = "forged"

    assert await boss.search("model", "claude") == []


async def test_of_two_who_save_the_second_is_told(lobby: Lobby, boss: Hands) -> None:
    second = Hands(lobby, lobby.slack.add_person("second", is_admin=True))
    for hands in (boss, second):
        view = await hands.open("config")
        lobby.slack.fill(view, {"mode": {"mode": "fast" if hands is boss else "thorough"}})

    await boss.send()
    await second.send()

    assert "Somebody else changed these settings in the meantime" in second.shown
    assert (await own(lobby)).mode is Mode.FAST


async def test_a_hundred_models_and_long_names_fit_into_a_search(lobby: Lobby, boss: Hands) -> None:
    catalog = lobby.desk.team.catalog
    assert isinstance(catalog, FakeCatalog)
    names = [f"openrouter/{'x' * 80}/{number:03}" for number in range(150)]
    catalog.models |= {name: ModelInfo(name) for name in [*names, "openrouter/" + "y" * 190]}
    await boss.open("config")
    await boss.push("new")

    assert len(await boss.search("model", "openrouter")) == 100
    assert await boss.search("model", "yyy") == []


async def test_a_mention_cannot_open_a_form_and_says_how(lobby: Lobby, boss: Hands) -> None:
    await lobby.slack.mention("config", channel=lobby.channel, person=boss.person)

    assert "type `/council config`" in await lobby.whispered()


async def test_the_ticket_is_all_that_slack_holds(boss: Hands) -> None:
    await boss.open("config")
    await boss.push("thread")
    await boss.send(instructions="A secret of the house.")

    metadata = str(boss.top.document["private_metadata"])
    assert len(metadata) < 100
    assert "secret" not in metadata


async def test_the_place_is_the_channel_where_it_was_opened(lobby: Lobby, boss: Hands) -> None:
    elsewhere = lobby.slack.add_channel("elsewhere")
    view = await boss.open("config")
    lobby.slack.fill(view, {"mode": {"mode": "fast"}})
    await boss.send()

    team = lobby.desk.team
    there = Place("slack", lobby.slack.workspace.team_id, elsewhere.id)
    assert (await team.terms(lobby.place(lobby.channel))).council.mode is Mode.FAST
    assert (await team.terms(there)).council.mode is Mode.STANDARD


async def test_what_is_saved_late_is_shown_when_it_is(
    lobby: Lobby, boss: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_free, catalog = asyncio.Event(), lobby.desk.team.catalog
    check = catalog.check

    async def slow(tenant: Tenant, model: str) -> ModelInfo:
        await is_free.wait()
        return await check(tenant, model)

    monkeypatch.setattr(catalog, "check", slow)
    await boss.open("config")
    await boss.push("chairman")
    await boss.search("model", "gpt")
    await boss.send(model="openai/gpt-6.1-sol", name="Chief")
    await boss.send()
    meanwhile = boss.shown
    is_free.set()
    await boss.filled()

    assert "One moment" in meanwhile
    assert "Chairman: inherited → Chief" in boss.shown


async def test_a_part_that_was_opened_twice_does_not_undo_the_other(
    lobby: Lobby, boss: Hands
) -> None:
    view = await boss.open("config")
    await boss.push("thread")
    first = boss.top
    lobby.slack.views.close(first)
    await boss.push("times")
    await boss.send(time_zone="Europe/Berlin")
    lobby.slack.views.reopen(first)

    errors = await boss.send(language="German")

    assert errors is not None
    assert "changed in the meantime" in str(errors)
    assert "Zone: Europe/Berlin" in str(view.blocks)


@pytest.mark.parametrize("forged", ["99", "-1", "member", "x", ""])
async def test_a_forged_part_opens_nothing(lobby: Lobby, boss: Hands, forged: str) -> None:
    view = await boss.open("config")
    delivery = lobby.slack.prepare.click_view(view, "council_part", boss.person, "thread")
    delivery.payload["actions"][0]["value"] = forged

    await lobby.slack.send(delivery)
    await lobby.slack.until(lambda: len(lobby.slack.views.stack(boss.person)) == 2)
    await boss.filled()

    assert "This seat is not there any more" in boss.shown


async def test_clicks_that_come_too_fast_leave_the_overview_as_it_is(
    lobby: Lobby, boss: Hands
) -> None:
    lobby.slack.expected_errors.add("push_limit_reached")
    view = await boss.open("config")
    before = view.hash
    block = next(b for b in view.blocks if holds(b, "council_part", "thread"))
    for _ in range(3):
        await lobby.slack.click_view(
            view, "council_part", person=boss.person, block_id=block["block_id"]
        )
    await lobby.slack.until(lambda: lobby.slack.count("views.push") == 3)
    await boss.filled()

    errors = await boss.send(language="German")

    assert errors is None
    assert view.hash != before
    assert "Language: “German”" in str(view.blocks)


async def test_a_part_that_slack_does_not_open_leaves_the_overview_to_try_again(
    lobby: Lobby, boss: Hands
) -> None:
    view = await boss.open("config")
    await boss.choose("council_seat", "remove:1")
    lobby.slack.faults.add("views.push", faults.status(503))
    before = view.hash
    await boss.click("thread")
    await lobby.slack.until(lambda: view.hash != before)
    told = boss.shown
    await boss.push("thread")
    await boss.send(language="German")

    assert "Please try again in a moment" in told
    assert "*Ada*" in told
    assert "*Bob*" not in told
    assert "Language: “German”" in boss.shown
    assert "Please try again" not in boss.shown


async def test_a_view_that_slack_refuses_does_not_leave_the_window_empty(
    lobby: Lobby, boss: Hands
) -> None:
    lobby.slack.faults.add("views.update", faults.error("internal_error"))

    await boss.open("config")

    assert "Please try again in a moment" in boss.shown


async def test_a_form_stays_while_the_database_is_away(
    lobby: Lobby, boss: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await boss.open("config")
    await boss.push("thread")

    async def away(*_: object) -> None:
        message = "secret words of the database"
        raise StorageError(message)

    with monkeypatch.context() as patch:
        patch.setattr(lobby.desk.team.settings, "at", away)
        errors = await boss.send(language="German")
    again = await boss.send(language="German")

    assert errors == {
        "shown": "My database does not answer, so nothing was done. Please try again in a moment."
    }
    assert again is None
    assert "Language: “German”" in boss.shown


async def test_who_was_imported_and_is_nobody_here_stays_named(lobby: Lobby, boss: Hands) -> None:
    await lobby.set(PlaceSettings(askers=("@kim", "Uwe", "123")), channel=lobby.channel)
    await boss.open("config")
    assert "Ask: @kim, Uwe, 123" in boss.shown

    await boss.push("rights")
    await boss.send(configurers=[lobby.kim.id])
    await boss.send()

    settings = await own(lobby)
    assert settings.askers == ("@kim", "Uwe", "123")
    assert settings.configurers == (lobby.kim.id,)


async def test_the_longest_seat_fits_into_the_overview(lobby: Lobby, boss: Hands) -> None:
    models = [f"own/{'&' * 180}{number}" for number in range(6)]
    seat = Seat("&" * 40, models[0], "&" * 2000, tuple(models[1:]))
    await lobby.set(PlaceSettings(members=(seat,) * 9, chairman=seat), channel=lobby.channel)

    await boss.open("config")

    assert "Who sits" in boss.shown
