"""A team's life with the bot in Discord: what it sets, asks, spends, repeats, reads and forgets."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.adapters.discord.lobby import words
from tests.adapters.discord.serving import program
from tests.adapters.stage import MEMBERS, SPEED
from tests.e2e.discord_form import Form
from tests.e2e.team import NEW, QUESTION, Operator, in_the_end
from tests.fakes.discord.components import parts_in
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.kinds import Flag
from tests.fakes.discord.records import Channel, Message, Person
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Reply
from tests.fakes.model_server import ModelServer
from tests.launcher import Launcher, Process

NOT_NAMED = "Only some people may ask here. An admin can name you under /council config."
NO_ADMIN = "Only an admin, or somebody whom an admin named, may do this."
DONE = "Read the final answer"


@dataclass(kw_only=True)
class Team(Operator):
    """Two channels of a team, and two of its people."""

    discord: DiscordServer
    channel: Channel
    other: Channel
    boss: Person
    ada: Person

    def serving(self) -> AbstractAsyncContextManager[Process]:
        """Run the program until the context ends."""
        start, more = self.launcher.start, self.environment()
        return program(start, self.folder, self.database_url, self.discord, **more)

    async def said(
        self,
        *rest: str | Mapping[str, object],
        channel: Channel | None = None,
        person: Person | None = None,
        shows: str = "",
    ) -> str:
        """Give a command and return what its person is told, once it shows something."""
        who, place = person or self.ada, channel or self.channel
        reply = await self.discord.command("council", *rest, channel=place, person=who)
        assert reply.is_acknowledged
        await self.discord.until(lambda: is_answered(reply) and shows in answered(reply))
        self.told.append(answered(reply))
        return self.told[-1]

    async def asked(self, text: str, channel: Channel, shows: str) -> Message:
        """Ask, and return the root message once it shows something."""
        before = len(channel.shown)
        asked = {"question": text}
        await self.discord.command("council", "ask", asked, channel=channel, person=self.ada)
        return await self.root(channel, before, shows)

    async def root(self, channel: Channel, before: int, shows: str) -> Message:
        """Return the root message among the new ones once it shows something."""

        def found() -> Message | None:
            ours = [one for one in channel.shown[before:] if one.author is self.discord.bot]
            return ours[0] if ours and shows in shown(ours[0]) else None

        root = await self.discord.until(found, patience_s=30)
        assert root is not None
        thread = root.thread
        self.told += [words(one) for one in (root, *(thread.shown if thread else ()))]
        return root


@pytest.fixture
async def team(tmp_path: Path, sqlite_url: str, launcher: Launcher) -> AsyncGenerator[Team]:
    async with ModelServer() as models, DiscordServer(speed=SPEED) as discord:
        discord.allowed_intents = Intent.MESSAGE_CONTENT
        team = Team(
            models=models,
            launcher=launcher,
            folder=tmp_path,
            database_url=sqlite_url,
            discord=discord,
            channel=discord.add_channel("general"),
            other=discord.add_channel("other"),
            boss=discord.add_person("Boss", is_admin=True),
            ada=discord.add_person("Ada"),
        )
        team.prepare()
        yield team


async def test_a_teams_life_in_discord(team: Team) -> None:
    async with team.serving() as process:
        await team.discord.until(lambda: team.discord.connections > 0)
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
    reply = await team.discord.command(
        "council", "config", "edit", channel=team.channel, person=team.boss
    )
    await team.discord.until(lambda: is_answered(reply))
    assert reply.message is not None
    form = Form(team.discord, team.boss, reply.message)
    await form.fill("Add a member", model=NEW, name="Oak", persona="Pays the bill.")
    await form.click("How it answers")
    await form.click("mode", "thorough")
    await form.click("Limits")
    await form.fill("Limits of this channel …", councils_day="3", usd_day="5")
    await form.click("Who may")
    await form.click("askers", team.ada)
    await form.click("Save")
    team.told.append(words(form.message))

    assert "Mode: inherited → thorough" in words(form.message)
    assert "Limits: none → $5.00 a day, 3 councils a day" in words(form.message)
    assert re.search(r"A question costs about \$0\.\d\d, at most \$0\.\d\d\.", words(form.message))
    held = await team.said("config", "show")
    assert f"Who may ask: {team.ada.mention} · set here" in held
    assert "Oak (work/oak, with a persona) · set here" in held
    assert "Chairman: maple (work/maple) · from the operator" in held
    assert " · Boss · Members: inherited → alder" in await team.said("config", "changes")


async def others_may_only_look(team: Team) -> None:
    assert await team.said("config", "edit") == NO_ADMIN
    assert await team.said("config", "use", {"preset": "quick"}) == NO_ADMIN
    assert await team.said("config", "import", {"text": "pins = 3"}) == NO_ADMIN
    assert await team.said("config", "export") == NO_ADMIN
    assert await team.said("config", "reset") == NO_ADMIN
    eve = team.discord.add_person("Eve")
    assert await team.said("ask", {"question": QUESTION}, person=eve) == NOT_NAMED
    assert await team.said("keys", "list") == "Only an admin may do this."
    assert (await team.said("keys", "list", person=team.boss)).endswith(
        "has brought no provider; you can bring one under /council keys."
    )


async def what_runs_keeps_what_it_began_with(team: Team) -> Message:
    team.slow_down(0.3)
    root = await team.asked(QUESTION, team.channel, "answering")
    used = await team.said("config", "use", {"preset": "quick"}, person=team.boss)

    assert "Mode: thorough → fast" in used
    assert re.search(r"thorough · chairman maple · about \$0\.\d\d, at most", shown(root))
    assert QUESTION in await team.said("status")
    return root


async def it_ends_as_it_began(team: Team, root: Message) -> None:
    await team.root(team.channel, 0, DONE)

    assert root.thread is not None
    said = [words(one) for one in root.thread.shown]
    reviews = [one for one in said if " · review" in one or "second reading" in one]
    assert len(reviews) == 2 * len((*MEMBERS, NEW))
    assert "thorough · chairman maple · id" in shown(root)
    spent = "This channel, today: $0.13 of $5.00, $4.87 left · 1 of 3 councils. Resets at 00:00"
    assert "You, this month: $0.13" in await in_the_end(partial(team.said, "budget"), spent)


async def people_talk_on(team: Team, root: Message) -> None:
    discord, channel, thread = team.discord, team.channel, root.thread
    assert thread is not None
    await discord.say("We have little memory.", channel=channel, person=team.boss)
    before = len(channel.shown)
    await discord.mention("So what do we do?", channel=channel, person=team.ada)
    await team.root(channel, before, DONE)
    before = len(thread.shown)
    await discord.mention("And a queue?", channel=thread, person=team.ada)
    followed = await team.root(thread, before, DONE)

    first, second = team.prompts("So what do we"), team.prompts("And a queue?")
    assert ["Boss: We have little memory." in one for one in first] == [True] * 4
    assert [f"Ada: {QUESTION}" in one for one in second] == [True] * 4
    assert "fast · chairman maple" in shown(followed)


async def the_limit_refuses_the_next_one(team: Team) -> None:
    refused = "This channel may hold 3 councils a day; none is left. It resets at 00:00 (UTC)."
    inside = team.discord.new_thread(team.channel, "Aside", team.ada)
    team.discord.open_thread(inside)

    assert await team.said("ask", {"question": "One too many?"}) == refused
    assert await team.said("ask", {"question": "Or here?"}, channel=inside) == refused


async def settings_go_elsewhere(team: Team) -> None:
    reply = await team.discord.command(
        "council", "config", "export", channel=team.channel, person=team.boss
    )
    await team.discord.until(lambda: is_answered(reply))
    assert reply.message is not None
    (file,) = reply.message.attachments
    toml = file.content.replace(b"councils_day = 3\n", b"")
    given = team.discord.add_file("council.toml", toml, content_type="text/plain")
    saved = await team.said(
        "config", "import", {"file": given}, channel=team.other, person=team.boss
    )

    assert "Saved for this channel." in saved
    assert "Limits: none → $5.00 a day" in saved
    assert "Mode: fast" in await team.said("config", "show", channel=team.other)


async def a_question_repeats(team: Team) -> None:
    other, plan = team.other, {"when": "weekdays 09:00", "question": "What of {date}?"}
    added = await team.said("schedule", "add", plan, channel=other)
    known = added.split()[1].rstrip(":")
    before = len(other.shown)
    ran = await team.said("schedule", "run", {"id": known}, channel=other)
    root = await team.root(other, before, DONE)

    assert "at 09:00 on Monday through Friday, UTC time, next " in added
    assert ran == f"Asked now; {known} itself stays as it is."
    assert re.search(r"What of \d+ \w+ \d{4}\?", shown(root))
    assert f"{known} · at 09:00" in await team.said("schedule", "list", channel=other)
    removed = await team.said("schedule", "remove", {"id": known}, channel=other, person=team.boss)
    assert removed == f"Removed {known}: What of {{date}}?"


async def people_look_back_and_forget(team: Team) -> None:
    found = await team.said("history", {"words": "event log"})
    known = re.findall(r" id (\w+)", found)[-1]
    again = await team.said("show", {"id": known}, shows="members")

    assert f"> {QUESTION}" in again
    assert "# Final answer" in again
    assert "Oak (work/oak): sat 3 times" in await team.said("stats")
    eve = team.discord.add_person("Eve")
    theirs = await team.said("forget", {"what": known}, person=eve)
    assert theirs == "Only Ada, who asked, or an admin can delete this."
    deleted = await team.said("forget", {"what": known})
    assert deleted.startswith("Deleted, with its answers and reviews")
    assert "There is no such question in this channel" in await team.said("show", {"id": known})


async def the_operator_halts_all(team: Team) -> None:
    team.slow_down(20)
    halted = "Councils are halted by my operator: The bill is too high."
    root = await team.asked("Will this go on?", team.other, "answering")
    await team.council("halt", "The bill is too high")
    await team.discord.until(lambda: f"**{halted}**" in shown(root))

    assert await team.said("ask", {"question": "And this?"}, channel=team.other) == halted
    team.hurry()
    await team.council("go-on")
    await team.asked("And this now?", team.other, DONE)
    assert "Deleted: " in await team.said("forget", {"what": "me"})
    assert await team.said("history") == "Nothing was asked in this channel yet."


def is_answered(reply: Reply) -> bool:
    """Say whether the answer to a command is there, and not only on its way."""
    message = reply.message
    return message is not None and (message.is_deleted or Flag.LOADING not in message.flags)


def answered(reply: Reply) -> str:
    """Return all that the answer to a command says."""
    messages = [one for one in (reply.message, *reply.followups) if one is not None]
    return "\n".join(words(one) for one in messages if not one.is_deleted)


def shown(message: Message) -> str:
    """Return all that a message says, the words on its buttons too."""
    labels = [str(part["label"]) for part in parts_in(message.components) if part.get("label")]
    return "\n".join([words(message), *labels])
