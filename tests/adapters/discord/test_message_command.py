"""The command in a message's menu: ask the council about it."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import Remark
from bot.errors import StorageError
from tests.adapters.discord.lobby import Lobby, open_lobby
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.mentions import texts_in
from tests.fakes.discord.records import Channel, Message, Modal, Person
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Reply
from tests.fakes.discord.validator import links_in, mentions_in
from tests.fakes.shapes import Json

NOTHING_SAID = "This message has neither text nor files that I can read."


async def posted(
    lobby: Lobby, text: str, *, person: Person | None = None, channel: Channel | None = None
) -> Message:
    place, author = channel or lobby.channel, person or lobby.ada
    return await lobby.discord.say(text, channel=place, person=author)


async def chosen(lobby: Lobby, message: Message) -> Reply:
    return await lobby.discord.message_command("Ask the council", message, person=lobby.ada)


def quote(form: Modal) -> str:
    """Return what a form shows of a message."""
    return "\n".join(texts_in({"components": form.components}))


async def test_the_form_shows_the_message_and_asks_about_it(lobby: Lobby) -> None:
    bob = lobby.discord.add_person("Bob")
    message = await posted(lobby, f"We <3 *SQLite*,\n{bob.mention} and <@7>.", person=bob)

    form = await lobby.opened(message)
    said = await lobby.submit(form, "Is he right?")

    assert form.title == "Ask the council"
    assert quote(form) == "> We \\<3 \\*SQLite\\*,\n> @Bob and @7."
    assert said is None
    question = await lobby.only()
    assert question.text == "Is he right?"
    assert question.place == lobby.place(lobby.channel)
    assert question.context == (Remark("Bob", "We <3 *SQLite*,\n@Bob and @7."),)
    assert (question.asker, question.asker_id) == ("Ada", str(lobby.ada.id))


async def test_without_words_it_is_asked_what_to_make_of_it(lobby: Lobby) -> None:
    form = await lobby.opened(await posted(lobby, "We love SQLite."))

    await lobby.submit(form)

    assert (await lobby.only()).text == "What do you make of this?"


async def test_in_a_thread_it_is_asked_about_in_the_thread(lobby: Lobby) -> None:
    start = await posted(lobby, "We disagree.")
    thread = await lobby.discord.start_thread("Databases", person=lobby.ada, message=start)
    message = await posted(lobby, "I disagree most.", channel=thread)

    await lobby.submit(await lobby.opened(message), "Why?")

    question = await lobby.only()
    assert question.place == lobby.place(lobby.channel, thread)
    assert question.context == (Remark("Ada", "I disagree most."),)


async def test_files_and_images_come_along(lobby: Lobby) -> None:
    files = [
        lobby.discord.add_file("plan.md", b"# Plan"),
        lobby.discord.add_file("picture_of_*it*.png", b"\x89PNG"),
    ]
    message = await lobby.discord.say("", channel=lobby.channel, person=lobby.ada, files=files)

    form = await lobby.opened(message)
    await lobby.submit(form)

    assert quote(form) == "-# With plan.md and picture\\_of\\_\\*it\\*.png"
    question = await lobby.only()
    assert [(file.name, file.media_type) for file in question.attachments] == [
        ("plan.md", "text/markdown"),
        ("picture_of_*it*.png", "image/png"),
    ]
    assert question.context == ()


async def test_an_apps_message_is_asked_about_by_what_it_shows(lobby: Lobby) -> None:
    app = lobby.discord.add_person("Alerts", is_bot=True)
    message = lobby.discord.new_message(lobby.channel, app)
    message.embeds = [{"title": "Disk full", "description": "98 %"}]
    lobby.discord.post(message)

    await lobby.submit(await lobby.opened(message), "Why?")

    assert (await lobby.only()).context == (Remark("alerts", "Disk full\n98 %"),)


async def test_an_answer_of_the_council_can_be_asked_about(lobby: Lobby) -> None:
    texts: list[Json] = [{"type": 10, "content": "# Final answer"}, {"type": 10, "content": "42."}]
    message = lobby.bot_says([{"type": 17, "components": texts}])

    await lobby.submit(await lobby.opened(message), "Why?")

    assert (await lobby.only()).context == (Remark("council", "# Final answer\n42."),)


async def test_a_message_without_anything_to_read_is_refused(lobby: Lobby) -> None:
    reply = await chosen(lobby, await posted(lobby, " "))

    assert await lobby.outcome(reply) == NOTHING_SAID
    assert reply.modal is None


async def test_it_works_without_the_right_to_read(discord: DiscordServer) -> None:
    discord.allowed_intents = Intent(0)
    async with open_lobby(discord) as lobby:
        form = await lobby.opened(await posted(lobby, "We love SQLite."))
        await lobby.submit(form, "Why?")

        question = await lobby.only()
        assert question.context == (Remark("Ada", "We love SQLite."),)
        assert question.attachments == ()


async def test_a_long_message_is_shown_in_part_and_asked_about_in_full(lobby: Lobby) -> None:
    text = "word * & <b> " * 300

    form = await lobby.opened(await posted(lobby, text))
    await lobby.submit(form, "Why?")

    (remark,) = (await lobby.only()).context
    assert remark.text == text.strip()
    assert quote(form).endswith("…")
    assert len(quote(form)) < 1200


async def test_what_a_message_says_is_no_markup_in_the_form(lobby: Lobby) -> None:
    evil = "# Big\n-# small\n> quote\n@everyone <@1> <@&2> [x](https://evil.example)\n\n- list"

    form = await lobby.opened(await posted(lobby, evil))

    shown = {"content": quote(form)}
    assert mentions_in(shown) == []
    assert [one.label for one in links_in(shown)] == [""]
    assert all(line.startswith("> ") for line in quote(form).splitlines())
    assert "> # Big" not in quote(form)


async def test_a_database_that_is_away_is_said_at_once(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await posted(lobby, "We love SQLite.")

    async def away(*_: object) -> str:
        await asyncio.sleep(0)
        raise StorageError

    monkeypatch.setattr(lobby.desk.tickets, "issue", away)
    reply = await chosen(lobby, message)

    assert await lobby.outcome(reply) == (
        "My database does not answer, so nothing was done. Please try again in a moment."
    )


async def test_a_database_that_is_slow_is_said_within_three_seconds(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(lobby.desk.tickets, "issue", never)
    reply = await chosen(lobby, await posted(lobby, "We love SQLite."))

    assert await lobby.outcome(reply) == (
        "My database is slow, so nothing was done. Please try again in a moment."
    )
    assert reply.elapsed_s < 2.5
    assert reply.modal is None
