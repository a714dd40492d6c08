"""The buttons on the bot's own messages."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from adapters.slack.thread.blocks import actions, button
from adapters.slack.thread.conclusion import FEEDBACK, FOLLOW_UP, REVIEWS
from adapters.slack.thread.root import STOP
from bot.domain import Deliberation, Remark, Review, State
from bot.domain.events import Passing, ReviewArrived
from bot.errors import StorageError
from bot.storage.database import open_database
from bot.storage.tables import feedback
from tests.adapters.slack.lobby import Lobby
from tests.adapters.slack.office import Office, texts
from tests.adapters.stage import MEMBERS, settled
from tests.fakes.council import WHOLE
from tests.fakes.model_server import Script
from tests.fakes.slack import faults
from tests.fakes.slack.records import Message, Person, View

FACTS = [event for event in WHOLE if not isinstance(event, Passing)]
BUTTONS = [STOP, FOLLOW_UP, REVIEWS, FEEDBACK]
GONE = "There is no deliberation of that id."
NO_BUTTON = "This button is none of mine any more."


def with_button(lobby: Lobby, action: str, value: str, *, thread: str | None = None) -> Message:
    """Let the bot have said something with a button."""
    if action == FEEDBACK:
        label = {"type": "plain_text", "text": "Helpful"}
        thumb = {"text": label, "value": value}
        thumbs = {"positive_button": thumb, "negative_button": thumb}
        element = {"type": "feedback_buttons", "action_id": FEEDBACK, **thumbs}
        return lobby.bot_says([{"type": "context_actions", "elements": [element]}])
    return lobby.bot_says([actions(button("Do it", action, value))], thread_ts=thread)


async def click(lobby: Lobby, message: Message, action: str, person: Person | None = None) -> None:
    choice = "positive" if action == FEEDBACK else None
    user = person or lobby.kim
    reply = await lobby.slack.click(message, action, person=user, choice=choice)
    assert reply.is_acknowledged
    assert reply.body is None


async def seen(lobby: Lobby) -> View:
    """Wait for a window that has more to show than that something comes."""
    views = lobby.slack.views
    await lobby.slack.until(
        lambda: views.stack(lobby.kim) and "One moment" not in str(views.top(lobby.kim).blocks)
    )
    return views.top(lobby.kim)


# Against a council that never answers.


async def test_stop_is_for_whoever_asked_and_for_admins(lobby: Lobby) -> None:
    other = lobby.slack.add_person("other")
    lobby.channel.members.append(other.id)
    boss = lobby.slack.add_person("boss", is_admin=True)
    deliberation = await lobby.have("First, why?")
    message = with_button(lobby, STOP, deliberation.id)

    await click(lobby, message, STOP, other)
    said = await lobby.whispered()
    before = list(lobby.work.cancelled)
    await click(lobby, message, STOP, boss)

    assert said == "Only kim, who asked, or an admin can stop this."
    assert lobby.slack.ephemerals[0][1] is other
    assert before == []
    assert lobby.work.cancelled == [deliberation.id]


async def test_a_stranger_who_is_an_admin_at_home_may_not_stop(lobby: Lobby) -> None:
    abroad = lobby.slack.add_workspace("Abroad", is_installed=False)
    stranger = lobby.slack.add_person("stranger", workspace=abroad, is_admin=True)
    lobby.channel.is_shared = True
    lobby.channel.members.append(stranger.id)
    deliberation = await lobby.have("First, why?")
    message = with_button(lobby, STOP, deliberation.id)
    click = lobby.slack.prepare.click(message, STOP, stranger, lobby.channel)
    # Slack names the workspace of the app: github.com/slackapi/java-slack-sdk/issues/1041.
    click.payload["team"] = {"id": lobby.slack.workspace.team_id, "domain": "acme"}

    await lobby.slack.send(click)

    assert await lobby.whispered() == "Only kim, who asked, or an admin can stop this."
    assert lobby.work.cancelled == []


async def test_stop_after_the_end_is_said(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?", *FACTS)

    await click(lobby, with_button(lobby, STOP, deliberation.id), STOP)

    assert await lobby.whispered() == f"Deliberation {deliberation.id} is done already."


async def test_a_slow_stop_is_acknowledged_in_time_and_carried_out(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliberation = await lobby.have("First, why?")
    is_free, cancel = asyncio.Event(), lobby.work.cancel

    async def slow(deliberation_id: str) -> None:
        await is_free.wait()
        await cancel(deliberation_id)

    monkeypatch.setattr(lobby.work, "cancel", slow)
    message = with_button(lobby, STOP, deliberation.id)
    clicked, typed = await asyncio.gather(
        lobby.slack.click(message, STOP, person=lobby.kim), lobby.command("status")
    )
    is_free.set()

    assert clicked.is_acknowledged
    assert clicked.elapsed_s < 3
    assert typed is not None
    await lobby.slack.until(lambda: lobby.work.cancelled == [deliberation.id])


async def test_all_reviews_are_shown_in_a_window(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?", *FACTS)

    await click(lobby, with_button(lobby, REVIEWS, deliberation.id), REVIEWS)

    shown = str((await seen(lobby)).blocks)
    assert "Bob is off by one." in shown
    assert "Ada is right." in shown


async def test_without_reviews_the_window_says_so(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?")

    await click(lobby, with_button(lobby, REVIEWS, deliberation.id), REVIEWS)

    assert "Nobody reviewed these answers." in str((await seen(lobby)).blocks)


async def test_very_many_reviews_fit_in_a_window(lobby: Lobby) -> None:
    reviews = [ReviewArrived(Review(f"R{n}", "Well. " * 600, "test/a", 0.1)) for n in range(60)]
    deliberation = await lobby.have("First, why?", *reviews)

    await click(lobby, with_button(lobby, REVIEWS, deliberation.id), REVIEWS)

    shown = str((await seen(lobby)).blocks)
    assert "Well." in shown
    assert "The rest is in the thread." in shown


async def test_thumbs_are_kept_by_person_and_the_last_one_counts(lobby: Lobby) -> None:
    other = lobby.slack.add_person("other")
    deliberation = await lobby.have("First, why?", *FACTS)
    good = with_button(lobby, FEEDBACK, f"good:{deliberation.id}")
    bad = with_button(lobby, FEEDBACK, f"bad:{deliberation.id}")

    await click(lobby, bad, FEEDBACK)
    await click(lobby, good, FEEDBACK)
    await click(lobby, bad, FEEDBACK, other)

    assert lobby.feedback.thumbs[deliberation.id] == {lobby.kim.id: True, other.id: False}


@pytest.mark.parametrize("action", BUTTONS)
@pytest.mark.parametrize("where", ["another channel", "another workspace", "nowhere"])
async def test_a_button_reaches_its_own_channel_only(lobby: Lobby, action: str, where: str) -> None:
    elsewhere = lobby.slack.add_channel("elsewhere")
    deliberation = await lobby.have("A secret?", *FACTS[:-1], channel=elsewhere)
    if where == "another workspace":
        deliberation = await stored_abroad(lobby)
    name = "1m84graz8bzj7zka" if where == "nowhere" else deliberation.id
    value = f"good:{name}" if action == FEEDBACK else name

    await click(lobby, with_button(lobby, action, value), action)

    if action == REVIEWS:
        assert GONE in str((await seen(lobby)).blocks)
    else:
        assert await lobby.whispered() == GONE
        assert lobby.slack.views.stack(lobby.kim) == []
    assert lobby.work.cancelled == []
    assert not lobby.feedback.thumbs[deliberation.id]
    assert "secret" not in str([call.body for call in lobby.slack.calls])


async def stored_abroad(lobby: Lobby) -> Deliberation:
    """Let there be one of another workspace, in a channel of the same id."""
    known = await lobby.have("A secret?")
    place = replace(lobby.place(lobby.channel), workspace="T0OTHER")
    abroad = replace(known, id="abroad", question=replace(known.question, place=place))
    return await lobby.records.create(abroad)


@pytest.mark.parametrize("action", BUTTONS)
@pytest.mark.parametrize(
    "value", ["", "x", "good:", ":::", "\0", "'; --", "<!channel>", "x" * 2000]
)
async def test_a_forged_button_is_answered_in_a_sentence(
    lobby: Lobby, action: str, value: str
) -> None:
    await click(lobby, with_button(lobby, action, value), action)

    if action == REVIEWS:
        assert GONE in str((await seen(lobby)).blocks)
    else:
        assert await lobby.whispered() in (GONE, NO_BUTTON)
    assert await lobby.cost_nothing()


@pytest.mark.parametrize("action", BUTTONS)
async def test_a_button_says_that_the_database_is_away(lobby: Lobby, action: str) -> None:
    deliberation = await lobby.have("First, why?")
    value = f"good:{deliberation.id}" if action == FEEDBACK else deliberation.id
    message = with_button(lobby, action, value)
    lobby.records.fault = StorageError("secret words of the database")

    await click(lobby, message, action)

    if action == REVIEWS:
        assert "My database does not answer" in str((await seen(lobby)).blocks)
    else:
        assert (await lobby.whispered()).startswith("My database does not answer")


@pytest.mark.parametrize("action", [FOLLOW_UP, REVIEWS])
async def test_a_window_that_slack_does_not_open_is_said(lobby: Lobby, action: str) -> None:
    deliberation = await lobby.have("First, why?")
    lobby.slack.faults.add("views.open", faults.status(503))

    await click(lobby, with_button(lobby, action, deliberation.id), action)

    assert await lobby.whispered() == (
        "Slack did not do what I asked it for. Please try again in a moment."
    )


@pytest.mark.parametrize("is_reply", [False, True], ids=["root", "reply"])
async def test_what_is_said_of_a_button_is_said_where_it_is_seen(
    lobby: Lobby, *, is_reply: bool
) -> None:
    root = with_button(lobby, STOP, "x")
    reply = with_button(lobby, STOP, "x", thread=root.ts)

    await click(lobby, reply if is_reply else root, STOP)

    await lobby.whispered()
    ((channel, person, payload),) = lobby.slack.ephemerals
    assert (channel, person) == (lobby.channel, lobby.kim)
    assert payload.get("thread_ts") == (root.ts if is_reply else None)


# In a whole council.


async def buttons_of(office: Office) -> Message:
    root = await office.ask()
    return office.channel.thread(root.ts)[-1]


async def test_the_buttons_of_a_final_answer_work(office: Office) -> None:
    async with office.open():
        message = await buttons_of(office)
        await office.slack.click(message, FEEDBACK, person=office.kim, choice="negative")
        await office.slack.click(message, REVIEWS, person=office.kim)
        await office.slack.until(
            lambda: MEMBERS[0] in str(office.slack.views.top(office.kim).blocks)
        )
        await office.slack.click(message, FOLLOW_UP, person=office.kim)
        view = office.slack.views.top(office.kim)
        await office.slack.submit(view, {"question": {"question": "And then?"}}, person=office.kim)
        first, second = await settled(office, 2)

    async with open_database(office.database_url) as database:
        thumbs = await database.read(lambda connection: connection.execute(select(feedback)).all())
    assert [(row.person, row.is_good) for row in thumbs] == [(office.kim.id, False)]
    assert second.question.place.thread == message.thread_ts
    assert first.synthesis is not None
    assert second.question.context == (
        Remark("kim", first.question.text),
        Remark("Council", first.synthesis.text),
    )
    asked = [str(one.body) for one in office.models.requests if "And then?" in str(one.body)]
    assert first.synthesis.text[:40] in asked[0]


async def test_stop_ends_the_calls_and_the_thread(office: Office) -> None:
    office.models.scripts |= {name: Script(latency_s=60) for name in MEMBERS[1:]}

    async with office.open():
        await office.slack.command("Which one?", channel=office.channel, person=office.kim)
        await office.slack.until(lambda: len(office.channel.messages) > 1)
        root = office.root()
        reply = await office.slack.click(root, STOP, person=office.kim)
        await office.slack.until(lambda: "Cancelled" in str(root.blocks))
        (deliberation,) = await settled(office)
        await office.idle()

    assert reply.is_acknowledged
    assert deliberation.state is State.CANCELLED
    assert texts(office.channel.messages)[0] == "Question"
    assert len(office.channel.messages) == 2
    assert STOP not in str(root.blocks)
    assert office.models.calls() == len(MEMBERS)
    assert office.slack.ephemerals == []
