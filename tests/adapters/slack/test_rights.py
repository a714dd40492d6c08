"""Where the council may answer is looked at first, and costs nothing where it may not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.domain import PlaceSettings
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.adapters.slack.windows import Hands
from tests.fakes.slack import faults
from tests.fakes.slack.faults import Fault
from tests.fakes.slack.records import Channel, Message, Reply
from tests.fakes.slack.server import SlackServer


def outside(lobby: Lobby) -> Channel:
    return lobby.slack.add_channel("outside", has_bot=False)


def hidden(lobby: Lobby) -> Channel:
    return lobby.slack.add_channel("hidden", has_bot=False, is_private=True)


def archived(lobby: Lobby) -> Channel:
    return lobby.slack.add_channel("archived", is_archived=True)


def shared(lobby: Lobby) -> Channel:
    return lobby.slack.add_channel("shared", is_shared=True)


Make = Callable[[Lobby], Channel]
PLACES: list[tuple[Make, str]] = [
    (outside, "I am not in this channel yet. Type `/invite @Council`"),
    (hidden, "I cannot see this conversation."),
    (archived, "This channel is archived"),
    (shared, "This channel is shared with another company"),
]
places = pytest.mark.parametrize(("make", "sentence"), PLACES, ids=[m.__name__ for m, _ in PLACES])


@places
async def test_a_command_is_refused_with_what_to_do(
    lobby: Lobby, make: Make, sentence: str
) -> None:
    said = await lobby.command("Why is that?", channel=make(lobby))

    assert said is not None
    assert said.startswith(sentence)
    assert await lobby.cost_nothing()


@places
async def test_a_mention_is_refused_with_what_to_do(
    lobby: Lobby, make: Make, sentence: str
) -> None:
    place, direct = make(lobby), lobby.slack.direct(lobby.kim)

    await lobby.slack.mention("Why is that?", channel=place, person=lobby.kim)

    def said() -> list[str]:
        whispered = [str(payload["text"]) for _, _, payload in lobby.slack.ephemerals]
        return [*whispered, *(message.text for message in direct.messages)]

    (shown,) = await lobby.slack.until(said)
    assert shown.startswith(sentence)
    assert all(message.user == lobby.kim.id for message in place.messages)
    assert not await lobby.asked()


@places
async def test_a_shortcut_is_refused_with_what_to_do(
    lobby: Lobby, make: Make, sentence: str
) -> None:
    message = lobby.slack.post(
        Message(lobby.slack.stamps.ts(), make(lobby), "Hello", user=lobby.kim.id)
    )

    await lobby.slack.shortcut(message, person=lobby.kim)

    view = await Hands(lobby, lobby.kim).filled()
    assert sentence in str(view.blocks)
    assert await lobby.cost_nothing()


async def test_a_direct_message_between_people_is_refused(lobby: Lobby) -> None:
    channel = Channel("D0PEOPLE", "", lobby.slack.workspace, members=[lobby.kim.id])

    said = await lobby.command("Why is that?", channel=channel)

    assert said is not None
    assert "In a direct message between people I cannot answer." in said
    assert await lobby.cost_nothing()


@pytest.mark.parametrize("code", ["missing_scope", "invalid_auth", "token_revoked", "odd_error"])
async def test_a_lost_access_is_said(lobby: Lobby, code: str) -> None:
    lobby.slack.faults.add("conversations.info", faults.error(code))

    said = await lobby.command("Why is that?")

    assert said == "I lost access to this workspace; an admin must install me again."
    assert await lobby.cost_nothing()


async def test_after_an_invitation_it_is_asked_at_once(lobby: Lobby) -> None:
    lobby.channel.has_bot = False
    before = await lobby.command("Why is that?")
    lobby.channel.has_bot = True

    after = await lobby.command("Why is that?")

    assert before is not None
    assert after is None
    await lobby.only()


async def test_a_shared_channel_is_answered_where_the_operator_allows_it(
    slack: SlackServer,
) -> None:
    async with open_lobby(slack, may_answer_shared=True) as lobby:
        place = shared(lobby)

        await slack.mention("Why is that?", channel=place, person=lobby.kim)

        assert (await lobby.only()).question.place == lobby.place(place)


@pytest.mark.parametrize("is_named", [True, False])
async def test_a_stranger_in_a_shared_channel_is_answered_where_they_are_named(
    slack: SlackServer, *, is_named: bool
) -> None:
    async with open_lobby(slack, may_answer_shared=True) as lobby:
        place = shared(lobby)
        abroad = slack.add_workspace("Abroad", is_installed=False)
        stranger = slack.add_person("Stranger", workspace=abroad)
        place.members.append(stranger.id)
        if is_named:
            await lobby.set(PlaceSettings(askers=(stranger.id,)), channel=place)

        await slack.mention("Why is that?", channel=place, person=stranger)

        if is_named:
            question = (await lobby.only()).question
            assert (question.asker, question.place) == ("Stranger", lobby.place(place))
        else:
            assert "People of another workspace may ask here only if" in await lobby.whispered()
            assert not await lobby.asked()


TROUBLES: list[tuple[str, Callable[[], Fault]]] = [
    ("silence", lambda: faults.silence(30)),
    ("late answer", lambda: faults.silence(30, does_work=True)),
    ("rate limit", lambda: faults.rate_limited(60)),
    ("503", lambda: faults.status(503)),
    ("a page", lambda: faults.status(200)),
    ("lost answer", faults.lost_after_effect),
    ("internal error", lambda: faults.error("internal_error")),
]
troubles = pytest.mark.parametrize(
    "trouble", [t for _, t in TROUBLES], ids=[n for n, _ in TROUBLES]
)


def check_in_time(reply: Reply) -> None:
    assert reply.is_acknowledged
    assert reply.elapsed_s < 3


@troubles
async def test_without_a_word_on_the_channel_nothing_is_started(
    lobby: Lobby, trouble: Callable[[], Fault]
) -> None:
    lobby.slack.faults.add("conversations.info", trouble(), times=None)

    typed, mentioned = await asyncio.gather(
        lobby.slack.command("Why is that?", channel=lobby.channel, person=lobby.kim),
        lobby.slack.mention("Why is that?", channel=lobby.channel, person=lobby.kim),
    )

    check_in_time(typed)
    check_in_time(mentioned)
    assert "so nothing was started" in str(typed.body)
    assert "so nothing was started" in await lobby.whispered()
    assert await lobby.cost_nothing()


@troubles
async def test_without_a_word_on_the_person_it_is_started_and_nothing_said(
    lobby: Lobby, trouble: Callable[[], Fault]
) -> None:
    lobby.slack.faults.add("users.info", trouble(), times=None)

    reply = await lobby.slack.command(
        f"Is <@{lobby.kim.id}> right?", channel=lobby.channel, person=lobby.kim
    )

    check_in_time(reply)
    assert reply.body is None
    question = (await lobby.only()).question
    assert (question.text, question.asker) == (f"Is @{lobby.kim.id} right?", "kim")
    assert lobby.slack.ephemerals == []


async def test_a_silent_slack_costs_nothing(lobby: Lobby) -> None:
    lobby.slack.faults.add("*", faults.silence(3), times=None)

    replies = await asyncio.gather(
        lobby.slack.command("Why is that?", channel=lobby.channel, person=lobby.kim),
        lobby.slack.mention("Why is that?", channel=lobby.channel, person=lobby.kim),
    )

    for reply in replies:
        check_in_time(reply)
    lobby.slack.faults.clear()
    assert await lobby.cost_nothing()


async def test_many_questions_at_once_look_at_the_channel_once(lobby: Lobby) -> None:
    said = await asyncio.gather(*(lobby.command(f"Why is {n}?") for n in range(40)))

    assert said == [None] * 40
    assert lobby.slack.count("conversations.info") == 1
    assert lobby.slack.count("users.info") == 1
