"""Where the council may answer is looked at first, and costs nothing where it may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from tests.adapters.discord.lobby import Lobby, words
from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.permissions import BOT, EVERYONE, NOTHING, Permission
from tests.fakes.discord.records import Channel

LOCKED = "This thread is locked, so I cannot answer in it. Ask in the channel or in another thread."


def lacks(rights: str) -> str:
    return (
        f"I lack rights in this channel: {rights}. Somebody who manages the server can give them "
        "to me in the channel's settings, under Permissions; then ask again. Nothing was started."
    )


async def told(lobby: Lobby, channel: Channel) -> list[str | None]:
    """Ask by the command, by a mention, and by the menu of a message; return what is told."""
    message = await lobby.discord.say("We love SQLite.", channel=channel, person=lobby.ada)
    reply = await lobby.discord.message_command("Ask the council", message, person=lobby.ada)
    said = [
        await lobby.ask("Why is that?", channel),
        await lobby.mention("Why is that?", channel=channel),
        await lobby.outcome(reply),
    ]
    assert reply.modal is None
    assert lobby.discord.count("GET /channels/{id}/messages") == 0
    assert await lobby.cost_nothing()
    return said


async def test_every_right_that_is_missing_is_named(lobby: Lobby) -> None:
    rights = {
        Permission.SEND_MESSAGES: "Send Messages",
        Permission.CREATE_PUBLIC_THREADS: "Create Public Threads",
        Permission.SEND_MESSAGES_IN_THREADS: "Send Messages in Threads",
        Permission.ATTACH_FILES: "Attach Files",
        Permission.READ_MESSAGE_HISTORY: "Read Message History",
    }
    for right, name in rights.items():
        lobby.discord.deny(lobby.channel, right)

        assert await told(lobby, lobby.channel) == [lacks(name)] * 3

        lobby.discord.allow(lobby.channel, right)


async def test_all_rights_that_are_missing_are_named_at_once(lobby: Lobby) -> None:
    lobby.discord.deny(
        lobby.channel, Permission.CREATE_PUBLIC_THREADS | Permission.READ_MESSAGE_HISTORY
    )

    said = await lobby.ask("Why is that?")

    assert said == lacks("Create Public Threads and Read Message History")


@pytest.mark.parametrize("right", [Permission.PIN_MESSAGES, Permission.EMBED_LINKS])
async def test_without_what_is_not_needed_it_is_asked(lobby: Lobby, right: Permission) -> None:
    lobby.discord.deny(lobby.channel, right)

    assert await lobby.ask("Why is that?") is None

    await lobby.only()


async def test_a_channel_that_the_bot_does_not_see_is_all_that_is_named(lobby: Lobby) -> None:
    lobby.discord.deny(lobby.channel, Permission.VIEW_CHANNEL)

    said = await lobby.ask("Why is that?")

    assert said == lacks("View Channels")
    assert await lobby.cost_nothing()


async def test_a_right_that_the_channel_takes_from_everyone_is_named(lobby: Lobby) -> None:
    lobby.discord.change_role(lobby.discord.guild.bot_role, NOTHING)
    everyone = lobby.discord.guild.everyone
    lobby.discord.deny(lobby.channel, Permission.ATTACH_FILES, target=everyone)

    assert await told(lobby, lobby.channel) == [lacks("Attach Files")] * 3


async def test_a_right_that_the_channel_gives_back_is_enough(lobby: Lobby) -> None:
    lobby.discord.change_role(lobby.discord.guild.bot_role, BOT & ~Permission.ATTACH_FILES)
    lobby.discord.change_role(lobby.discord.guild.everyone, EVERYONE & ~Permission.ATTACH_FILES)
    before = await lobby.mention("Why is that?")
    lobby.discord.allow(lobby.channel, Permission.ATTACH_FILES, target=lobby.discord.guild.bot_role)

    after = await lobby.mention("Why is that?")

    assert before == lacks("Attach Files")
    assert after is None
    await lobby.only()


async def test_an_administrator_lacks_nothing(lobby: Lobby) -> None:
    lobby.discord.change_role(lobby.discord.guild.bot_role, Permission.ADMINISTRATOR)
    lobby.discord.deny(lobby.channel, Permission.SEND_MESSAGES | Permission.VIEW_CHANNEL)

    assert await lobby.mention("Why is that?") is None

    await lobby.only()


async def test_a_bot_that_was_timed_out_asks_nothing(lobby: Lobby) -> None:
    lobby.discord.change_member(lobby.discord.bot, is_timed_out=True)

    said = await lobby.ask("Why is that?")

    assert said is not None
    assert "Send Messages" in said
    assert await lobby.cost_nothing()


# Threads, forums, and channels of other kinds.


async def test_a_thread_needs_the_rights_of_threads_from_its_channel(lobby: Lobby) -> None:
    thread = await lobby.discord.start_thread("Aside", person=lobby.ada, channel=lobby.channel)
    lobby.discord.deny(lobby.channel, Permission.SEND_MESSAGES_IN_THREADS)

    said = await told(lobby, thread)

    assert said == [lacks("Send Messages in Threads")] * 3


async def test_a_thread_needs_no_rights_of_channels(lobby: Lobby) -> None:
    thread = await lobby.discord.start_thread("Aside", person=lobby.ada, channel=lobby.channel)
    lobby.discord.deny(lobby.channel, Permission.SEND_MESSAGES | Permission.CREATE_PUBLIC_THREADS)

    assert await lobby.mention("Why is that?", channel=thread) is None

    assert (await lobby.only()).place == lobby.place(lobby.channel, thread)


async def test_a_locked_thread_is_refused_with_what_to_do(lobby: Lobby) -> None:
    thread = await lobby.discord.start_thread("Aside", person=lobby.ada, channel=lobby.channel)
    boss = lobby.discord.add_person("Boss", is_admin=True)
    lobby.discord.change_thread(thread, is_locked=True)
    lobby.discord.ack_deadline_s = 0.3

    typed = await lobby.give("ask", {"question": "Why is that?"}, channel=thread)
    await lobby.mention("Why is that?", channel=thread, person=boss)

    # Whatever is said in a locked thread is refused, so that the bot says it directly.
    assert not typed.is_acknowledged
    for person in (lobby.ada, boss):
        assert [words(one) for one in lobby.discord.direct(person).messages] == [LOCKED]
    assert await lobby.cost_nothing()


async def test_who_manages_threads_answers_in_a_locked_one(lobby: Lobby) -> None:
    thread = await lobby.discord.start_thread("Aside", person=lobby.ada, channel=lobby.channel)
    lobby.discord.allow(lobby.channel, Permission.MANAGE_THREADS)
    lobby.discord.change_thread(thread, is_locked=True)

    assert await lobby.ask("Why is that?", thread) is None

    await lobby.only()


async def test_a_post_in_a_forum_needs_the_rights_of_threads_from_the_forum(lobby: Lobby) -> None:
    forum = lobby.discord.add_channel("help", kind="forum")
    post = await lobby.discord.start_thread("Which?", person=lobby.ada, channel=forum, text="Hm")
    lobby.discord.deny(forum, Permission.READ_MESSAGE_HISTORY | Permission.SEND_MESSAGES)
    before = await told(lobby, post)
    lobby.discord.allow(forum, Permission.READ_MESSAGE_HISTORY)

    after = await lobby.ask("Why is that?", post)

    assert before == [lacks("Read Message History")] * 3
    assert after is None
    assert (await lobby.only()).place == lobby.place(forum, post)


async def test_an_announcement_gets_a_thread_of_its_own(lobby: Lobby) -> None:
    news = lobby.discord.add_channel("news", kind="announcement")
    lobby.discord.deny(news, Permission.CREATE_PUBLIC_THREADS)
    before = await lobby.ask("Why is that?", news)
    lobby.discord.allow(news, Permission.CREATE_PUBLIC_THREADS)

    await lobby.ask("Why is that?", news)

    assert before == lacks("Create Public Threads")
    assert (await lobby.only()).place == lobby.place(news)


async def test_the_chat_of_a_voice_channel_needs_no_rights_of_threads(lobby: Lobby) -> None:
    voice = lobby.discord.add_channel("Talk", kind="voice")
    threads = Permission.CREATE_PUBLIC_THREADS | Permission.SEND_MESSAGES_IN_THREADS
    lobby.discord.deny(voice, threads)
    lobby.discord.deny(voice, Permission.SEND_MESSAGES)
    before = await told(lobby, voice)
    lobby.discord.allow(voice, Permission.SEND_MESSAGES)

    await lobby.mention("Why is that?", channel=voice)

    assert before == [lacks("Send Messages")] * 3
    assert (await lobby.only()).place == lobby.place(voice, voice)


async def test_a_channel_of_a_kind_that_is_new_is_refused(lobby: Lobby) -> None:
    number = lobby.discord.stamps.id()
    later = Channel(number, "later", cast("Kind", 14), lobby.discord.guild)
    lobby.discord.keep_channel(later)

    said = await lobby.ask("Why is that?", later)

    assert said is not None
    assert said.startswith("Discord does not tell me what kind of channel this is.")
    assert await lobby.cost_nothing()


# Who may do what.


@pytest.mark.parametrize("right", [Permission.MANAGE_GUILD, Permission.ADMINISTRATOR, NOTHING])
async def test_whoever_manages_the_server_may_stop_what_others_asked(
    lobby: Lobby, right: Permission
) -> None:
    role = lobby.discord.add_role("Some", permissions=right)
    other = lobby.discord.add_person("Other", roles=[role])
    await lobby.have("First, why?")
    await lobby.have("Second, why?", channel=lobby.discord.add_channel("elsewhere"))

    typed = await lobby.command("cancel", person=other)
    await lobby.have("Third, why?")
    mentioned = await lobby.mention("cancel", person=other)

    may = bool(right)
    expected = "Stopped." if may else "Only Ada, who asked, or an admin can stop this."
    assert typed is not None
    assert typed.startswith(expected)
    assert len(lobby.work.cancelled) == 2 * may
    assert (mentioned or "").startswith("Stopped." if may else "Several are running.")


async def test_whoever_manages_another_server_is_nobody_here(lobby: Lobby) -> None:
    abroad = lobby.discord.add_guild("Abroad")
    boss = lobby.discord.add_person("Boss", guild=abroad, is_admin=True)
    lobby.discord.join(boss, lobby.discord.guild)
    await lobby.have("First, why?")

    said = await lobby.command("cancel", person=boss)

    assert said == "Only Ada, who asked, or an admin can stop this."
    assert lobby.work.cancelled == []


Change = Callable[[Lobby], None]


def lose_role(lobby: Lobby) -> None:
    lobby.discord.change_member(lobby.discord.bot, roles=[])
    everyone = lobby.discord.guild.everyone
    lobby.discord.change_role(everyone, EVERYONE & ~Permission.ATTACH_FILES)


def change_role(lobby: Lobby) -> None:
    everyone = lobby.discord.guild.everyone
    lobby.discord.change_role(everyone, EVERYONE & ~Permission.ATTACH_FILES)
    lobby.discord.change_role(lobby.discord.guild.bot_role, BOT & ~Permission.ATTACH_FILES)


def change_channel(lobby: Lobby) -> None:
    lobby.discord.deny(lobby.channel, Permission.ATTACH_FILES)


@pytest.mark.parametrize("change", [lose_role, change_role, change_channel])
async def test_a_right_that_is_lost_meanwhile_is_known(lobby: Lobby, change: Change) -> None:
    before = await lobby.mention("Why is that?")
    change(lobby)

    after = await lobby.mention("Why is that?")

    assert before is None
    assert after == lacks("Attach Files")
    assert len(await lobby.asked()) == 1
