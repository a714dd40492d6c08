"""What the bot must be allowed to, as simcord and discord.py compute it each for itself."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle

from tests.adapters.discord.simulated.stage import Stage, told
from tests.fakes.discord.permissions import Permission

RIGHTS = {
    Permission.SEND_MESSAGES: "Send Messages",
    Permission.CREATE_PUBLIC_THREADS: "Create Public Threads",
    Permission.SEND_MESSAGES_IN_THREADS: "Send Messages in Threads",
    Permission.ATTACH_FILES: "Attach Files",
    Permission.READ_MESSAGE_HISTORY: "Read Message History",
}


def lacks(rights: str) -> str:
    return (
        f"I lack rights in this channel: {rights}. Somebody who manages the server can give them "
        "to me in the channel's settings, under Permissions; then ask again. Nothing was started."
    )


async def said_to(stage: Stage, channel: ChannelHandle) -> list[str | None]:
    """Ask by the command, by a mention, and by the menu of a message; return what is told."""
    message = await stage.ada.send(channel, "We love SQLite.")
    typed = await stage.ada.slash(channel, "council ask", question="Why is that?")
    mention = await stage.ada.send(channel, f"{stage.mention} why?")
    replied = stage.reply(mention)
    chosen = await stage.ada.context_menu(channel, "Ask the council", message)
    assert chosen.modal is None
    return [told(typed), replied, told(chosen)]


async def test_every_right_that_is_missing_is_named(stage: Stage) -> None:
    for right, name in RIGHTS.items():
        stage.deny(right)

        assert await said_to(stage, stage.channel) == [lacks(name)] * 3

    assert await stage.cost_nothing()


async def test_a_channel_that_the_bot_does_not_see_is_all_that_is_named(stage: Stage) -> None:
    stage.deny(Permission.VIEW_CHANNEL)

    result = await stage.ada.slash(stage.channel, "council ask", question="Why is that?")

    assert told(result) == lacks("View Channels")
    assert await stage.cost_nothing()


@pytest.mark.parametrize("right", [Permission.PIN_MESSAGES, Permission.EMBED_LINKS])
async def test_without_what_is_not_needed_it_is_asked(stage: Stage, right: Permission) -> None:
    stage.deny(right)

    result = await stage.ada.slash(stage.channel, "council ask", question="Why is that?")

    assert told(result) is None
    await stage.only()


@pytest.mark.parametrize("kind", ["thread", "post"])
async def test_a_thread_needs_the_rights_of_threads_from_its_channel(
    stage: Stage, kind: str
) -> None:
    parent = stage.guild.create_forum_channel("forum") if kind == "post" else stage.channel
    thread = stage.thread("Aside", parent)
    stage.deny(Permission.SEND_MESSAGES_IN_THREADS, parent)
    before = await said_to(stage, thread)
    stage.deny(Permission.SEND_MESSAGES | Permission.CREATE_PUBLIC_THREADS, parent)

    await stage.ada.send(thread, f"{stage.mention} why?")

    assert before == [lacks("Send Messages in Threads")] * 3
    assert (await stage.only()).place == stage.place(parent, thread)


async def test_an_administrator_lacks_nothing(stage: Stage) -> None:
    backend, guild = stage.env.backend, stage.guild.id
    (role,) = backend.get_member(guild, int(stage.identity.user)).role_ids
    backend.edit_role(guild, role, {"permissions": int(Permission.ADMINISTRATOR)})
    stage.deny(Permission.SEND_MESSAGES | Permission.VIEW_CHANNEL)

    await stage.ada.send(stage.channel, f"{stage.mention} why?")

    await stage.only()
