"""What is said to one person alone: lists, files, answers shown again, help."""

from __future__ import annotations

import pytest

from adapters.slack.replies import HELP
from bot.domain import Deadlines, PlaceSettings, Seat
from bot.domain.events import SynthesisReady
from bot.ports import ModelInfo
from tests.adapters.slack.lobby import Lobby
from tests.fakes.council import SYNTHESIS
from tests.fakes.shapes import objects_in
from tests.fakes.slack.records import Person
from tests.fakes.team.catalog import FakeCatalog


@pytest.fixture
def boss(lobby: Lobby) -> Person:
    return lobby.slack.add_person("boss", is_admin=True)


async def body(lobby: Lobby, words: str, person: Person) -> str:
    """Give a command and return the whole acknowledgement."""
    reply = await lobby.slack.command(words, channel=lobby.channel, person=person)
    assert reply.is_acknowledged
    return str(reply.body)


async def test_help_is_short_and_names_every_command(lobby: Lobby) -> None:
    said = await lobby.command("help")

    assert said is not None
    assert len(HELP) < 2000
    for word in (
        "ask", "cancel", "status", "history", "show", "stats", "budget", "config", "keys",
        "schedule", "forget",
    ):  # fmt: skip
        assert f"/council {word}" in said


async def test_settings_that_are_exported_can_be_copied(lobby: Lobby, boss: Person) -> None:
    await lobby.set(PlaceSettings(language="<German> & so on"), channel=lobby.channel)

    said = await body(lobby, "config export", boss)

    assert "rich_text_preformatted" in said
    assert 'language = "<German> & so on"' in said


async def test_what_is_too_long_comes_directly_as_a_file(lobby: Lobby, boss: Person) -> None:
    instructions = "\n".join(f"Line {number} of what we want." for number in range(150))
    await lobby.set(PlaceSettings(instructions=instructions[:3900]), channel=lobby.channel)

    await lobby.slack.command("config export", channel=lobby.channel, person=boss)
    direct = lobby.slack.direct(boss)
    await lobby.slack.until(lambda: any(message.files for message in direct.messages))

    ((file,),) = [message.files for message in direct.messages if message.files]
    assert b"Line 140" in file.content
    assert file.thread_ts == direct.messages[0].ts
    assert lobby.channel.messages == []
    assert "I send it to you directly" in await lobby.whispered()


async def test_what_was_exported_can_be_imported_as_slack_sends_it(
    lobby: Lobby, boss: Person
) -> None:
    typed = 'config import language = "German"\ninstructions = "1 &lt; 2 &amp;&amp; 2 &gt; 1"'

    await lobby.command(typed, person=boss)

    _, channel = await lobby.desk.team.settings.at(lobby.place(lobby.channel))
    assert channel.settings.language == "German"
    assert channel.settings.instructions == "1 < 2 && 2 > 1"


async def test_settings_are_copied_from_a_channel_that_is_named(lobby: Lobby, boss: Person) -> None:
    other = lobby.slack.add_channel("other")
    await lobby.set(PlaceSettings(deadlines=Deadlines(call=99)), channel=other)

    await lobby.command(f"config copy <#{other.id}|other>", person=boss)

    _, channel = await lobby.desk.team.settings.at(lobby.place(lobby.channel))
    assert channel.settings.deadlines == Deadlines(call=99)


async def test_an_answer_is_shown_again_with_a_link(lobby: Lobby) -> None:
    known = await lobby.have("Which <!channel> database?", SynthesisReady(SYNTHESIS))

    said = await body(lobby, f"show {known.id}", lobby.kim)

    root = lobby.channel.messages[0].ts.replace(".", "")
    assert "It is 42." in said
    assert f"archives/{lobby.channel.id}/p{root}|read the thread>" in said
    assert "council_follow_up" not in said


async def test_a_long_answer_is_whispered_in_order_and_whole(lobby: Lobby) -> None:
    text = "\n\n".join(f"Paragraph {number}: {'word ' * 60}" for number in range(60))
    known = await lobby.have(
        "Why?", SynthesisReady(type(SYNTHESIS)(text, "Chair", "test/c", SYNTHESIS.confidence, 0.1))
    )

    await lobby.slack.command(f"show {known.id}", channel=lobby.channel, person=lobby.kim)
    await lobby.slack.until(lambda: len(lobby.slack.ephemerals) == 2)

    first, second = (str(payload) for _, _, payload in lobby.slack.ephemerals)
    assert "Paragraph 0:" in first
    assert "Paragraph 59:" in second
    assert lobby.slack.violations == []


async def test_lines_mention_nobody(lobby: Lobby, boss: Person) -> None:
    catalog = lobby.desk.team.catalog
    assert isinstance(catalog, FakeCatalog)
    catalog.models["test/a"] = ModelInfo("test/a")
    await lobby.set(
        PlaceSettings(chairman=Seat("<!channel> @here", "test/a")), channel=lobby.channel
    )

    said = await lobby.command("config show", person=boss)

    assert said is not None
    assert "<!channel>" not in said
    assert "@here" not in said


async def test_people_and_groups_in_settings_are_shown_by_their_names(
    lobby: Lobby, boss: Person
) -> None:
    writers = lobby.slack.add_group("Writers")
    text = f"askers = ['{lobby.kim.id}', '{writers.id}']"

    saved = await lobby.command(f"config import {text}", person=boss)
    held = await lobby.command("config show")

    who = f"<@{lobby.kim.id}>, <!subteam^{writers.id}>"
    assert f"Who may ask: inherited → {who}" in (saved or "")
    assert f"Who may ask: {who} · set here" in (held or "")


async def test_a_list_of_schedules_keeps_its_words_beside_the_button(lobby: Lobby) -> None:
    reply = await lobby.slack.command("schedule", channel=lobby.channel, person=lobby.kim)

    assert isinstance(reply.body, dict)
    texts = [block.get("text") for block in objects_in(reply.body["blocks"])]
    assert any("No question repeats in this channel" in str(text) for text in texts)


async def test_whoever_is_no_admin_any_more_resets_nothing(lobby: Lobby, boss: Person) -> None:
    await lobby.set(PlaceSettings(language="German"), channel=lobby.channel)
    await lobby.command("config show", person=boss)
    boss.is_admin = False

    said = await lobby.command("config reset", person=boss)

    assert said is not None
    assert said.startswith("Only an admin")


async def test_who_is_named_in_an_import_is_named_by_their_id(lobby: Lobby, boss: Person) -> None:
    who = f"'<@{lobby.kim.id}|kim>', \"<!subteam^S0WRITERS|@writers>\""

    await lobby.command(
        f"config import askers = [{who}]\nlanguage = 'as <@{lobby.kim.id}|kim> writes'",
        person=boss,
    )

    _, channel = await lobby.desk.team.settings.at(lobby.place(lobby.channel))
    assert channel.settings.askers == (lobby.kim.id, "S0WRITERS")
    assert channel.settings.language == "as @kim writes"
