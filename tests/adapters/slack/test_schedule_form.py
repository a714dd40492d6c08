"""The form for a question that repeats."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import PlaceSettings, Schedule
from tests.adapters.slack.lobby import Lobby
from tests.adapters.slack.windows import Hands


@pytest.fixture
def kim(lobby: Lobby) -> Hands:
    return Hands(lobby, lobby.kim)


async def schedules(lobby: Lobby) -> tuple[Schedule, ...]:
    return await lobby.desk.team.schedules.all(lobby.place(lobby.channel))


async def test_a_question_is_scheduled(lobby: Lobby, kim: Hands) -> None:
    await lobby.set(PlaceSettings(time_zone="Europe/Berlin"), channel=lobby.channel)
    await kim.open("schedule add")
    before = kim.shown

    errors = await kim.send(
        when="weekdays 09:00", question="What should we watch today?", discussion=["discussion"]
    )

    assert errors is None
    assert "Times are those of Europe/Berlin" in before
    (schedule,) = await schedules(lobby)
    assert (schedule.typed, schedule.question) == ("weekdays 09:00", "What should we watch today?")
    assert (schedule.rule, schedule.time_zone) == ("0 9 * * 1-5", "Europe/Berlin")
    assert schedule.takes_discussion
    assert (schedule.owner_id, schedule.place) == (lobby.kim.id, lobby.place(lobby.channel))
    assert "Asked at 09:00 on Monday through Friday, Europe/Berlin time" in kim.shown
    assert ", 09:00." in kim.shown
    assert schedule.id in kim.shown


@pytest.mark.parametrize("when", ["99:99", "sometimes", "0 9 31 2 *", "* * * * * *"])
async def test_a_time_that_makes_no_sense_is_said_at_its_field(
    lobby: Lobby, kim: Hands, when: str
) -> None:
    await kim.open("schedule add")

    errors = await kim.send(when=when, question="Why is that?")

    assert errors is not None
    assert list(errors) == ["when"]
    assert await schedules(lobby) == ()


async def test_what_is_no_question_is_said_at_its_field(kim: Hands) -> None:
    await kim.open("schedule add")

    errors = await kim.send(when="weekdays 09:00", question="x")

    assert errors is not None
    assert list(errors) == ["question"]


async def test_a_schedule_is_edited_with_what_was_there(lobby: Lobby, kim: Hands) -> None:
    await kim.open("schedule add")
    await kim.send(when="weekdays 09:00", question="First, why?", discussion=["discussion"])
    (schedule,) = await schedules(lobby)
    await kim.open(f"schedule edit {schedule.id}")
    before = kim.shown

    await kim.send(when="daily 10:00")

    assert "First, why?" in before
    (changed,) = await schedules(lobby)
    assert (changed.id, changed.typed) == (schedule.id, "daily 10:00")
    assert (changed.question, changed.takes_discussion) == ("First, why?", True)


async def test_the_list_has_a_button_for_a_new_one(lobby: Lobby, kim: Hands) -> None:
    reply = await lobby.slack.command("schedule", channel=lobby.channel, person=lobby.kim)
    assert isinstance(reply.body, dict)

    await lobby.slack.click(
        reply.body, "council_new_schedule", person=lobby.kim, channel=lobby.channel
    )
    await kim.filled()
    await kim.send(when="weekdays 09:00", question="Why is that?")

    assert len(await schedules(lobby)) == 1


async def test_a_form_of_somebody_else_is_of_no_use(lobby: Lobby, kim: Hands) -> None:
    thief = Hands(lobby, lobby.slack.add_person("thief"))
    await kim.open("schedule add")
    ticket = kim.top.document["private_metadata"]
    await thief.open("schedule add")
    thief.top.document["private_metadata"] = ticket

    await thief.send(when="weekdays 09:00", question="Why is that?")

    assert "This form has been open for too long" in thief.shown
    assert await schedules(lobby) == ()


async def test_whoever_may_no_longer_ask_schedules_nothing(lobby: Lobby, kim: Hands) -> None:
    await kim.open("schedule add")
    await lobby.set(PlaceSettings(askers=("U0OTHER",)), channel=lobby.channel)

    await kim.send(when="weekdays 09:00", question="Why is that?")

    assert "Only some people may ask here." in kim.shown
    assert await schedules(lobby) == ()


async def test_a_channel_that_is_closed_by_then_is_said(lobby: Lobby, kim: Hands) -> None:
    await kim.open("schedule add")
    lobby.channel.is_archived = True

    await kim.send(when="weekdays 09:00", question="Why is that?")

    assert "This channel is archived" in kim.shown
    assert await schedules(lobby) == ()


async def test_an_unknown_schedule_cannot_be_edited(kim: Hands) -> None:
    await kim.open("schedule edit zzzzz")

    assert "There is no schedule of that id" in kim.shown


async def test_a_form_that_is_delivered_again_schedules_once(lobby: Lobby, kim: Hands) -> None:
    view = await kim.open("schedule add")
    values: dict[str, dict[str, object]] = {
        "when": {"when": "weekdays 09:00"},
        "question": {"question": "Why is that?"},
    }
    delivery = lobby.slack.prepare.submission(view, values, kim.person)

    replies = await asyncio.gather(*(lobby.slack.deliver(delivery) for _ in range(3)))

    (schedule,) = await schedules(lobby)
    assert all(schedule.id in str(reply.body) for reply in replies)


async def test_a_mention_that_is_delivered_again_schedules_once(lobby: Lobby) -> None:
    said = 'schedule add "weekdays 09:00" Why is that?'

    await lobby.slack.mention(said, channel=lobby.channel, person=lobby.kim, doubled=True)
    await lobby.slack.until(lambda: len(lobby.slack.ephemerals) == 2)

    assert len(await schedules(lobby)) == 1


async def test_a_question_too_long_for_a_form_is_not_cut(lobby: Lobby, kim: Hands) -> None:
    await kim.open("schedule add")
    await kim.send(when="weekdays 09:00", question="Why?")
    (schedule,) = await schedules(lobby)
    long = replace(schedule, question="Why? " * 700)
    await lobby.desk.team.schedules.save(long)

    await kim.open(f"schedule edit {schedule.id}")

    assert "This question is longer than" in kim.shown
    assert "submit" not in kim.top.document
