"""The Home tab."""

from __future__ import annotations

import pytest

from bot.domain import PlaceSettings, Seat, State
from bot.domain.events import StageBegan, SynthesisReady
from bot.errors import StorageError
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.fakes.council import SYNTHESIS
from tests.fakes.slack import faults
from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.server import SlackServer

DONE = SynthesisReady(SYNTHESIS)


async def home(lobby: Lobby, person: Person | None = None) -> str:
    """Open the Home tab and return what it shows."""
    user = person or lobby.kim
    published = lobby.slack.count("views.publish")
    reply = await lobby.slack.open_home(user)
    assert reply.is_acknowledged
    await lobby.slack.until(lambda: lobby.slack.count("views.publish") > published)
    view = lobby.slack.views.home(user)
    assert view is not None
    return str(view.blocks)


async def test_it_says_what_the_council_is_who_sits_and_how_to_begin(lobby: Lobby) -> None:
    shown = await home(lobby)

    assert "Ask one question, get one well-founded answer." in shown
    assert "*Ada* · test/a" in shown
    assert "*Chair* · chairman" in shown
    assert f"<#{lobby.channel.id}>" in shown
    assert "Nothing was asked there yet." in shown


async def test_it_shows_who_sits_in_the_workspace(lobby: Lobby) -> None:
    await lobby.set(PlaceSettings(chairman=Seat("Chief", "test/c")))

    assert "*Chief* · chairman" in await home(lobby)


async def test_without_a_channel_it_says_how_to_invite(lobby: Lobby) -> None:
    newcomer = lobby.slack.add_person("newcomer")

    assert "`/invite @Council`" in await home(lobby, newcomer)


async def test_it_shows_the_last_answers_with_links(lobby: Lobby) -> None:
    for number in range(12):
        await lobby.have(f"Question {number:02}, why?", DONE)
    await lobby.have("Running, why?", StageBegan(State.REVIEWING))

    shown = await home(lobby)

    root = lobby.channel.messages[-1]
    link = f"{lobby.slack.workspace.url}archives/{lobby.channel.id}/p{root.ts.replace('.', '')}"
    assert f"• <{link}|Running, why?> · <#{lobby.channel.id}> · reviewing" in shown
    assert "Question 11, why?" in shown
    assert "Question 02, why?" not in shown


async def test_a_private_channel_shows_to_its_members_only(lobby: Lobby) -> None:
    other = lobby.slack.add_person("other")
    private = lobby.slack.add_channel("secret-plans", is_private=True, members=[other])
    await lobby.have("A secret?", DONE, channel=private, asker=other)
    await lobby.have("Well known?", DONE)

    theirs, ours = await home(lobby, other), await home(lobby)

    assert "A secret?" in theirs
    assert private.id in theirs
    assert "Well known?" in ours
    for hint in ("A secret?", "secret-plans", private.id):
        assert hint not in ours


@pytest.mark.parametrize("reason", ["left by the person", "left by the bot", "archived"])
async def test_a_channel_that_was_left_does_not_show(lobby: Lobby, reason: str) -> None:
    await lobby.have("Gone, why?", DONE)
    if reason == "left by the person":
        lobby.channel.members.clear()
    elif reason == "left by the bot":
        lobby.channel.has_bot = False
    else:
        lobby.channel.is_archived = True

    shown = await home(lobby)

    assert "Gone, why?" not in shown
    assert lobby.channel.id not in shown


async def test_direct_messages_do_not_show(lobby: Lobby) -> None:
    await lobby.have("Between us?", DONE, channel=lobby.slack.direct(lobby.kim))

    assert "Between us?" not in await home(lobby)


async def test_the_view_is_renewed_each_time(lobby: Lobby) -> None:
    before = await home(lobby)
    await lobby.have("New, why?", DONE)
    after = await home(lobby)

    assert "New, why?" not in before
    assert "New, why?" in after


async def test_many_channels_and_long_names_fit(lobby: Lobby) -> None:
    channels: list[Channel] = [
        lobby.slack.add_channel(f"{number:03}-" + "x" * 76, members=[lobby.kim])
        for number in range(250)
    ]
    for channel in channels[:10]:
        await lobby.have("<&>" * 900, DONE, channel=channel)

    shown = await home(lobby)

    assert f"<#{channels[0].id}>" in shown
    assert "and 201 more" in shown


async def test_in_an_organisation_its_team_is_asked_for(slack: SlackServer) -> None:
    home_team = slack.workspace
    home_team.enterprise_id = "E0ORG"
    slack.install(home_team, home_team.scopes, is_org_wide=True)
    async with open_lobby(slack) as lobby:
        shown = await home(lobby)

    assert f"<#{lobby.channel.id}>" in shown


@pytest.mark.parametrize("trouble", ["slack", "database"])
async def test_a_trouble_leaves_the_tab_as_it_was(slack: SlackServer, trouble: str) -> None:
    async with open_lobby(slack) as lobby:
        before = await home(lobby)
        await lobby.have("New, why?", DONE)
        if trouble == "slack":
            slack.faults.add("users.conversations", faults.status(503), times=2)
        else:
            lobby.records.fault = StorageError("secret words of the database")
        reply = await slack.open_home(lobby.kim)

    assert reply.is_acknowledged
    assert slack.retries == []
    view = slack.views.home(lobby.kim)
    assert view is not None
    assert str(view.blocks) == before
