"""Questions that repeat, by commands, forms and messages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Schedule
from tests.adapters.discord.lobby import Lobby, open_lobby
from tests.contracts.schedules import a_schedule
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.server import DiscordServer

QUESTION = "What should we watch today?"
IN_FORUM = "In a forum nothing can be asked by itself; let it repeat in a text channel."


async def known(lobby: Lobby, question: str = QUESTION) -> Schedule:
    """Let a question repeat in the channel."""
    schedule = replace(
        a_schedule("abc12", lobby.place(lobby.channel)),
        owner_id=str(lobby.ada.id),
        question=question,
    )
    await lobby.desk.team.schedules.add(schedule)
    return schedule


async def test_a_question_repeats_by_a_command(lobby: Lobby) -> None:
    options = {"when": "weekdays 09:00", "question": QUESTION, "discussion": True}

    said = await lobby.command("schedule", "add", options)

    assert (said or "").startswith("Added ")
    (schedule,) = await lobby.desk.team.schedules.all(lobby.place(lobby.channel))
    assert (schedule.typed, schedule.question) == ("weekdays 09:00", QUESTION)
    assert schedule.takes_discussion
    assert (schedule.owner_id, schedule.place) == (str(lobby.ada.id), lobby.place(lobby.channel))


async def test_a_question_that_repeats_names_people_and_is_not_said_again(lobby: Lobby) -> None:
    bob = lobby.discord.add_person("Bob")
    long = f"What should {bob.mention} watch today, {'and what else ' * 10}?"

    said = await lobby.command("schedule", "add", {"when": "daily 09:00", "question": long})

    assert "You had written" not in (said or "")
    (schedule,) = await lobby.desk.team.schedules.all(lobby.place(lobby.channel))
    assert schedule.question.startswith("What should @Bob watch today")


async def test_a_question_repeats_by_a_form_and_is_changed_in_one(lobby: Lobby) -> None:
    reply = await lobby.give("schedule", "add", {"question": QUESTION})
    assert reply.modal is not None
    entered = {"when": 'daily "09:00"', "discussion": "no"}
    added = await lobby.outcome(await lobby.discord.submit(reply.modal, entered, person=lobby.ada))
    (first,) = await lobby.desk.team.schedules.all(lobby.place(lobby.channel))

    reply = await lobby.give("schedule", "edit", {"id": first.id})
    assert reply.modal is not None
    entered = {"when": "fridays 10:00", "discussion": "yes"}
    changed = await lobby.outcome(
        await lobby.discord.submit(reply.modal, entered, person=lobby.ada)
    )

    assert (added or "").startswith("Added ")
    assert (changed or "").startswith("Changed ")
    (second,) = await lobby.desk.team.schedules.all(lobby.place(lobby.channel))
    assert (second.id, second.question, second.typed) == (first.id, QUESTION, "fridays 10:00")
    assert second.takes_discussion


@pytest.mark.parametrize("when", ["99:99", "0 9 31 2 *", "whenever", "x" * 200])
async def test_a_time_that_makes_no_sense_gives_the_question_back(lobby: Lobby, when: str) -> None:
    long = "What should we watch today, and what should we watch tomorrow and on all days after it?"
    reply = await lobby.give("schedule", "add", {})
    assert reply.modal is not None
    entered = {"when": when, "question": long, "discussion": "no"}

    said = await lobby.outcome(await lobby.discord.submit(reply.modal, entered, person=lobby.ada))

    assert long in (said or "")
    assert await lobby.desk.team.schedules.all(lobby.place(lobby.channel)) == ()


async def test_no_form_opens_for_a_schedule_that_is_not_here(lobby: Lobby) -> None:
    said = await lobby.command("schedule", "edit", {"id": "zzzzz"})

    assert (said or "").startswith("There is no schedule of that id in this channel")


async def test_in_a_forum_nothing_repeats(lobby: Lobby) -> None:
    forum = lobby.discord.add_channel("forum", kind="forum")
    post = await lobby.discord.start_thread("Post", person=lobby.ada, channel=forum, text="Hi")
    options = {"when": "daily 09:00", "question": QUESTION}

    given = await lobby.command("schedule", "add", options, channel=post)
    mentioned = await lobby.mention(f'schedule add "daily 09:00" {QUESTION}', channel=post)

    assert (given, mentioned) == (IN_FORUM, IN_FORUM)
    assert await lobby.desk.team.schedules.all(lobby.place(forum)) == ()


async def test_what_is_delivered_to_two_processes_is_added_once(discord: DiscordServer) -> None:
    async with open_lobby(discord) as lobby, open_lobby(discord, beside=lobby) as other:
        options = {"when": "daily 09:00", "question": QUESTION}

        reply = await lobby.give("schedule", "add", options)
        await discord.until(lambda: reply.interaction.id in {*lobby.done} & {*other.done})

        place = lobby.place(lobby.channel)
        (one,) = await lobby.desk.team.schedules.all(place)
        (same,) = await other.desk.team.schedules.all(place)
        assert one.id == same.id


async def test_two_processes_that_hear_the_same_run_it_once(discord: DiscordServer) -> None:
    async with open_lobby(discord) as lobby, open_lobby(discord, beside=lobby) as other:
        schedule = await known(lobby)
        await other.desk.team.schedules.add(schedule)

        reply = await lobby.give("schedule", "run", {"id": schedule.id})
        message = await discord.mention(
            f"schedule run {schedule.id}", channel=lobby.channel, person=lobby.ada
        )
        both = {reply.interaction.id, message.id}
        await discord.until(lambda: both <= {*lobby.done} & {*other.done})

        assert len(await lobby.asked()) == 2


async def test_nothing_is_run_where_the_answer_could_not_be_posted(lobby: Lobby) -> None:
    schedule = await known(lobby)
    discord, rights = lobby.discord, Permission.CREATE_PUBLIC_THREADS
    discord.deny(lobby.channel, rights)

    said = await lobby.command("schedule", "run", {"id": schedule.id})

    assert (said or "").startswith("I lack rights in this channel")
    assert await lobby.cost_nothing()


async def test_a_question_that_no_form_holds_is_not_cut_in_one(lobby: Lobby) -> None:
    fits = await known(lobby, "x" * 4000)
    opened = await lobby.give("schedule", "edit", {"id": fits.id})
    await lobby.desk.team.schedules.save(replace(fits, question="x" * 4001))

    said = await lobby.command("schedule", "edit", {"id": fits.id})

    assert opened.modal is not None
    assert "x" * 4000 in str(opened.modal.components)
    assert (said or "").startswith("This question is too long for a form")
