"""What is typed after `/council`."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.domain import Ahead, Deliberation, State
from bot.domain.events import DeliberationFailed, StageBegan, SynthesisReady
from bot.errors import StorageError
from tests.adapters.slack.lobby import Lobby
from tests.adapters.slack.office import Office
from tests.fakes.council import SYNTHESIS
from tests.fakes.slack import faults
from tests.fakes.slack.records import Channel

DONE = SynthesisReady(SYNTHESIS)


def root_link(lobby: Lobby, channel: Channel, number: int = 0) -> str:
    root = channel.messages[number]
    return f"{lobby.slack.workspace.url}archives/{channel.id}/p{root.ts.replace('.', '')}"


def shown(said: str | None) -> list[str]:
    assert said is not None
    return said.splitlines()


async def test_a_question_starts_a_deliberation_and_nothing_is_said(lobby: Lobby) -> None:
    said = await lobby.command("Which database suits an event log?")

    assert said is None
    deliberation = await lobby.only()
    assert deliberation.question.text == "Which database suits an event log?"
    assert deliberation.question.place == lobby.place(lobby.channel)
    assert (deliberation.question.asker, deliberation.question.asker_id) == ("kim", lobby.kim.id)


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("ask history of Rome", "history of Rome"),
        ("help us choose a database", "help us choose a database"),
        ("configure", "configure"),
        ("  Is 1 &lt; 2 &amp;&amp; 2 &gt; 1? ", "Is 1 < 2 && 2 > 1?"),
        ("Why is &amp;lt; no &lt;?", "Why is &lt; no <?"),
        ("Is @channel or @here a word?", "Is @channel or @here a word?"),
        ("&lt;!channel&gt; &lt;@U1&gt; why?", "<!channel> <@U1> why?"),
        ("```\nunclosed, why?", "```\nunclosed, why?"),
        ("\u202eesrever, why?", "\u202eesrever, why?"),
        ("'; DROP TABLE deliberations; --", "'; DROP TABLE deliberations; --"),
        ("{} %s {{7*7}} --flag=x NaN 1e309", "{} %s {{7*7}} --flag=x NaN 1e309"),
        ("x" * 3000, "x" * 3000),
        ("ok", "ok"),
    ],
)
async def test_whatever_is_no_command_is_a_question(
    lobby: Lobby, typed: str, question: str
) -> None:
    assert await lobby.command(typed) is None

    assert (await lobby.only()).question.text == question


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ask", "empty"),
        ("\u200b\u2060 \u3164", "single character"),
        ("\u200b\u2060", "blank"),
        ("x", "single character"),
        ("x" * 40_001, "40,001 characters and the limit is 3,000"),
        ("\n".join(["line"] * 3000), "the limit is 3,000"),
        ("what\0?", "NUL"),
        ("what \ud800?", "broken characters"),
        ("a" + "\u0301" * 3000, "the limit is 3,000"),
    ],
)
async def test_what_is_no_question_is_refused_in_a_sentence(
    lobby: Lobby, typed: str, sentence: str
) -> None:
    said = await lobby.command(typed)

    assert said is not None
    assert sentence in said
    assert said.endswith(".")
    assert await lobby.cost_nothing()


async def test_whoever_has_to_wait_is_told_how_many_come_first(lobby: Lobby) -> None:
    lobby.work.before_all = Ahead(in_channel=2)

    assert await lobby.command("Which database?") is None

    assert await lobby.whispered() == (
        "Your question is in line: 2 questions of this channel come first."
    )


@pytest.mark.parametrize("typed", ["", "   ", "help", "HELP "])
async def test_help_says_how_to_ask_and_who_sits(lobby: Lobby, typed: str) -> None:
    said = await lobby.command(typed)

    assert said is not None
    assert "`/council status`" in said
    assert "Ada and Bob" in said
    assert "Chair has the chair" in said
    assert await lobby.cost_nothing()


async def test_status_shows_what_runs_in_this_channel_with_links(lobby: Lobby) -> None:
    elsewhere = lobby.slack.add_channel("elsewhere")
    await lobby.have("First, why?", StageBegan(State.ANSWERING))
    await lobby.have("Done, why?", DONE)
    await lobby.have("Elsewhere, why?", channel=elsewhere)

    said = await lobby.command("status")

    link = root_link(lobby, lobby.channel)
    assert shown(said) == [f"• <{link}|First, why?> · kim · answering"]


async def test_status_without_any_says_so(lobby: Lobby) -> None:
    await lobby.have("Done, why?", DONE)

    assert await lobby.command("status") == (
        "The council is not working on anything in this channel."
    )


async def test_history_shows_the_latest_of_this_channel(lobby: Lobby) -> None:
    elsewhere = lobby.slack.add_channel("elsewhere")
    await lobby.have("First, why?", DONE)
    await lobby.have("Second, why?", DeliberationFailed("Nobody answered."))
    await lobby.have("Elsewhere, why?", DONE, channel=elsewhere)

    said = await lobby.command("history")

    lines = [line.partition("|")[2].rpartition(" · id ") for line in shown(said)]
    assert [line for line, _, _ in lines] == [
        "Second, why?> · kim · failed",
        "First, why?> · kim · done",
    ]
    # These are what `show` wants.
    assert all(len(deliberation_id) == 16 for _, _, deliberation_id in lines)


async def test_history_finds_words(lobby: Lobby) -> None:
    await lobby.have("Salt & pepper, why?", DONE)
    await lobby.have("Second, why?", DONE)

    said = await lobby.command("history why? salt &amp; PEPPER")

    assert len(shown(said)) == 1
    assert "|Salt &amp; pepper, why?>" in shown(said)[0]


async def test_history_without_a_find_says_how_to_ask_it(lobby: Lobby) -> None:
    nothing = await lobby.command("history")
    none = await lobby.command("history of Rome")

    assert nothing == "Nothing was asked in this channel yet."
    assert none is not None
    assert none.endswith("To ask them, begin with ask.")
    assert await lobby.cost_nothing()


async def test_history_of_very_many_words_is_fine(office: Office) -> None:
    async with office.open():
        reply = await office.slack.command(
            f"history {'word ' * 5000}", channel=office.channel, person=office.kim
        )

    assert "No question of this channel holds these words." in str(reply.body)
    assert len(str(reply.body)) < 1000


async def test_a_line_shows_neither_markup_nor_a_mention_of_whoever_asked(lobby: Lobby) -> None:
    joker = lobby.slack.add_person("<!channel> *bold* @here")
    await lobby.have("A\nlong <!here> question? " + "so " * 200, DONE, asker=joker)

    said = shown(await lobby.command("history"))

    assert len(said) == 1
    assert len(said[0]) < 400
    assert "&lt;!channel&gt; *bold*" in said[0]
    assert "@here" not in said[0]


async def test_cancel_stops_the_only_one(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?")

    said = await lobby.command("cancel")

    assert said == "Stopped. What was answered so far stays in the thread."
    assert (await lobby.records.load(deliberation.id)).state is State.CANCELLED
    assert lobby.work.cancelled == [deliberation.id]


async def test_cancel_with_none_says_so(lobby: Lobby) -> None:
    assert await lobby.command("cancel") == (
        "The council is not working on anything in this channel."
    )


async def test_cancel_with_several_asks_which(lobby: Lobby) -> None:
    first = await lobby.have("First, why?")
    second = await lobby.have("Second, why?")

    asked = shown(await lobby.command("cancel"))
    said = await lobby.command(f"cancel {first.id.upper()}")

    assert asked[0] == "Several are running. Which one? Put its id after cancel."
    assert [line.rpartition(" · ")[2] for line in asked[1:]] == [
        f"id {second.id}",
        f"id {first.id}",
    ]
    assert said is not None
    assert said.startswith("Stopped.")
    assert lobby.work.cancelled == [first.id]


async def running_elsewhere(lobby: Lobby) -> Deliberation:
    return await lobby.have("Elsewhere, why?", channel=lobby.slack.add_channel("elsewhere"))


async def test_cancel_reaches_no_other_channel(lobby: Lobby) -> None:
    deliberation = await running_elsewhere(lobby)

    said = await lobby.command(f"cancel {deliberation.id}")

    assert said == "There is no deliberation of that id."
    assert lobby.work.cancelled == []


@pytest.mark.parametrize("word", ["1m84graz8bzj7zka", "nonsense", "<!channel>", "x\0y", "%"])
async def test_cancel_of_an_unknown_id_costs_nothing(lobby: Lobby, word: str) -> None:
    assert await lobby.command(f"cancel {word}") == "There is no deliberation of that id."
    assert await lobby.cost_nothing()


async def test_cancel_is_for_whoever_asked_and_for_admins(lobby: Lobby) -> None:
    other = lobby.slack.add_person("other")
    boss = lobby.slack.add_person("boss", is_admin=True)
    deliberation = await lobby.have("First, why?")

    refused = await lobby.command("cancel", person=other)
    before = list(lobby.work.cancelled)
    stopped = await lobby.command("cancel", person=boss)

    assert refused == "Only kim, who asked, or an admin can stop this."
    assert before == []
    assert stopped is not None
    assert lobby.work.cancelled == [deliberation.id]


async def test_a_refusal_mentions_nobody(lobby: Lobby) -> None:
    joker = lobby.slack.add_person("<!channel>")
    await lobby.have("First, why?", asker=joker)

    said = await lobby.command("cancel")

    assert said == "Only &lt;!channel&gt;, who asked, or an admin can stop this."


async def test_an_admin_whom_slack_does_not_confirm_may_not_stop(lobby: Lobby) -> None:
    boss = lobby.slack.add_person("boss", is_admin=True)
    await lobby.have("First, why?")
    lobby.slack.faults.add("users.info", faults.error("user_not_found"), times=None)

    said = await lobby.command("cancel", person=boss)

    assert said is not None
    assert said.startswith("Only kim")


async def test_cancel_after_the_end_says_so(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?", DONE)

    said = await lobby.command(f"cancel {deliberation.id}")

    assert said == f"Deliberation {deliberation.id} is done already."


@pytest.mark.parametrize("typed", ["Which one?", "status", "history", "cancel"])
async def test_a_database_that_is_away_is_said(lobby: Lobby, typed: str) -> None:
    lobby.records.fault = StorageError("secret words of the database")

    said = await lobby.command(typed)

    lobby.records.fault = None
    assert said == "My database does not answer, so nothing was done. Please try again in a moment."
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
    good, bad = await asyncio.gather(lobby.command("A good one?"), lobby.command("A bad one?"))
    is_free.set()

    assert (good, bad) == (None, None)
    assert (await lobby.whispered()).startswith("My database does not answer")
    assert (await lobby.only()).question.text == "A good one?"
