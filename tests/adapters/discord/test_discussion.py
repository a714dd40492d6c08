"""What is taken along with a mention: the discussion before it, and the message replied to."""

from __future__ import annotations

import pytest

from bot.domain import Attachment, Remark
from bot.domain.events import SynthesisReady
from tests.adapters.discord.lobby import Lobby, open_lobby
from tests.fakes.council import SYNTHESIS
from tests.fakes.discord import faults
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.records import Channel, File, Message, Person
from tests.fakes.discord.server import DiscordServer

BLIND = "I see only messages that mention me, so what was said before was left out."
LOST = "Discord did not show me what was said before, so it was left out."
ABOUT_THIS = "What do you make of this?"


@pytest.fixture
def bob(lobby: Lobby) -> Person:
    return lobby.discord.add_person("Bob")


def files(lobby: Lobby, number: int) -> tuple[File, ...]:
    return tuple(lobby.discord.add_file(f"plan-{n}.md", b"# Plan") for n in range(number))


async def say(lobby: Lobby, text: str, person: Person, channel: Channel | None = None) -> Message:
    return await lobby.discord.say(text, channel=channel or lobby.channel, person=person)


def notes(attachments: tuple[Attachment, ...]) -> list[str | None]:
    return [attachment.fault for attachment in attachments]


async def test_a_discussion_is_taken_along_with_names_and_the_oldest_first(
    lobby: Lobby, bob: Person
) -> None:
    people = [lobby.ada, bob]
    for number in range(24):
        await say(lobby, f"Point {number}, <@{bob.id}>.", people[number % 2])

    await lobby.mention("Who is right?")

    assert (await lobby.only()).context == tuple(
        Remark(people[number % 2].name, f"Point {number}, @Bob.") for number in range(4, 24)
    )


async def test_the_bot_and_discord_itself_are_no_part_of_a_discussion(
    lobby: Lobby, bob: Person
) -> None:
    other = lobby.discord.add_person("Weather", is_bot=True)
    first = await say(lobby, "I am for SQLite.", lobby.ada)
    lobby.discord.pin(first, bob)
    await lobby.discord.start_thread("Aside", person=bob, channel=lobby.channel)
    for number in range(30):
        lobby.bot_says([{"type": 10, "content": f"Answer {number}"}])
    card = lobby.discord.new_message(lobby.channel, other)
    card.embeds = [{"title": "Rain", "fields": [{"name": "Where", "value": "Here"}]}]
    lobby.discord.post(card)
    lobby.discord.delete(await say(lobby, "Deleted.", bob))

    await lobby.mention("Who is right?")

    assert (await lobby.only()).context == (
        Remark("Ada", "I am for SQLite."),
        Remark("weather", "Rain\nWhere: Here"),
    )


async def test_files_of_a_discussion_are_named(lobby: Lobby, bob: Person) -> None:
    await lobby.discord.say("", channel=lobby.channel, person=bob, files=files(lobby, 2))

    await lobby.mention("Who is right?")

    question = await lobby.only()
    assert question.context == (Remark("Bob", "[attached: plan-0.md, plan-1.md]"),)
    assert question.attachments == ()


async def test_in_a_thread_it_is_the_discussion_of_the_thread(lobby: Lobby, bob: Person) -> None:
    await say(lobby, "Something else.", bob)
    start = await say(lobby, "We should take SQLite.", bob)
    thread = await lobby.discord.start_thread("Databases", person=lobby.ada, message=start)
    await say(lobby, "We should not.", lobby.ada, thread)
    await say(lobby, "Something else again.", bob)

    await lobby.mention("Who is right?", channel=thread)

    question = await lobby.only()
    assert question.place == lobby.place(lobby.channel, thread)
    assert question.context == (
        Remark("Bob", "We should take SQLite."),
        Remark("Ada", "We should not."),
    )


async def test_in_the_thread_of_a_council_its_answer_is_taken_along(
    lobby: Lobby, bob: Person
) -> None:
    await lobby.have("First, why?", SynthesisReady(SYNTHESIS))
    thread = lobby.channel.messages[0].thread
    assert thread is not None
    await say(lobby, "I doubt it.", bob, thread)

    await lobby.mention("And then?", channel=thread)

    _, second = await lobby.asked()
    assert second.question.context == (
        Remark("Ada", "First, why?"),
        Remark("Council", SYNTHESIS.text),
        Remark("Bob", "I doubt it."),
    )


async def test_in_the_chat_of_a_voice_channel_all_goes_where_it_is(
    lobby: Lobby, bob: Person
) -> None:
    voice = lobby.discord.add_channel("Talk", kind="voice")
    await say(lobby, "I am for SQLite.", bob, voice)

    await lobby.mention("Who is right?", channel=voice)

    question = await lobby.only()
    assert question.place == lobby.place(voice, voice)
    assert question.context == (Remark("Bob", "I am for SQLite."),)


async def test_a_thread_that_discord_has_not_told_of_is_looked_up(lobby: Lobby) -> None:
    thread = lobby.discord.new_thread(lobby.channel, "Quiet", lobby.ada)
    lobby.discord.keep_channel(thread)

    said = await lobby.mention("Why is that?", channel=thread)

    assert said is None
    assert (await lobby.only()).place == lobby.place(lobby.channel, thread)


async def test_a_place_that_cannot_be_looked_up_costs_nothing(lobby: Lobby) -> None:
    thread = lobby.discord.new_thread(lobby.channel, "Quiet", lobby.ada)
    lobby.discord.keep_channel(thread)
    lobby.discord.faults.add("GET /channels/{id}", faults.error(10003))

    said = await lobby.mention("Why is that?", channel=thread)

    assert said is not None
    assert said.startswith("Discord does not tell me what kind of channel this is.")
    assert await lobby.cost_nothing()


@pytest.mark.parametrize(
    "fault", [faults.silence(60), faults.error(50001), faults.lost_after_effect()]
)
async def test_a_discussion_that_does_not_come_is_left_out_and_that_is_said(
    lobby: Lobby, fault: faults.Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.discussion.WITHIN_S", 0.2)
    lobby.discord.faults.add("GET /channels/{id}/messages", fault, times=None)

    await lobby.mention("Who is right?")

    question = await lobby.only()
    assert question.context == ()
    assert notes(question.attachments) == [LOST]


async def test_without_the_right_to_read_it_says_so_and_works_on_what_it_sees(
    discord: DiscordServer,
) -> None:
    discord.allowed_intents = Intent(0)
    async with open_lobby(discord) as lobby:
        await say(lobby, "Something before.", lobby.ada)
        await say(lobby, "Something else.", lobby.ada)

        said = await lobby.mention("Why is that?", files=files(lobby, 2))

        question = await lobby.only()
        assert (said, question.text, question.context) == (None, "Why is that?", ())
        assert notes(question.attachments) == [None, None, BLIND]


async def test_ten_files_leave_no_room_for_a_note(discord: DiscordServer) -> None:
    discord.allowed_intents = Intent(0)
    async with open_lobby(discord) as lobby:
        said = await lobby.mention("Why is that?", files=files(lobby, 10))

        assert said is None
        assert notes((await lobby.only()).attachments) == [None] * 10


# The message that one replies to.


async def test_the_message_that_one_replies_to_comes_along_with_its_files(
    lobby: Lobby, bob: Person
) -> None:
    plan, picture = files(lobby, 1)[0], lobby.discord.add_file("a.png", b"\x89PNG")
    old = await lobby.discord.say(
        "Our plan", channel=lobby.channel, person=bob, files=[plan, picture]
    )
    for number in range(20):
        await say(lobby, f"Chat {number}", bob)

    await lobby.mention("Is he right?", reply_to=old, files=files(lobby, 1))

    question = await lobby.only()
    assert len(question.context) == 21
    assert question.context[-1] == Remark("Bob", "Our plan\n[attached: plan-0.md, a.png]")
    assert [file.name for file in question.attachments] == ["plan-0.md", "plan-0.md", "a.png"]
    assert question.attachments[2].media_type == "image/png"


async def test_one_of_the_discussion_is_not_taken_twice(lobby: Lobby, bob: Person) -> None:
    start = await say(lobby, "I am for SQLite.", bob)
    await say(lobby, "I am not.", lobby.ada)

    await lobby.mention("Is he right?", reply_to=start)

    assert (await lobby.only()).context == (
        Remark("Bob", "I am for SQLite."),
        Remark("Ada", "I am not."),
    )


async def test_what_the_bot_said_can_be_replied_to(lobby: Lobby) -> None:
    answer = lobby.bot_says([{"type": 10, "content": "It is 42."}])

    await lobby.mention("Why is that?", reply_to=answer)

    assert (await lobby.only()).context == (Remark("council", "It is 42."),)


@pytest.mark.parametrize("text", ["", "ask"])
async def test_a_mention_alone_in_a_reply_asks_about_it(
    lobby: Lobby, bob: Person, text: str
) -> None:
    start = await say(lobby, "I am for SQLite.", bob)

    await lobby.mention(text, reply_to=start)

    question = await lobby.only()
    assert question.text == ABOUT_THIS
    assert question.context == (Remark("Bob", "I am for SQLite."),)


async def test_a_message_that_is_gone_by_then_is_missed_by_nobody(
    lobby: Lobby, bob: Person
) -> None:
    start = await say(lobby, "I am for SQLite.", bob)
    lobby.discord.delete(start)

    said = await lobby.mention("", reply_to=start)
    await lobby.mention("Is he right?", reply_to=start)

    assert said == "This message has neither text nor files that I can read."
    question = await lobby.only()
    assert (question.text, question.context) == ("Is he right?", (Remark("Ada", "@council"),))


async def test_a_mention_alone_in_a_reply_to_nothing_is_refused(lobby: Lobby, bob: Person) -> None:
    start = await say(lobby, " ", bob)

    said = await lobby.mention("", reply_to=start)

    assert said == "This message has neither text nor files that I can read."
    assert await lobby.cost_nothing()


async def test_without_the_right_to_read_the_message_menu_is_named(discord: DiscordServer) -> None:
    discord.allowed_intents = Intent(0)
    async with open_lobby(discord) as lobby:
        start = await say(lobby, "I am for SQLite.", lobby.ada)

        said = await lobby.mention("", reply_to=start)
        await lobby.mention("Is that right?", reply_to=start)

        assert said is not None
        assert said.startswith("I cannot read the message that you reply to")
        assert "Apps › Ask the council" in said
        question = await lobby.only()
        assert (question.text, question.context) == ("Is that right?", ())
        assert notes(question.attachments) == [BLIND]


# Posts in forums.


async def test_a_post_in_a_forum_is_answered_in_it_with_its_title(
    lobby: Lobby, bob: Person
) -> None:
    forum = lobby.discord.add_channel("help", kind="forum")
    post = await lobby.discord.start_thread("Which database?", person=bob, channel=forum, text="Hm")
    await say(lobby, "I am for SQLite.", bob, post)

    await lobby.mention("Is he right?", channel=post)

    question = await lobby.only()
    assert question.place == lobby.place(forum, post)
    assert question.context == (
        Remark("Title of this post", "Which database?"),
        Remark("Bob", "Hm"),
        Remark("Bob", "I am for SQLite."),
    )


async def test_a_post_that_mentions_the_bot_and_says_no_more_asks_its_title(lobby: Lobby) -> None:
    forum = lobby.discord.add_channel("help", kind="forum")
    post = await lobby.discord.start_thread(
        "Which database?", person=lobby.ada, channel=forum, text=lobby.discord.bot.mention
    )

    assert await lobby.heard(post.messages[0]) is None
    assert (await lobby.only()).text == "Which database?"
