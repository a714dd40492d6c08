"""Posting, editing, deleting and reading, through the real discord.py."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession

from tests.fakes.discord.intents import Intent
from tests.fakes.discord.kinds import Flag, MessageType
from tests.fakes.discord.library import DeletedReferencedMessage, MultipartParameters, RateLimited
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal, stored
from tests.fakes.discord.server import DiscordServer

POST = "POST /channels/{id}/messages"
QUIET: dict[str, Any] = {"allowed_mentions": {"parse": []}}


async def test_a_message_is_posted(discord: DiscordServer, channel: Channel, rest: Bot) -> None:
    sent = await channel_of(rest, channel).send("Hello", nonce="n1")

    message = stored(channel)
    assert (sent.id, sent.content, sent.nonce) == (message.id, "Hello", "n1")
    assert (message.author, message.nonce) == (discord.bot, "n1")
    assert discord.calls[-1].route == POST
    assert discord.calls[-1].body["allowed_mentions"] == {"parse": []}
    assert (discord.calls[-1].status, discord.calls[-1].code) == (200, None)
    assert discord.count(POST) == 1


async def test_a_nonce_gives_the_same_message_for_a_few_minutes(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    place = channel_of(rest, channel)
    first = await place.send("one", nonce="n1")
    again = await place.send("two", nonce="n1")
    discord.pass_time(minutes=4)
    late = await place.send("three", nonce="n1")

    assert again.id == first.id != late.id
    assert [message.content for message in channel.messages] == ["one", "three"]


async def test_a_nonce_that_is_not_enforced_posts_twice(
    discord: DiscordServer, channel: Channel
) -> None:
    headers = {"Authorization": f"Bot {discord.token}"}
    body = {"content": "x", "nonce": "n1", **QUIET}

    async with ClientSession(headers=headers) as session:
        for _ in range(2):
            await session.post(f"{discord.api_url}/channels/{channel.id}/messages", json=body)

    assert len(channel.messages) == 2


async def test_a_nonce_from_another_channel_is_a_violation(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    other = discord.add_channel("other")
    await channel_of(rest, channel).send("one", nonce="n1")
    await channel_of(rest, other).send("two", nonce="n1")

    assert other.messages == []
    assert discord.violations[0].startswith(f"{POST}: nonce_reused")
    discord.violations.clear()


async def test_an_edit_keeps_versions(channel: Channel, rest: Bot) -> None:
    sent = await channel_of(rest, channel).send("one")
    edited = await sent.edit(content="two")

    message = stored(channel)
    assert edited.content == message.content == "two"
    assert [version.content for version in message.versions] == ["one", "two"]
    assert edited.edited_at is not None


async def test_the_bot_edits_only_its_own(
    discord: DiscordServer, channel: Channel, ada: Person, rest: Bot
) -> None:
    theirs = await discord.say("hers", channel=channel, person=ada)
    partial = channel_of(rest, channel).get_partial_message(theirs.id)

    assert await refusal(partial.edit(content="mine")) == (403, 50005)
    assert await refusal(partial.delete()) == (403, 50013)
    fetched = await partial.fetch()
    assert await refusal(fetched.edit(suppress=True)) == (403, 50013)
    discord.allow(channel, Permission.MANAGE_MESSAGES)
    await fetched.edit(suppress=True)
    assert theirs.flags == Flag.SUPPRESS_EMBEDS
    await partial.delete()
    assert theirs.is_deleted


async def test_old_messages_have_few_edits(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.old_edits = 1
    sent = await channel_of(rest, channel).send("one")
    await sent.edit(content="two")
    discord.pass_time(hours=1, seconds=1)
    await sent.edit(content="three")
    rest.http.max_ratelimit_timeout = 30

    with pytest.raises(RateLimited):
        await sent.edit(content="four")

    assert (discord.calls[-1].status, discord.calls[-1].code) == (429, 30046)
    discord.pass_time(hours=1)
    await sent.edit(content="five")
    assert stored(channel).content == "five"


async def test_what_is_deleted_is_gone(channel: Channel, rest: Bot) -> None:
    sent = await channel_of(rest, channel).send("one")
    await sent.delete()

    assert channel.shown == []
    assert await refusal(sent.delete()) == (404, 10008)
    assert await refusal(sent.edit(content="two")) == (404, 10008)
    assert await refusal(channel_of(rest, channel).fetch_message(sent.id)) == (404, 10008)


async def test_history_is_read_in_both_directions(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.is_throttling = False
    place = channel_of(rest, channel)
    sent = [await place.send(str(number)) for number in range(7)]

    async def read(**how: Any) -> list[str]:
        return [message.content async for message in place.history(**how)]

    assert await read(limit=3) == ["6", "5", "4"]
    assert await read(before=sent[3], limit=2) == ["2", "1"]
    assert await read(after=sent[3], limit=2) == ["4", "5"]
    assert await read(around=sent[3], limit=3) == ["4", "3", "2"]
    channel_read = [m.nonce async for m in place.history(limit=1)]
    assert channel_read == [None]
    discord.deny(channel, Permission.READ_MESSAGE_HISTORY)
    assert await read(limit=3) == []
    assert await refusal(place.fetch_message(sent[0].id)) == (403, 50013)


async def test_without_the_intent_others_content_is_empty(
    discord: DiscordServer, channel: Channel, ada: Person, rest: Bot
) -> None:
    place = channel_of(rest, channel)
    mine = await place.send("mine")
    file = discord.add_file("a.txt", b"x")
    await discord.say("hers", channel=channel, person=ada, files=[file])
    await discord.mention("hear me", channel=channel, person=ada)
    await discord.say("yes", channel=channel, person=ada, reply_to=stored(channel, 0))
    await discord.say("hm", channel=discord.direct(ada), person=ada)

    async def read(where: Channel) -> list[str]:
        return [message.content async for message in channel_of(rest, where).history()]

    assert await read(channel) == ["yes", f"<@{discord.bot.id}> hear me", "", "mine"]
    assert await read(discord.direct(ada)) == ["hm"]
    assert (await place.fetch_message(stored(channel, 1).id)).attachments == []
    discord.allowed_intents = Intent.MESSAGE_CONTENT
    assert (await read(channel))[2] == "hers"
    assert mine.content == "mine"


async def test_people_edit_what_they_said(
    discord: DiscordServer, channel: Channel, ada: Person, rest: Bot
) -> None:
    said = await discord.say("one", channel=channel, person=ada)

    await discord.edit(said, f"{discord.bot.mention} two")

    fetched = await channel_of(rest, channel).fetch_message(said.id)
    assert fetched.content == f"{discord.bot.mention} two"
    assert fetched.edited_at is not None


async def test_replies(discord: DiscordServer, channel: Channel, ada: Person, rest: Bot) -> None:
    theirs = await discord.say("hers", channel=channel, person=ada)
    partial = channel_of(rest, channel).get_partial_message(theirs.id)

    await partial.reply("quiet", mention_author=False)
    quiet = stored(channel)
    await partial.reply("loud", mention_author=True)

    assert (quiet.type, quiet.replied_to, quiet.mentions) == (MessageType.REPLY, theirs, [])
    assert stored(channel).mentions == [ada.id]
    assert discord.violations == [
        f"{POST}: mentions_allowed: /allowed_mentions/replied_user: must be empty"
    ]
    discord.violations.clear()
    discord.delete(theirs)
    assert await refusal(partial.reply("late")) == (400, 50035)
    fetched = await channel_of(rest, channel).fetch_message(quiet.id)
    assert isinstance(fetched.reference.resolved, DeletedReferencedMessage)
    discord.deny(channel, Permission.READ_MESSAGE_HISTORY)
    other = channel_of(rest, channel).get_partial_message(quiet.id)
    assert await refusal(other.reply("blind")) == (400, 160002)


async def test_mentions_ping_whom_the_payload_allows(
    discord: DiscordServer, channel: Channel, ada: Person, rest: Bot
) -> None:
    discord.expected_errors = {"mentions_allowed"}
    role, other = discord.add_role("Team", is_mentionable=True), discord.add_role("Other")
    text = f"@everyone {ada.mention} <@&{role.id}> <@&{other.id}>"
    place = channel_of(rest, channel)

    await place.send(text)
    await rest.http.send_message(channel.id, params=_params({"content": text}))
    discord.allow(channel, Permission.MENTION_EVERYONE)
    await rest.http.send_message(channel.id, params=_params({"content": text}))

    pings = [message.mentions for message in channel.messages]
    assert pings == [[], [ada.id, role.id], [ada.id, role.id, other.id, "everyone"]]
    reason = "mentions_allowed: /allowed_mentions: missing, so that all mentions ping"
    assert discord.violations == [f"{POST}: {reason}"] * 2


def _params(payload: dict[str, Any]) -> Any:
    return MultipartParameters(payload=payload, multipart=None, files=None)


async def test_what_cannot_be_posted_or_edited(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.is_throttling = False
    place = channel_of(rest, channel)
    sent = await place.send("x")
    await sent.pin()
    note = place.get_partial_message(stored(channel).id)
    other: Any = await rest.fetch_channel(discord.add_channel("other").id)
    category = discord.add_channel("group", kind="category")

    assert await refusal(sent.edit(content="")) == (400, 50006)
    assert await refusal(note.reply("x", mention_author=False)) == (400, 50035)
    assert await refusal(sent.forward(other)) == (400, 50035)
    assert await refusal(channel_of(rest, category).send("x")) == (400, 50008)
    assert await refusal(place.fetch_message("x")) == (400, 50035)
    codes = [violation.split(": ")[1] for violation in discord.violations]
    assert codes == ["50006", "50035"]
    discord.violations.clear()


async def test_direct_messages(discord: DiscordServer, ada: Person, rest: Bot) -> None:
    user = await rest.fetch_user(ada.id)
    await user.send("psst")

    direct = discord.direct(ada)
    assert [message.content for message in direct.messages] == ["psst"]
    ada.is_closed = True
    assert await refusal(user.send("again")) == (403, 50007)
    assert await refusal(rest.fetch_user(1)) == (404, 10013)


async def test_flags_can_be_set_and_unset(channel: Channel, rest: Bot) -> None:
    sent = await channel_of(rest, channel).send("x", suppress_embeds=True, silent=True)
    assert stored(channel).flags == Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS

    await sent.edit(suppress=False)

    assert stored(channel).flags == Flag.SUPPRESS_NOTIFICATIONS


async def test_reactions(discord: DiscordServer, channel: Channel, ada: Person, rest: Bot) -> None:
    discord.is_throttling = False
    theirs = await discord.say("hers", channel=channel, person=ada)
    partial = channel_of(rest, channel).get_partial_message(theirs.id)

    await partial.add_reaction("👀")
    assert theirs.reactions == {"👀": [discord.bot.id]}
    await partial.remove_reaction("👀", rest.user)
    assert theirs.reactions == {}
    discord.deny(channel, Permission.ADD_REACTIONS)
    assert await refusal(partial.add_reaction("👀")) == (403, 50013)


async def test_typing_is_seen(discord: DiscordServer, channel: Channel, rest: Bot) -> None:
    await channel_of(rest, channel).typing()

    assert discord.typing == [channel]
