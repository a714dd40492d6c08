"""A team's life with the bot in Slack: what it sets, asks, spends, repeats, reads and forgets."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.adapters import serving
from tests.adapters.slack.windows import Hands
from tests.adapters.stage import MEMBERS, SPEED
from tests.e2e.team import NEW, QUESTION, Operator, in_the_end
from tests.fakes.model_server import ModelServer
from tests.fakes.shapes import as_list, as_object
from tests.fakes.slack.records import Channel, Message, Person
from tests.fakes.slack.server import SlackServer
from tests.launcher import Launcher, Process

NOT_NAMED = "Only some people may ask here. An admin can name you under /council config."
NO_ADMIN = "Only an admin, or somebody whom an admin named, may do this."


@dataclass(kw_only=True)
class Team(Operator):
    """Two channels of a team, and two of its people."""

    slack: SlackServer
    channel: Channel
    other: Channel
    boss: Person
    kim: Person

    def serving(self) -> AbstractAsyncContextManager[Process]:
        """Run the program until the context ends."""
        settings = {
            **self.environment(),
            "COUNCIL_SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.workspace.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
        }
        start = self.launcher.start
        return serving.program(start, "tests.adapters.slack.program", self.folder, settings)

    async def command(
        self, text: str, *, channel: Channel | None = None, person: Person | None = None
    ) -> str | None:
        """Give a slash command; return what its person is told, if anything."""
        who = person or self.kim
        reply = await self.slack.command(text, channel=channel or self.channel, person=who)
        assert reply.is_acknowledged
        if reply.body is None:
            return None
        self.told.append("\n".join(texts(reply.body)))
        return self.told[-1]

    async def said(
        self, text: str, *, channel: Channel | None = None, person: Person | None = None
    ) -> str:
        """Give a slash command that tells something."""
        return await self.command(text, channel=channel, person=person) or ""

    async def asked(self, text: str, channel: Channel, shows: str) -> Message:
        """Ask, and return the root message once it shows something."""
        before = len(channel.messages)
        assert await self.command(text, channel=channel) is None
        return await self.root(channel, before, shows)

    async def root(self, channel: Channel, before: int, shows: str) -> Message:
        """Return the root message among the new ones once it shows something."""

        def found() -> Message | None:
            roots = [one for one in channel.messages[before:] if one.text.startswith("Question: ")]
            return roots[0] if roots and shows in shown(roots[0]) else None

        root = await self.slack.until(found, patience_s=30)
        assert root is not None
        self.told += [shown(one) for one in channel.messages[before:] if one.bot_id]
        return root


@pytest.fixture
async def team(tmp_path: Path, sqlite_url: str, launcher: Launcher) -> AsyncGenerator[Team]:
    async with ModelServer() as models, SlackServer(speed=SPEED) as slack:
        boss, kim = slack.add_person("boss", is_admin=True), slack.add_person("kim")
        team = Team(
            models=models,
            launcher=launcher,
            folder=tmp_path,
            database_url=sqlite_url,
            slack=slack,
            channel=slack.add_channel("general", members=[boss, kim]),
            other=slack.add_channel("other", members=[boss, kim]),
            boss=boss,
            kim=kim,
        )
        team.prepare()
        yield team


async def test_a_teams_life_in_slack(team: Team) -> None:
    async with team.serving() as process:
        await an_admin_fills_in_the_form(team)
        await others_may_only_look(team)
        root = await what_runs_keeps_what_it_began_with(team)
        process.kill()
        await process.wait()
    team.hurry()
    async with team.serving():
        await it_ends_as_it_began(team, root)
        await people_talk_on(team, root)
        await the_limit_refuses_the_next_one(team)
        await settings_go_elsewhere(team)
        await a_question_repeats(team)
        await people_look_back_and_forget(team)
        await the_operator_halts_all(team)

    assert team.raw_ids() == []


async def an_admin_fills_in_the_form(team: Team) -> None:
    boss = Hands(team, team.boss)
    await boss.open("config")
    assert "A question costs about $0." in boss.shown
    await boss.push("new")
    assert await boss.search("model", NEW) == [f"work/{NEW}"]
    await boss.send(model=f"work/{NEW}", name="Oak", persona="Pays the bill.")
    team.slack.fill(boss.top, {"mode": {"mode": "thorough"}})
    await boss.push("limits")
    await boss.send(limits__councils_day="3", limits__usd_day="5")
    await boss.push("rights")
    await boss.send(askers=[team.kim.id])
    await boss.send()
    team.told += texts(boss.top.blocks)

    assert "Mode: inherited → thorough" in boss.shown
    assert "Limits: none → $5.00 a day, 3 councils a day" in boss.shown
    assert re.search(r"A question costs about \$0\.\d\d, at most \$0\.\d\d\.", boss.shown)
    held = await team.said("config show")
    assert f"Who may ask: <@{team.kim.id}> · set here" in held
    assert "Oak (work/oak, with a persona) · set here" in held
    assert "Chairman: maple (work/maple) · from the operator" in held
    assert " · boss · Members: inherited → alder" in await team.said("config changes")


async def others_may_only_look(team: Team) -> None:
    for words in ("use quick", "reset", "export", "import pins = 3", "save ours", "drop ours"):
        assert await team.said(f"config {words}") == NO_ADMIN
    eve, kim = team.slack.add_person("eve"), Hands(team, team.kim)
    assert await team.said(QUESTION, person=eve) == NOT_NAMED
    await kim.open("config")

    assert NO_ADMIN in kim.shown
    assert await team.said("keys list") == "Only an admin may do this."
    assert (await team.said("keys list", person=team.boss)).endswith(
        "has brought no provider; you can bring one under /council keys."
    )


async def what_runs_keeps_what_it_began_with(team: Team) -> Message:
    team.slow_down(0.3)
    root = await team.asked(QUESTION, team.channel, "answering")
    used = await team.said("config use quick", person=team.boss)

    assert "Mode: thorough → fast" in used
    assert re.search(r"thorough · chairman maple · about \$0\.\d\d, at most", shown(root))
    assert QUESTION in await team.said("status")
    return root


async def it_ends_as_it_began(team: Team, root: Message) -> None:
    await team.root(team.channel, 0, "Read the final answer")

    thread = team.channel.thread(root.ts)
    reviews = [one for one in thread if " · review" in one.text or "second reading" in one.text]
    assert len(reviews) == 2 * len((*MEMBERS, NEW))
    assert "thorough · chairman maple · id" in shown(root)
    spent = "This channel, today: $0.13 of $5.00, $4.87 left · 1 of 3 councils. Resets at 00:00"
    assert "You, this month: $0.13" in await in_the_end(partial(team.said, "budget"), spent)


async def people_talk_on(team: Team, root: Message) -> None:
    slack, channel = team.slack, team.channel
    await slack.say("We have little memory.", channel=channel, person=team.boss)
    before = len(channel.messages)
    await slack.mention("So what do we do?", channel=channel, person=team.kim)
    await team.root(channel, before, "Read the final answer")
    before = len(channel.messages)
    await slack.mention("And a queue?", channel=channel, person=team.kim, thread_ts=root.ts)
    followed = await team.root(channel, before, "Read the final answer")

    first, second = team.prompts("So what do we"), team.prompts("And a queue?")
    assert ["boss: We have little memory." in one for one in first] == [True] * 4
    assert [f"kim: {QUESTION}" in one for one in second] == [True] * 4
    assert followed.thread_ts == root.ts
    assert "fast · chairman maple" in shown(followed)


async def the_limit_refuses_the_next_one(team: Team) -> None:
    assert await team.said("One too many?") == (
        "This channel may hold 3 councils a day; none is left. It resets at 00:00 (UTC)."
    )


async def settings_go_elsewhere(team: Team) -> None:
    other, boss = team.other, team.boss
    exported = await team.said("config export", person=boss)
    toml = exported[exported.index('mode = "fast"') :].replace("councils_day = 3\n", "")
    saved = await team.said(f"config import {toml}", channel=other, person=boss)

    assert "Saved for this channel." in saved
    assert "Limits: none → $5.00 a day" in saved
    assert "Mode: fast" in await team.said("config show", channel=other)


async def a_question_repeats(team: Team) -> None:
    other = team.other
    added = await team.said('schedule add "weekdays 09:00" What of {date}?', channel=other)
    known = added.split()[1].rstrip(":")
    before = len(other.messages)
    ran = await team.said(f"schedule run {known}", channel=other)
    root = await team.root(other, before, "Read the final answer")

    assert "at 09:00 on Monday through Friday, UTC time, next " in added
    assert ran == f"Asked now; {known} itself stays as it is."
    assert re.search(r"What of \d+ \w+ \d{4}\?", shown(root))
    assert f"{known} · at 09:00" in await team.said("schedule", channel=other)
    removed = await team.said(f"schedule remove {known}", channel=other, person=team.boss)
    assert removed == f"Removed {known}: What of {{date}}?"


async def people_look_back_and_forget(team: Team) -> None:
    found = await team.said("history event log")
    known = found.rpartition(" id ")[2]
    again = await team.said(f"show {known}")

    assert QUESTION in again
    assert "Final answer" in again
    assert "Oak (work/oak): sat 3 times" in await team.said("stats")
    eve = team.slack.add_person("eve")
    theirs = await team.said(f"forget {known}", person=eve)
    assert theirs == "Only kim, who asked, or an admin can delete this."
    assert (await team.said(f"forget {known}")).startswith("Deleted, with its answers and reviews")
    assert "There is no such question in this channel" in await team.said(f"show {known}")


async def the_operator_halts_all(team: Team) -> None:
    team.slow_down(20)
    halted = "Councils are halted by my operator: The bill is too high."
    root = await team.asked("Will this go on?", team.other, "answering")
    await team.council("halt", "The bill is too high")
    await team.slack.until(lambda: f"*{halted}*" in shown(root))

    assert await team.said("And this?", channel=team.other) == halted
    team.hurry()
    await team.council("go-on")
    await team.asked("And this now?", team.other, "Read the final answer")
    assert "Deleted: " in await team.said("forget me")
    assert await team.said("history") == "Nothing was asked in this channel yet."


def shown(message: Message) -> str:
    """Return all that a message says."""
    return "\n".join(texts(message.blocks)) or message.text


def texts(value: object) -> Iterator[str]:
    """Give every text of a message; that of notifications only if it is all that there is."""
    found = as_object(value) or {}
    if found.get("blocks"):
        yield from texts(found["blocks"])
    elif isinstance(found.get("text"), str):
        yield found["text"]
    else:
        for inner in found.values():
            yield from texts(inner)
    for inner in as_list(value) or []:
        yield from texts(inner)
