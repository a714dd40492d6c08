"""The shortcut on a message: ask the council about it."""

from __future__ import annotations

from bot.domain import Remark
from bot.errors import StorageError
from tests.adapters.slack.lobby import Lobby
from tests.adapters.slack.windows import Hands
from tests.fakes.slack import faults
from tests.fakes.slack.records import Message, Person, View

QUESTION = "question"


async def posted(lobby: Lobby, text: str, *, person: Person | None = None) -> Message:
    reply = await lobby.slack.say(text, channel=lobby.channel, person=person or lobby.kim)
    assert reply.message is not None
    return reply.message


async def opened(lobby: Lobby, message: Message, *, person: Person | None = None) -> View:
    """Choose the shortcut and return the window that it opens."""
    user = person or lobby.kim
    reply = await lobby.slack.shortcut(message, person=user)
    assert reply.is_acknowledged
    return await Hands(lobby, user).filled()


async def submit(lobby: Lobby, view: View, text: str | None) -> object:
    """Submit a form and return what the acknowledgement says of it."""
    values: dict[str, dict[str, object]] = {QUESTION: {QUESTION: text}}
    reply = await lobby.slack.submit(view, values, person=view.person)
    assert reply.is_acknowledged
    return reply.body


async def test_the_form_shows_the_message_and_asks_in_its_thread(lobby: Lobby) -> None:
    ada = lobby.slack.add_person("Ada")
    message = await posted(lobby, "We &lt;3 *SQLite*, <@U0NOBODY>.", person=ada)

    view = await opened(lobby, message)
    said = await submit(lobby, view, "Is she right?")

    assert "We <3 *SQLite*, @U0NOBODY." in str(view.blocks)
    assert said is None
    assert not view.is_open
    question = (await lobby.only()).question
    assert question.text == "Is she right?"
    assert question.place == lobby.place(lobby.channel, message.ts)
    assert question.context == (Remark("Ada", "We <3 *SQLite*, @U0NOBODY."),)
    assert (question.asker, question.asker_id) == ("kim", lobby.kim.id)


async def test_without_words_it_is_asked_what_to_make_of_it(lobby: Lobby) -> None:
    view = await opened(lobby, await posted(lobby, "We love SQLite."))

    await submit(lobby, view, None)

    assert (await lobby.only()).question.text == "What do you make of this?"


async def test_a_reply_is_asked_about_in_its_thread(lobby: Lobby) -> None:
    root = await posted(lobby, "We disagree.")
    reply = await lobby.slack.say(
        "I disagree most.", channel=lobby.channel, person=lobby.kim, thread_ts=root.ts
    )
    assert reply.message is not None

    await submit(lobby, await opened(lobby, reply.message), "Why?")

    question = (await lobby.only()).question
    assert question.place == lobby.place(lobby.channel, root.ts)
    assert question.context[-1] == Remark("kim", "I disagree most.")


async def test_files_come_along(lobby: Lobby) -> None:
    files = [
        lobby.slack.add_file("plan.md", b"# Plan", person=lobby.kim),
        lobby.slack.add_file("picture.png", b"\x89PNG", person=lobby.kim),
    ]
    reply = await lobby.slack.say("", channel=lobby.channel, person=lobby.kim, files=files)
    assert reply.message is not None

    view = await opened(lobby, reply.message)
    await submit(lobby, view, None)

    assert "With plan.md and picture.png" in str(view.blocks)
    question = (await lobby.only()).question
    assert [file.name for file in question.attachments] == ["plan.md", "picture.png"]
    assert question.context == ()


async def test_more_than_ten_files_are_refused_in_the_form(lobby: Lobby) -> None:
    files = [lobby.slack.add_file(f"{n}.md", b"#", person=lobby.kim) for n in range(11)]
    reply = await lobby.slack.say("All", channel=lobby.channel, person=lobby.kim, files=files)
    assert reply.message is not None

    said = await submit(lobby, await opened(lobby, reply.message), "Why?")

    assert "at most 10 files, not 11" in str(said)
    assert await lobby.cost_nothing()


async def test_an_apps_message_is_asked_about_by_what_it_shows(lobby: Lobby) -> None:
    message = lobby.bot_says([])
    message.user, message.username, message.text = None, "Alerts", "Disk <https://x.example|full>"

    await submit(lobby, await opened(lobby, message), "Why?")

    assert (await lobby.only()).question.context == (
        Remark("Alerts", "Disk full (https://x.example)"),
    )


async def test_a_message_without_anything_to_read_is_refused(lobby: Lobby) -> None:
    view = await opened(lobby, await posted(lobby, " "))

    assert "neither text nor files" in str(view.blocks)
    assert "submit" not in view.document


async def test_a_long_message_is_shown_in_part_and_asked_about_in_full(lobby: Lobby) -> None:
    text = "word & <b> " * 1500

    view = await opened(lobby, await posted(lobby, text.replace("&", "&amp;")))
    await submit(lobby, view, "Why?")

    (remark,) = (await lobby.only()).question.context
    assert remark.text == text.strip()
    assert len(str(view.blocks)) < 3500


async def test_where_the_bot_is_not_the_window_says_what_to_do(lobby: Lobby) -> None:
    message = await posted(lobby, "We love SQLite.")
    lobby.channel.has_bot = False

    view = await opened(lobby, message)

    assert "/invite @Council" in str(view.blocks)
    assert "submit" not in view.document
    assert await lobby.cost_nothing()


async def test_a_slow_slack_is_said_within_three_seconds(lobby: Lobby) -> None:
    message = await posted(lobby, "We love SQLite.")
    lobby.slack.faults.add("conversations.info", faults.silence(30))

    reply = await lobby.slack.shortcut(message, person=lobby.kim)
    view = await Hands(lobby, lobby.kim).filled()

    assert reply.is_acknowledged
    assert reply.elapsed_s < 3
    assert "nothing was started" in str(view.blocks)


async def test_a_window_that_comes_too_late_is_said(lobby: Lobby) -> None:
    lobby.slack.expected_errors.add("expired_trigger_id")
    lobby.slack.triggers.lifetime_s = 0

    await lobby.slack.shortcut(await posted(lobby, "We love SQLite."), person=lobby.kim)

    assert "Please try again" in await lobby.whispered()
    ((_, _, payload),) = lobby.slack.ephemerals
    assert "thread_ts" not in payload  # nobody sees it in a thread that is not there yet


async def test_a_database_that_is_away_is_said(lobby: Lobby) -> None:
    view = await opened(lobby, await posted(lobby, "We love SQLite."))
    lobby.records.fault = StorageError("secret words of the database")

    said = await submit(lobby, view, "Why?")

    assert said == {
        "response_action": "errors",
        "errors": {
            QUESTION: "My database does not answer, so nothing was done. "
            "Please try again in a moment."
        },
    }


async def test_a_form_of_somebody_else_is_refused(lobby: Lobby) -> None:
    thief = lobby.slack.add_person("thief")
    view = await opened(lobby, await posted(lobby, "We love SQLite."))
    view.person = thief

    said = await submit(lobby, view, "Why?")

    assert "open it again" in str(said)
    assert await lobby.cost_nothing()
