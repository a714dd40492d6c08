"""What is given after `/council`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain import Ahead, Deliberation, Limits, Mode, PlaceSettings, State
from bot.domain.events import DeliberationFailed, StageBegan, SynthesisReady
from bot.errors import StorageError
from tests.adapters.discord.lobby import Lobby, open_lobby
from tests.fakes.council import COUNCIL, SYNTHESIS
from tests.fakes.discord import faults
from tests.fakes.discord.kinds import Flag
from tests.fakes.discord.records import Message
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.validator import links_in, mentions_in
from tests.fakes.team import set_in

DONE = SynthesisReady(SYNTHESIS)
GONE = "There is no deliberation of that id."
IDLE = "The council is not working on anything in this channel."
NO_DATABASE = "My database does not answer, so nothing was done. Please try again in a moment."
LONG = "Which database suits an event log " + "of very many events " * 10


def link(message: Message) -> str:
    guild = message.channel.guild
    home = "@me" if guild is None else str(guild.id)
    return f"https://discord.com/channels/{home}/{message.channel.id}/{message.id}"


async def test_a_question_starts_a_deliberation_and_nothing_is_left_said(lobby: Lobby) -> None:
    reply = await lobby.give("ask", {"question": "Which database suits an event log?"})
    said = await lobby.outcome(reply)

    assert (reply.kind, said) == ("deferred", None)
    assert reply.message is not None
    assert reply.message.is_ephemeral
    question = await lobby.only()
    assert question.text == "Which database suits an event log?"
    assert question.place == lobby.place(lobby.channel)
    assert (question.asker, question.asker_id) == ("Ada", str(lobby.ada.id))
    assert question.context == ()


async def test_whoever_has_to_wait_is_told_how_many_come_first(lobby: Lobby) -> None:
    lobby.work.before_all = Ahead(in_channel=1)

    said = await lobby.ask("Which database suits an event log of a thousand writers?")

    assert said == "Your question is in line: 1 question of this channel comes first."


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("history of Rome", "history of Rome"),
        ("ask why?", "ask why?"),
        ("Is @everyone or @here a word?", "Is @everyone or @here a word?"),
        ("<@!1> <@&2> <#3> why?", "@1 @2 #3 why?"),
        ("```\nunclosed, why?", "```\nunclosed, why?"),
        ("\u202eesrever, why?", "\u202eesrever, why?"),
        ("'; DROP TABLE deliberations; --", "'; DROP TABLE deliberations; --"),
        ("{} %s {{7*7}} --flag=x NaN 1e309", "{} %s {{7*7}} --flag=x NaN 1e309"),
        ("x" * 3000, "x" * 3000),
        ("ok", "ok"),
    ],
)
async def test_whatever_is_typed_is_the_question(lobby: Lobby, typed: str, question: str) -> None:
    assert await lobby.ask(typed) is None

    assert (await lobby.only()).text == question


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("\u200b\u2060 \u3164", "single character"),
        ("\u200b\u2060", "blank"),
        ("x", "single character"),
        ("what\0?", "NUL"),
    ],
)
async def test_what_is_no_question_is_refused_in_a_sentence(
    lobby: Lobby, typed: str, sentence: str
) -> None:
    said = await lobby.ask(typed)

    assert said is not None
    assert sentence in said
    assert said.endswith(".")
    assert await lobby.cost_nothing()


async def test_people_roles_and_channels_are_asked_about_by_name(lobby: Lobby) -> None:
    bob = lobby.discord.add_person("Bob")
    lobby.discord.change_member(bob, nick="Bobby")
    role = lobby.discord.add_role("Cooks")

    await lobby.ask(f"Is {bob.mention} of <@&{role.id}> right in {lobby.channel.mention}?")

    assert (await lobby.only()).text == "Is @Bobby of @Cooks right in #general?"


async def test_a_file_comes_along(lobby: Lobby) -> None:
    plan = lobby.discord.add_file("plan.md", b"# Plan", content_type="text/markdown; charset=utf-8")

    await lobby.command("ask", {"question": "What is wrong here?", "attachment": plan})

    (attachment,) = (await lobby.only()).attachments
    assert (attachment.name, attachment.media_type) == ("plan.md", "text/markdown")
    # Discord signs a link anew each time.
    assert (attachment.source or "").partition("?")[0] == plan.url.partition("?")[0]


async def test_a_pdf_comes_along_by_a_command_and_by_a_message(lobby: Lobby) -> None:
    plan = lobby.discord.add_file("plan.pdf", b"%PDF-1.7", content_type="application/pdf")

    await lobby.command("ask", {"question": "What is wrong here?", "attachment": plan})
    await lobby.mention("What is wrong here?", files=(plan,))

    kinds = [file.media_type for one in await lobby.asked() for file in one.question.attachments]
    assert kinds == ["application/pdf"] * 2


@pytest.mark.parametrize("mode", Mode)
async def test_a_mode_is_for_one_question(lobby: Lobby, mode: Mode) -> None:
    await lobby.command("ask", {"question": "Which one?", "mode": str(mode)})

    (deliberation,) = await lobby.asked()
    assert deliberation.council == replace(COUNCIL, mode=mode)


async def test_help_says_how_to_ask_and_who_sits(lobby: Lobby) -> None:
    said = await lobby.command("help")

    assert said is not None
    assert "`/council status`" in said
    assert "Here sit Ada and Bob; Chair has the chair. Mode: standard." in said
    assert "Message Content Intent" not in said
    assert await lobby.cost_nothing()


async def test_without_the_right_to_read_help_says_so(discord: DiscordServer) -> None:
    discord.allowed_intents &= 0
    async with open_lobby(discord) as lobby:
        said = await lobby.command("help")

        assert said is not None
        assert "I see only messages that mention me" in said
        assert "Message Content Intent" in str(lobby.told)


async def test_status_shows_what_runs_in_this_channel_with_links(lobby: Lobby) -> None:
    elsewhere = lobby.discord.add_channel("elsewhere")
    await lobby.have("First, why?", StageBegan(State.ANSWERING))
    await lobby.have("Done, why?", DONE)
    await lobby.have("Elsewhere, why?", channel=elsewhere)

    said = await lobby.command("status")

    assert said == f"- First, why? · Ada · answering · {link(lobby.channel.messages[0])}"


async def test_in_a_thread_the_whole_channel_is_seen(lobby: Lobby) -> None:
    await lobby.have("First, why?", StageBegan(State.ANSWERING))
    thread = await lobby.discord.start_thread("Else", person=lobby.ada, channel=lobby.channel)

    said = await lobby.command("status", channel=thread)

    assert said is not None
    assert said.startswith("- First, why?")


async def test_what_is_asked_in_a_private_thread_stays_in_it(lobby: Lobby) -> None:
    thread = lobby.discord.new_thread(lobby.channel, "Secret", lobby.ada)
    thread.kind = type(thread.kind).PRIVATE_THREAD
    lobby.discord.open_thread(thread)
    lobby.discord.join_thread(thread, lobby.discord.bot)
    await lobby.ask("A secret, why?", thread)

    outside = await lobby.command("history")
    inside = await lobby.command("history", channel=thread)

    assert (await lobby.only()).place == lobby.place(thread, thread)
    assert outside == "Nothing was asked in this channel yet."
    assert inside is not None
    assert "A secret, why?" in inside


async def test_a_private_thread_is_no_way_around_what_its_channel_allows(lobby: Lobby) -> None:
    thread = lobby.discord.new_thread(lobby.channel, "Secret", lobby.ada)
    thread.kind = type(thread.kind).PRIVATE_THREAD
    lobby.discord.open_thread(thread)
    lobby.discord.join_thread(thread, lobby.discord.bot)
    settings = PlaceSettings(mode=Mode.FAST, limits=Limits(councils_day=1))
    await set_in(lobby.desk.team, lobby.place(lobby.channel), settings)

    first = await lobby.ask("A secret, why?", thread)
    (asked,) = await lobby.asked()
    second = await lobby.ask("Another secret, why?", thread)
    when = {"when": "hourly", "question": "And now?"}
    repeated = await lobby.command("schedule", "add", when, channel=thread)

    assert first is None
    assert asked.council.mode is Mode.FAST
    assert second is not None
    assert "This channel may hold 1 council a day" in second
    assert repeated is not None
    assert repeated.startswith("In a private thread nothing can be asked by itself")


async def test_nothing_to_show_is_said(lobby: Lobby) -> None:
    await lobby.have("Done, why?", DONE)

    assert await lobby.command("status") == IDLE
    assert await lobby.command("cancel") == IDLE


async def test_history_shows_the_latest_of_this_channel(lobby: Lobby) -> None:
    elsewhere = lobby.discord.add_channel("elsewhere")
    await lobby.have("First, why?", DONE)
    await lobby.have("Second, why?", DeliberationFailed("Nobody answered."))
    await lobby.have("Elsewhere, why?", DONE, channel=elsewhere)

    said = await lobby.command("history")

    assert said is not None
    lines = [line.rpartition(" · ")[0].rpartition(" · id ") for line in said.splitlines()]
    assert [line for line, _, _ in lines] == [
        "- Second, why? · Ada · failed",
        "- First, why? · Ada · done",
    ]
    # These are what `show` wants.
    assert all(len(deliberation_id) == 16 for _, _, deliberation_id in lines)


async def test_history_finds_words(lobby: Lobby) -> None:
    await lobby.have("Salt & pepper, why?", DONE)
    await lobby.have("Second, why?", DONE)

    found = await lobby.command("history", {"words": "why? salt & PEPPER"})
    none = await lobby.command("history", {"words": "Rome"})

    assert found is not None
    assert found.startswith("- Salt & pepper, why?")
    assert "\n" not in found
    assert none is not None
    assert none.startswith("No question of this channel holds these words.")


async def test_ten_long_questions_fit_into_what_is_said(lobby: Lobby) -> None:
    for number in range(12):
        await lobby.have(f"{number} *{LONG}* " + "\\_" * 60, DONE)

    said = await lobby.command("history")

    assert said is not None
    assert len(said.splitlines()) == 10
    assert 2000 < len(said) < 4000
    assert all("https://discord.com/channels/" in line for line in said.splitlines())


JOKER = "<@1> @here **bold** [x](https://evil.example)"


async def test_a_line_shows_neither_markup_nor_a_mention_of_whoever_asked(lobby: Lobby) -> None:
    joker = lobby.discord.add_person(JOKER)
    await lobby.have(f"# A\n> long <@&2> @everyone {JOKER} question?", DONE, asker=joker)
    await lobby.have("Running, why?", asker=joker)

    said = [
        await lobby.command("history"),
        await lobby.command("status"),
        await lobby.command("cancel", {"id": "<@1> @everyone [x](https://evil.example)"}),
        await lobby.command("cancel"),
    ]

    assert said[3] is not None
    assert said[3].startswith("Only \\<")
    assert "**bold**" not in str(said)
    for content in said:
        # Whatever the bot would say may be mentioned, nobody is.
        assert mentions_in({"content": content, "allowed_mentions": None}) == []
        assert not [one for one in links_in({"content": content}) if one.label]


# When something is away or slow.


@pytest.mark.parametrize("word", ["ask", "status", "history", "cancel"])
async def test_a_database_that_is_away_is_said(lobby: Lobby, word: str) -> None:
    lobby.records.fault = StorageError("secret words of the database")

    values = [{"question": "Which one?"}] if word == "ask" else []
    said = await lobby.command(word, *values)

    lobby.records.fault = None
    assert said == NO_DATABASE
    assert await lobby.cost_nothing()


async def test_a_database_that_is_slow_delays_the_answer_not_the_acknowledgement(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_free, create = asyncio.Event(), lobby.records.create

    async def slow(deliberation: Deliberation, **named: Any) -> Deliberation:
        await is_free.wait()
        if "bad" in deliberation.question.text:
            raise StorageError
        return await create(deliberation, **named)

    monkeypatch.setattr(lobby.records, "create", slow)
    good, bad = await asyncio.gather(
        lobby.give("ask", {"question": "A good one?"}),
        lobby.give("ask", {"question": "A bad one?"}),
    )
    assert good.message is not None
    is_waiting = Flag.LOADING in good.message.flags
    is_free.set()

    assert max(good.elapsed_s, bad.elapsed_s) < 1
    assert is_waiting
    assert await lobby.outcome(good) is None
    assert await lobby.outcome(bad) == NO_DATABASE
    assert (await lobby.only()).text == "A good one?"


async def test_a_long_question_that_was_not_asked_is_given_back(lobby: Lobby) -> None:
    typed = f"{LONG}```<@1>\n" + "\N{GRINNING FACE}" * 2000
    lobby.records.fault = StorageError("secret words of the database")

    said = await lobby.ask(typed)

    lobby.records.fault = None
    assert said is not None
    assert said.startswith(f"{NO_DATABASE}\nYou had written:\n```\n{LONG}")
    assert said.endswith("…\n```")
    assert mentions_in({"content": said}) == []
    assert said.count("```") == 2


async def test_names_that_do_not_come_keep_no_question_waiting(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.desk.NAMED_WITHIN_S", 0.1)
    lobby.discord.faults.add("GET /guilds/{id}/members/{id}", faults.silence(60), times=None)

    reply = await lobby.give("ask", {"question": " ".join(f"<@{n}>" for n in range(1, 50))})
    said = await lobby.outcome(reply)

    assert reply.elapsed_s < 1
    assert said is None
    assert (await lobby.only()).text.startswith("@1 @2")
    assert lobby.discord.count("GET /guilds/{id}/members/{id}") == 5
