"""The buttons on the bot's own messages."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.domain import Deliberation, Remark, Review, State
from bot.domain.events import Passing, ReviewArrived
from bot.errors import StorageError
from bot.storage.database import open_database
from bot.storage.tables import feedback
from tests.adapters.discord.lobby import (
    BAD,
    FOLLOW_UP,
    GOOD,
    REVIEWS,
    STOP,
    Lobby,
    words,
)
from tests.adapters.discord.office import Office, posts, shown
from tests.adapters.stage import MEMBERS, settled
from tests.fakes.council import WHOLE
from tests.fakes.discord import faults
from tests.fakes.discord.kinds import Flag
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Message
from tests.fakes.model_server import Script

FACTS = [event for event in WHOLE if not isinstance(event, Passing)]
AT_ONCE = [STOP, REVIEWS, GOOD, BAD]
GONE = "There is no deliberation of that id."
NO_DATABASE = "My database does not answer, so nothing was done. Please try again in a moment."


# Against a council that never answers.


async def test_stop_shows_in_the_thread_and_says_nothing(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?")

    reply = await lobby.discord.click(lobby.with_buttons(deliberation.id), STOP, person=lobby.ada)
    said = await lobby.outcome(reply)

    assert (reply.kind, said) == ("deferred_update", None)
    assert lobby.discord.ephemerals == []
    assert lobby.work.cancelled == [deliberation.id]


async def test_stop_is_for_whoever_asked_and_for_admins(lobby: Lobby) -> None:
    other = lobby.discord.add_person("Other")
    boss = lobby.discord.add_person("Boss", is_admin=True)
    deliberation = await lobby.have("First, why?")
    message = lobby.with_buttons(deliberation.id)

    refused = await lobby.click(message, STOP, other)
    before = list(lobby.work.cancelled)
    stopped = await lobby.click(message, STOP, boss)

    assert refused == "Only Ada, who asked, or an admin can stop this."
    assert before == []
    assert stopped is None
    assert lobby.work.cancelled == [deliberation.id]


async def test_stop_after_the_end_is_said(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?", *FACTS)

    said = await lobby.click(lobby.with_buttons(deliberation.id), STOP)

    assert said == f"Deliberation {deliberation.id} is done already."


async def test_a_slow_stop_is_acknowledged_in_time_and_carried_out(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliberation = await lobby.have("First, why?")
    is_free, cancel = asyncio.Event(), lobby.work.cancel

    async def slow(deliberation_id: str) -> None:
        await is_free.wait()
        await cancel(deliberation_id)

    monkeypatch.setattr(lobby.work, "cancel", slow)
    message = lobby.with_buttons(deliberation.id)
    clicked = await lobby.discord.click(message, STOP, person=lobby.ada)
    typed = await lobby.command("status")
    is_free.set()

    assert clicked.is_acknowledged
    assert clicked.elapsed_s < 1
    assert typed is not None
    assert await lobby.outcome(clicked) is None
    assert lobby.work.cancelled == [deliberation.id]


async def test_all_reviews_are_shown_to_one_person(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?", *FACTS)

    said = await lobby.click(lobby.with_buttons(deliberation.id), REVIEWS)

    assert said is not None
    assert "Bob is off by one." in said
    assert "Ada is right." in said


async def test_without_reviews_that_is_said(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?")

    said = await lobby.click(lobby.with_buttons(deliberation.id), REVIEWS)

    assert said is not None
    assert "Nobody reviewed these answers." in said


async def test_very_many_reviews_come_as_fast_as_discord_takes_them(lobby: Lobby) -> None:
    reviews = [ReviewArrived(Review(f"R{n}", "Well. " * 600, "test/a", 0.1)) for n in range(60)]
    deliberation = await lobby.have("First, why?", *reviews)

    said = await lobby.click(lobby.with_buttons(deliberation.id), REVIEWS)

    assert said is not None
    assert [name for name in range(60) if f"**R{name}**" in said] == list(range(10))
    assert said.endswith("The rest is in the thread.")
    assert lobby.discord.throttled == []


async def test_thumbs_are_kept_by_person_and_the_last_one_counts(lobby: Lobby) -> None:
    other = lobby.discord.add_person("Other")
    deliberation = await lobby.have("First, why?", *FACTS)
    message = lobby.with_buttons(deliberation.id)

    said = [
        await lobby.click(message, BAD),
        await lobby.click(message, GOOD),
        await lobby.click(message, BAD, other),
    ]

    thumbs = {str(lobby.ada.id): True, str(other.id): False}
    assert lobby.feedback.thumbs[deliberation.id] == thumbs
    assert said == ["Noted, thank you."] * 3


@pytest.mark.parametrize("where", ["another channel", "another server", "nowhere"])
async def test_a_button_reaches_its_own_channel_only(lobby: Lobby, where: str) -> None:
    elsewhere = lobby.discord.add_channel("elsewhere")
    deliberation = await lobby.have("A secret?", *FACTS[:-1], channel=elsewhere)
    if where == "another server":
        deliberation = await stored_abroad(lobby)
    message = lobby.with_buttons("1m84graz8bzj7zka" if where == "nowhere" else deliberation.id)
    before = len(lobby.discord.calls)

    said = [await lobby.click(message, name) for name in AT_ONCE]
    clicked = await lobby.discord.click(message, FOLLOW_UP, person=lobby.ada)
    assert clicked.modal is not None
    said.append(await lobby.submit(clicked.modal, "And then?"))

    assert said == [GONE] * 5
    assert lobby.work.cancelled == []
    assert not lobby.feedback.thumbs[deliberation.id]
    assert "secret" not in str([call.body for call in lobby.discord.calls[before:]])


async def stored_abroad(lobby: Lobby) -> Deliberation:
    """Let there be one of another server, in a channel of the same id."""
    known = await lobby.have("A secret?")
    place = replace(lobby.place(lobby.channel), workspace="7")
    abroad = replace(known, id="abroad", question=replace(known.question, place=place))
    return await lobby.records.create(abroad)


@pytest.mark.parametrize("value", ["", "x", ":::", "\x7f", "'; --", "<@1>@everyone", "x" * 80])
async def test_a_forged_button_is_answered_in_a_sentence(lobby: Lobby, value: str) -> None:
    message = lobby.with_buttons(value)

    said = [await lobby.click(message, name) for name in AT_ONCE]
    clicked = await lobby.discord.click(message, FOLLOW_UP, person=lobby.ada)
    assert clicked.modal is not None
    said.append(await lobby.submit(clicked.modal, "And then?"))

    assert said == [GONE] * 5
    assert await lobby.cost_nothing()


@pytest.mark.parametrize(
    "name", ["council:unknown:1", "other:stop:1", "council", "stop", "x" * 100]
)
async def test_a_button_of_before_is_answered_in_a_sentence(lobby: Lobby, name: str) -> None:
    message = lobby.bot_says(
        [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Old", "custom_id": name}]}]
    )

    assert await lobby.click(message, "Old") == "This button is none of mine any more."


async def test_a_button_says_that_the_database_is_away(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?")
    message = lobby.with_buttons(deliberation.id)
    lobby.records.fault = StorageError("secret words of the database")

    said = [await lobby.click(message, name) for name in AT_ONCE]

    assert said == [NO_DATABASE] * 4


async def test_where_a_follow_up_cannot_be_answered_no_form_opens(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?", *FACTS)
    message = lobby.with_buttons(deliberation.id)
    lobby.discord.deny(lobby.channel, Permission.CREATE_PUBLIC_THREADS)

    said = await lobby.click(message, FOLLOW_UP)

    assert said is not None
    assert said.startswith("I lack rights in this channel: Create Public Threads.")
    assert lobby.discord.modals == []


async def test_a_form_that_discord_does_not_open_is_none_of_the_next_ones_business(
    lobby: Lobby,
) -> None:
    deliberation = await lobby.have("First, why?", *FACTS)
    message = lobby.with_buttons(deliberation.id)
    lobby.discord.faults.add(
        "POST /interactions/{id}/{token}/callback", faults.lost_before_effect()
    )
    lobby.discord.ack_deadline_s = 0.3

    first = await lobby.discord.click(message, FOLLOW_UP, person=lobby.ada)
    second = await lobby.discord.click(message, FOLLOW_UP, person=lobby.ada)

    assert not first.is_acknowledged
    assert second.modal is not None


# In a whole council.


async def test_the_buttons_of_a_final_answer_survive_a_restart(office: Office) -> None:
    async with office.open():
        thread = await office.ask()
    message = posts(thread)[-1]

    async with office.open():
        thumb = await whispered(office, message, BAD)
        reviews = await whispered(office, message, REVIEWS)
        clicked = await office.discord.click(message, FOLLOW_UP, person=office.ada)
        assert clicked.modal is not None
        await office.discord.submit(clicked.modal, {"question": "And then?"}, person=office.ada)
        first, second = await settled(office, 2)
        await office.idle()

    assert thumb == "Noted, thank you."
    assert all(name in reviews for name in MEMBERS)
    assert await thumbs_in(office) == [(str(office.ada.id), False)]
    assert second.question.place.thread == str(thread.id)
    assert first.synthesis is not None
    assert second.question.context == (
        Remark("Ada", first.question.text),
        Remark("Council", first.synthesis.text),
    )
    assert "Final answer" in shown(posts(thread)[-1])
    assert len(office.channel.shown) == 1


async def whispered(office: Office, message: Message, name: str) -> str:
    """Click a button and return what is said to one person alone."""
    reply = await office.discord.click(message, name, person=office.ada)
    await office.discord.until(lambda: reply.message and Flag.LOADING not in reply.message.flags)
    assert reply.message is not None
    return words(reply.message)


async def thumbs_in(office: Office) -> list[tuple[str, bool]]:
    async with open_database(office.database_url) as database:
        rows = await database.read(lambda connection: connection.execute(select(feedback)).all())
    return [(row.person, row.is_good) for row in rows]


async def test_stop_ends_the_calls_and_the_thread_also_after_a_restart(office: Office) -> None:
    office.models.scripts |= {name: Script(latency_s=60) for name in MEMBERS[1:]}

    async with office.open():
        await office.discord.command(
            "council", "ask", {"question": "Which one?"}, channel=office.channel, person=office.ada
        )
        await office.discord.until(
            lambda: any(one.thread and posts(one.thread) for one in office.channel.shown)
        )
    asked = office.models.calls()
    async with office.open():
        await office.discord.until(lambda: office.models.calls() == asked + len(MEMBERS) - 1)
        root = office.root()
        reply = await office.discord.click(root, STOP, person=office.ada)
        await office.discord.until(lambda: "Cancelled" in shown(root))
        (deliberation,) = await settled(office)
        await office.idle()

    assert reply.is_acknowledged
    assert deliberation.state is State.CANCELLED
    assert root.thread is not None
    assert len(posts(root.thread)) == 1
    assert STOP not in shown(root)
    assert all(one.is_deleted for one in office.discord.ephemerals)
