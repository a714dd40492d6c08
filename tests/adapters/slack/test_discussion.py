"""What was said before a mention comes along."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Remark
from bot.domain.events import SynthesisReady
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.fakes.council import SYNTHESIS
from tests.fakes.slack import faults
from tests.fakes.slack.records import Message, Person
from tests.fakes.slack.server import SlackServer


async def says(lobby: Lobby, text: str, thread_ts: str | None = None) -> str:
    """Let Kim say something; return its ts."""
    said = await lobby.slack.say(text, channel=lobby.channel, person=lobby.kim, thread_ts=thread_ts)
    assert said.message is not None
    return said.message.ts


async def remarks(lobby: Lobby, *, thread_ts: str | None = None) -> list[str]:
    """Mention the bot, and return what came along as `speaker: text`."""
    before = len(await lobby.asked())
    await lobby.slack.mention(
        "Who is right?", channel=lobby.channel, person=lobby.kim, thread_ts=thread_ts
    )
    asked = await lobby.asked()
    assert len(asked) == before + 1
    return [f"{remark.speaker}: {remark.text}" for remark in asked[-1].question.context]


async def test_a_mention_in_a_channel_takes_what_people_said_before(lobby: Lobby) -> None:
    ann = lobby.slack.add_person("Ann")
    await says(lobby, "Postgres &amp; nothing else.")
    await lobby.slack.say("SQLite is enough.", channel=lobby.channel, person=ann)

    assert await remarks(lobby) == ["kim: Postgres & nothing else.", "Ann: SQLite is enough."]


async def test_a_mention_in_a_thread_takes_the_thread(lobby: Lobby) -> None:
    await says(lobby, "Elsewhere.")
    root = await says(lobby, "Which database?")
    await says(lobby, "Postgres.", root)
    await says(lobby, "Elsewhere again.")

    assert await remarks(lobby, thread_ts=root) == ["kim: Which database?", "kim: Postgres."]


async def test_the_newest_are_kept_and_a_threads_root(lobby: Lobby) -> None:
    root = await says(lobby, "Which database?")
    for number in range(30):
        await says(lobby, f"Reply {number}.", root)

    said = await remarks(lobby, thread_ts=root)

    assert len(said) == 21
    assert (said[0], said[1], said[-1]) == (
        "kim: Which database?",
        "kim: Reply 10.",
        "kim: Reply 29.",
    )


async def test_in_a_channel_the_newest_are_kept(lobby: Lobby) -> None:
    for number in range(30):
        await says(lobby, f"Remark {number}.")

    said = await remarks(lobby)

    assert (len(said), said[0], said[-1]) == (20, "kim: Remark 10.", "kim: Remark 29.")


async def test_what_bots_wrote_and_what_merely_happened_stays_out(lobby: Lobby) -> None:
    robot = lobby.slack.add_person("Robot", is_bot=True)
    lobby.bot_says([])
    for fields in ({"bot_id": "B0OTHER"}, {"subtype": "channel_join"}):
        message = Message(lobby.slack.stamps.ts(), lobby.channel, "Noise.", user=robot.id)
        for name, value in fields.items():
            setattr(message, name, value)
        lobby.slack.post(message)
    await says(lobby, "A remark.")

    assert await remarks(lobby) == ["kim: A remark."]


async def test_a_follow_up_has_each_question_and_answer_once(lobby: Lobby) -> None:
    first = await lobby.have("First, why?", SynthesisReady(SYNTHESIS))
    root = lobby.channel.messages[0].ts
    bot = lobby.slack.workspace.bot_user_id
    await says(lobby, f"<@{bot}> First, why?", root)
    await says(lobby, "I doubt that.", root)

    await lobby.slack.mention("And then?", channel=lobby.channel, person=lobby.kim, thread_ts=root)

    _, second = await lobby.asked()
    assert second.question.context == (
        Remark("kim", first.question.text),
        Remark("Council", SYNTHESIS.text),
        Remark("kim", "I doubt that."),
    )


async def test_in_direct_messages_nothing_is_read(lobby: Lobby) -> None:
    direct = lobby.slack.direct(lobby.kim)
    await lobby.slack.say("First, why?", channel=direct, person=lobby.kim)
    await lobby.slack.say("And then?", channel=direct, person=lobby.kim)

    assert [one.question.context for one in await lobby.asked()] == [(), ()]
    assert lobby.slack.count("conversations.history") == 0


TROUBLES = {
    "no right": faults.error("missing_scope"),
    "rate limit": faults.rate_limited(60),
    "trouble": faults.status(503),
    "silence": faults.silence(30),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=list(TROUBLES))
async def test_a_question_stands_without_it(lobby: Lobby, trouble: faults.Fault) -> None:
    await says(lobby, "A remark.")
    lobby.slack.faults.add("conversations.history", replace(trouble), times=None)

    assert await remarks(lobby) == []
    assert lobby.slack.ephemerals == []


async def test_a_distributed_app_goes_without_once_its_call_is_used_up(slack: SlackServer) -> None:
    slack.is_distributed = True
    async with open_lobby(slack) as lobby:
        await says(lobby, "A remark.")
        said = [await remarks(lobby) for _ in range(3)]

    assert said[0] == ["kim: A remark."]
    assert said[2] == []
    assert slack.violations == []


async def test_an_operator_may_turn_it_off(slack: SlackServer) -> None:
    async with open_lobby(slack, discussion=0) as lobby:
        await says(lobby, "A remark.")

        assert await remarks(lobby) == []
        assert slack.count("conversations.history") == 0


async def test_where_nothing_may_be_asked_nothing_is_read(lobby: Lobby) -> None:
    lobby.channel.has_bot = False
    await lobby.slack.mention("Why?", channel=lobby.channel, person=lobby.kim)

    assert lobby.slack.count("conversations.history") == 0


async def test_names_and_channels_are_shown_as_people_see_them(lobby: Lobby) -> None:
    ann: Person = lobby.slack.add_person("Ann")
    await says(lobby, f"Ask <@{ann.id}> in <#C1|general>.")

    assert await remarks(lobby) == ["kim: Ask @Ann in #general."]
