"""Threads: from messages, without, in forums; archived, locked, joined."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.kinds import Flag, Kind, MessageType
from tests.fakes.discord.library import ChannelType, Object, Route
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal, stored
from tests.fakes.discord.server import DiscordServer

QUIET: dict[str, Any] = {"allowed_mentions": {"parse": []}}


async def root(bot: Bot, channel: Channel) -> Any:
    """Post something, and give it as something that threads start from."""
    sent = await channel_of(bot, channel).send("root")
    place: Any = bot.get_channel(channel.id)
    return place.get_partial_message(sent.id)


async def test_a_thread_has_the_id_of_its_message(
    discord: DiscordServer, channel: Channel, bot: Bot
) -> None:
    message = await root(bot, channel)
    thread = await message.create_thread(name="Talk", auto_archive_duration=60)

    [opened] = discord.guild.threads
    assert thread.id == message.id == opened.id
    assert (opened.name, opened.kind, opened.archive_minutes) == ("Talk", Kind.PUBLIC_THREAD, 60)
    assert stored(channel).thread is opened
    assert stored(channel).flags == Flag.HAS_THREAD
    assert [m.type for m in opened.messages] == [MessageType.THREAD_STARTER]
    assert list(opened.thread_members) == [discord.bot.id]
    assert await refusal(message.create_thread(name="Again")) == (400, 160004)
    await discord.until(lambda: "THREAD_CREATE" in bot.events)
    assert bot.get_channel(thread.id) is not None


async def test_an_old_message_has_its_thread_announced(
    discord: DiscordServer, channel: Channel, bot: Bot
) -> None:
    message = await root(bot, channel)
    discord.pass_time(hours=1)
    await message.create_thread(name="Late")

    assert [m.type for m in channel.messages] == [MessageType.DEFAULT, MessageType.THREAD_CREATED]


async def test_threads_do_not_nest_and_direct_messages_have_none(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    thread = await (await root(bot, channel)).create_thread(name="Talk")
    inner = await thread.send("inner")

    assert await refusal(inner.create_thread(name="Nested")) == (403, 50024)
    direct = await discord.say("psst", channel=discord.direct(ada), person=ada)
    call = bot.http.start_thread_with_message(
        direct.channel.id, direct.id, name="Direct", auto_archive_duration=60
    )
    assert await refusal(call) == (403, 50003)


async def test_threads_without_a_message(
    discord: DiscordServer, channel: Channel, bot: Bot
) -> None:
    place: Any = bot.get_channel(channel.id)

    await place.create_thread(name="Open", type=ChannelType.public_thread)
    assert await refusal(place.create_thread(name="Closed")) == (403, 50013)
    discord.allow(channel, Permission.CREATE_PRIVATE_THREADS)
    await place.create_thread(name="Closed")

    kinds = [thread.kind for thread in discord.guild.threads]
    assert kinds == [Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD]


async def test_a_forum_post_is_a_thread_with_its_first_message(
    discord: DiscordServer, rest: Bot
) -> None:
    forum = discord.add_channel("forum", kind="forum", tags=["news"], needs_tag=True)
    place: Any = await rest.fetch_channel(forum.id)
    tag = place.available_tags[0]

    created = await place.create_thread(name="Post", content="Hello", applied_tags=[tag])

    [thread] = discord.guild.threads
    assert created.thread.id == created.message.id == thread.id
    assert thread.applied_tags == [tag.id]
    assert [message.content for message in thread.messages] == ["Hello"]
    assert await refusal(place.create_thread(name="Post", content="x")) == (400, 40067)
    assert await refusal(channel_of(rest, forum).send("x")) == (400, 40058)


async def test_sending_unarchives_unless_it_is_locked(
    discord: DiscordServer, channel: Channel, bot: Bot
) -> None:
    discord.is_throttling = False
    thread = await (await root(bot, channel)).create_thread(name="Talk")
    [opened] = discord.guild.threads
    sent = await thread.send("one")
    discord.change_thread(opened, is_archived=True)

    assert await refusal(sent.edit(content="two")) == (400, 50083)
    assert await refusal(sent.pin()) == (400, 50083)
    assert await refusal(sent.add_reaction("👀")) == (400, 50083)
    await thread.send("three")
    assert not opened.is_archived

    discord.change_thread(opened, is_archived=True, is_locked=True)
    assert await refusal(thread.send("four", nonce="n4")) == (403, 50083)
    discord.change_thread(opened, is_archived=False)
    assert await refusal(thread.send("five")) == (403, 160005)
    discord.allow(channel, Permission.MANAGE_THREADS)
    await thread.send("four", nonce="n4")
    assert [message.content for message in opened.messages] == ["", "one", "three", "four"]


async def test_quiet_threads_are_archived(
    discord: DiscordServer, channel: Channel, bot: Bot
) -> None:
    thread = await (await root(bot, channel)).create_thread(name="Talk", auto_archive_duration=60)
    [opened] = discord.guild.threads
    discord.pass_time(minutes=59)
    assert not opened.is_archived

    discord.pass_time(minutes=2)

    assert opened.is_archived
    await discord.until(lambda: bot.get_channel(opened.id) is None)
    await thread.send("awake")
    assert not opened.is_archived


async def test_who_may_change_a_thread(
    discord: DiscordServer, channel: Channel, ada: Person, rest: Bot
) -> None:
    theirs = await discord.start_thread("Hers", person=ada, channel=channel)
    thread: Any = await rest.fetch_channel(theirs.id)

    assert await refusal(thread.edit(archived=True)) == (403, 50013)
    assert await refusal(thread.edit(locked=True)) == (403, 50013)
    assert await refusal(thread.delete()) == (403, 50013)
    discord.allow(channel, Permission.MANAGE_THREADS)
    await thread.edit(locked=True, archived=True, name="Ours")
    assert (theirs.name, theirs.is_locked, theirs.is_archived) == ("Ours", True, True)
    assert await refusal(thread.edit(name="Theirs")) == (400, 50083)
    await thread.edit(archived=False)
    await thread.delete()
    assert theirs.is_deleted
    assert await refusal(thread.send("x")) == (404, 10003)


async def test_the_bot_archives_its_own(discord: DiscordServer, channel: Channel, bot: Bot) -> None:
    thread = await (await root(bot, channel)).create_thread(name="Talk")
    await thread.edit(archived=True)
    [opened] = discord.guild.threads
    assert opened.is_archived
    await thread.edit(archived=False)
    assert not opened.is_archived


async def test_members_of_threads(
    discord: DiscordServer, channel: Channel, ada: Person, rest: Bot
) -> None:
    theirs = await discord.start_thread("Hers", person=ada, channel=channel)
    grace = discord.add_person("Grace")
    thread: Any = await rest.fetch_channel(theirs.id)

    await thread.join()
    await thread.add_user(Object(grace.id))
    assert list(theirs.thread_members) == [ada.id, discord.bot.id, grace.id]
    assert len(await thread.fetch_members()) == 3
    await thread.leave()
    await discord.say("hello", channel=theirs, person=discord.guild.owner)
    assert discord.guild.owner.id in theirs.thread_members
    discord.deny(channel, Permission.SEND_MESSAGES_IN_THREADS)
    assert await refusal(thread.add_user(Object(grace.id))) == (403, 50013)
    assert await refusal(thread.remove_user(Object(grace.id))) == (403, 50013)
    assert await refusal(thread.fetch_member(discord.bot.id)) == (404, 10007)


async def test_threads_are_listed(
    discord: DiscordServer, channel: Channel, ada: Person, rest: Bot
) -> None:
    active = await discord.start_thread("Active", person=ada, channel=channel)
    archived = await discord.start_thread("Archived", person=ada, channel=channel)
    discord.change_thread(archived, is_archived=True)
    guild = await rest.fetch_guild(discord.guild.id)
    place: Any = await rest.fetch_channel(channel.id)

    assert [thread.id for thread in await guild.active_threads()] == [active.id]
    assert [thread.id async for thread in place.archived_threads()] == [archived.id]


async def test_private_threads_are_listed_for_moderators(
    discord: DiscordServer, channel: Channel, bot: Bot
) -> None:
    place: Any = bot.get_channel(channel.id)
    discord.allow(channel, Permission.CREATE_PRIVATE_THREADS)
    closed = await place.create_thread(name="Closed")
    discord.change_thread(discord.guild.threads[0], is_archived=True)

    async def read() -> list[int]:
        return [thread.id async for thread in place.archived_threads(private=True)]

    assert await refusal(read()) == (403, 50013)
    assert await refusal(closed.join()) == (400, 50083)
    discord.allow(channel, Permission.MANAGE_THREADS)
    assert await read() == [closed.id]


async def test_where_threads_cannot_be(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    forum = discord.add_channel("forum", kind="forum", tags=["news"])
    news = discord.add_channel("news", kind="announcement")
    discord.allow(news, Permission.CREATE_PRIVATE_THREADS)
    post = await discord.start_thread("Post", person=ada, channel=forum, text="x")
    pinned = await channel_of(bot, channel).send("x")
    await pinned.pin()

    async def start(place: Channel, message: int) -> tuple[int, int]:
        call = bot.http.start_thread_with_message(
            place.id, message, name="x", auto_archive_duration=60
        )
        return await refusal(call)

    assert await start(forum, post.id) == (403, 50024)
    assert await start(channel, stored(channel).id) == (403, 50021)
    call = bot.http.start_thread_without_message(
        news.id, name="x", auto_archive_duration=60, type=12
    )
    assert await refusal(call) == (403, 50024)
    member = bot.http.join_thread(channel.id)
    assert await refusal(member) == (403, 50024)
    tagged = bot.http.request(
        Route("POST", "/channels/{channel_id}/threads", channel_id=forum.id),
        json={"name": "x", "applied_tags": ["1"], "message": {"content": "x"} | QUIET},
    )
    assert await refusal(tagged) == (400, 10087)


async def test_a_guild_has_room_for_so_many_active_threads(
    discord: DiscordServer, channel: Channel, bot: Bot
) -> None:
    discord.most_active_threads = 1
    await (await root(bot, channel)).create_thread(name="One")

    assert await refusal((await root(bot, channel)).create_thread(name="Two")) == (400, 160006)


@pytest.mark.parametrize("kind", ["text", "announcement"])
async def test_people_start_threads(
    discord: DiscordServer, ada: Person, bot: Bot, kind: str
) -> None:
    place = discord.add_channel("news", kind=kind)
    said = await discord.say("news", channel=place, person=ada)

    thread = await discord.start_thread("Talk", person=ada, message=said)
    await discord.mention("here", channel=thread, person=ada)

    await discord.until(lambda: len(bot.heard) == 3)
    assert (said.thread, thread.parent) == (thread, place)
    assert bot.heard[-1].channel.id == thread.id
    expected = Kind.PUBLIC_THREAD if kind == "text" else Kind.ANNOUNCEMENT_THREAD
    assert thread.kind is expected


async def test_people_wake_threads_unless_they_are_locked(
    discord: DiscordServer, channel: Channel, ada: Person
) -> None:
    thread = await discord.start_thread("Talk", person=ada, channel=channel)
    discord.change_thread(thread, is_archived=True)

    await discord.say("awake", channel=thread, person=ada)

    assert not thread.is_archived
    discord.change_thread(thread, is_locked=True)
    with pytest.raises(AssertionError, match="locked"):
        await discord.say("again", channel=thread, person=ada)


async def test_people_post_in_forums(discord: DiscordServer, ada: Person, bot: Bot) -> None:
    forum = discord.add_channel("forum", kind="forum")

    thread = await discord.start_thread(
        "Post", person=ada, channel=forum, text=f"{discord.bot.mention} help"
    )

    await discord.until(lambda: bot.heard)
    assert bot.heard[0].channel.id == bot.heard[0].id == thread.id
